"""The layers of networks that hear sound as torch modules. Import it only where torch is needed.

Maps of time by bins are [items, time, maps * bins] between layers, the bins of map 0 first.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import conv1d, conv2d, max_pool2d, pad

from core.frontends.tensors import root
from core.networks.map_operations import (
    ChunkSpectrum,
    Conv2d,
    Flat,
    Memory,
    Pool2d,
    Recurrent,
    Standardise,
)
from core.networks.numpy_layers import Array
from core.networks.torch_layers import Convolutions, TorchLayer, TorchNorm, activated, put
from core.networks.weights import Weights, read_bias, read_flat, read_map_kernel


def unfolded(x: Tensor, bins: int) -> Tensor:
    """Return maps [items, maps, time, bins] of [items, time, maps * bins]."""
    items, time, width = x.shape
    return x.reshape(items, time, width // bins, bins).transpose(1, 2)


def folded(x: Tensor) -> Tensor:
    """Return [items, time, maps * bins] of maps [items, maps, time, bins]."""
    return x.transpose(1, 2).flatten(2)


class TorchConv2d(nn.Module):
    """A convolution over time and bins; the kernel is [out, in, time, bins]."""

    def __init__(self, op: Conv2d, before: int, channels: int, how: Convolutions) -> None:
        super().__init__()
        self.op, self.how = op, how
        out = channels // op.bins_out
        self.weight = nn.Parameter(torch.empty(out, before // op.bins, *op.taps))
        self.bias = nn.Parameter(torch.zeros(out))
        self.norm = TorchNorm(op.norm, channels) if op.norm is not None else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps after the activation."""
        op = self.op
        padded = pad(unfolded(x, op.bins), (*op.pads[1], *op.pads[0]))
        y = folded(conv2d(padded, self.weight, self.bias, op.stride, 0, (op.dilation, 1)))
        return activated(self.norm(y) if self.norm is not None else y, op.activation, self.how)

    def load(self, weights: Weights) -> None:
        """Read the layer's tensors."""
        kernel = read_map_kernel(weights, self.op.stored).transpose(3, 2, 0, 1)
        put(self.weight, kernel)
        put(self.bias, read_bias(weights, self.op.stored, len(kernel)))
        if self.norm is not None:
            self.norm.load(weights)


class TorchPool2d(nn.Module):
    """The maximum over neighbours in time and bins."""

    def __init__(self, op: Pool2d, before: int, channels: int, how: Convolutions) -> None:
        super().__init__()
        self.op = op

    def forward(self, x: Tensor) -> Tensor:
        """Return the pooled maps."""
        op = self.op
        padded = pad(unfolded(x, op.bins), (*op.pads[1], *op.pads[0]), value=-torch.inf)
        return folded(max_pool2d(padded, op.size, op.stride, 0, (op.dilation, 1)))

    def load(self, weights: Weights) -> None:
        """Do nothing: no tensor is stored."""


class TorchFlat(TorchLayer):
    """A dense layer on several samples at once; the kernel is [out, taps, in]."""

    def __init__(self, op: Flat, before: int, channels: int, how: Convolutions) -> None:
        super().__init__((channels, op.taps, before), channels, op.norm, op.activation, how)
        self.op = op

    def maps(self, x: Tensor) -> Tensor:
        kernel = self.weight.transpose(1, 2)
        return conv1d(x.transpose(1, 2), kernel, self.bias, dilation=self.op.dilation).transpose(1, 2)

    def read(self, weights: Weights) -> tuple[Array, Array]:
        kernel = read_flat(weights, self.op.stored, self.op.taps, self.op.bins).transpose(2, 0, 1)
        return kernel, read_bias(weights, self.op.stored, len(kernel))


class TorchRecurrent(nn.Module):
    """A GRU or LSTM over the whole sound, in one direction or both."""

    def __init__(self, op: Recurrent, before: int, channels: int, how: Convolutions) -> None:
        super().__init__()
        self.op, self.how = op, how
        made = nn.GRU if op.kind == "gru" else nn.LSTM
        self.inner = made(before, op.hidden, batch_first=True, bidirectional=op.backward is not None)

    def forward(self, x: Tensor) -> Tensor:
        """Return the states of each sample after the activation."""
        return activated(self.inner(x)[0], self.op.activation, self.how)

    def load(self, weights: Weights) -> None:
        """Read the layer's tensors."""
        for names, suffix in ((self.op.forward, ""), (self.op.backward, "_reverse")):
            for name, inner in zip(
                names or (), ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), strict=False
            ):
                put(getattr(self.inner, f"{inner}_l0{suffix}"), weights.read(name))


class TorchMemory(nn.Module):
    """Each channel plus its own weighted past and future; the kernels are [channels, 1, taps]."""

    def __init__(self, op: Memory, before: int, channels: int, how: Convolutions) -> None:
        super().__init__()
        self.op = op
        self.back = nn.Parameter(torch.zeros(channels, 1, op.taps[0]))
        self.ahead = nn.Parameter(torch.zeros(channels, 1, op.taps[1]))

    def forward(self, x: Tensor) -> Tensor:
        """Return the sums."""
        maps, channels = x.transpose(1, 2), x.shape[2]
        past = conv1d(pad(maps, (self.op.taps[0] - 1, 0)), self.back, groups=channels)
        future = conv1d(pad(maps[:, :, 1:], (0, self.op.taps[1])), self.ahead, groups=channels)
        return (maps + past + future).transpose(1, 2)

    def load(self, weights: Weights) -> None:
        """Read both kernels."""
        put(self.back, weights.read(self.op.back))
        put(self.ahead, weights.read(self.op.ahead))


class TorchStandardise(nn.Module):
    """(x - mean) / deviation per channel."""

    def __init__(self, op: Standardise, before: int, channels: int, how: Convolutions) -> None:
        super().__init__()
        self.op = op
        self.mean = nn.Parameter(torch.zeros(channels))
        self.deviation = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return the standardised values."""
        centred = x - self.mean
        return centred * self.deviation if self.op.inverse else centred / self.deviation

    def load(self, weights: Weights) -> None:
        """Read the mean and the deviation."""
        put(self.mean, weights.read(self.op.mean))
        put(self.deviation, weights.read(self.op.deviation))


class TorchChunkSpectrum(nn.Module):
    """The magnitudes of a stored Fourier basis in each chunk."""

    def __init__(self, op: ChunkSpectrum, before: int, channels: int, how: Convolutions) -> None:
        super().__init__()
        self.op = op
        self.basis = nn.Parameter(torch.zeros(2 * channels, 1, op.taps))

    def forward(self, x: Tensor) -> Tensor:
        """Return the magnitudes [items, chunks * steps, bins]."""
        items, chunks, size = x.shape
        found = conv1d(x.reshape(-1, 1, size), self.basis, stride=self.op.stride)
        real, imaginary = found.chunk(2, 1)
        magnitude = root(real.square() + imaginary.square())
        return magnitude.transpose(1, 2).reshape(items, chunks * self.op.steps, -1)

    def load(self, weights: Weights) -> None:
        """Read the basis."""
        put(self.basis, weights.read(self.op.basis))
