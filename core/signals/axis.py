"""Time axes and ranges: the only place that divides by a rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time from `start_s` to `end_s`, in seconds."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_s) and math.isfinite(self.end_s)):
            raise ValueError("a range has finite ends")
        if self.end_s < self.start_s:
            raise ValueError("a range ends after it starts")

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def middle_s(self) -> float:
        return (self.start_s + self.end_s) / 2

    def contains(self, time_s: float) -> bool:
        return self.start_s <= time_s <= self.end_s

    def moved(self, by_s: float) -> Range:
        return Range(self.start_s + by_s, self.end_s + by_s)

    def scaled(self, factor: float, around_s: float | None = None) -> Range:
        """Give a range `factor` times as long in which `around_s` keeps its relative place."""
        pivot = self.middle_s if around_s is None else around_s
        return Range(pivot - (pivot - self.start_s) * factor, pivot + (self.end_s - pivot) * factor)

    def within(self, whole: Range) -> Range:
        """Move, and where it is too long shorten, this range so that it lies inside `whole`."""
        if self.length_s >= whole.length_s:
            return whole
        if self.start_s < whole.start_s:
            return Range(whole.start_s, whole.start_s + self.length_s)
        if self.end_s > whole.end_s:
            return Range(whole.end_s - self.length_s, whole.end_s)
        return self

    def cut(self, whole: Range) -> Range:
        """Give the part of this range that lies inside `whole`, empty at its edge if none does."""
        start = min(max(self.start_s, whole.start_s), whole.end_s)
        return Range(start, max(start, min(self.end_s, whole.end_s)))


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """`n` samples at `rate_hz`, the centre of the first one at `start_s`.

    A sample stands for the time 1/rate around its centre, as in Praat: a sound whose first
    sample begins at 0 has `start_s = 0.5 / rate_hz`.
    """

    rate_hz: float
    n: int
    start_s: float = 0.0

    def __post_init__(self) -> None:
        if not (self.rate_hz > 0 and math.isfinite(self.rate_hz)):
            raise ValueError("a rate is positive and finite")
        if self.n < 0:
            raise ValueError("an axis has no negative length")

    @classmethod
    def of_sound(cls, rate_hz: float, n: int, begin_s: float = 0.0) -> TimeAxis:
        """Give the axis of a sound whose first sample begins at `begin_s`."""
        return cls(rate_hz, n, begin_s + 0.5 / rate_hz)

    @property
    def step_s(self) -> float:
        return 1.0 / self.rate_hz

    @property
    def nyquist_hz(self) -> float:
        return self.rate_hz / 2

    @property
    def duration_s(self) -> float:
        return self.n / self.rate_hz

    @property
    def extent(self) -> Range:
        """The time covered by all samples, half a step around the outer centres included."""
        begin = self.start_s - 0.5 / self.rate_hz
        return Range(begin, begin + self.n / self.rate_hz)

    def seconds(self, index: float) -> float:
        """Give the time of the centre of sample `index` (counted from 0)."""
        return self.start_s + index / self.rate_hz

    def index(self, time_s: float) -> float:
        """Give the fractional sample index at `time_s`; the inverse of `seconds`."""
        return (time_s - self.start_s) * self.rate_hz

    def samples_in(self, window: Range) -> tuple[int, int]:
        """Give `first, last` so that `first:last` are the samples with centres in `window`."""
        tiny = 1e-9
        first = max(0, math.ceil(self.index(window.start_s) - tiny))
        last = min(self.n, math.floor(self.index(window.end_s) + tiny) + 1)
        return first, max(first, last)

    def times(self) -> NDArray[np.float64]:
        """Give the centres of all samples, float64 [n], in seconds."""
        return self.start_s + np.arange(self.n) / self.rate_hz
