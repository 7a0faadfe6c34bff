"""The PyTorch port of ciwGAN and fiwGAN, and articulationGAN, which shares its names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.families.registry import open_model
from core.faults import Fault
from core.probing import forward
from tests.support.tiny import nets, truth
from tests.support.tiny.compare import assert_generates, assert_listens, some_point
from tests.support.tiny.files import save_port, save_state

DOWN = [f"downconv_{i}.conv" for i in range(5)]
NORMS = [f"downconv_{i}.batchnorm" for i in range(5)]


@pytest.mark.parametrize(("slice_len", "count"), [(16384, 5), (65536, 6)])
@pytest.mark.parametrize("normed", [False, True])
def test_the_generator_has_no_relu_after_its_first_layer(
    tmp_path: Path, slice_len: int, count: int, normed: bool
) -> None:
    weights = nets.port_generator(slice_len, normed=normed)
    model = open_model(save_state(tmp_path / "epoch1_step2_G.pt", weights))
    point, z = some_point(model)
    expected = truth.port_generator(weights, z, count)
    assert (expected["fc"] < 0).any()
    assert_generates(model, point, expected)
    assert model.card.slice_len == slice_len


@pytest.mark.parametrize(
    ("answer", "in_d", "in_q"),
    [("0.2", 0.2, 0.2), ("2 in D, 0 in Q", 2.0, 0.0), ("0", 0.0, 0.0), (0.3, 0.3, 0.3)],
)
def test_the_slope_that_is_answered_is_the_one_that_runs(
    tmp_path: Path, answer: str | float, in_d: float, in_q: float
) -> None:
    weights = save_port(tmp_path)
    model = open_model(tmp_path, {"slope": answer})
    sound = np.random.default_rng(2).uniform(-1, 1, 16384).astype(np.float32)
    for network, slope in (("D", in_d), ("Q", in_q)):
        assert_listens(
            model, network, sound, truth.torch_listener(weights[network], sound, DOWN, "fc_out", slope)
        )
    assert dict(model.card.answers)["slope"] == str(answer)


def test_the_slope_is_asked_where_something_listens(tmp_path: Path) -> None:
    save_port(tmp_path)
    card = open_model(tmp_path).card
    slope = next(question for question in card.questions if question.name == "slope")
    assert "slope" in card.unanswered
    assert [choice.value for choice in slope.choices] == ["0.2", "2 in D, 0 in Q", "0"]


def test_stored_statistics_normalise_what_listens(tmp_path: Path) -> None:
    listener = nets.port_listener(1, 65536, normed=True)
    save_state(tmp_path / "a_G.pt", nets.port_generator(65536))
    save_state(tmp_path / "a_D.pt", listener)
    model = open_model(tmp_path / "a_D.pt")
    sound = np.random.default_rng(2).uniform(-1, 1, 65536).astype(np.float32)
    assert_listens(model, "D", sound, truth.torch_listener(listener, sound, DOWN, "fc_out", 0.2, NORMS))


def test_a_network_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "a_G.pt", nets.port_generator()))
    with pytest.raises(Fault, match="no discriminator"):
        model.network("D")


def test_articulation_moves_articulators_at_200_hz(tmp_path: Path) -> None:
    weights, listener = nets.articulation_generator(), nets.port_listener(1, 20480)
    save_state(tmp_path / "epoch9_step5_G.pt", weights)
    save_state(tmp_path / "epoch9_step5_D.pt", listener)
    model = open_model(tmp_path, {"slope": "0.2"})
    point, z = some_point(model)
    assert_generates(model, point, truth.articulation_generator(weights, z))
    card = model.card
    assert (card.rate_hz, card.slice_len, card.sounds, card.family) == (200, 256, False, "articulationgan")
    assert [info.axis.n for info in card.layers["G"]] == [16, 32, 64, 128, 128, 256]
    assert card.layers["D"][0].axis.rate_hz == 4000
    assert (forward.input_samples(model, "D"), forward.input_rate_hz(model, "D")) == (20480, 16000)
    sound = np.random.default_rng(2).uniform(-1, 1, 20480).astype(np.float32)
    assert_listens(model, "D", sound, truth.torch_listener(listener, sound, DOWN, "fc_out", 0.2))


def forked(taps: int = 25, out: int = 1) -> nets.Tensors:
    """A generator of the port with other kernels or more channels."""
    tensors = {
        name: value[:, :, :taps] if value.ndim == 3 else value
        for name, value in nets.port_generator().items()
    }
    tensors["upconv4.conv.weight"] = np.repeat(tensors["upconv4.conv.weight"], out, 1)
    tensors["upconv4.conv.bias"] = np.repeat(tensors["upconv4.conv.bias"], out)
    return tensors


def straight(weights: nets.Tensors, z: np.ndarray, stride: int, slope: float) -> dict[str, np.ndarray]:
    """The port with a stride, and a leaky ReLU after its first layer (slope 1: none)."""
    w = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
    x = functional.linear(torch.from_numpy(z[None]), w["z_project.weight"], w["z_project.bias"]).view(
        1, -1, 16
    )
    x = functional.leaky_relu(x, slope)
    found = {"fc": x.numpy()[0]}
    for i in range(5):
        kernel, bias = w[f"upconv{i}.conv.weight"], w[f"upconv{i}.conv.bias"]
        x = functional.conv_transpose1d(x, kernel, bias, stride=stride, padding=11, output_padding=1)
        x = torch.tanh(x) if i == 4 else functional.relu(x)
        found["out" if i == 4 else f"conv{i + 1}"] = x.numpy()[0]
    return found


@pytest.mark.parametrize(("taps", "out"), [(25, 30), (24, 1)])
def test_a_fork_is_asked_for_its_stride_and_its_first_layer(tmp_path: Path, taps: int, out: int) -> None:
    path = save_state(tmp_path / "x_G.pt", forked(taps, out))
    assert {"stride", "first"} <= set(open_model(path).card.unanswered)
    for stride, first, slope in ((2, "leaky", 0.2), (2, 0.4, 0.4), (4, "none", 1.0), (4, "relu", 0.0)):
        model = open_model(path, {"stride": stride, "first": first, "channel": "average"})
        point, z = some_point(model)
        assert_generates(model, point, straight(forked(taps, out), z, stride, slope))


def test_the_published_port_can_be_told_another_stride_and_is_not_asked(tmp_path: Path) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    card = open_model(path).card
    assert {"stride", "first"} <= {question.name for question in card.questions}
    assert not {"stride", "first"} & {*card.unanswered, *card.answers}
    model = open_model(path, {"first": "leaky"})
    point, z = some_point(model)
    assert_generates(model, point, straight(nets.port_generator(), z, 4, 0.2))


@pytest.mark.parametrize("stride", [0, 1.5, "wide", 17])
def test_a_stride_is_a_small_whole_number(tmp_path: Path, stride: str | float) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    with pytest.raises(Fault, match="stride"):
        open_model(path, {"stride": stride})


def test_articulations_listeners_have_the_slope_of_its_own_code(tmp_path: Path) -> None:
    listener = nets.port_listener(1, 20480)
    save_state(tmp_path / "x_G.pt", nets.articulation_generator())
    save_state(tmp_path / "x_D.pt", listener)
    model = open_model(tmp_path)
    assert (model.card.answers["slope"], "slope" in model.card.unanswered) == ("0", True)
    sound = np.random.default_rng(2).uniform(-1, 1, 20480).astype(np.float32)
    assert_listens(model, "D", sound, truth.torch_listener(listener, sound, DOWN, "fc_out", 0.0))
