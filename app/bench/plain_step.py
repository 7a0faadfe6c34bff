"""The training step in plain PyTorch, for comparison of results and speed."""

from __future__ import annotations

from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn.functional import conv1d, conv_transpose1d, leaky_relu, pad, relu

from core.networks.layer_specs import STEPS
from core.networks.torch_module import NOTHING, ChainModule
from core.train.random_draws import Draws
from core.train.recipe import Recipe
from core.train.step import Nets, Trainer


def _parameters(part: Any) -> tuple[Tensor, Tensor]:
    return part.weight.transpose(1, 2), part.bias


class PlainGenerator(ChainModule):
    """Transposed convolutions as PyTorch has them, cropped."""

    def forward(self, x: Tensor, after: Any = NOTHING) -> Tensor:
        layers: Any = self.layers.values()
        first, *rest = layers
        x = relu(x @ first.weight + first.bias).unflatten(1, (STEPS, -1)).transpose(1, 2)
        for place, part in enumerate(rest):
            weight, bias = _parameters(part)
            x = conv_transpose1d(x, weight, bias, stride=4)[..., 10:-11]
            x = torch.tanh(x) if place == len(rest) - 1 else relu(x)
        return x[:, 0]


class PlainListener(ChainModule):
    """Convolutions as PyTorch has them, padded."""

    def forward(self, x: Tensor, after: Any = NOTHING) -> Tensor:
        x = x[:, None]
        layers: Any = self.layers.items()
        *convs, (_, dense) = layers
        for name, part in convs:
            weight, bias = _parameters(part)
            x = conv1d(pad(x, (10, 11)), weight, bias, stride=4)
            x = leaky_relu(x, part.activation.slope)
            if name in after:
                x = after[name](x.transpose(1, 2)).transpose(1, 2)
        return x.transpose(1, 2).flatten(1) @ dense.weight + dense.bias


class PlainTrainer(Trainer):
    """A step that generates separately for each critic update."""

    def _fakes(self, updates: int) -> tuple[Tensor, ...]:
        with torch.no_grad():
            return tuple(self.G(self._latent()) for _ in range(updates))


def made(recipe: Recipe, *, plain: bool) -> Trainer:
    """Return a trainer of either kind, with the same weights and the same synthetic sounds."""
    nets = Nets.fresh(recipe)
    if plain:  # the same parameters, another way to compute
        networks: Any = nets.named().values()
        for network in networks:
            plainer = PlainGenerator if network.spec.role == "G" else PlainListener
            network.__class__ = plainer
    chance = torch.Generator().manual_seed(1)
    sounds = torch.rand(4 * recipe.batch, recipe.slice_len, generator=chance) - 0.5
    draws = Draws(0, len(sounds), recipe.batch)
    return (PlainTrainer if plain else Trainer)(
        recipe, Fabric(accelerator="cpu", devices=1), nets, sounds, draws
    )
