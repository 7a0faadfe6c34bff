"""Every network as a torch module computes what the numpy engine computes, and its gradient is right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.families.registry import Model, open_model
from core.networks.numpy_runner import numpy_runner
from core.networks.runner import Record
from core.networks.spec import LatentDrive, NetworkSpec, SoundDrive
from core.networks.torch_layers import Convolutions
from core.networks.torch_module import NetworkModule, module
from core.networks.weights import Weights
from core.train.convolution import down, leaky, up
from tests.core.networks.test_spec import RECOGNISER, recogniser, weights_of
from tests.support.checkpoints import NAMES, checkpoint
from tests.support.tiny.every_family import EVERY

DEMO = Path(__file__).parents[3] / "resources" / "demo"
FILES = ("demo", *NAMES)


def taken(spec: NetworkSpec, items: int = 1) -> np.ndarray:
    """Give what drives a network: latent vectors, or sounds."""
    chance = np.random.default_rng(3)
    if isinstance(spec.drive, LatentDrive):
        return chance.uniform(-1, 1, (items, spec.drive.layout.size)).astype(np.float32)
    return chance.uniform(-1, 1, (items, spec.drive.n or 2000)).astype(np.float32)


def assert_alike(spec: NetworkSpec, weights: Weights) -> None:
    """Hold all maps of all layers to each other: 1e-5 before a tanh, 1e-4 after it."""
    x = taken(spec)
    mine = numpy_runner(spec, weights).run(x, [Record(layer.name) for layer in spec.layers])
    with torch.no_grad():
        theirs = dict(module(spec, weights).walk(torch.from_numpy(x)))
    assert list(theirs) == [record.layer for record in mine]
    for record, maps in mine.items():
        other = theirs[record.layer].numpy()
        assert other.shape == maps.shape
        close = 1e-4 if record.layer in ("out", "pp") else 1e-5
        scale = max(1.0, float(np.abs(maps).max()))
        np.testing.assert_allclose(other, maps, atol=close * scale, rtol=0, err_msg=record.layer)
        assert np.abs(maps).max() > 1e-3, "a dead network would prove nothing"


def assert_differentiable(network: NetworkModule, x: torch.Tensor, weights: torch.Tensor) -> None:
    """Hold the gradient of a weighted sum of the output to central differences, in float64.

    A step that crosses the corner of a ReLU differs; so the steps are small, and a few directions
    are tried.
    """

    def score(values: torch.Tensor) -> torch.Tensor:
        return (network(values) * weights).sum()

    x = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(x), x)
    chance = torch.Generator().manual_seed(0)
    anywhere = [torch.randn(x.shape, generator=chance, dtype=torch.float64) for _ in range(2)]
    for direction in (gradient, *anywhere):
        way, step = direction / direction.norm(), 1e-7
        with torch.no_grad():
            slope = (score(x + step * way) - score(x - step * way)) / (2 * step)
        expected = float((gradient * way).sum())
        assert float(slope) == pytest.approx(expected, rel=1e-4, abs=1e-5 * float(gradient.norm()))
    assert float(gradient.norm()) > 1e-6


def assert_gradient(spec: NetworkSpec, weights: Weights) -> None:
    network = module(spec, weights).double()
    x = torch.from_numpy(taken(spec)).double()
    with torch.no_grad():
        shape = network(x).shape
    chance = torch.Generator().manual_seed(1)
    assert_differentiable(network, x, torch.randn(shape, generator=chance, dtype=torch.float64))


def opened(name: str) -> Model:
    return open_model(DEMO if name == "demo" else checkpoint(name))


@pytest.mark.parametrize("name", EVERY)
def test_both_engines_agree_on_every_family(tmp_path: Path, name: str) -> None:
    model = EVERY[name](tmp_path)
    for spec in model.description.networks:
        assert_alike(spec, model.parts[spec.role])


@pytest.mark.parametrize("name", EVERY)
def test_gradients_are_those_of_finite_differences(tmp_path: Path, name: str) -> None:
    model = EVERY[name](tmp_path)
    for spec in model.description.networks:
        assert_gradient(spec, model.parts[spec.role])


@pytest.mark.parametrize("name", FILES)
def test_both_engines_agree_on_trained_networks(name: str) -> None:
    model = opened(name)
    for spec in model.description.networks:
        assert_alike(spec, model.parts[spec.role])
        assert_gradient(spec, model.parts[spec.role])


def test_both_engines_agree_on_a_recogniser() -> None:
    assert_alike(recogniser(), weights_of(RECOGNISER))
    assert_gradient(recogniser(), weights_of(RECOGNISER))


@pytest.mark.parametrize("name", ["tensorflow", "elaraby zeros 32768 normed", "tensorflow nearest filtered"])
def test_the_convolutions_of_training_can_be_put_in(tmp_path: Path, name: str) -> None:
    model = EVERY[name](tmp_path)
    for spec in model.description.networks:
        x = torch.from_numpy(taken(spec, 2 if isinstance(spec.drive, LatentDrive) else 1))
        with torch.no_grad():
            plain, fast = (
                module(spec, model.parts[spec.role], **how)(x)
                for how in ({}, {"how": Convolutions(down, up, leaky)})
            )
        torch.testing.assert_close(fast, plain, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "role", "shape"),
    [
        ("port", "G", (2, 16384)),
        ("articulation", "G", (2, 256, 13)),
        ("port", "D", (2, 1)),
        ("port", "Q", (2, 2)),
    ],
)
def test_a_module_gives_what_its_output_says(
    tmp_path: Path, name: str, role: str, shape: tuple[int, ...]
) -> None:
    model = EVERY[name](tmp_path)
    spec = model.spec(role)
    with torch.no_grad():
        assert module(spec, model.parts[role])(torch.from_numpy(taken(spec, 2))).shape == shape
    assert isinstance(spec.drive, LatentDrive if role == "G" else SoundDrive)
