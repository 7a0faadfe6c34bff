"""Chunks of the waveform with a piece of the one before, as voice activity detectors for streams take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Chunks:
    """Chunks of `size` samples, each after the last `context` samples of the one before (zeros at first) and
    before a mirror image of its own last `mirrored` samples.

    The last chunk is filled up with zeros.
    """

    size: int
    context: int
    mirrored: int = 0
    kind: Literal["chunks"] = "chunks"

    @property
    def channels(self) -> int:
        return self.context + self.size + self.mirrored

    @property
    def step(self) -> float:
        return float(self.size)

    @property
    def centre(self) -> float:
        return (self.size - 1) / 2

    @property
    def reach(self) -> int:
        return self.context + self.size

    @property
    def hears_all(self) -> bool:
        return False

    def length(self, n: int) -> int:
        return -(-n // self.size)

    def features(self, samples: Tensor) -> Tensor:
        """Return the chunks [items, chunks, context + size + mirrored]."""
        import torch
        from torch.nn.functional import pad

        filled = self.length(samples.shape[1]) * self.size - samples.shape[1]
        whole = pad(samples, (self.context, filled)).unfold(1, self.reach, self.size)
        mirror = whole[:, :, -self.mirrored - 1 : -1].flip(2)
        return torch.cat((whole, mirror), 2)
