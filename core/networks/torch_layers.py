"""The layers of torch modules, made from operations. Import it only where torch is needed.

Maps are [items, time, channels], as in the numpy engine. A kernel is stored as [out, taps, in], that of a
transposed convolution as [in, taps, out].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import conv1d, conv_transpose1d, leaky_relu, pad

from core.networks.numpy_layers import Array
from core.networks.operations import (
    Activation,
    Conv,
    Dense,
    Fir,
    Logits,
    Norm,
    Pooling,
    Rise,
    Upsample,
)
from core.networks.weights import Weights, read_bias, read_dense, read_kernel, read_logits, read_norm


@dataclass(frozen=True)
class Convolutions:
    """The convolution functions of a module; training brings its own, with fast second derivatives.

    `down(maps, kernel [out, taps, in], stride)` is a convolution without padding, `up(maps, kernel [in, taps,
    out], stride)` its adjoint, `leaky(maps, slope)` the leaky ReLU.
    """

    down: Callable[[Tensor, Tensor, int], Tensor]
    up: Callable[[Tensor, Tensor, int], Tensor]
    leaky: Callable[[Tensor, float], Tensor]


def _down(maps: Tensor, kernel: Tensor, stride: int) -> Tensor:
    return conv1d(maps.transpose(1, 2), kernel.transpose(1, 2), stride=stride).transpose(1, 2)


def _up(maps: Tensor, kernel: Tensor, stride: int) -> Tensor:
    return conv_transpose1d(maps.transpose(1, 2), kernel.transpose(1, 2), stride=stride).transpose(1, 2)


PLAIN = Convolutions(_down, _up, leaky_relu)


class TorchLayer(nn.Module):
    """A layer with a kernel and a bias, a normalisation and an activation; `maps` is its linear part."""

    def __init__(
        self,
        shape: tuple[int, ...],
        channels: int,
        norm: Norm | None,
        activation: Activation,
        how: Convolutions,
    ) -> None:
        super().__init__()
        self.how = how
        self.activation = activation
        self.weight = nn.Parameter(torch.empty(shape))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.norm = TorchNorm(norm, channels) if norm is not None else None

    def maps(self, x: Tensor) -> Tensor:
        """Return the layer's linear part [items, time, channels]."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's maps after the activation."""
        y = self.maps(x)
        return activated(self.norm(y) if self.norm is not None else y, self.activation, self.how)

    def load(self, weights: Weights) -> None:
        """Read the layer's tensors."""
        kernel, bias = self.read(weights)
        put(self.weight, kernel)
        put(self.bias, bias)
        if self.norm is not None:
            self.norm.load(weights)

    def read(self, weights: Weights) -> tuple[Array, Array]:
        """Return the kernel in this module's axis order, and the bias."""
        raise NotImplementedError


PLAIN_ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


def activated(maps: Tensor, activation: Activation, how: Convolutions) -> Tensor:
    """Apply an activation."""
    if activation.kind == "leaky":
        maps = how.leaky(maps, activation.slope)
    elif activation.kind != "linear":
        maps = PLAIN_ACTIVATIONS[activation.kind](maps)
    return maps if activation.gain == 1 else maps * activation.gain


def put(parameter: Tensor, values: Array) -> None:
    """Write values into a parameter."""
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(values.copy()))  # pyright: ignore[reportUnknownMemberType]


