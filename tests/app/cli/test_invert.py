"""`phonoscope invert`: the points of a recording, with their sounds and distances."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from app.cli.main import main
from core.families.registry import open_model
from core.files.wav import write_wav
from core.networks.latent import draw
from core.probing.forward import generate
from core.recordings.sound_file import read_sound
from core.signals.axis import TimeAxis
from core.signals.track import Track
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle


@pytest.fixture
def model_path(tmp_path):
    return write_bundle(tmp_path / "model.ckpt-5", nets.tensorflow(dim=1, latent=4))


def test_the_points_are_written_from_the_nearest_on(model_path, tmp_path, capsys):
    model = open_model(model_path)
    write_wav(tmp_path / "made.wav", generate(model, draw(model.card.layout, 9))["out"])
    few = ["--tries", "12", "--restarts", "2", "--steps", "4"]
    out = tmp_path / "found"
    assert main(["invert", str(model_path), str(tmp_path / "made.wav"), *few, "--out", str(out)]) == 0
    assert "2 points; the nearest is 0.0" in capsys.readouterr().out
    with (out / "points.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert [row["file"] for row in rows] == ["point-1.json", "point-2.json"]
    assert float(rows[0]["distance_db"]) <= float(rows[1]["distance_db"])
    point = json.loads((out / "point-1.json").read_text())
    assert len(point["z"]) == 4
    sound, _, _ = read_sound(out / "point-1.wav")
    assert len(sound) == 16384
    assert main(["info", str(model_path)]) == 0


def test_a_silent_recording_and_a_file_that_is_no_sound_are_refused(model_path, tmp_path, capsys):
    silence = Track("silence", np.zeros(8000, np.float32), TimeAxis.of_sound(16000, 8000))
    write_wav(tmp_path / "silence.wav", silence)
    assert main(["invert", str(model_path), str(tmp_path / "silence.wav"), "--out", str(tmp_path / "x")]) == 2
    assert "silent" in capsys.readouterr().err
    assert main(["invert", str(model_path), str(model_path) + ".index", "--out", str(tmp_path / "x")]) == 2
    assert not (tmp_path / "x").exists()
