"""`phonoscope measure`: a table ready for R from a model or a sound, refusals said, nonsense refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from core.families.registry import open_model
from core.networks.latent import draw
from core.probing.forward import generate

HEADER = "file,model,item,layer,tier,label,start_s,end_s,measure,point,time_s,normalised_time,value,unit"
GRID = """File type = "ooTextFile"
Object class = "TextGrid"

0
1.024
<exists>
2
"IntervalTier"
"phones"
0
1.024
4
0
0.2
""
0.2
0.5
"a"
0.5
0.6
"s"
0.6
1
"i"
"TextTier"
"events"
0
1.024
0
"""


@pytest.fixture
def textgrid(tmp_path: Path) -> Path:
    path = tmp_path / "a.TextGrid"
    path.write_text(GRID, encoding="utf-8")
    return path


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A second of 200 Hz with a third of it in its octave, 22,050 Hz stereo."""
    t = np.arange(22050) / 22050
    wave = 0.3 * np.sin(2 * np.pi * 200 * t) + 0.1 * np.sin(2 * np.pi * 400 * t)
    soundfile.write(tmp_path / "tone.wav", np.column_stack([wave, wave]), 22050, subtype="FLOAT")
    return tmp_path / "tone.wav"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        assert file.readline().rstrip("\n") == HEADER
        file.seek(0)
        return list(csv.DictReader(file))


def record(path: Path) -> dict:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_every_layer_of_a_model_is_measured_over_its_labelled_intervals(small_model, textgrid, tmp_path):
    out = tmp_path / "t.csv"
    words = ["measure", str(small_model), "--textgrid", str(textgrid), "--tier", "phones", "--label", "a|i|u"]
    assert main([*words, "--measures", "f0,intensity,formants,duration", "--out", str(out)]) == 0
    rows = read(out)
    assert {row["label"] for row in rows} == {"a", "i"}
    assert [*dict.fromkeys(row["layer"] for row in rows)] == ["fc", "conv1", "conv2", "conv3", "conv4", "out"]
    outs = [row for row in rows if row["layer"] == "out"]
    assert len(outs) == 2 * (5 * 10 + 1)
    assert {row["measure"] for row in outs} == {"f0", "intensity", "f1", "f2", "f3", "duration"}
    assert {row["measure"] for row in rows if row["layer"] == "conv1"} == {"duration"}
    assert {row["file"] for row in rows} == {small_model.name}
    assert {row["model"] for row in rows} == {open_model(small_model).card.label}
    assert {row["item"] for row in rows} == {"seed 0"}


def test_the_record_holds_the_point_the_settings_the_refusals_and_r(small_model, textgrid, tmp_path, capsys):
    out = tmp_path / "t.csv"
    words = ["measure", str(small_model), "--textgrid", str(textgrid), "--seed", "3", "--set", "z11=-15"]
    preset = ["--preset", "Praat 6.1-6.3"]
    assert main([*words, *preset, "--measures", "intensity,cog,f0", "--points", "20", "--out", str(out)]) == 0
    told, rows = record(out), read(out)
    model = open_model(small_model)
    point = draw(model.card.layout, 3, changes={"z11": -15.0})
    assert told["z"] == list(point.z)
    assert told["checkpoint"] == model.card.digest
    assert {row["item"] for row in rows} == {"seed 3 z11=-15"}
    assert told["layers_measured"][-1]["origin"]["point"] == list(point.z)
    assert told["layers_measured"][-1]["settings"]["intensity"]["floor_hz"] == 75.0
    said = capsys.readouterr().err.splitlines()
    for refusal in told["refusals"]:
        assert f"phonoscope: {refusal['layer']}: {refusal['reason']}" in said
    assert not {(r["layer"], r["measure"]) for r in told["refusals"]} & {
        (row["layer"], row["measure"]) for row in rows
    }
    (r,) = [f for f in told["pearson_r"] if (f["layer"], f["measure"]) == ("conv4", "intensity")]
    values = {
        layer: [w["value"] for w in rows if (w["layer"], w["measure"]) == (layer, "intensity")]
        for layer in ("conv4", "out")
    }
    pairs = [(float(a), float(b)) for a, b in zip(values["conv4"], values["out"], strict=True) if a and b]
    assert r["r"] == pytest.approx(np.corrcoef(np.array(pairs).T)[0, 1], abs=1e-6)
    assert r["n"] == len(pairs) < len(values["out"]) == 60


