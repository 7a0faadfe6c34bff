"""`phonoscope explain` writes maps, sounds, tables and figures, and the phonetic table of a folder."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cli.main import main
from core.annotation.textgrid import write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.files.wav import write_wav
from core.recordings.sound_file import read_sound
from core.signals.axis import TimeAxis
from core.signals.track import Track
from tests.support.tiny.recogniser_file import save_recogniser

FRAMES, BINS = 126, 24


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two sounds of one second in a folder with a TextGrid each, and a tiny recogniser."""
    chance, sounds = np.random.default_rng(0), tmp_path / "sounds"
    sounds.mkdir()
    for name in ("one", "two"):
        samples = (0.1 * chance.standard_normal(16000)).astype(np.float32)
        write_wav(sounds / f"{name}.wav", Track(name, samples, TimeAxis.of_sound(16000.0, 16000)))
        times = tuple(np.linspace(0, 1, 11).tolist())
        tier = Tier("phones", "interval", 0.0, 1.0, times, ("S", "AA") * 5)
        write_textgrid(sounds / f"{name}.TextGrid", Annotation((tier,), 0.0, 1.0))
    save_recogniser(tmp_path / "net.safetensors")
    return tmp_path


def explain(place: Path, *options: str, sound: str = "sounds/one.wav", target: str = "s") -> int:
    network, out = str(place / "net.safetensors"), str(place / "out")
    return main(
        ["explain", network, "--sound", str(place / sound), "--target", target, "--out", out, *options]
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def arrays(place: Path) -> Any:
    return np.load(place / "out" / "relevance.npz")


def test_a_map_has_its_arrays_tables_sounds_and_picture(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--against", "sh", "--at", "0.5", "--method", "lrp", "--composite", "zero", "--sanity")
    assert explain(place, *options) == 0
    found = arrays(place)
    assert found["relevance"].shape == (BINS, FRAMES)
    assert found["relevance"].dtype == np.float32
    assert found["time_s"].shape == (FRAMES,)
    assert (np.diff(found["frequency_hz"]) > 0).all()
    assert str(found["target"]).startswith("s against sh at 0.49")
    assert found["sum"] == pytest.approx(found["relevance"].sum(dtype=np.float64))
    assert found["rho"].shape == found["rho_signed"].shape == (5,)
    assert list(found["rho_layers"]) == ["logits", "conv4", "conv3", "conv2", "conv1"]
    table = rows(place / "out" / "relevance.csv")
    assert len(table) == FRAMES * BINS
    assert float(table[0]["relevance"]) == pytest.approx(float(found["relevance"][0, 0]), rel=1e-6)
    record = json.loads((place / "out" / "relevance.json").read_text())
    assert record["verdict"].startswith("This map")
    assert record["score"] == pytest.approx(float(found["score"]))
    totals = [found["score"], *found["layer_sum"]]
    np.testing.assert_allclose(-np.diff(totals), found["layer_biases"], atol=1e-4)
    assert record["faithfulness"]["deletion"][0] == pytest.approx(record["score"], rel=1e-4)
    for name in ("through", "complement", "original"):
        samples, axis, _ = read_sound(place / "out" / f"{name}.wav", 16000.0)
        assert (axis.n, bool(np.isfinite(samples).all())) == (16000, True)
    assert (place / "out" / "relevance.png").read_bytes()[:4] == b"\x89PNG"
    assert len(rows(place / "out" / "sanity.csv")) == 11
    assert "the map adds up to" in capsys.readouterr().out


def test_grad_cam_has_the_frames_of_its_layer(place: Path) -> None:
    assert explain(place, "--interval", "0.3,0.6", "--method", "grad-cam", "--layer", "conv2") == 0
    found = arrays(place)
    assert found["relevance"].shape == found["time_s"].shape == (63,)
    assert found["time_s"][1] - found["time_s"][0] == pytest.approx(256 / 16000)
    assert found["frequency_hz"].size == 0


def test_occlusion_goes_by_the_intervals_of_a_tier(place: Path) -> None:
    assert (
        explain(place, "--at", "0.5", "--method", "occlusion", "--segments", "phones", "--fill", "mean") == 0
    )
    table = rows(place / "out" / "segments.csv")
    assert {row["label"] for row in table} == {"S", "AA"}
    assert len(table) == 10 * 5
    assert sum(float(row["relevance"]) for row in table) == pytest.approx(
        float(arrays(place)["sum"]), rel=1e-4
    )


def test_the_waveform_and_a_layer_can_be_explained(place: Path) -> None:
    assert explain(place, "--at", "0.5", "--method", "gradient", "--with-respect-to", "waveform") == 0
    assert arrays(place)["relevance"].shape == (16000,)
    assert explain(place, "--at", "0.5", "--method", "gradient", "--with-respect-to", "conv1") == 0
    assert arrays(place)["relevance"].shape == (10, 63)


def test_a_folder_gives_a_folder_for_each_sound_and_goes_on_where_it_ended(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--tier", "phones", "--label", "S", "--method", "gradient-x-input")
    assert explain(place, *options, sound="sounds") == 0
    assert sorted(path.name for path in (place / "out").iterdir()) == ["one", "two"]
    capsys.readouterr()
    assert explain(place, *options, sound="sounds") == 0
    assert capsys.readouterr().out.count("kept from before") == 2


def test_groups_give_the_phonetic_table(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(place, "--groups", "phones", "--method", "gradient-x-input", sound="sounds") == 0
    table = rows(place / "out" / "phonetic_table.csv")
    assert {row["group"] for row in table} == {"S", "AA"}
    places = {row["where"] for row in table}
    assert {"first half", "second half", "0 to 1 kHz", "4 to 7 kHz", "in S", "F2", "silence"} <= places
    for row in table:
        assert float(row["low"]) <= float(row["share"]) <= float(row["high"])
        assert 5 <= int(row["events"]) <= 10
    before = (place / "out" / "phonetic_table.csv").read_bytes()
    assert explain(place, "--groups", "phones", "--method", "gradient-x-input", sound="sounds") == 0
    assert (place / "out" / "phonetic_table.csv").read_bytes() == before
    assert "20 events of 2 labels" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--method", "nonsense"), "invalid choice"),
        (("--method", "lrp", "--composite", "nonsense"), "no composite “nonsense”"),
        (("--method", "gradient", "--composite", "zero"), "has no composite"),
        (("--method", "gradient", "--at", "9"), "outside the network's frames"),
        (("--method", "gradient", "--interval", "0.1,0.101"), "No frame of the network"),
        (("--method", "gradient", "--tier", "words"), "no interval tier “words”"),
        (("--method", "gradient", "--tier", "phones", "--label", "X"), "no interval with “X”"),
        (("--method", "gradient", "--label", "X"), "A label needs a tier"),
        (("--method", "gradient", "--at", "0.1", "--interval", "0.1,0.5"), "more than one place"),
        (("--method", "gradient", "--with-respect-to", "conv9"), "no layer “conv9”"),
        (("--method", "lrp", "--with-respect-to", "waveform"), "ends at the input image"),
        (("--method", "gradient", "--network", "Q"), "no network Q"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    place: Path, options: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    at = () if any(one in ("--at", "--interval", "--tier", "--label") for one in options) else ("--at", "0.5")
    assert explain(place, *options, *at) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_what_drives_a_unit_is_pictured_under_every_penalty(place: Path) -> None:
    network, out = str(place / "net.safetensors"), place / "seen"
    options = ["--target", "conv2:3", "--steps", "3", "--out", str(out)]
    assert main(["visualise", network, *options]) == 0
    found = np.load(out / "visualise.npz")
    assert list(found["steps"]) == [1, 3]
    assert found["none"].shape == found["total_variation"].shape == (2, BINS, 12)
    assert found["all_activation"].shape == (2,)
    assert (out / "visualise.png").read_bytes()[:4] == b"\x89PNG"
    assert main(["visualise", network, "--target", "x", "--out", str(out)]) == 2
