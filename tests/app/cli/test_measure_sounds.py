"""Several recordings are measured into one table, each over the intervals of its own TextGrid."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from tests.app.cli.test_measure import GRID


@pytest.fixture
def folder(tmp_path) -> Path:
    """Give a folder with two tones of 1 s, one of them annotated, and a file that is no sound."""
    t = np.arange(16000) / 16000
    made = tmp_path / "sounds"
    made.mkdir()
    for name, hertz in (("low.wav", 120.0), ("high.wav", 240.0)):
        soundfile.write(made / name, 0.4 * np.sin(2 * np.pi * hertz * t), 16000)
    (made / "low.TextGrid").write_text(GRID, encoding="utf-8")
    (made / "notes.txt").write_text("no sound")
    return made


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_of_sounds_becomes_one_table(folder, tmp_path):
    out = tmp_path / "t.csv"
    assert main(["measure", str(folder), "--measures", "f0,duration", "--out", str(out)]) == 0
    rows = read(out)
    assert [*dict.fromkeys(row["file"] for row in rows)] == ["high.wav", "low.wav"]
    for name, hertz in (("low.wav", 120.0), ("high.wav", 240.0)):
        f0 = [float(r["value"]) for r in rows if (r["file"], r["measure"]) == (name, "f0") and r["value"]]
        np.testing.assert_allclose(f0, hertz, atol=0.05)
    told = json.loads(out.with_suffix(".json").read_text())
    assert [one["sound"]["file"] for one in told["sounds"]] == ["high.wav", "low.wav"]


def test_sounds_of_one_name_are_told_apart_by_their_folders(folder, tmp_path, capsys):
    for speaker in ("ann", "bea"):
        shutil.copytree(folder, tmp_path / "all" / speaker / "words")
    (tmp_path / "all" / "bea" / "words" / "low.wav").write_bytes(b"RIFF\x00\x00")
    out = tmp_path / "t.csv"
    folders = [str(tmp_path / "all" / speaker / "words") for speaker in ("ann", "bea")]
    assert main(["measure", *folders, "--measures", "duration", "--out", str(out)]) == 0
    names = ["ann/words/high", "ann/words/low", "bea/words/high"]
    assert [(row["file"], row["item"]) for row in read(out)] == [(f"{name}.wav", name) for name in names]
    told = json.loads(out.with_suffix(".json").read_text())
    assert [one["sound"]["file"] for one in told["sounds"]] == [f"{name}.wav" for name in names]
    assert [one["item"] for one in told["layers_measured"]] == names
    assert "bea/words/low.wav is left out" in capsys.readouterr().err


def test_each_sound_has_the_textgrid_of_its_name_and_one_without_is_told(folder, tmp_path, capsys):
    out = tmp_path / "t.csv"
    sounds = [str(folder / "low.wav"), str(folder / "high.wav")]
    words = ["--textgrid", str(folder), "--label", "a|i", "--measures", "duration", "--out", str(out)]
    assert main(["measure", *sounds, *words]) == 0
    assert {(row["file"], row["label"]) for row in read(out)} == {("low.wav", "a"), ("low.wav", "i")}
    assert "high.wav is left out: There is no high.TextGrid" in capsys.readouterr().err


def test_a_sound_that_cannot_be_read_costs_only_itself(folder, tmp_path, capsys):
    (folder / "broken.wav").write_bytes(b"RIFF\x00\x00")
    out = tmp_path / "t.csv"
    assert main(["measure", str(folder), "--measures", "duration", "--out", str(out)]) == 0
    assert {row["file"] for row in read(out)} == {"low.wav", "high.wav"}
    assert "broken.wav is left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("paths", "words", "said"),
    [
        (["sounds"], ["--textgrid", "sounds/low.TextGrid"], "One TextGrid cannot annotate several sounds"),
        (["sounds", "notes"], [], "is not a sound file"),
        (["sounds"], ["--seed", "3"], "A latent point does not drive a sound file"),
    ],
)
def test_what_does_not_go_together_is_refused(folder, tmp_path, monkeypatch, capsys, paths, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    assert main(["measure", *paths, *words, "--out", "t.csv"]) != 0
    assert said in capsys.readouterr().err
    assert not (tmp_path / "t.csv").exists()


def test_on_a_terminal_it_says_how_far_it_is(folder, tmp_path, monkeypatch, capsys):
    import sys

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(["measure", str(folder), "--measures", "duration", "--out", str(tmp_path / "t.csv")]) == 0
    assert "measured 2 of 2 layers" in capsys.readouterr().err


def test_what_is_refused_of_a_sound_names_its_file(folder, tmp_path, capsys):
    soundfile.write(folder / "dc.wav", np.full(16000, 0.3), 16000)
    soundfile.write(folder / "silence.wav", np.zeros(16000), 16000)
    soundfile.write(folder / "short.wav", 0.1 * np.ones(40), 16000)
    out = tmp_path / "t.csv"
    assert main(["measure", str(folder), "--measures", "f0,formants", "--out", str(out)]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "No " in line]
    assert told
    assert all(".wav: " in line for line in told)
    assert any(line.startswith("phonoscope: short.wav: No pitch: ") for line in told)
    assert not any("sound: " in line for line in told)


def test_what_a_listing_says_of_a_sound_names_its_file(folder, capsys):
    words = ["--preset", "Praat 6.4, 75-450 Hz", "--setting", "ceiling_hz=9000"]
    soundfile.write(folder / "slow.wav", 0.1 * np.sin(np.arange(8000) / 7), 8000)
    main(["listing", str(folder / "slow.wav"), "formants", *words])
    said = capsys.readouterr().err
    assert "slow.wav: " in said
    assert "sound: " not in said


def test_a_recording_that_stays_in_its_file_is_written_for_praat_too(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("core.recordings.sound_file.LONG_FROM", 10_000)
    out, script = tmp_path / "t.csv", tmp_path / "script"
    words = ["--measures", "duration", "--out", str(out), "--script", str(script)]
    assert main(["measure", str(folder / "low.wav"), *words]) == 0
    import parselmouth

    truth, _ = soundfile.read(folder / "low.wav", dtype="float32")
    np.testing.assert_array_equal(parselmouth.read(str(script / "sound.Sound")).values[0], truth)


def renamed(name: str) -> str:
    return GRID.replace('"phones"', f'"{name}"')


def test_a_run_ends_with_a_table_and_a_line_for_every_file_left_out(folder, tmp_path, capsys):
    (folder / "high.TextGrid").write_text(renamed("Phones"), encoding="utf-8")
    for name in ("mute", "alone", "bad"):
        shutil.copy(folder / "low.wav", folder / f"{name}.wav")
    (folder / "mute.TextGrid").write_text(re.sub(r'"[asi]"', '""', GRID), encoding="utf-8")
    (folder / "bad.TextGrid").write_text("nothing")
    (folder / "film.m4a").write_bytes(b"\0\0\0\x1cftypM4A \0\0\x02\0")
    (folder / "empty.wav").touch()
    out = tmp_path / "t.csv"
    words = ["--textgrid", str(folder), "--tier", "phones", "--measures", "duration", "--out", str(out)]
    assert main(["measure", str(folder), *words]) == 0
    told = capsys.readouterr()
    assert {row["file"] for row in read(out)} == {"low.wav"}
    assert told.out.splitlines()[-1] == "1 measured, 5 left out, 1 empty"
    for line in (
        "alone.wav is left out: There is no alone.TextGrid",
        "bad.wav is left out: “bad.TextGrid” cannot be read: it is not a TextGrid.",
        "empty.wav is left out: ",
        "film.m4a is left out: “film.m4a” is an MPEG-4 sound",
        "high.wav is left out: There is no interval tier “phones”. The TextGrid has “Phones”",
        "mute.wav is empty: No interval of tier “phones” has a label.",
    ):
        assert sum(said.startswith(f"phonoscope: {line}") for said in told.err.splitlines()) == 1, line
    omitted = json.loads(out.with_suffix(".json").read_text())["omitted"]
    assert [one["file"] for one in omitted if one["empty"]] == ["mute.wav"]
    assert len(omitted) == 6


def test_a_run_that_measures_nothing_writes_its_head_and_says_so(folder, tmp_path, capsys):
    out = tmp_path / "t.csv"
    words = ["--textgrid", str(folder), "--label", "zzz", "--measures", "duration", "--out", str(out)]
    assert main(["measure", str(folder), *words]) == 2
    assert read(out) == []
    assert capsys.readouterr().out.splitlines()[-1] == "0 measured, 1 left out, 1 empty"


def test_an_error_of_ours_in_one_file_costs_only_that_file(folder, tmp_path, capsys, monkeypatch, caplog):
    import core.measures.measuring as measuring

    right = measuring.measure_layer

    def wrong(item, layer, stretches, plan):
        if item.file == "high.wav":
            raise ZeroDivisionError("division by zero")
        return right(item, layer, stretches, plan)

    monkeypatch.setattr(measuring, "measure_layer", wrong)
    out, script = tmp_path / "t.csv", tmp_path / "script"
    words = ["--measures", "duration", "--out", str(out), "--script", str(script)]
    assert main(["measure", str(folder), *words]) == 0
    assert "high.wav is left out: An unexpected error: division by zero." in capsys.readouterr().err
    assert {row["file"] for row in read(out)} == {"low.wav"}
    assert "ZeroDivisionError" in caplog.text


def test_folders_of_speakers_are_searched_and_matched(folder, tmp_path):
    for speaker in ("s1", "s2"):
        (tmp_path / "corpus" / speaker).mkdir(parents=True)
        (tmp_path / "out" / speaker).mkdir(parents=True)
        shutil.copy(folder / "low.wav", tmp_path / "corpus" / speaker / "w.wav")
        (tmp_path / "out" / speaker / "w.TextGrid").write_text(renamed(speaker), encoding="utf-8")
    out = tmp_path / "t.csv"
    words = ["--textgrid", str(tmp_path / "out"), "--measures", "duration", "--out", str(out)]
    assert main(["measure", str(tmp_path / "corpus"), *words]) == 0
    assert {(row["file"], row["tier"]) for row in read(out)} == {("s1/w.wav", "s1"), ("s2/w.wav", "s2")}


@pytest.mark.parametrize("name", ["backup.tar", "features.pkl", "embeddings.pt"])
@pytest.mark.parametrize("where", [".", "speaker"])
def test_other_files_beside_recordings_do_not_make_a_folder_a_checkpoint(
    folder, tmp_path, capsys, name, where
):
    corpus = tmp_path / "corpus"
    shutil.copytree(folder, corpus / where)
    (corpus / name).write_bytes(b"\x80\x04N.")
    out = tmp_path / "t.csv"
    assert main(["measure", str(corpus), "--measures", "duration", "--out", str(out)]) == 0
    assert len(read(out)) == 2
    assert f"{name} beside the sounds in “{corpus}” is not measured" in capsys.readouterr().err


def test_a_training_runs_folder_stays_a_model(tmp_path, folder):
    from app.models.built_in import built_in_model

    run = tmp_path / "run"
    shutil.copytree(folder, run / "previews")
    shutil.copy(Path(str(built_in_model())), run)
    out = tmp_path / "t.csv"
    assert main(["measure", str(run), "--measures", "duration", "--out", str(out)]) == 0
    assert {row["layer"] for row in read(out)} > {"out"}


TWICE = GRID.replace(
    '"TextTier"\n"events"\n0\n1.024\n0', '"IntervalTier"\n"phones"\n0\n1.024\n1\n0\n1\n"all"'
)


def test_two_tiers_of_one_name_are_told_and_the_other_has_a_number(folder, tmp_path, capsys):
    assert TWICE.count('"phones"') == 2
    (folder / "low.TextGrid").write_text(TWICE, encoding="utf-8")
    out = tmp_path / "t.csv"
    words = ["--textgrid", str(folder / "low.TextGrid"), "--measures", "duration", "--out", str(out)]
    assert main(["measure", str(folder / "low.wav"), *words, "--tier", "phones"]) == 0
    said = "2 tiers are called “phones”, numbers 1 and 2: number 1 is measured"
    assert said in capsys.readouterr().err
    assert said in json.loads(out.with_suffix(".json").read_text())["layers_measured"][0]["notices"][0]
    first = [row["label"] for row in read(out)]
    assert main(["measure", str(folder / "low.wav"), *words, "--tier", "2"]) == 0
    assert "tiers are called" not in capsys.readouterr().err
    assert [row["label"] for row in read(out)] != first


@pytest.mark.parametrize(("typed", "kept"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_labels_and_tiers_are_found_however_their_accents_are_written(folder, tmp_path, typed, kept):
    grid = GRID.replace('"phones"', '"phonés"').replace('"a"', '"ã"')
    (folder / "low.TextGrid").write_text(normalize(kept, grid), encoding="utf-8")
    out = tmp_path / "t.csv"
    words = ["--tier", normalize(typed, "phonés"), "--label", normalize(typed, "ã"), "--out", str(out)]
    grid = ["--textgrid", str(folder / "low.TextGrid"), "--measures", "duration"]
    assert main(["measure", str(folder / "low.wav"), *grid, *words]) == 0
    assert [row["label"] for row in read(out)] == [normalize(kept, "ã")]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such name")
def test_a_name_that_is_not_utf_8_is_measured(folder, tmp_path):
    (folder / "low.wav").rename(folder / os.fsdecode(b"lat\xe9in.wav"))
    out = tmp_path / "t.csv"
    assert main(["measure", str(folder), "--measures", "duration", "--out", str(out)]) == 0
    assert {row["file"] for row in read(out)} == {"high.wav", "lat\ufffdin.wav"}
