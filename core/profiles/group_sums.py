"""Sums over the examples of a group, from which everything about its profile follows.

They are added up recording by recording, so memory does not grow with the number of utterances, and sums made
elsewhere can be added in the same order with the same result, bit by bit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
REPLICATES = 200
"""Bootstrap samples: each counts an example as often as Poisson(1) draws (Oza and Russell 2001)."""


@dataclass(eq=False)
class GroupSums:
    """One layer and group: `count` examples, `flat` of them without an alignment.

    `total` and `squares` [time, units] of the profiles; `before` and `after` alignment the standardised
    examples, for their agreement; `drawn` [replicates] and `curves` [replicates, time] of the means over
    units; `sound` [frames, bands] of the input.
    """

    count: int
    flat: int
    shift_s: float
    total: Floats
    squares: Floats
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    drawn: Floats
    curves: Floats
    sound: Floats

    @classmethod
    def empty(cls, time: int, units: int, sound: tuple[int, int]) -> GroupSums:
        """Return sums of nothing."""
        shape = (time, units)
        return cls(
            0, 0, 0.0, np.zeros(shape), np.zeros(shape), np.zeros(shape, np.float32),
            np.zeros(shape, np.float32), np.zeros(REPLICATES), np.zeros((REPLICATES, time)), np.zeros(sound),
        )  # fmt: skip

    def add(self, other: GroupSums) -> None:
        """Add the sums of more examples."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def put(
        self,
        unaligned: NDArray[Any],
        example: NDArray[Any],
        profile: NDArray[Any],
        sound: NDArray[Any],
        shift_s: float | None,
        draws: Floats,
    ) -> None:
        """Add one example [time, units]: unaligned, aligned, and as it counts for the profile (masked)."""
        self.count += 1
        self.flat += shift_s is None
        self.shift_s += abs(shift_s or 0.0)
        self.total += profile
        self.squares += profile.astype(np.float64) ** 2
        self.before += standardised(unaligned)
        self.after += standardised(example)
        self.drawn += draws
        self.curves += draws[:, None] * profile.mean(1, dtype=np.float64)[None]
        self.sound += sound

    def mean(self) -> Floats:
        """Return the profile [time, units]."""
        return self.total / max(1, self.count)

    def deviation(self) -> Floats:
        """Return the standard error of the profile [time, units]."""
        if self.count < 2:
            return np.full_like(self.total, np.nan)
        variance = (self.squares - self.total**2 / self.count) / (self.count - 1)
        return np.sqrt(np.maximum(variance, 0) / self.count)

    def band(self, share: float = 0.95) -> tuple[Floats, Floats]:
        """Return the bootstrap band of the mean over units [time], low and high."""
        good = self.drawn > 0
        if self.count < 2 or not good.any():
            nothing = np.full(len(self.total), np.nan)
            return nothing, nothing
        means = self.curves[good] / self.drawn[good, None]
        found = np.quantile(means, np.array([(1 - share) / 2, (1 + share) / 2]), axis=0)
        return found[0], found[1]

    def sound_mean(self) -> Floats:
        """Return the mean input [frames, bands]."""
        return self.sound / max(1, self.count)

    def agreement(self, aligned: bool) -> float:
        """Return the mean correlation of each example with the mean of the others (see `agreement`)."""
        return agreement(self.after if aligned else self.before, self.count)


def standardised(example: NDArray[Any]) -> NDArray[np.float32]:
    """Return an example minus its mean, of length 1, so that products are correlations; 0 if constant."""
    centred = example - example.mean()
    length = float(np.sqrt(np.square(centred, dtype=np.float64).sum()))
    found = centred / length if length > 0 else np.zeros_like(centred)
    return found.astype(np.float32)


def agreement(total: NDArray[Any], count: int) -> float:
    """Return the mean correlation of each of `count` standardised examples with the mean of the others.

    With S their sum, example u correlates with the rest by (u.S - 1) / |S - u|. Over all examples u.S is
    |S|^2 / n on average, which is put into both places, so that sums are enough. NaN for a single example.
    """
    if count < 2:
        return float("nan")
    size = float(np.square(total, dtype=np.float64).sum())
    rest = size - 2 * size / count + 1
    return (size / count - 1) / np.sqrt(rest) if rest > 0 else float("nan")
