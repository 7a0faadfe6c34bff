"""The trained networks compute what TensorFlow's do, and their derivatives are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import conv1d, conv_transpose1d, leaky_relu, pad

from core.families.registry import open_model
from core.networks.latent import Point
from core.networks.torch_module import NetworkModule
from core.probing.forward import generate
from core.train.convolution import down, leaky, up
from core.train.fresh_networks import (
    draw_parameters,
    generator_of,
    listener_of,
    phase_shuffle,
    shifted,
    untrained,
)
from core.train.model_file import make_card, save_model, tensorflow_arrays
from core.train.recipe import Recipe

SLICES = (16384, 32768, 65536)


def drawn(slice_len: int, dim: int = 2, outputs: int = 3) -> tuple[NetworkModule, NetworkModule]:
    recipe = Recipe(categories=3, dim=dim, latent=10, slice_len=slice_len)
    listener = listener_of("Q" if outputs > 1 else "D", recipe, outputs)
    networks = untrained(generator_of(recipe)), untrained(listener)
    draw_parameters(networks, torch.Generator().manual_seed(1))
    for network in networks:
        for name, value in network.named_parameters():
            if name.endswith("bias"):
                torch.nn.init.uniform_(value, -0.1, 0.1, generator=torch.Generator().manual_seed(2))
    return networks


def straight_generator(arrays: dict[str, np.ndarray], z: torch.Tensor) -> torch.Tensor:
    """Compute TensorFlow's forward pass from its variables, one line per operation."""
    kernel = torch.tensor(arrays["G/z_project/dense/kernel"])
    x = torch.relu(z @ kernel + torch.tensor(arrays["G/z_project/dense/bias"]))
    x = x.view(len(z), 16, -1).transpose(1, 2)
    count = sum(name.endswith("conv2d_transpose/kernel") for name in arrays)
    for k in range(count):
        w = torch.tensor(arrays[f"G/upconv_{k}/conv2d_transpose/kernel"])[0].permute(2, 1, 0)
        b = torch.tensor(arrays[f"G/upconv_{k}/conv2d_transpose/bias"])
        length = x.shape[2]
        stride = 2 if (count == 6 and k == 5 and arrays["slice"] == 32768) else 4
        left = max((length - 1) * stride + 25 - length * stride, 0) // 2
        x = conv_transpose1d(x, w, b, stride=stride)[..., left : left + length * stride]
        x = torch.tanh(x) if k == count - 1 else torch.relu(x)
    return x[:, 0]


