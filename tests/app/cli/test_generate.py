"""`phonoscope generate`: what it writes, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from app.cli.main import main
from core.families.registry import open_model
from core.frontends.tensors import tensor
from core.generation.chain import chain_of
from core.generation.unit import parse_unit
from core.train.model_file import save_model
from core.train.voice.network import VoiceNetwork

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "model.safetensors"


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("detector") / "model.safetensors"
    save_model(path, VoiceNetwork.fresh(0).arrays(), {"family": "schlueter-grill"})
    return path


def test_the_command_writes_tables_sounds_and_points_that_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real, out, grid = tmp_path / "real", tmp_path / "out", tmp_path / "grid.json"
    real.mkdir()
    for k, hz in enumerate((200, 300, 400)):
        soundfile.write(real / f"{k}.wav", 0.3 * np.sin(2 * np.pi * hz * np.arange(16000) / 16000), 16000)
    grid.write_text('{"steps": [1, 2], "rates": [0.1], "penalties": [0.01], "restarts": 2}')
    words = [
        "generate", str(DEMO), "--network", "Q", "--target", "c2", "--grid", str(grid), "--real", str(real),
        "--top", "2", "--out", str(out),
    ]  # fmt: skip
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "maximise best" in said
    assert "floor" in said
    with (out / "settings.csv").open() as file:
        settings = list(csv.DictReader(file))
    assert [row["sign"] for row in settings] == ["max", "max", "min", "min"]
    assert list(settings[0])[:9] == ["steps", "rate", "lambda", "sign", "mean", "sd", "frechet", "floor", "n"]
    assert all(float(row["frechet"]) >= 0 and row["n"] == "2" and row["pool"] == "3" for row in settings)
    with (out / "examples.csv").open() as file:
        examples = list(csv.DictReader(file))
    assert list(examples[0])[:6] == ["sign", "setting", "restart", "activation", "f0", "f1"]
    best = next(row for row in examples if row["mark"] == "best")
    z = json.loads((out / best["point"]).read_text())["z"]
    demo = open_model(DEMO)
    unit = parse_unit(demo.spec("Q"), "c2")
    chain = chain_of(demo, demo, unit)
    with torch.no_grad():
        again = float(chain.responses(tensor(np.array([z], np.float32)))[0])
    assert again == pytest.approx(float(best["activation"]), rel=1e-3)
    assert soundfile.info(out / best["sound"]).frames == 16384
    assert (out / "search_max.pdf").read_bytes().startswith(b"%PDF")
    tone = next(row for row in examples if row["mark"] == "real" and row["point"].endswith("2.wav"))
    assert float(tone["f0"]) == pytest.approx(400, rel=0.01)


def test_the_command_needs_a_network_that_hears_and_a_prior_that_sounds(
    detector: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    for words, sentence in (
        (
            ["generate", str(detector), "--target", "singing", "--prior", str(detector), "--out", out],
            "no generator",
        ),
        (["generate", str(detector), "--target", "singing", "--prior", "", "--out", out], "needs a prior"),
        (
            ["generate", str(detector), "--target", "singing", "--real", out + "x", "--out", out],
            "There is no",
        ),
    ):
        assert main(words) != 0
        assert sentence in capsys.readouterr().err
