"""One training step of a voice detector: cross-entropy against .02 and .98, Nesterov's momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim import Optimizer

from core.frontends.tensors import tensor
from core.train.voice.excerpts import Draw, changed_bands, changes, frames_for, samples_for
from core.train.voice.network import VoiceNetwork
from core.train.voice.pieces import Piece
from core.train.voice.recipe import DECAYS, VoiceRecipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric

NORMALISED_OVER = 24
"""The number of batches whose bands give the mean and the deviation."""


class VoiceTrainer:
    """The network with its optimiser on Fabric's device; takes one step at a time.

    Everything random of a step follows from the seed and the step's number, so a resumed run goes on as if it
    had never stopped.
    """

    def __init__(self, recipe: VoiceRecipe, fabric: Fabric, pieces: tuple[Piece, ...]) -> None:
        self.recipe, self.fabric, self.steps = recipe, fabric, 0
        self.draw = Draw(pieces, recipe.level_db, samples_for(frames_for(recipe.stretch)))
        self.network = VoiceNetwork.fresh(recipe.seed)
        sgd = torch.optim.SGD(
            self.network.parameters(), recipe.learning_rate, momentum=recipe.momentum, nesterov=True
        )
        self._wrapped = cast(nn.Module, fabric.setup_module(self.network))
        self.optimiser = cast(Optimizer, fabric.setup_optimizers(sgd))

    def normalise(self) -> None:
        """Set the mean and deviation of each band from excerpts of the training."""
        found = torch.cat([self.batch(-1 - k)[0] for k in range(NORMALISED_OVER)]).flatten(0, 1)
        self.network.get_buffer("mean").copy_(found.mean(0))
        self.network.get_buffer("std").copy_(found.std(0).clamp_min(1e-3))

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Return the bands of a step's excerpts, half of them with a voice, and their targets."""
        recipe = self.recipe
        chance = np.random.default_rng([recipe.seed, 3 if step >= 0 else 4, abs(step)])
        voiced = chance.permutation(np.arange(recipe.batch) % 2 == 0)
        sounds = np.stack([self.draw.excerpt(chance, bool(one)) for one in voiced])
        bands = changed_bands(tensor(sounds), changes(chance, recipe, recipe.batch))
        targets = np.where(voiced, recipe.high_target, recipe.low_target).astype(np.float32)
        return bands, tensor(targets)

    def step(self, steps: int) -> dict[str, Tensor]:
        """Do one step of `steps` in all and return its loss."""
        part = min(DECAYS - 1, self.steps * DECAYS // max(1, steps))
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * self.recipe.decay**part
        bands, targets = self.batch(self.steps)
        device = self.fabric.device
        logits = self._wrapped(bands.to(device), [one.to(device) for one in self._kept(len(bands))])
        loss = binary_cross_entropy_with_logits(logits.float(), targets.to(device))
        self.optimiser.zero_grad()
        self.fabric.backward(loss)
        self.optimiser.step()
        self.steps += 1
        return {"cross_entropy": loss.detach()}

    def _kept(self, count: int) -> list[Tensor]:
        """Draw which inputs of each dense layer are kept, the kept ones made up for."""
        if not self.recipe.dropout:
            return []
        chance = torch.Generator().manual_seed(self.recipe.seed * 1_000_003 + self.steps)
        keep = 1 - self.recipe.dropout
        return [
            (torch.rand(count, width, generator=chance) < keep).float() / keep
            for width in self.network.widths()
        ]

    def state(self) -> dict[str, Any]:
        """Return everything the next step depends on, as tensors and plain values."""
        return {
            "recipe": self.recipe.plain(),
            "steps": self.steps,
            "networks": {"detector": self.network.state_dict()},
            "optimisers": {"detector": self.optimiser.state_dict()},
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Continue from a saved state."""
        self.network.load_state_dict(saved["networks"]["detector"])
        self.optimiser.load_state_dict(saved["optimisers"]["detector"])
        self.steps = saved["steps"]
