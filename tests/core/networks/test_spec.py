"""A network's description is plain data: it crosses processes, compares, and says where layers lie."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from core.checkpoint.tensors import TensorSpec
from core.families.registry import open_model
from core.networks.numpy_runner import NumpyRunner, numpy_runner
from core.networks.operations import RELU, Conv, Norm, Pooling, Stored
from core.networks.runner import Record
from core.networks.spec import FramesOutput, LatentDrive, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights
from tests.support.tiny.every_family import EVERY


class Held:
    """Tensors in memory, as a checkpoint reader gives them."""

    path = Path("held")

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self.tensors = tensors
        self.specs = {name: TensorSpec(value.shape, "float32") for name, value in tensors.items()}

    def read(self, name: str) -> np.ndarray:
        return self.tensors[name]


def weights_of(tensors: dict[str, np.ndarray]) -> Weights:
    return Weights("held", Held(tensors), {name: name for name in tensors})


CHANCE = np.random.default_rng(0)
RECOGNISER = {
    "a.weight": CHANCE.standard_normal((4, 1, 8)).astype(np.float32),
    "a.bias": CHANCE.standard_normal(4).astype(np.float32),
    "n.weight": np.array([1, 2, 0.5, 1], np.float32),
    "n.bias": np.array([0, 1, 0, -1], np.float32),
    "n.mean": CHANCE.standard_normal(4).astype(np.float32),
    "n.var": np.array([1, 0.5, 2, 1], np.float32),
    "b.weight": CHANCE.standard_normal((3, 4, 1)).astype(np.float32),
    "b.bias": CHANCE.standard_normal(3).astype(np.float32),
}


def recogniser() -> NetworkSpec:
    """Give a made-up letter recogniser: it takes a sound of any length and gives letters per frame."""
    return NetworkSpec(
        "R",
        SoundDrive(16000.0),
        (
            LayerSpec("conv1", Conv(Stored("a.weight", "a.bias", "torch"), 8, 2), 4, None, 1 / 2, -3.5 / 2),
            LayerSpec("norm1", Norm("n.weight", "n.bias", "n.mean", "n.var", 1e-5), 4, None),
            LayerSpec("pool1", Pooling("max", 3, 2), 4, None, 1 / 2, -1 / 2),
            LayerSpec("letters", Conv(Stored("b.weight", "b.bias", "torch"), 1, activation=RELU), 3, None),
        ),
        FramesOutput(("a", "b", "-")),
    )


@pytest.mark.parametrize("name", EVERY)
def test_a_spec_crosses_processes_and_compares(tmp_path: Path, name: str) -> None:
    model = EVERY[name](tmp_path)
    for spec in model.description.networks:
        assert pickle.loads(pickle.dumps(spec)) == spec
        assert len({spec, pickle.loads(pickle.dumps(spec))}) == 1
        assert spec.infos() == model.card.layers[spec.role]
        assert isinstance(spec.drive, LatentDrive if spec.role == "G" else SoundDrive)


def test_equal_files_give_equal_specs_and_other_answers_do_not(tmp_path: Path) -> None:
    model = EVERY["port"](tmp_path)
    again = open_model(tmp_path, {"slope": "2 in D, 0 in Q"}).description
    other = open_model(tmp_path, {"slope": "0.2"}).description
    assert again.network("D") == model.description.network("D") != other.network("D")
    assert again.network("G") == other.network("G")


@pytest.mark.parametrize("n", [1000, 1601])
def test_the_layers_of_a_sound_of_any_length_lie_where_their_samples_do(n: int) -> None:
    """An impulse in the sound reaches the frames around its own time."""
    spec = recogniser().for_length(n)
    runner = numpy_runner(recogniser(), weights_of(RECOGNISER))
    record = [Record(layer.name) for layer in spec.layers]
    quiet = runner.run(np.zeros((1, n), np.float32), record)
    sound = np.zeros((1, n), np.float32)
    sound[0, 500] = 10
    found = runner.run(sound, record)
    answer = spec.answer()
    assert answer is not None
    for layer, info in zip(spec.layers, (*spec.infos(), answer), strict=True):
        maps = found[Record(layer.name)]
        assert maps.shape == (1, info.axis.n, info.channels) == (1, layer.n, layer.channels)
        touched = np.flatnonzero(np.abs(maps - quiet[Record(layer.name)]).max((0, 2)))
        times_s = info.axis.times()[touched]
        reach_s = (12 + 1) / 2 / 16000  # of one frame: 8 taps, then 3 steps of 2 samples
        assert len(touched)
        assert np.abs(times_s - 500.5 / 16000).max() <= reach_s


def test_running_ends_with_the_last_layer_that_is_recorded() -> None:
    def fail(x: np.ndarray) -> np.ndarray:
        raise AssertionError("nothing asked for this layer")

    runner = numpy_runner(recogniser(), weights_of(RECOGNISER))
    stopped = NumpyRunner(runner.spec, (*runner.steps[:2], ("pool1", fail)), "")
    found = stopped.run(np.zeros((1, 100), np.float32), [Record("norm1")])
    assert list(found) == [Record("norm1")]
