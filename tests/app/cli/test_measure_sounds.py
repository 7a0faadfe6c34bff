"""Several recordings are measured into one table, each over the intervals of its own TextGrid."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

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
    assert "bea/words/low.wav is skipped" in capsys.readouterr().err


def test_each_sound_has_the_textgrid_of_its_name_and_one_without_is_told(folder, tmp_path, capsys):
    out = tmp_path / "t.csv"
    sounds = [str(folder / "low.wav"), str(folder / "high.wav")]
    words = ["--textgrid", str(folder), "--label", "a|i", "--measures", "duration", "--out", str(out)]
    assert main(["measure", *sounds, *words]) == 0
    assert {(row["file"], row["label"]) for row in read(out)} == {("low.wav", "a"), ("low.wav", "i")}
    assert "high.wav is skipped: There is no high.TextGrid" in capsys.readouterr().err


def test_a_sound_that_cannot_be_read_costs_only_itself(folder, tmp_path, capsys):
    (folder / "broken.wav").write_bytes(b"RIFF\x00\x00")
    out = tmp_path / "t.csv"
    assert main(["measure", str(folder), "--measures", "duration", "--out", str(out)]) == 0
    assert {row["file"] for row in read(out)} == {"low.wav", "high.wav"}
    assert "broken.wav is skipped" in capsys.readouterr().err


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
