"""One training step of the published recipe: critic updates with penalty, then G, then Q with G."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.optim import Optimizer

from core.networks.torch_module import Bend, NetworkModule
from core.train.fresh_networks import (
    draw_parameters,
    generator_of,
    listener_of,
    phase_shuffle,
    untrained,
)
from core.train.random_draws import Draws
from core.train.recipe import Recipe
from core.train.slice_memory import EXACT_BYTES, FULL_SCALE

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass
class Nets:
    """The bare networks; Q only if there is a code.

    `average` is an exponential moving average of the generator and is what is saved.
    """

    G: NetworkModule
    D: NetworkModule
    Q: NetworkModule | None
    average: NetworkModule

    @classmethod
    def fresh(cls, recipe: Recipe) -> Nets:
        """Draw new networks from the recipe's seed."""
        chance = torch.Generator().manual_seed(recipe.seed)
        generator, critic = untrained(generator_of(recipe)), untrained(listener_of("D", recipe, 1))
        coder = untrained(listener_of("Q", recipe, recipe.categories)) if recipe.categories else None
        draw_parameters([generator, critic, *([coder] if coder else [])], chance)
        average = untrained(generator_of(recipe)).requires_grad_(False)
        average.load_state_dict(generator.state_dict())
        return cls(generator, critic, coder, average)

    def named(self) -> dict[str, NetworkModule]:
        """Return the networks by name, without those that are absent."""
        every = {"G": self.G, "D": self.D, "Q": self.Q, "average": self.average}
        return {name: net for name, net in every.items() if net is not None}


class Trainer:
    """The networks with their optimisers on Fabric's devices; takes one step at a time."""

    def __init__(self, recipe: Recipe, fabric: Fabric, nets: Nets, sounds: Tensor, draws: Draws) -> None:
        self.recipe, self.fabric, self.nets, self.draws = recipe, fabric, nets, draws
        self.layout = recipe.layout
        # many slices stay in the computer's own memory, and one batch at a time goes to the device
        self.sounds = sounds.to(fabric.device) if sounds.nbytes <= EXACT_BYTES else sounds
        self.steps = 0
        self.optimisers: dict[str, Optimizer] = {}
        self.G, self.D = self._with_adam("G", nets.G), self._with_adam("D", nets.D)
        self.Q = self._with_rmsprop(nets.G, nets.Q) if nets.Q else None
        nets.average.to(fabric.device)

    def _with_adam(self, name: str, network: nn.Module) -> nn.Module:
        adam = torch.optim.Adam(network.parameters(), self.recipe.learning_rate, betas=(0.5, 0.9), fused=True)
        return self._set_up(name, network, adam)

    def _with_rmsprop(self, generator: nn.Module, coder: nn.Module) -> nn.Module:
        """Return G and Q as one module with one RMSprop on Q's loss, as published."""
        both = [*generator.parameters(), *coder.parameters()]
        rms = torch.optim.RMSprop(both, self.recipe.q_learning_rate, alpha=0.9, eps=1e-10)
        return self._set_up("Q", coder, rms)

    def _set_up(self, name: str, network: nn.Module, optimiser: Optimizer) -> nn.Module:
        wrapped = cast(nn.Module, self.fabric.setup_module(network))
        self.optimisers[name] = cast(Optimizer, self.fabric.setup_optimizers(optimiser))
        return wrapped

    def step(self, pace: float = 1.0) -> dict[str, Tensor]:
        """Do one full step at a fraction of the learning rates.

        Returns its losses as tensors, so that the device need not be waited for.
        """
        self._set_rates(pace)
        fakes = self._fakes(self.recipe.critic_updates)
        losses: dict[str, Tensor] = {}
        for fake in fakes:
            losses |= self._critic_update(fake)
        losses |= self._generator_update()
        if self.Q is not None:
            losses |= self._q_update(self.Q)
        self._follow()
        self.steps += 1
        return losses

    def _set_rates(self, pace: float) -> None:
        for name, optimiser in self.optimisers.items():
            rate = self.recipe.q_learning_rate if name == "Q" else self.recipe.learning_rate
            for group in optimiser.param_groups:
                group["lr"] = pace * rate

    def _latent(self) -> Tensor:
        return self.draws.latent(self.layout).to(self.fabric.device)

    def _shuffle(self) -> dict[str, Bend]:
        return phase_shuffle(self.draws.shifts(self.recipe.phase_shuffle))

    def _recordings(self) -> Tensor:
        rows = self.sounds[self.draws.rows().to(self.sounds.device)].to(self.fabric.device)
        return rows if rows.is_floating_point() else rows.float() / FULL_SCALE

    @torch.no_grad()
    def _fakes(self, updates: int) -> tuple[Tensor, ...]:
        """Generate the sounds of all critic updates in one pass, because G is the same for all of them."""
        z = torch.cat([self._latent() for _ in range(updates)])
        return self.G(z).float().chunk(updates)

    def _critic_update(self, fake: Tensor) -> dict[str, Tensor]:
        real = self._recordings()
        scores = self.D(torch.cat([real, fake]), self._shuffle()).float()
        of_real, of_fake = scores.chunk(2)
        distance = of_real.mean() - of_fake.mean()
        penalty = self._penalty(real, fake, self._shuffle())
        self._descend("D", self.recipe.penalty * penalty - distance)
        return {"distance": distance.detach(), "penalty": penalty.detach()}

    def _penalty(self, real: Tensor, fake: Tensor, shuffle: dict[str, Bend]) -> Tensor:
        """Return the penalty on the critic's slope between real and generated sound (Gulrajani et al. 2017).

        D is bare here, because Fabric allows only its own `backward` through a wrapped module.
        """
        part = self.draws.mixtures().to(self.fabric.device)
        between = (real + part * (fake - real)).requires_grad_()
        with self.fabric.autocast():  # pyright: ignore[reportUnknownMemberType]
            score = self.nets.D(between, shuffle).float().sum()
        (slope,) = torch.autograd.grad(score, between, create_graph=True)
        return ((slope.float().square().sum(1) + 1e-12).sqrt() - 1).square().mean()

    def _generator_update(self) -> dict[str, Tensor]:
        """Update G against D; D is bare and only passes the gradient on."""
        fake = self.G(self._latent())
        self.nets.D.requires_grad_(False)
        with self.fabric.autocast():  # pyright: ignore[reportUnknownMemberType]
            scores = self.nets.D(fake, self._shuffle())
        loss = -scores.float().mean()
        self._descend("G", loss)
        self.nets.D.requires_grad_(True)
        return {"generator": loss.detach()}

    def _q_update(self, coder: nn.Module) -> dict[str, Tensor]:
        z = self._latent()
        loss = code_loss(coder(self.G(z)).float(), z[:, : self.layout.code], self.layout.kind)
        self._descend("Q", loss)
        return {"code": loss.detach()}

    def _descend(self, name: str, loss: Tensor) -> None:
        self.optimisers[name].zero_grad()
        self.fabric.backward(loss)
        self.optimisers[name].step()

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the averaged generator a little towards the current one, faster at the start."""
        keep = min(self.recipe.averaging, (1 + self.steps) / (10 + self.steps))
        for mean, present in zip(self.nets.average.parameters(), self.nets.G.parameters(), strict=True):
            mean.lerp_(present, 1 - keep)


def code_loss(logits: Tensor, code: Tensor, kind: str) -> Tensor:
    """Return the loss of Q: softmax cross-entropy for a one-hot code, sigmoid cross-entropy for bits."""
    if kind == "one-hot":
        return cross_entropy(logits, code.argmax(1))
    return binary_cross_entropy_with_logits(logits, code)
