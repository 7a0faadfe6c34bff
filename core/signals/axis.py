"""Time axes and time ranges; the only module that divides by a sampling rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Range:
    """A time range from `start_s` to `end_s`, in seconds. Both ends are finite and in order."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_s) and math.isfinite(self.end_s)):
            raise ValueError("the ends of a range must be finite")
        if self.end_s < self.start_s:
            raise ValueError("a range must not end before it starts")

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
        """Return a range `factor` times as long that keeps the relative position of `around_s`.

        By default `around_s` is the middle.
        """
        pivot = self.middle_s if around_s is None else around_s
        return Range(pivot - (pivot - self.start_s) * factor, pivot + (self.end_s - pivot) * factor)

    def within(self, whole: Range) -> Range:
        """Return this range moved, and shortened if necessary, so that it lies inside `whole`."""
        if self.length_s >= whole.length_s:
            return whole
        if self.start_s < whole.start_s:
            return Range(whole.start_s, whole.start_s + self.length_s)
        if self.end_s > whole.end_s:
            return Range(whole.end_s - self.length_s, whole.end_s)
        return self

    def cut(self, whole: Range) -> Range:
        """Return the intersection with `whole`; if they do not overlap, an empty range at the nearer edge."""
        start = min(max(self.start_s, whole.start_s), whole.end_s)
        return Range(start, max(start, min(self.end_s, whole.end_s)))


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """`n` samples at `rate_hz`; the centre of the first sample is at `start_s`.

    As in Praat, a sample covers 1/rate seconds around its centre, so a sound that begins at 0 s has
    `start_s = 0.5 / rate_hz`.
    """

    rate_hz: float
    n: int
    start_s: float = 0.0

    def __post_init__(self) -> None:
        if not (self.rate_hz > 0 and math.isfinite(self.rate_hz)):
            raise ValueError("a sampling rate must be positive and finite")
        if self.n < 0:
            raise ValueError("the number of samples must not be negative")

    @classmethod
    def of_sound(cls, rate_hz: float, n: int, begin_s: float = 0.0) -> TimeAxis:
        """Return the axis of a sound that begins at `begin_s`, half a sample before its first centre."""
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
        """The time covered by all samples, with half a step before the first and after the last centre."""
        begin = self.start_s - 0.5 / self.rate_hz
        return Range(begin, begin + self.n / self.rate_hz)

    def seconds(self, index: float) -> float:
        """Return the centre time of sample `index` (zero-based), in seconds."""
        return self.start_s + index / self.rate_hz

    def index(self, time_s: float) -> float:
        """Return the fractional sample index at `time_s`; the inverse of `seconds`."""
        return (time_s - self.start_s) * self.rate_hz

    def samples_in(self, window: Range) -> tuple[int, int]:
        """Return `first, last` such that the samples `first:last` have their centres in `window`."""
        tiny = 1e-9
        first = max(0, math.ceil(self.index(window.start_s) - tiny))
        last = min(self.n, math.floor(self.index(window.end_s) + tiny) + 1)
        return first, max(first, last)

    def times(self) -> NDArray[np.float64]:
        """Return the centre times of all samples, float64 [n], in seconds."""
        return self.start_s + np.arange(self.n) / self.rate_hz
