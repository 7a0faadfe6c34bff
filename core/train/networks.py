"""The three networks of WaveGAN, ciwGAN and fiwGAN, as modules that can be trained.

Every parameter is a permutation of the TensorFlow variable of the same place; feature maps are
[batch, time, channels], as TensorFlow has them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu

from core.train.convolution import down, leaky, up

TAPS = 25
FIRST_LEN = 16
SLICES = (16384, 32768, 65536)


@dataclass(frozen=True, slots=True)
class Shape:
    """The channels of a generator from its FC map to its output, and its strides."""

    channels: tuple[int, ...]
    strides: tuple[int, ...]

    @classmethod
    def of(cls, slice_len: int, dim: int) -> Shape:
        """Give the published shape for a slice of 16384, 32768 or 65536 samples."""
        last = {16384: (), 32768: (2,), 65536: (4,)}[slice_len]
        strides = (4,) * 5 + last
        return cls((*(dim * 2**k for k in reversed(range(len(strides)))), 1), strides)

    def rows(self) -> list[tuple[int, int, int]]:
        """Give (channels in, channels out, stride) of every upconv."""
        return list(zip(self.channels[:-1], self.channels[1:], self.strides, strict=True))


def same_crop(length: int, stride: int) -> tuple[int, int]:
    """Give the samples left and right that TensorFlow's `SAME` pads to `length * stride` samples."""
    total = max((length - 1) * stride + TAPS - length * stride, 0)
    return total // 2, total - total // 2


class Kernel(nn.Module):
    """A kernel [out, taps, in] and a bias, drawn as TensorFlow's layers draw them."""

    def __init__(self, wide: int, narrow: int, stride: int, bias_channels: int) -> None:
        super().__init__()
        self.stride = stride
        self.weight = nn.Parameter(torch.empty(wide, TAPS, narrow))
        self.bias = nn.Parameter(torch.zeros(bias_channels))

    def draw(self, chance: torch.Generator) -> None:
        out, taps, into = self.weight.shape
        limit = math.sqrt(6 / (taps * (out + into)))
        nn.init.uniform_(self.weight, -limit, limit, generator=chance)


class UpConv(Kernel):
    """A transposed convolution: [n, L, in] gives [n, L * stride, out]."""

    def __init__(self, into: int, out: int, stride: int) -> None:
        super().__init__(into, out, stride, out)

    def forward(self, maps: Tensor) -> Tensor:
        length = maps.shape[1]
        left, _ = same_crop(length, self.stride)
        whole = up(maps, self.weight, self.stride)
        return whole[:, left : left + length * self.stride] + self.bias


class DownConv(Kernel):
    """A strided convolution: [n, L * stride, in] gives [n, L, out]."""

    def __init__(self, into: int, out: int, stride: int) -> None:
        super().__init__(out, into, stride, out)

    def forward(self, maps: Tensor) -> Tensor:
        padded = pad(maps, (0, 0, *same_crop(maps.shape[1] // self.stride, self.stride)))
        return down(padded, self.weight, self.stride) + self.bias


class Dense(nn.Module):
    """A matrix [in, out] and a bias, as TensorFlow stores them."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(into, out))
        self.bias = nn.Parameter(torch.zeros(out))

    def draw(self, chance: torch.Generator) -> None:
        limit = math.sqrt(6 / sum(self.weight.shape))
        nn.init.uniform_(self.weight, -limit, limit, generator=chance)

    def forward(self, rows: Tensor) -> Tensor:
        return rows @ self.weight + self.bias


class Generator(nn.Module):
    """Make sounds [n, slice] out of latent vectors [n, latent]."""

    def __init__(self, slice_len: int, dim: int, latent: int) -> None:
        super().__init__()
        shape = Shape.of(slice_len, dim)
        self.z_project = Dense(latent, FIRST_LEN * shape.channels[0])
        self.upconvs = nn.ModuleList(UpConv(*row) for row in shape.rows())

    def forward(self, z: Tensor) -> Tensor:
        maps = relu(self.z_project(z)).view(len(z), FIRST_LEN, -1)
        *inner, last = self.upconvs
        for upconv in inner:
            maps = relu(upconv(maps))
        return torch.tanh(last(maps)).squeeze(2)


class Listener(nn.Module):
    """The discriminator (one output) or the Q network (one output per code entry): [n, slice] in."""

    def __init__(self, slice_len: int, dim: int, outputs: int, slope: float = 0.2) -> None:
        super().__init__()
        self.slope = slope
        shape = Shape.of(slice_len, dim)
        rows = [(out, into, stride) for into, out, stride in reversed(shape.rows())]
        strides = [stride for _, _, stride in shape.rows()]
        self.downconvs = nn.ModuleList(
            DownConv(into, out, stride) for (into, out, _), stride in zip(rows, strides, strict=True)
        )
        self.output = Dense(FIRST_LEN * shape.channels[0], outputs)

    def forward(self, sound: Tensor, shifts: Sequence[int] = ()) -> Tensor:
        """Give the logits [n, outputs]; `shifts` are the phase shuffle after each layer but the last."""
        maps: Any = sound.unsqueeze(2)
        for place, downconv in enumerate(self.downconvs):
            bent = leaky(downconv(maps), self.slope)
            maps = shifted(bent, shifts[place] if place < len(shifts) else 0)
        return self.output(maps.flatten(1))


def shifted(maps: Tensor, by: int) -> Tensor:
    """Move feature maps `by` steps later (or earlier), filling with their own reflection."""
    if by == 0:
        return maps
    if by > 0:
        return torch.cat([maps[:, 1 : by + 1].flip(1), maps[:, :-by]], dim=1)
    return torch.cat([maps[:, -by:], maps[:, by - 1 : -1].flip(1)], dim=1)


def draw_parameters(networks: Sequence[nn.Module], chance: torch.Generator) -> None:
    """Draw all kernels and matrices as TensorFlow's layers do (Glorot's uniform), biases zero."""
    for network in networks:
        for part in network.modules():
            if isinstance(part, Kernel | Dense):
                part.draw(chance)
