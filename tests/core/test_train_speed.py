"""A full training step beside the plain PyTorch formulation of the same step (dim 16, batch 16)."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn.functional import conv1d, conv_transpose1d, leaky_relu, pad, relu

from core.train.draws import Draws
from core.train.networks import FIRST_LEN, Generator, Listener, shifted
from core.train.settings import Recipe
from core.train.step import Nets, Trainer

RECIPE = Recipe(categories=4, dim=16, batch=16)


class PlainGenerator(Generator):
    def forward(self, z: Tensor) -> Tensor:
        x = relu(self.z_project(z)).unflatten(1, (FIRST_LEN, -1)).transpose(1, 2)
        for place, part in enumerate(self.upconvs):
            x = conv_transpose1d(x, part.weight.transpose(1, 2), part.bias, stride=4)[..., 10:-11]
            x = torch.tanh(x) if place == len(self.upconvs) - 1 else relu(x)
        return x[:, 0]


class PlainListener(Listener):
    def forward(self, sound: Tensor, shifts: Any = ()) -> Tensor:
        x = sound[:, None]
        for place, part in enumerate(self.downconvs):
            x = conv1d(pad(x, (10, 11)), part.weight.transpose(1, 2), part.bias, stride=4)
            x = leaky_relu(x, self.slope)
            if place < len(shifts):
                x = shifted(x.transpose(1, 2), shifts[place]).transpose(1, 2)
        return self.output(x.transpose(1, 2).flatten(1))


class PlainTrainer(Trainer):
    def _fakes(self, updates: int) -> tuple[Tensor, ...]:
        with torch.no_grad():
            return tuple(self.G(self._latent()) for _ in range(updates))


def made(kind: type[Trainer], generator: type[Generator], listener: type[Listener]) -> Trainer:
    nets = Nets.fresh(RECIPE)
    for network, plain in (
        (nets.G, generator),
        (nets.D, listener),
        (nets.Q, listener),
        (nets.average, generator),
    ):
        network.__class__ = plain  # the same weights and parameters, another way to compute
    sounds = torch.rand(64, RECIPE.slice_len, generator=torch.Generator().manual_seed(1)) - 0.5
    fabric = Fabric(accelerator="cpu", devices=1)
    return Trainer(RECIPE, fabric, nets, sounds, Draws(0, len(sounds), RECIPE.batch))


def test_a_step_is_no_slower_than_plain_pytorch(benchmark: Any) -> None:
    torch.set_flush_denormal(True)
    ours = made(Trainer, Generator, Listener)
    plain = made(PlainTrainer, PlainGenerator, PlainListener)
    seconds: dict[Trainer, list[float]] = {ours: [], plain: []}
    for _ in range(4):
        for trainer, taken in seconds.items():
            began = perf_counter()
            trainer.step()
            taken.append(perf_counter() - began)
    benchmark.pedantic(ours.step, rounds=3)
    benchmark.extra_info["plain_s"] = min(seconds[plain])
    assert min(seconds[ours]) <= min(seconds[plain])


def test_a_step_computes_what_plain_pytorch_computes() -> None:
    small = Recipe(categories=4, dim=1, batch=2, critic_updates=2)
    losses = []
    for generator, listener in ((Generator, Listener), (PlainGenerator, PlainListener)):
        nets = Nets.fresh(small)
        nets.G.__class__ = generator
        nets.D.__class__ = listener
        nets.Q.__class__ = listener
        sounds = torch.rand(8, small.slice_len, generator=torch.Generator().manual_seed(1)) - 0.5
        trainer = Trainer(small, Fabric(accelerator="cpu", devices=1), nets, sounds, Draws(0, 8, 2))
        losses.append({name: float(value) for name, value in trainer.step().items()})
    for name, value in losses[0].items():
        assert abs(value - losses[1][name]) < 1e-4 * max(1, abs(value)), name
