"""`phonoscope listing`: every analysis of every layer or of a sound, as Praat lists it."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from core.analyses.registry import TABLE
from core.families.registry import open_model
from core.networks.latent import draw
from core.probing.forward import generate

WORDS = [name.replace(" ", "-") for name in TABLE]


def listed(capsys, *arguments) -> list[dict[str, str]]:
    assert main(["listing", *map(str, arguments)]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter="\t"))


def refused(capsys, *arguments) -> str:
    assert main(["listing", *map(str, arguments)]) == 2
    return capsys.readouterr().err.strip()


@pytest.mark.parametrize("word", WORDS)
def test_every_analysis_of_a_sound_is_listed(word, buzz, capsys):
    rows = listed(capsys, buzz, word, "--range", "0.2,0.4")
    assert rows
    for row in rows:
        assert not row.get("Time_s") or 0.2 <= float(row["Time_s"]) <= 0.4


def test_the_pitch_that_is_listed_is_that_of_the_analysis(buzz, capsys):
    rows = listed(capsys, buzz, "pitch", "--preset", "WaveGAN, 60-300 Hz", "--setting", "floor_hz=70")
    voiced = [float(row["F0_Hz"]) for row in rows if row["F0_Hz"] != "--undefined--"]
    assert voiced == pytest.approx([120] * len(voiced), abs=0.01)
    steps = np.diff([float(row["Time_s"]) for row in rows])
    assert steps == pytest.approx(0.75 / 70, abs=2e-6)


@pytest.mark.parametrize("word", WORDS)
def test_nothing_above_a_layers_nyquist_is_listed(word, small_model, tmp_path, capsys):
    tracks = generate(*(lambda model: (model, draw(model.card.layout, 3)))(open_model(small_model)))
    extra = ("--speaker", "child") if word == "formants" else ()
    file = tmp_path / "all.tsv"
    status = main(
        ["listing", str(small_model), word, "--layer", "all", "--seed", "3", "--out", str(file), *extra]
    )
    capsys.readouterr()
    out = file.read_text()
    assert status == 0, word
    head: list[str] = []
    for cells in csv.reader(io.StringIO(out), delimiter="\t"):
        if cells[0] == "layer":
            head = cells
            continue
        row = dict(zip(head, cells, strict=True))
        for name, text in row.items():
            hertz = name.endswith("_Hz") and name != "Level_dB/Hz"
            hertz |= row.get("Unit") == "Hz" and name == "Value" and "pitch" in row["Measure"].lower()
            if hertz and not name.startswith("B") and math.isfinite(value := _number(text)):
                assert value <= tracks[row["layer"]].axis.nyquist_hz


def _number(text: str) -> float:
    return math.nan if text == "--undefined--" else float(text)


def test_the_latency_of_a_layers_peaks_is_told_from_the_outputs(small_model, capsys):
    own = [float(row["Time_s"]) for row in listed(capsys, small_model, "envelope-peaks")]
    for row in listed(capsys, small_model, "envelope-peaks", "--layer", "conv3"):
        late = float(row["Latency_from_out_s"])
        assert min(abs(float(row["Time_s"]) - late - time_s) for time_s in own) < 2e-6


def test_peaks_have_time_height_and_latency_in_every_layer_and_in_a_sound(small_model, tmp_path, capsys):
    for asked in (("--layer", "all"), ()):
        rows = listed(capsys, small_model, "envelope-peaks", *asked)
        assert list(rows[0])[-3:] == ["Time_s", "Height", "Latency_from_out_s"]
        assert all(float(row["Height"]) > 0 for row in rows)
    assert {row["Latency_from_out_s"] for row in rows} == {"0.000000"}  # the output's own
    wave = np.zeros(8000)
    wave[3200] = 0.5  # its centre at 0.2000312 s
    soundfile.write(tmp_path / "click.wav", wave, 16000)
    (row,) = listed(capsys, tmp_path / "click.wav", "envelope-peaks", "--range", "0.05,0.4")
    assert row["Time_s"] == "0.200031"
    assert row["Latency_from_start_s"] == "0.150031"
    # a click under a bell of 160 samples, the mean being next to nothing
    assert float(row["Height"]) == pytest.approx(0.5 / (160 * np.sqrt(2 * np.pi)), rel=0.06)


def test_a_refused_layer_gives_its_reason_and_nothing_else(small_model, capsys):
    said = refused(capsys, small_model, "pitch", "--layer", "conv1")
    assert said == "phonoscope: No pitch: Nyquist is 31.25 Hz, below the floor of 75 Hz."


def test_a_file_gets_a_record_of_ceiling_settings_and_origin(small_model, tmp_path, capsys):
    out = tmp_path / "formants.tsv"
    assert main(["listing", str(small_model), "formants", "--speaker", "man", "--out", str(out)]) == 0
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["formant_ceiling"] == "5000 Hz (man)"
    assert record["settings"]["ceiling_hz"] == 5000
    assert record["listed"][0]["origin"]["settings"]["ceiling_hz"] == 5000
    assert out.read_text().splitlines()[0].startswith("Time_s\tF1_Hz\tF2_Hz")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["colour"], "“colour” is not an analysis. Choose among pitch, formants, intensity,"),
        (["pitch", "--speaker", "man"], "--speaker sets the ceiling of formants. Omit it here."),
        (["pitch", "--setting", "flour_hz=2"], "There is no setting “flour_hz” here. Choose among method,"),
        (
            ["pitch", "--setting", "method=best"],
            "“best” is not a valid method. Choose among raw autocorrelation,",
        ),
        (["pitch", "--setting", "very_accurate=perhaps"], "“perhaps” is not a valid very_accurate."),
        (["moments", "--setting", "slices=1.5"], "“1.5” is not a whole number. Write slices as one"),
        (["pitch", "--setting", "floor_hz=900"], "No pitch: the floor of 900 Hz is not below the ceiling"),
        (["pitch", "--layer", "conv4"], "A sound file has no layers and no latent point."),
        (["pitch", "--range", "3,4"], "There is nothing between 3 and 4 s."),
        (["pitch", "--out", "a.csv"], "“a.csv” is not a valid name for a listing."),
    ],
)
def test_nonsense_is_refused_in_a_sentence(words, sentence, buzz, capsys):
    assert refused(capsys, buzz, *words).startswith(f"phonoscope: {sentence}")
