"""Batches of utterances of similar length, and everything random about them, from one seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

MIXED = 0.15
"""How much the lengths are changed at random before sorting, so that batches differ from round to round."""


@dataclass(frozen=True, eq=False)
class Variations:
    """Numbers from 0 to 1 for a batch: for speed and gain [n, 2], and for masks [n, masks, 2]."""

    changes: Tensor
    masks: Tensor

    @property
    def count(self) -> int:
        return len(self.changes)


class Batches:
    """Endless batches: every utterance occurs once before any is repeated."""

    def __init__(self, seed: int, lengths: Sequence[int], batch: int) -> None:
        self.chance = torch.Generator().manual_seed(seed)
        self.lengths = torch.tensor(lengths, dtype=torch.float32)
        self.batch = batch
        self.queue = torch.empty(0, batch, dtype=torch.long)

    def rows(self) -> list[int]:
        """Return the indices of the next batch; it is smaller where the utterances do not divide evenly."""
        if not len(self.queue):
            self.queue = self._shuffled()
        row, self.queue = self.queue[0], self.queue[1:]
        return [int(one) for one in row[row >= 0]]

    def _shuffled(self) -> Tensor:
        """Sort by roughly the length, cut into batches, and shuffle those; -1 fills the last one."""
        count = len(self.lengths)
        rough = self.lengths * (1 + MIXED * torch.rand(count, generator=self.chance))
        order = torch.full((-(-count // self.batch) * self.batch,), -1)
        order[:count] = rough.argsort(stable=True)
        rows = order.view(-1, self.batch)
        return rows[torch.randperm(len(rows), generator=self.chance)]

    def variations(self, count: int, masks: int) -> Variations:
        """Draw how each of `count` utterances is changed."""
        changes = torch.rand(count, 2, generator=self.chance)
        return Variations(changes, torch.rand(count, masks, 2, generator=self.chance))

    def kept(self, count: int, channels: int, dropout: float) -> Tensor:
        """Draw which channels of each utterance are kept [n, channels, 1], the kept ones made up for."""
        drawn = torch.rand(count, channels, 1, generator=self.chance)
        return (drawn >= dropout).float() / (1 - dropout)

    def state(self) -> dict[str, Any]:
        return {"chance": self.chance.get_state(), "queue": self.queue}

    def restore(self, state: dict[str, Any]) -> None:
        self.chance.set_state(state["chance"])
        self.queue = state["queue"]