def test_without_a_textgrid_a_sound_is_one_interval_without_a_label(tone, tmp_path):
    out = tmp_path / "t.csv"
    assert main(["measure", str(tone), "--measures", "f0,duration,cog", "--out", str(out)]) == 0
    rows = read(out)
    assert {(row["layer"], row["label"], row["tier"]) for row in rows} == {("sound", "", "")}
    assert {(row["start_s"], row["end_s"]) for row in rows} == {("0", "1")}
    f0 = [float(row["value"]) for row in rows if row["measure"] == "f0" and row["value"]]
    np.testing.assert_allclose(f0, 200, atol=0.01)
    (cog,) = [row for row in rows if row["measure"] == "cog" and not row["point"]]
    assert float(cog["value"]) == pytest.approx((200 * 0.09 + 400 * 0.01) / 0.1, rel=1e-3)
    (duration,) = [row for row in rows if row["measure"] == "duration"]
    assert (duration["value"], duration["unit"], duration["point"]) == ("1", "s", "")
    told = record(out)
    assert told["sound"]["steps"] == ["2 channels averaged"]
    assert told["rate_hz"] == 22050
    assert told["pearson_r"] == []


def test_native_values_are_those_of_the_layers_own_track(small_model, tmp_path):
    """The centre of gravity of Conv4 between 0 and Nyquist, from its samples by a plain sum."""
    out = tmp_path / "t.csv"
    assert main(["measure", str(small_model), "--measures", "cog", "--out", str(out)]) == 0
    model = open_model(small_model)
    track = generate(model, draw(model.card.layout, 0))["conv4"]
    power = np.abs(np.fft.rfft(track.samples.astype(np.float64))) ** 2
    hz = np.fft.rfftfreq(track.axis.n, 1 / track.axis.rate_hz)
    (cog,) = [w for w in read(out) if w["layer"] == "conv4" and not w["point"]]
    assert float(cog["value"]) == pytest.approx(float(hz @ power / power.sum()), rel=1e-8)


def test_as_published_is_said_in_the_record_and_keeps_below_the_layers_nyquist(small_model, tmp_path):
    out = tmp_path / "t.csv"
    words = ["measure", str(small_model), "--as-published", "--measures", "f0,formants,moments"]
    assert main([*words, "--out", str(out)]) == 0
    told = record(out)
    assert all("as published" in layer["resampling"] for layer in told["layers_measured"])
    assert {layer["rate_hz"] for layer in told["layers_measured"]} == {16000.0}
    assert {row["item"] for row in read(out)} == {"seed 0, as published"}
    refused = {(r["layer"], r["measure"]) for r in told["refusals"]}
    assert ("conv1", "f0") in refused
    nyquist = {layer["name"]: layer["nyquist_hz"] for layer in told["layers"]}
    for row in read(out):
        if row["unit"] == "Hz" and row["value"]:
            assert float(row["value"]) < nyquist[row["layer"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "t.txt"], "End the name in .csv"),
        (["--measures", "f0,loudness"], "“loudness” cannot be measured"),
        (["--measures", ","], "No measure"),
        (["--points", "0"], "not a number of points"),
        (["--points", "-3"], "not a number of points"),
        (["--points", "2000"], "2000 points"),
        (["--preset", "Praat 5"], "There is no preset"),
        (["--band", "8000,750"], "“8000,750” is not a band. Enter its bottom and its top in Hz"),
        (["--band", "0,99999"], "The band ends at 99999 Hz, above Nyquist, 11025 Hz. Write a top of at most"),
        (["--tier", "phones"], "Add --textgrid"),
        (["--label", "a"], "Add --textgrid"),
        (["--textgrid", "none.TextGrid"], "cannot be read"),
        (["--textgrid", "a.TextGrid", "--tier", "words"], "no interval tier “words”"),
        (["--textgrid", "a.TextGrid", "--tier", "events"], "no interval tier “events”"),
        (["--textgrid", "a.TextGrid", "--label", "u"], "No label"),
        (["--textgrid", "a.TextGrid", "--label", "(a"], "not a pattern"),
        (["--textgrid", "cut.TextGrid"], "ends early"),
        (["--seed", "3"], "does not drive a sound"),
        (["--as-published"], "no layers to upsample"),
        (["--out", "none/t.csv"], "does not exist"),
    ],
)
def test_nonsense_is_refused_in_one_line_and_nothing_is_written(
    words, said, tone, textgrid, capsys, monkeypatch
):
    folder = tone.parent
    (folder / "cut.TextGrid").write_text(GRID[:120])
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())
    given = ["measure", "tone.wav", *words, *([] if "--out" in words else ["--out", "t.csv"])]
    assert main(given) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.splitlines()[-1].startswith("phonoscope: ")
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"RIFF\x10\0\0\0WAVE", "ends within its header"),
        (b"no sound at all", "cannot be read as a sound"),
    ],
)
def test_a_file_that_only_calls_itself_a_sound_is_refused(data, said, tmp_path, capsys):
    (tmp_path / "x.wav").write_bytes(data)
    assert main(["measure", str(tmp_path / "x.wav"), "--out", str(tmp_path / "t.csv")]) == 2
    assert said in capsys.readouterr().err


