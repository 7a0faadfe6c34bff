"""Schlüter & Grill's network while it is trained: on excerpts of 115 frames, with dropout."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import conv2d, leaky_relu, linear, max_pool2d

from core.families.schlueter_grill import BANDS, FRAMES, POOL, SLOPE

Arrays = dict[str, NDArray[np.float32]]
CONVOLUTIONS = (("conv1", 1, 64), ("conv2", 64, 32), ("conv3", 32, 128), ("conv4", 128, 64))
DENSE = (("fc1", 256), ("fc2", 64), ("fc3", 1))
TAPS = 3


def _shrunk(size: int) -> int:
    """Return what two convolutions and a pooling, twice, leave of a side."""
    for _ in range(2):
        size = (size - 2 * (TAPS - 1)) // POOL
    return size


FLAT = CONVOLUTIONS[-1][2] * _shrunk(BANDS) * _shrunk(FRAMES)


class VoiceNetwork(nn.Module):
    """Four convolutions and three dense layers; kernels are [out, in, bands, frames], as the family stores
    them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kernels, self.biases = nn.ParameterDict(), nn.ParameterDict()
        for name, into, out in CONVOLUTIONS:
            self._add(name, (out, into, TAPS, TAPS))
        into = FLAT
        for name, out in DENSE:
            self._add(name, (out, into))
            into = out
        self.register_buffer("mean", torch.zeros(BANDS))
        self.register_buffer("std", torch.ones(BANDS))

    def _add(self, name: str, shape: tuple[int, ...]) -> None:
        self.kernels[name] = nn.Parameter(torch.empty(shape))
        self.biases[name] = nn.Parameter(torch.zeros(shape[0]))

    @classmethod
    def fresh(cls, seed: int) -> VoiceNetwork:
        """Draw new kernels from a seed, orthogonal as in the published run."""
        made, chance = cls(), torch.Generator().manual_seed(seed)
        for name, kernel in made.kernels.items():
            gain = 1.0 if name == DENSE[-1][0] else math.sqrt(2 / (1 + SLOPE**2))
            nn.init.orthogonal_(kernel, gain, chance)
        return made

    def forward(self, bands: Tensor, kept: Sequence[Tensor] = ()) -> Tensor:
        """Return the logits [items] of log-mel bands [items, frames, bands].

        `kept` are factors of the inputs of each dense layer, for dropout.
        """
        maps = ((bands - self.get_buffer("mean")) / self.get_buffer("std")).transpose(1, 2)[:, None]
        for place, (name, _, _) in enumerate(CONVOLUTIONS, 1):
            maps = leaky_relu(conv2d(maps, self.kernels[name], self.biases[name]), SLOPE)
            maps = max_pool2d(maps, POOL) if place % 2 == 0 else maps
        units = maps.flatten(1)
        for place, (name, _) in enumerate(DENSE):
            units = units * kept[place] if kept else units
            units = linear(units, self.kernels[name], self.biases[name])
            units = units if name == DENSE[-1][0] else leaky_relu(units, SLOPE)
        return units[:, 0]

    def widths(self) -> tuple[int, ...]:
        """Return the number of inputs of each dense layer."""
        return (FLAT, *(out for _, out in DENSE[:-1]))

    def arrays(self) -> Arrays:
        """Return the parameters under the names of the model file."""
        made = {f"{name}.weight": part.numpy(force=True) for name, part in self.kernels.items()}
        made |= {f"{name}.bias": part.numpy(force=True) for name, part in self.biases.items()}
        return made | {name: self.get_buffer(name).numpy(force=True) for name in ("mean", "std")}
