"""Wav2Letter while it is trained: with batch normalisation, which is merged into the kernels on saving."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import conv1d, pad

from core.train.letters.recipe import STRIDE, LetterRecipe

Arrays = dict[str, NDArray[np.float32]]
EPSILON = 1e-5
MOMENTUM = 0.1


class LetterLayer(nn.Module):
    """A convolution and, except in the last layer, batch normalisation and a ReLU.

    The statistics are those of frames inside the utterances. What comes after their ends stays 0, so that an
    utterance gives in a batch what it gives alone. A `settled` layer no longer changes its statistics, and
    trains with them as it will be used.
    """

    settled = False

    def __init__(self, before: int, channels: int, taps: int, stride: int, last: bool) -> None:
        super().__init__()
        self.taps, self.stride, self.last = taps, stride, last
        self.weight = nn.Parameter(torch.empty(channels, before, taps))
        self.bias = nn.Parameter(torch.zeros(channels))
        if not last:
            self.scale = nn.Parameter(torch.ones(channels))
            self.register_buffer("mean", torch.zeros(channels))
            self.register_buffer("variance", torch.ones(channels))

    def forward(self, maps: Tensor, inside: Tensor) -> Tensor:
        """Return maps [items, channels, frames] of maps; `inside` [items, 1, frames] is 1 in the sound."""
        left = (self.taps - self.stride) // 2
        padded = pad(maps, (left, self.taps - 1 - left))
        if self.last:
            return conv1d(padded, self.weight, self.bias, self.stride)
        linear = conv1d(padded, self.weight, None, self.stride)
        return torch.relu(self._normalised(linear.float(), inside)) * inside

    def _normalised(self, maps: Tensor, inside: Tensor) -> Tensor:
        if self.training and not self.settled:
            mean, variance = self._statistics(maps, inside)
        else:
            mean, variance = self.get_buffer("mean"), self.get_buffer("variance")
        factor = self.scale / (variance + EPSILON).sqrt()
        return maps * factor[:, None] + (self.bias - mean * factor)[:, None]

    def _statistics(self, maps: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        count = inside.sum()
        mean = (maps * inside).sum((0, 2)) / count
        variance = ((maps - mean[:, None]).square() * inside).sum((0, 2)) / count
        with torch.no_grad():
            self.get_buffer("mean").lerp_(mean, MOMENTUM)
            self.get_buffer("variance").lerp_(variance, MOMENTUM)
        return mean, variance

    @torch.no_grad()
    def merged(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the kernel [out, in, taps] and bias of the plain convolution that does the same."""
        weight, bias = self.weight.double(), self.bias.double()
        if not self.last:
            factor = self.scale.double() / (self.get_buffer("variance").double() + EPSILON).sqrt()
            weight, bias = weight * factor[:, None, None], bias - self.get_buffer("mean").double() * factor
        return weight.float().numpy(force=True), bias.float().numpy(force=True)


class LetterNetwork(nn.Module):
    """The eleven convolutions of a recipe."""

    def __init__(self, recipe: LetterRecipe) -> None:
        super().__init__()
        rows = list(zip(pairwise(recipe.widths), recipe.taps, strict=True))
        self.layers = nn.ModuleList(
            LetterLayer(before, after, taps, STRIDE if place == 0 else 1, place == len(rows) - 1)
            for place, ((before, after), taps) in enumerate(rows)
        )

    @classmethod
    def fresh(cls, recipe: LetterRecipe) -> LetterNetwork:
        """Draw new kernels from the recipe's seed, as He et al. (2015) do for ReLUs."""
        made, chance = cls(recipe), torch.Generator().manual_seed(recipe.seed)
        with torch.no_grad():
            for layer in made.ordered():
                _, before, taps = layer.weight.shape
                layer.weight.normal_(0, math.sqrt(2 / (before * taps)), generator=chance)
        return made

    def ordered(self) -> list[LetterLayer]:
        """Return the layers from the input to the answer."""
        return [layer for layer in self.layers if isinstance(layer, LetterLayer)]

    def forward(self, features: Tensor, frames: Tensor, kept: Sequence[Tensor] = ()) -> tuple[Tensor, Tensor]:
        """Return logits [items, frames, labels] of features [items, frames, bands], and their lengths.

        `frames` [items] are the lengths of the features; `kept` are factors of the channels of each layer but
        the last.
        """
        maps = features.transpose(1, 2)
        lengths = torch.div(frames + STRIDE - 1, STRIDE, rounding_mode="floor")
        longest = -(-features.shape[1] // STRIDE)
        places = torch.arange(longest, device=features.device)
        inside = (places < lengths[:, None])[:, None].to(features.dtype)
        for place, layer in enumerate(self.ordered()):
            maps = layer(maps, inside)
            if place < len(kept):
                maps = maps * kept[place]
        return maps.transpose(1, 2), lengths

    def settle(self, settled: bool) -> None:
        """Let all layers keep their statistics, or not."""
        for layer in self.ordered():
            layer.settled = settled

    def arrays(self) -> Arrays:
        """Return the kernels and biases under the names of the model file, without batch normalisation."""
        made: Arrays = {}
        for number, layer in enumerate(self.ordered(), 1):
            made[f"conv{number}.weight"], made[f"conv{number}.bias"] = layer.merged()
        return made