class TorchNorm(nn.Module):
    """Batch normalisation with stored statistics, or with those of the maps."""

    def __init__(self, op: Norm, channels: int) -> None:
        super().__init__()
        self.op = op
        self.scale = nn.Parameter(torch.ones(channels // op.bins))
        self.shift = nn.Parameter(torch.zeros(channels // op.bins))

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised maps."""
        if self.op.is_stored and self.op.bins > 1:
            scale, shift = (part.repeat_interleave(self.op.bins) for part in (self.scale, self.shift))
            return x * scale + shift
        if self.op.is_stored:
            return x * self.scale + self.shift
        mean = x.mean((0, 1), keepdim=True)
        variance = (x - mean).square().mean((0, 1), keepdim=True)
        return (x - mean) / (variance + self.op.epsilon).sqrt() * self.scale + self.shift

    def load(self, weights: Weights) -> None:
        """Read gamma and beta, and fold in the stored statistics if there are any."""
        own = (self.op.gamma, self.op.beta)
        scale, shift = (
            read_norm(weights, self.op) if self.op.is_stored else (weights.read(own[0]), weights.read(own[1]))
        )
        put(self.scale, scale)
        put(self.shift, shift)


class TorchDense(TorchLayer):
    """Latent vectors [items, size] to maps; the matrix is [size, time * channels]."""

    def __init__(self, op: Dense, size: int, channels: int, how: Convolutions) -> None:
        super().__init__((size, op.steps * channels), channels, op.norm, op.activation, how)
        self.op = op
        self.bias = nn.Parameter(torch.zeros(op.steps * channels))

    def maps(self, x: Tensor) -> Tensor:
        return (x @ self.weight + self.bias).view(len(x), self.op.steps, -1)

    def read(self, weights: Weights) -> tuple[Array, Array]:
        return read_dense(weights, self.op.stored, self.op.steps)


class TorchConv(TorchLayer):
    """A convolution with a stride; the kernel is [out, taps, in]."""

    def __init__(self, op: Conv, before: int, channels: int, how: Convolutions) -> None:
        super().__init__((channels, op.taps, before), channels, op.norm, op.activation, how)
        self.op = op

    def maps(self, x: Tensor) -> Tensor:
        if not self.op.chunk:
            return self._convolved(x)
        items, n, width = x.shape
        whole = x[:, : n // self.op.chunk * self.op.chunk].reshape(-1, self.op.chunk, width)
        return self._convolved(whole).reshape(items, -1, len(self.weight))

    def _convolved(self, x: Tensor) -> Tensor:
        return self.how.down(pad(x, (0, 0, *self.op.pads)), self.weight, self.op.stride) + self.bias

    def read(self, weights: Weights) -> tuple[Array, Array]:
        kernel = read_kernel(weights, self.op.stored).transpose(2, 0, 1)
        return kernel, read_bias(weights, self.op.stored, len(kernel))


class TorchUpsample(TorchLayer):
    """A transposed convolution, kernel [in, taps, out], or repeated samples with a kernel [out, taps, in]."""

    def __init__(self, op: Upsample, before: int, channels: int, how: Convolutions) -> None:
        ends = (channels, before) if op.rise.repeat else (before, channels)
        super().__init__((ends[0], op.rise.taps, ends[1]), channels, op.norm, op.activation, how)
        self.op = op

    def maps(self, x: Tensor) -> Tensor:
        rise, n = self.op.rise, self.op.rise.length(x.shape[1])
        if rise.repeat:
            return self._nearest(x, rise, n) + self.bias
        whole = self.how.up(x, self.weight, rise.stride)
        if rise.left + n > whole.shape[1]:
            whole = pad(whole, (0, 0, 0, rise.left + n - whole.shape[1]))
        return whole[:, rise.left : rise.left + n] + self.bias

    def _nearest(self, x: Tensor, rise: Rise, n: int) -> Tensor:
        repeated = x.repeat_interleave(rise.repeat, 1)
        right = (n - 1) * rise.stride + rise.taps - rise.left - repeated.shape[1]
        return self.how.down(pad(repeated, (0, 0, rise.left, right)), self.weight, rise.stride)

    def read(self, weights: Weights) -> tuple[Array, Array]:
        places = (2, 0, 1) if self.op.rise.repeat else (1, 0, 2)
        return read_kernel(weights, self.op.stored).transpose(places), weights.read(self.op.stored.bias)


class TorchFir(TorchLayer):
    """One long filter; the kernel is [out, taps, in]."""

    def __init__(self, op: Fir, before: int, channels: int, how: Convolutions) -> None:
        super().__init__((channels, op.taps, before), channels, None, Activation(), how)
        self.op = op

    def maps(self, x: Tensor) -> Tensor:
        padded = pad(x, (0, 0, self.op.left, self.op.taps - 1 - self.op.left))
        return self.how.down(padded, self.weight, 1) + self.bias

    def read(self, weights: Weights) -> tuple[Array, Array]:
        stored = self.op.stored
        kernel = read_kernel(weights, stored).transpose(2, 0, 1)
        return kernel, read_bias(weights, stored, len(kernel))


class TorchPool(nn.Module):
    """The maximum or the mean of neighbours along time."""

    def __init__(self, op: Pooling, before: int, channels: int, how: Convolutions) -> None:
        super().__init__()
        self.op = op

    def forward(self, x: Tensor) -> Tensor:
        """Return the pooled maps."""
        windows = x.unfold(1, self.op.width, self.op.stride)
        return windows.amax(-1) if self.op.kind == "max" else windows.mean(-1)

    def load(self, weights: Weights) -> None:
        """Do nothing: no tensor is stored."""


class TorchLogits(TorchLayer):
    """The last dense layer, on the whole map; the matrix is [time * channels, classes]."""

    def __init__(self, op: Logits, before: int, channels: int, how: Convolutions) -> None:
        super().__init__((before, channels), channels, None, Activation(), how)
        self.op = op
        self.channels = 0  # of the previous map, which `read` needs

    def maps(self, x: Tensor) -> Tensor:
        return (x.flatten(1) @ self.weight + self.bias).unsqueeze(1)

    def read(self, weights: Weights) -> tuple[Array, Array]:
        return read_logits(weights, self.op.stored, self.channels)
