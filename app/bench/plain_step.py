"""The training step in plain PyTorch, for comparison of results and speed."""

from __future__ import annotations

from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn.functional import conv1d, conv_transpose1d, leaky_relu, pad, relu

from core.train.networks import FIRST_LEN, Generator, Listener, shifted
from core.train.random_draws import Draws
from core.train.recipe import Recipe
from core.train.step import Nets, Trainer


def _parameters(part: Any) -> tuple[Tensor, Tensor]:
    return part.weight.transpose(1, 2), part.bias


class PlainGenerator(Generator):
    """PyTorch's own transposed convolutions, cropped."""

    def forward(self, z: Tensor) -> Tensor:
        x = relu(self.z_project(z)).unflatten(1, (FIRST_LEN, -1)).transpose(1, 2)
        for place, part in enumerate(self.upconvs):
            weight, bias = _parameters(part)
            x = conv_transpose1d(x, weight, bias, stride=4)[..., 10:-11]
            x = torch.tanh(x) if place == len(self.upconvs) - 1 else relu(x)
        return x[:, 0]


class PlainListener(Listener):
    """PyTorch's own convolutions, padded."""

    def forward(self, sound: Tensor, shifts: Any = ()) -> Tensor:
        x = sound[:, None]
        for place, part in enumerate(self.downconvs):
            weight, bias = _parameters(part)
            x = conv1d(pad(x, (10, 11)), weight, bias, stride=4)
            x = leaky_relu(x, self.slope)
            if place < len(shifts):
                x = shifted(x.transpose(1, 2), shifts[place]).transpose(1, 2)
        return self.output(x.transpose(1, 2).flatten(1))


class PlainTrainer(Trainer):
    """A step that generates separately for each critic update."""

    def _fakes(self, updates: int) -> tuple[Tensor, ...]:
        with torch.no_grad():
            return tuple(self.G(self._latent()) for _ in range(updates))


def made(recipe: Recipe, *, plain: bool) -> Trainer:
    """Return a trainer of either kind, with the same weights and the same synthetic sounds."""
    nets = Nets.fresh(recipe)
    if plain:  # the same parameters, computed differently
        for network in nets.named().values():
            plainer: Any = PlainGenerator if isinstance(network, Generator) else PlainListener
            network.__class__ = plainer
    chance = torch.Generator().manual_seed(1)
    sounds = torch.rand(4 * recipe.batch, recipe.slice_len, generator=chance) - 0.5
    draws = Draws(0, len(sounds), recipe.batch)
    return (PlainTrainer if plain else Trainer)(
        recipe, Fabric(accelerator="cpu", devices=1), nets, sounds, draws
    )
