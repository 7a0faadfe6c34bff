"""A long sound is heard part by part: as in one pass, and resumed after a kill."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from core.answers import hearing, long_hearing
from core.answers.hearing import hear
from core.answers.long_hearing import PartStore, long_plan
from core.families.registry import open_model
from core.processes.hearing_tasks import HearPart
from core.recordings import streamed_sound
from core.recordings.sound_file import read_sound
from tests.app.conftest import save_small_model
from tests.support.tiny.recogniser import save_recogniser

RATE_HZ = 16000


@pytest.fixture(autouse=True)
def short_parts(monkeypatch):
    """Half a second counts as a part, a second as long."""
    monkeypatch.setattr(hearing, "WINDOW_S", 0.5)
    monkeypatch.setattr(long_hearing, "WINDOW_S", 0.5)
    monkeypatch.setattr(streamed_sound, "LONG_S", 1.0)


@pytest.fixture
def network(tmp_path) -> Path:
    return save_recogniser(tmp_path / "tiny.safetensors")


def sound_file(folder: Path, rate_hz=RATE_HZ, seconds=3.0) -> Path:
    chance = np.random.default_rng(2)
    path = folder / "long.wav"
    soundfile.write(path, 0.2 * chance.standard_normal(round(seconds * rate_hz)), rate_hz)
    return path


class Stops:
    """Runs parts until one is reached, where the process is killed."""

    def __init__(self, monkeypatch, after: int) -> None:
        self.ran = 0
        run = HearPart.run

        def counted(task, models, stop):
            if self.ran == after:
                raise KeyboardInterrupt
            self.ran += 1
            return run(task, models, stop)

        monkeypatch.setattr(HearPart, "run", counted)


@pytest.mark.parametrize("rate_hz", [16000, 22050])
def test_parts_equal_one_pass(network, tmp_path, rate_hz, monkeypatch):
    path, out = sound_file(tmp_path, rate_hz), tmp_path / "out"
    assert main(["outputs", str(network), str(path), "--out", str(out)]) == 0
    monkeypatch.setattr(hearing, "WINDOW_S", 60.0)
    model = open_model(network)
    samples, _, _ = read_sound(path, RATE_HZ)
    whole = hear(model, next(iter(model.card.networks)), samples, "")
    with np.load(out / "long.npz") as arrays:
        np.testing.assert_allclose(arrays["logits"], whole.answer.logits, rtol=1e-6, atol=1e-5)
        for name, values in whole.curves.items():
            np.testing.assert_allclose(arrays[name], values, rtol=1e-6, atol=1e-5)
    assert not list(out.glob(".*"))
    about = json.loads((out / "long.json").read_text())
    assert about["axes"]["logits"]["samples"] == len(whole.answer.logits)


@pytest.mark.parametrize("command", ["outputs", "layers"])
def test_a_stopped_run_goes_on_where_it_was(network, tmp_path, monkeypatch, capsys, command):
    path, out, straight = sound_file(tmp_path), tmp_path / "out", tmp_path / "straight"
    sound = [str(path)] if command == "outputs" else ["--sound", str(path)]
    assert main([command, str(network), *sound, "--out", str(straight)]) == 0
    capsys.readouterr()
    with monkeypatch.context() as patch:
        Stops(patch, 4)
        assert main([command, str(network), *sound, "--out", str(out)]) == 2
    assert "was stopped. Run the same command again" in capsys.readouterr().err
    with monkeypatch.context() as patch:
        rest = Stops(patch, 99)
        assert main([command, str(network), *sound, "--out", str(out)]) == 0
    assert rest.ran == 2
    assert "goes on after" in capsys.readouterr().err
    file = "long.npz" if command == "outputs" else "layers.npz"
    with np.load(out / file) as again, np.load(straight / file) as once:
        assert again.files == once.files
        for name in once.files:
            np.testing.assert_array_equal(again[name], once[name])
    assert not list(out.glob(".*"))


def test_layers_of_a_long_sound_equal_one_pass(network, tmp_path, monkeypatch):
    path, parts, whole = sound_file(tmp_path), tmp_path / "parts", tmp_path / "whole"
    assert main(["layers", str(network), "--sound", str(path), "--out", str(parts)]) == 0
    monkeypatch.setattr(long_hearing, "WINDOW_S", 60.0)
    assert main(["layers", str(network), "--sound", str(path), "--out", str(whole)]) == 0
    with np.load(parts / "layers.npz") as some, np.load(whole / "layers.npz") as all_of:
        assert some.files == all_of.files
        for name in all_of.files:
            np.testing.assert_allclose(some[name], all_of[name], rtol=1e-6, atol=1e-5)
    origins = [json.loads((folder / "origin.json").read_text()) for folder in (parts, whole)]
    assert origins[0] == origins[1]


def test_a_network_of_fixed_length_hears_a_long_sound_in_batches_of_stretches(tmp_path):
    network = save_small_model(tmp_path / "small.safetensors")
    path, out = sound_file(tmp_path, seconds=4.0), tmp_path / "out"
    assert main(["outputs", str(network), str(path), "--network", "Q", "--out", str(out)]) == 0
    samples, _, _ = read_sound(path, RATE_HZ)
    whole = hear(open_model(network), "Q", samples, "")
    with np.load(out / "long.npz") as arrays:
        np.testing.assert_array_equal(arrays["logits"], whole.answer.logits)
        for name, values in whole.curves.items():
            np.testing.assert_array_equal(arrays[name], values)


def test_what_is_left_of_another_sound_is_not_used(network, tmp_path):
    model = open_model(network)
    spec = model.spec(next(iter(model.card.networks)))
    plan = long_plan(spec, 3 * RATE_HZ)
    store = PartStore(tmp_path / "parts", "one", plan)
    store.put({name: np.ones((1, *shape[1:]), np.float32) for name, shape in plan.shapes.items()})
    assert PartStore(tmp_path / "parts", "one", plan).done == 1
    assert PartStore(tmp_path / "parts", "another", plan).done == 0


def test_a_short_sound_has_no_parts(network):
    spec = open_model(network).spec("recogniser")
    assert long_plan(spec, RATE_HZ) is None
    assert long_plan(spec, RATE_HZ + 1) is not None


def test_a_long_file_is_converted_on_the_disk(tmp_path):
    path = sound_file(tmp_path, 22050)
    long = streamed_sound.streamed_sound(path, RATE_HZ, tmp_path / "parts")
    whole, axis, notes = read_sound(path, RATE_HZ)
    assert isinstance(long.samples, np.memmap)
    assert (long.axis, long.notes) == (axis, notes)
    np.testing.assert_allclose(long.samples, whole, rtol=1e-6, atol=1e-5)
