"""The logarithm that follows a filter bank, and the normalisation that follows the logarithm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

Normalisation = Literal["none", "recording", "band"]
DB = 10 / math.log(10)


@dataclass(frozen=True, slots=True)
class Log:
    """factor * ln(max(gain * x + offset, floor)), then at most `range_db` below the largest value if given.

    A factor of `DB` (10 / ln 10) gives decibels, 1 / ln 10 a decimal logarithm.
    """

    factor: float = 1.0
    gain: float = 1.0
    offset: float = 0.0
    floor: float = 0.0
    range_db: float | None = None

    def __call__(self, values: Tensor) -> Tensor:
        """Return the compressed values."""
        compressed = self.factor * (self.gain * values + self.offset).clamp_min(self.floor).log()
        if self.range_db is None:
            return compressed
        return compressed.maximum(compressed.amax((1, 2), keepdim=True) - self.range_db)


def decibels(floor_db: float, range_db: float | None = None) -> Log:
    """Return 10 log10 of a power, not below `floor_db`."""
    return Log(DB, floor=10 ** (floor_db / 10), range_db=range_db)


def normalised(values: Tensor, how: Normalisation) -> Tensor:
    """Return values [items, frames, bands] minus their mean over their standard deviation.

    "recording" takes both over all of an item's values, "band" over each band's.
    """
    if how == "none":
        return values
    over = (1, 2) if how == "recording" else (1,)
    centred = values - values.mean(over, keepdim=True)
    deviation = centred.square().mean(over, keepdim=True)
    return centred / (deviation + 1e-10).sqrt()
