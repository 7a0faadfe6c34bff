"""One training step of the published recipe: critic updates with penalty, then G, then Q with G."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.train.draws import Draws
from core.train.networks import Generator, Listener, draw_parameters
from core.train.settings import Recipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass
class Nets:
    """The networks, bare, and as Fabric wraps them for its devices; Q only with a code.

    `average` follows the generator slowly (an exponential moving average) and is what is saved.
    """

    G: Generator
    D: Listener
    Q: Listener | None
    average: Generator

    @classmethod
    def fresh(cls, recipe: Recipe) -> Nets:
        """Draw new networks from the recipe's seed."""
        size = (recipe.slice_len, recipe.dim)
        chance = torch.Generator().manual_seed(recipe.seed)
        G, D = Generator(*size, recipe.latent), Listener(*size, 1, recipe.slope)
        Q = Listener(*size, recipe.categories, recipe.slope) if recipe.categories else None
        draw_parameters([G, D, *([Q] if Q else [])], chance)
        average = Generator(*size, recipe.latent).requires_grad_(False)
        average.load_state_dict(G.state_dict())
        return cls(G, D, Q, average)


class Trainer:
    """The networks with their optimisers on Fabric's devices, taking one step at a time."""

    def __init__(self, recipe: Recipe, fabric: Fabric, nets: Nets, sounds: Tensor, draws: Draws) -> None:
        self.recipe, self.fabric, self.nets, self.draws = recipe, fabric, nets, draws
        self.sounds = sounds
        self.layout = recipe.layout
        adam: dict[str, Any] = {"lr": recipe.learning_rate, "betas": (0.5, 0.9), "fused": True}
        self.G, self.g_adam = fabric.setup(nets.G, torch.optim.Adam(nets.G.parameters(), **adam))
        self.D, self.d_adam = fabric.setup(nets.D, torch.optim.Adam(nets.D.parameters(), **adam))
        self.Q = self.q_rms = None
        if nets.Q is not None:
            both = [*nets.G.parameters(), *nets.Q.parameters()]
            rms = torch.optim.RMSprop(both, recipe.q_learning_rate, alpha=0.9, eps=1e-10)
            self.Q, self.q_rms = fabric.setup_module(nets.Q), fabric.setup_optimizers(rms)
        nets.average.to(fabric.device)
        self.steps = 0

    def step(self) -> dict[str, Tensor]:
        """Do one full step; give its losses as tensors, so that a device need not be waited for."""
        fakes = self._fakes(self.recipe.critic_updates)
        losses = {}
        for fake in fakes:
            losses |= self._critic_update(fake)
        losses |= self._generator_update()
        if self.Q is not None:
            losses |= self._q_update()
        self._follow()
        self.steps += 1
        return losses

    def _latent(self) -> Tensor:
        return self.draws.latent(self.layout).to(self.fabric.device)

    @torch.no_grad()
    def _fakes(self, updates: int) -> tuple[Tensor, ...]:
        """Make the sounds of all critic updates in one pass, G being the same for all of them."""
        z = torch.cat([self._latent() for _ in range(updates)])
        return self.G(z).float().chunk(updates)

    def _critic_update(self, fake: Tensor) -> dict[str, Tensor]:
        real = self.sounds[self.draws.rows().to(self.sounds.device)].to(self.fabric.device)
        most = self.recipe.phase_shuffle
        scores = self.D(torch.cat([real, fake]), self.draws.shifts(most)).float()
        of_real, of_fake = scores.chunk(2)
        distance = of_real.mean() - of_fake.mean()
        penalty = self._penalty(real, fake, self.draws.shifts(most))
        self.d_adam.zero_grad()
        self.fabric.backward(self.recipe.penalty * penalty - distance)
        self.d_adam.step()
        return {"distance": distance.detach(), "penalty": penalty.detach()}

    def _penalty(self, real: Tensor, fake: Tensor, shifts: list[int]) -> Tensor:
        """How far the critic's slope is from 1 between real and generated sound (Gulrajani 2017)."""
        part = self.draws.mixtures().to(self.fabric.device)
        between = (real + part * (fake - real)).requires_grad_()
        score = self.D(between, shifts).float().sum()
        (slope,) = torch.autograd.grad(score, between, create_graph=True)
        return ((slope.float().square().sum(1) + 1e-12).sqrt() - 1).square().mean()

    def _generator_update(self) -> dict[str, Tensor]:
        with _frozen(self.nets.D):
            score = self.D(self.G(self._latent()), self.draws.shifts(self.recipe.phase_shuffle)).float()
            loss = -score.mean()
            self.g_adam.zero_grad()
            self.fabric.backward(loss)
        self.g_adam.step()
        return {"generator": loss.detach()}

    def _q_update(self) -> dict[str, Tensor]:
        assert self.Q is not None and self.q_rms is not None
        z = self._latent()
        code = z[:, : self.layout.code]
        logits = self.Q(self.G(z)).float()
        loss = code_loss(logits, code, self.layout.kind)
        self.q_rms.zero_grad()
        self.fabric.backward(loss)
        self.q_rms.step()
        return {"code": loss.detach()}

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the averaged generator a little towards the present one, faster in the beginning."""
        keep = min(self.recipe.averaging, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(list(self.nets.average.parameters()), list(self.nets.G.parameters()), 1 - keep)


def code_loss(logits: Tensor, code: Tensor, kind: str) -> Tensor:
    """Softmax cross-entropy for a one-hot code, sigmoid cross-entropy for bits."""
    if kind == "one-hot":
        return F.cross_entropy(logits, code.argmax(1))
    return F.binary_cross_entropy_with_logits(logits, code)


class _frozen:
    """Keep a network's own gradients from being computed while others flow through it."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def __enter__(self) -> None:
        self.network.requires_grad_(False)

    def __exit__(self, *_: object) -> None:
        self.network.requires_grad_(True)
