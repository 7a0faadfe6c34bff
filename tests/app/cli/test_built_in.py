"""Where no checkpoint is named, commands take the built-in model; a window opens all that it is given."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from app.cli.main import main
from app.launch import open_first
from app.models.built_in import built_in_model

MODEL = str(built_in_model())


def test_info_tells_of_the_built_in_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == MODEL


def test_layers_are_those_of_the_built_in_model_named(tmp_path: Path) -> None:
    assert main(["layers", "--seed", "3", "--out", str(tmp_path / "a")]) == 0
    assert main(["layers", MODEL, "--seed", "3", "--out", str(tmp_path / "b")]) == 0
    unnamed, named = (np.load(tmp_path / folder / "layers.npz") for folder in "ab")
    assert unnamed.files == named.files
    assert all(np.array_equal(unnamed[layer], named[layer]) for layer in named.files)


def test_the_built_in_model_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    assert main(["measure", "--measures", "duration", "--out", str(out)]) == 0
    with out.open(newline="") as file:
        assert {row["file"] for row in csv.DictReader(file)} == {Path(MODEL).name}


def test_a_picture_of_the_built_in_model(tmp_path: Path) -> None:
    assert main(["shot", "--dpi", "72", "--out", str(tmp_path / "a.png")]) == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_the_window_opens_a_model_and_sounds_beside_it(window, small_model, buzz) -> None:
    open_first(window, [str(small_model), str(buzz)])
    assert window.on.session.card.path == str(small_model)
    assert "buzz.wav" in [track.name for track in window.on.session.shown.tracks.values()]