def straight_listener(arrays: dict[str, np.ndarray], sound: torch.Tensor, slice_len: int) -> torch.Tensor:
    x = sound[:, None]
    count = sum(name.endswith("conv1d/kernel") for name in arrays)
    for k in range(count):
        w = torch.tensor(arrays[f"Q/Qdownconv_{k}/conv1d/kernel"]).permute(2, 1, 0)
        b = torch.tensor(arrays[f"Q/Qdownconv_{k}/conv1d/bias"])
        stride = 2 if (k == 5 and slice_len == 32768) else 4
        n = x.shape[2]
        total = max((-(-n // stride) - 1) * stride + 25 - n, 0)
        x = leaky_relu(conv1d(pad(x, (total // 2, total - total // 2)), w, b, stride=stride), 0.2)
    kernel, bias = arrays["Q/Qoutput/dense/kernel"], arrays["Q/Qoutput/dense/bias"]
    return x.transpose(1, 2).reshape(len(sound), -1) @ torch.tensor(kernel) + torch.tensor(bias)


@pytest.mark.parametrize("slice_len", SLICES)
def test_the_networks_compute_tensorflows_forward_pass(slice_len: int) -> None:
    generator, listener = drawn(slice_len)
    z = torch.rand(2, 10, generator=torch.Generator().manual_seed(3)) * 2 - 1
    with torch.no_grad():
        sound = generator(z)
        expected = straight_generator(tensorflow_arrays(generator) | {"slice": slice_len}, z)
        assert sound.shape == (2, slice_len)
        assert torch.allclose(sound, expected, atol=1e-6)
        logits = straight_listener(tensorflow_arrays(listener), sound, slice_len)
        assert torch.allclose(listener(sound), logits, atol=1e-5)


def test_what_was_trained_opens_in_the_instrument_and_gives_the_same_sound(tmp_path: Path) -> None:
    recipe = Recipe(categories=3, dim=2, latent=10)
    generator, listener = drawn(16384)
    arrays = tensorflow_arrays(generator) | tensorflow_arrays(listener)
    save_model(tmp_path / "m.safetensors", arrays, make_card(recipe, 7, {"title": "Tried"}))
    model = open_model(tmp_path / "m.safetensors")
    assert model.card.title == "Tried"
    assert (model.card.layout, model.card.rate_hz, model.card.slice_len) == (recipe.layout, 16000, 16384)
    point = Point((1.0, 0.0, 0.0, *np.linspace(-1, 1, 7)))
    with torch.no_grad():
        expected = generator(torch.tensor([point.z], dtype=torch.float32))[0]
    np.testing.assert_allclose(generate(model, point)["out"].samples, expected.numpy(), atol=1e-5)


def test_second_derivatives_of_the_convolutions_are_right() -> None:
    torch.manual_seed(0)
    sound = torch.randn(2, 33, 3, dtype=torch.double, requires_grad=True)
    small = torch.randn(2, 3, 4, dtype=torch.double, requires_grad=True)
    kernel = torch.randn(4, 25, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradgradcheck(lambda x, w: down(x, w, 4), (sound, kernel))
    assert torch.autograd.gradgradcheck(lambda x, w: up(x, w, 4), (small, kernel))


def test_a_single_channel_is_upsampled_as_any_other() -> None:
    torch.manual_seed(0)
    small, kernel = torch.randn(2, 5, 4), torch.randn(4, 25, 1)
    expected = conv_transpose1d(small.transpose(1, 2), kernel.transpose(1, 2), stride=2)
    assert torch.allclose(up(small, kernel, 2), expected.transpose(1, 2), atol=1e-5)


def plain_penalty(listener: NetworkModule, sound: torch.Tensor) -> torch.Tensor:
    """Give the gradient penalty through PyTorch's own convolutions and leaky ReLU."""
    x = sound.unsqueeze(1)
    *convs, dense = listener.layers.values()
    for part in convs:
        stride = part.op.stride
        left, right = (10, 11) if stride == 4 else (11, 12)
        x = leaky_relu(conv1d(pad(x, (left, right)), part.weight.transpose(1, 2), part.bias, stride), 0.2)
    score = (x.transpose(1, 2).flatten(1) @ dense.weight + dense.bias).sum()
    (slope,) = torch.autograd.grad(score, sound, create_graph=True)
    return (slope.square().sum(1).sqrt() - 1).square().mean()


def test_the_penaltys_gradient_equals_that_of_plain_pytorch() -> None:
    _, critic = drawn(16384, outputs=1)
    sound = torch.rand(2, 16384, generator=torch.Generator().manual_seed(5)).requires_grad_()
    (slope,) = torch.autograd.grad(critic(sound).sum(), sound, create_graph=True)
    ours = (slope.square().sum(1).sqrt() - 1).square().mean()
    weights = [p for name, p in critic.named_parameters() if name.endswith("weight")]
    mine = torch.autograd.grad(ours, weights)
    theirs = torch.autograd.grad(plain_penalty(critic, sound), weights)
    for one, other in zip(mine, theirs, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-5 * float(other.abs().max()))


def test_leaky_relu_bends_at_zero() -> None:
    values = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)
    (slopes,) = torch.autograd.grad(leaky(values, 0.2).sum(), values)
    assert leaky(values, 0.2).tolist() == pytest.approx([-0.4, 0.0, 3.0])
    assert slopes.tolist() == pytest.approx([0.2, 0.2, 1.0])


@pytest.mark.parametrize("by", [-2, -1, 0, 1, 2])
def test_phase_shuffle_moves_and_reflects(by: int) -> None:
    maps = torch.arange(8.0).view(1, 8, 1)
    expected = np.pad(np.arange(8.0), 2, mode="reflect")[2 - by : 10 - by]
    np.testing.assert_array_equal(shifted(maps, by)[0, :, 0].numpy(), expected)


def test_phase_shuffle_moves_what_each_convolution_hands_on() -> None:
    _, critic = drawn(16384, outputs=1)
    sound = torch.rand(1, 16384, generator=torch.Generator().manual_seed(5))
    plain, moved = (dict(critic.walk(sound, phase_shuffle(shifts))) for shifts in ((), (0, 2, 0, 0)))
    assert torch.equal(moved["conv1"], plain["conv1"])
    assert torch.equal(moved["conv2"], shifted(plain["conv2"], 2))
    assert not torch.equal(moved["conv5"], plain["conv5"])
