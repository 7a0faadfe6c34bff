"""Tiers of a recording shifted in time: displayed shifted, stored at its own time without rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.annotation.tiers import Annotation, Tier, end_of


class Moved(float):
    """A time on the stack's axis that remembers the recording's own time, to avoid rounding twice."""

    own_s: float

    def __new__(cls, own_s: float, by_s: float) -> Moved:
        made = super().__new__(cls, own_s + by_s)
        made.own_s = own_s
        return made

    @property
    def end_s(self) -> float:
        """The end of the interval before it, see `Instant`."""
        return float(self) + end_of(self.own_s) - float(self.own_s)

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return (float, (float(self),))


class MovedTiers:
    """Shifts tiers and caches the results; each shifted time remembers its own."""

    MOST_KEPT = 8

    def __init__(self) -> None:
        # compared by identity: hashing takes as long as shifting
        self._kept: list[tuple[Annotation, float, Annotation]] = []

    def of(self, annotation: Annotation, by_s: float) -> Annotation:
        """Return the tiers shifted by `by_s` seconds."""
        if not by_s:
            return annotation
        for own, own_by_s, shifted in self._kept:
            if own is annotation and own_by_s == by_s:
                return shifted
        shifted = _with_times(annotation, lambda time_s: Moved(time_s, by_s))
        self._kept.append((annotation, by_s, shifted))
        del self._kept[: -self.MOST_KEPT]
        return shifted


def own_tiers(annotation: Annotation, by_s: float) -> Annotation:
    """Return shifted tiers at the recording's own time; unedited times are restored exactly."""

    def own(time_s: float) -> float:
        return time_s.own_s if isinstance(time_s, Moved) else float(time_s) - by_s

    return _with_times(annotation, own) if by_s else annotation


def _with_times(annotation: Annotation, at: Callable[[float], float]) -> Annotation:
    tiers = tuple(_tier(tier, at) for tier in annotation.tiers)
    return Annotation(tiers, at(annotation.start_s), at(annotation.end_s))


def _tier(tier: Tier, at: Callable[[float], float]) -> Tier:
    times = tuple(map(at, tier.times))
    return replace(tier, times=times, start_s=at(tier.start_s), end_s=at(tier.end_s))
