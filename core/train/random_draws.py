"""Every random number of a training run, drawn for the global batch of all processes.

Each process draws the same numbers and keeps its own rows. So two processes compute the same as one
with the same global batch, and a single state resumes them all.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from core.networks.latent import LatentLayout


class Draws:
    """The order of the recordings, the latent vectors and the phase shuffles, from one seed."""

    def __init__(self, seed: int, slices: int, batch: int, rank: int = 0, world: int = 1) -> None:
        self.chance = torch.Generator().manual_seed(seed)
        self.slices = slices
        self.batch = batch
        self.rank = rank
        self.world = world
        self.queue = torch.empty(0, dtype=torch.long)

    def _mine(self, whole: Tensor) -> Tensor:
        return whole[self.rank :: self.world]

    def rows(self) -> Tensor:
        """Return the indices of the next slices; every slice occurs once before any is repeated."""
        while self.queue.shape[0] < self.batch:
            self.queue = torch.cat([self.queue, torch.randperm(self.slices, generator=self.chance)])
        taken, self.queue = self.queue[: self.batch], self.queue[self.batch :]
        return self._mine(taken)

    def latent(self, layout: LatentLayout) -> Tensor:
        """Return latent vectors: the code drawn evenly from its values, the rest uniform."""
        z = torch.rand(self.batch, layout.size, generator=self.chance) * 2 - 1
        if layout.kind == "one-hot":
            places = torch.randint(layout.code, (self.batch,), generator=self.chance)
            z[:, : layout.code] = torch.eye(layout.code)[places]
        elif layout.kind == "bits":
            z[:, : layout.code] = torch.randint(2, (self.batch, layout.code), generator=self.chance).float()
        return self._mine(z)

    def mixtures(self) -> Tensor:
        """Return the mixing factor of each gradient penalty between a generated and a real sound."""
        return self._mine(torch.rand(self.batch, 1, generator=self.chance))

    def shifts(self, most: int, layers: int = 4) -> list[int]:
        """Return the phase shuffle after each of the first four layers, one for the whole batch."""
        drawn = torch.randint(2 * most + 1, (layers,), generator=self.chance)
        return [int(one) - most for one in drawn]

    def state(self) -> dict[str, Any]:
        return {"chance": self.chance.get_state(), "queue": self.queue}

    def restore(self, state: dict[str, Any]) -> None:
        self.chance.set_state(state["chance"])
        self.queue = state["queue"]