def test_silence_has_a_duration_and_reasons(tmp_path, capsys):
    soundfile.write(tmp_path / "x.wav", np.zeros(8000), 8000)
    assert main(["measure", str(tmp_path / "x.wav"), "--out", str(tmp_path / "t.csv")]) == 0
    assert {row["measure"] for row in read(tmp_path / "t.csv")} == {"duration"}
    assert "x.wav: No pitch: the track is silent" in capsys.readouterr().err


def test_a_textgrid_longer_than_the_sound_is_told(tone, textgrid, tmp_path, capsys):
    words = ["measure", str(tone), "--textgrid", str(textgrid), "--out", str(tmp_path / "t.csv")]
    assert main(words) == 0
    assert "the TextGrid ends at 1.024 s, the sound at 1 s" in capsys.readouterr().err


def test_the_scripts_folder_has_all_that_praat_needs(small_model, textgrid, tmp_path):
    folder = tmp_path / "praat"
    words = ["measure", str(small_model), "--textgrid", str(textgrid), "--out", str(tmp_path / "t.csv")]
    assert main([*words, "--script", str(folder)]) == 0
    sounds = {f"{layer}.Sound" for layer in ("fc", "conv1", "conv2", "conv3", "conv4", "out")}
    others = {"measure.praat", "phonoscope.csv", "phonoscope.json", "annotation.TextGrid"}
    assert {path.name for path in folder.iterdir()} == sounds | others
    assert (folder / "phonoscope.csv").read_bytes() == (tmp_path / "t.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "ceiling", "named"),
    [
        (["--speaker", "man"], 5000, "5000 Hz (man)"),
        (["--speaker", "Child"], 8000, "8000 Hz (child)"),
        (["--ceiling", "5300"], 5300, "5300 Hz"),
        ([], 5500, "5500 Hz (woman)"),
    ],
)
def test_the_formant_ceiling_goes_with_the_speaker_over_any_preset(
    small_model, tmp_path, words, ceiling, named
):
    out, script = tmp_path / "table.csv", tmp_path / "script"
    preset = ["--preset", "WaveGAN, 60-300 Hz", "--measures", "f0,formants", "--points", "2"]
    assert (
        main(["measure", str(small_model), *preset, *words, "--out", str(out), "--script", str(script)]) == 0
    )
    record = json.loads(out.with_suffix(".json").read_text())
    settings = next(one["settings"] for one in record["layers_measured"] if one["layer"] == "out")
    assert (settings["formants"]["ceiling_hz"], settings["pitch"]["floor_hz"]) == (ceiling, 60)
    assert record["formant_ceiling"] == named
    assert record["preset"] == "WaveGAN, 60-300 Hz" + (f"; formant ceiling {named}" if words else "")
    text = (script / "measure.praat").read_text()
    assert f"To Formant (burg): 0, 5, {ceiling}, 0.025, 50" in text
    assert not words or f"formant ceiling {named}" in text


def test_a_ceiling_is_asked_for_once_and_makes_sense(small_model, tmp_path, capsys):
    for words, said in (
        (["--speaker", "man", "--ceiling", "5000"], "--speaker chooses a ceiling too."),
        (["--ceiling", "-5"], "-5 Hz is not a formant ceiling."),
        (["--speaker", "baby"], "Argument --speaker: invalid choice: 'baby'"),
    ):
        assert main(["measure", str(small_model), *words, "--out", str(tmp_path / "a.csv")]) == 2
        assert said in capsys.readouterr().err
