"""`phonoscope outputs` and `layers` with networks that hear sound: files, keys, resuming, and refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from core.annotation.textgrid import read_textgrid
from tests.core.families.test_hearing_networks import (
    crepe_shapes,
    drawn,
    ina_shapes,
    silero_shapes,
    snfa_shapes,
)
from tests.support.tiny import nets
from tests.support.tiny.files import save_port, save_state

CASES = {
    "letters": (snfa_shapes, "recogniser"),
    "classes": (silero_shapes, "detector"),
    "pitch": (crepe_shapes, "pitch"),
    "fixed": (ina_shapes, "detector"),
}


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "sounds"
    folder.mkdir()
    noise = 0.1 * np.random.default_rng(0).standard_normal((24000, 2))
    soundfile.write(folder / "one.wav", noise[:, 0], 16000)
    soundfile.write(folder / "two.wav", noise, 22050)
    return folder


def network(tmp_path: Path, kind: str) -> Path:
    return save_state(tmp_path / "network.pt", drawn(CASES[kind][0]()))


@pytest.mark.parametrize("kind", CASES)
def test_answers_and_layers_of_a_folder(tmp_path: Path, sounds: Path, capsys, kind: str) -> None:
    path, out = network(tmp_path, kind), tmp_path / "out"
    assert main(["outputs", str(path), str(sounds), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "1/2 one.wav: " in said.out
    assert "two.wav: 2 channels averaged" in said.err
    assert "two.wav: resampled from 22050 to 16000 Hz" in said.err
    assert main(["info", str(path), "--json"]) == 0
    info = json.loads(capsys.readouterr().out)
    names = [layer["name"] for layer in info["networks"][CASES[kind][1]]]
    about = json.loads((out / "one.json").read_text())
    for stem in ("one", "two"):
        arrays = np.load(out / f"{stem}.npz")
        assert arrays.files == [*names, "logits"]
        assert arrays["logits"].shape[1] == len(info["outputs"][CASES[kind][1]]["labels"])
        assert all(np.isfinite(arrays[name]).all() for name in names)
    assert about["axes"][names[0]]["samples"] == np.load(out / "one.npz")[names[0]].shape[-1]
    with (out / "one.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(0 <= float(row["time_s"]) <= 1.8 and row["file"] == "one.wav" for row in rows)
    frames = len(np.load(out / "one.npz")["logits"])
    if kind == "pitch":
        assert len(rows) == frames
        assert not (out / "one.TextGrid").exists()
    else:
        grid = read_textgrid(out / "one.TextGrid").annotation
        assert grid.end_s == pytest.approx(1.5)
        points = kind == "letters"
        assert {tier.kind for tier in grid.tiers} == {"point" if points else "interval"}
        assert len(rows) == (len(grid.tiers[0].labels) if points else frames * len(about["labels"]))


def test_a_complete_answer_is_not_computed_again(tmp_path: Path, sounds: Path, capsys) -> None:
    path, out = network(tmp_path, "letters"), tmp_path / "out"
    words = ["outputs", str(path), str(sounds), "--out", str(out)]
    assert main(words) == 0
    capsys.readouterr()
    before = {file.name: file.stat().st_mtime_ns for file in out.iterdir()}
    (out / "two.json").unlink()  # as a run leaves it that was killed before the end
    assert main(words) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.endswith("(kept from before)") for line in said] == [True, False]
    after = {file.name: file.stat().st_mtime_ns for file in out.iterdir()}
    assert {name for name in before if after[name] == before[name]} == {
        name for name in before if name.startswith("one")
    }
    assert main([*words, "--answer", "labels=" + " ".join(f"p{k}" for k in range(38))]) == 0
    assert "kept from before" not in capsys.readouterr().out


def test_an_unreadable_sound_is_skipped_and_named(tmp_path: Path, sounds: Path, capsys) -> None:
    (sounds / "bad.wav").write_bytes(b"RIFFnothing")
    words = ["outputs", str(network(tmp_path, "classes")), str(sounds), "--out", str(tmp_path / "out")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "bad.wav is skipped" in said.err
    assert "3/3 two.wav" in said.out


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["none.wav"], "There is no"),
        (["."], "holds no sound files"),
        (["short.wav"], "too short for this network"),
        (["one.wav", "--network", "Q"], "no network Q that hears sound. It has recogniser"),
    ],
)
def test_refusals(tmp_path: Path, sounds: Path, capsys, more: list[str], sentence: str) -> None:
    soundfile.write(sounds / "short.wav", np.zeros(400), 16000)
    path, empty = network(tmp_path, "letters"), tmp_path / "empty"
    empty.mkdir()
    what = empty if more[0] == "." else sounds / more[0]
    assert main(["outputs", str(path), str(what), *more[1:], "--out", str(tmp_path / "out")]) == 2
    assert sentence in capsys.readouterr().err


def test_a_generator_hears_nothing(tmp_path: Path, sounds: Path, capsys) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    assert main(["outputs", str(path), str(sounds), "--out", str(tmp_path / "out")]) == 2
    assert "hears no sound" in capsys.readouterr().err


def test_a_q_network_answers_too(tmp_path: Path, sounds: Path, capsys) -> None:
    (tmp_path / "run").mkdir()
    save_port(tmp_path / "run")
    words = ["outputs", str(tmp_path / "run"), str(sounds / "one.wav"), "--network", "Q"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert np.load(tmp_path / "out" / "one.npz")["logits"].shape == (2, 2)  # 24,000 samples, 16,384 each


def test_layers_of_a_recogniser(tmp_path: Path, sounds: Path, capsys) -> None:
    path, out = network(tmp_path, "letters"), tmp_path / "out"
    assert main(["layers", str(path), "--sound", str(sounds / "one.wav"), "--out", str(out)]) == 0
    arrays = np.load(out / "layers.npz")
    assert arrays.files == ["pre", "gru1", "gru2", "sum", "logits"]
    assert arrays["logits"].shape == (len(arrays["pre"]), 38)
    origin = json.loads((out / "origin.json").read_text())
    assert {layer["samples"] for layer in origin["layers"]} == {len(arrays["pre"])}
    head = (out / "pre.Sound").read_text()[:200]
    assert "xmax = 1.5" in head
    assert main(["layers", str(path), "--out", str(out)]) == 2
    assert "needs --sound FILE" in capsys.readouterr().err
