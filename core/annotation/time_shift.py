"""Tiers of a recording that was moved in time: shown where it is, kept at its own time to the letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.annotation.tiers import Annotation, Tier


class Moved(float):
    """A time on the stack's axis that remembers the time it stands for, so that nothing is rounded twice."""

    own_s: float

    def __new__(cls, own_s: float, by_s: float) -> Moved:
        made = super().__new__(cls, own_s + by_s)
        made.own_s = own_s
        return made

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return (float, (float(self),))


class MovedTiers:
    """Gives tiers so much later, each time knowing its own; asked again, the same ones."""

    MOST_KEPT = 8

    def __init__(self) -> None:
        # found by identity: hashing takes as long as moving
        self._kept: list[tuple[Annotation, float, Annotation]] = []

    def of(self, annotation: Annotation, by_s: float) -> Annotation:
        """Give the tiers so many seconds later."""
        if not by_s:
            return annotation
        for own, own_by_s, there in self._kept:
            if own is annotation and own_by_s == by_s:
                return there
        there = _with_times(annotation, lambda time_s: Moved(time_s, by_s))
        self._kept.append((annotation, by_s, there))
        del self._kept[: -self.MOST_KEPT]
        return there


def own_tiers(annotation: Annotation, by_s: float) -> Annotation:
    """Give moved tiers at the recording's own time: what nobody changed as it was."""

    def own(time_s: float) -> float:
        return time_s.own_s if isinstance(time_s, Moved) else float(time_s) - by_s

    return _with_times(annotation, own) if by_s else annotation


def _with_times(annotation: Annotation, at: Callable[[float], float]) -> Annotation:
    tiers = tuple(_tier(tier, at) for tier in annotation.tiers)
    return Annotation(tiers, at(annotation.start_s), at(annotation.end_s))


def _tier(tier: Tier, at: Callable[[float], float]) -> Tier:
    times = tuple(map(at, tier.times))
    return replace(tier, times=times, start_s=at(tier.start_s), end_s=at(tier.end_s))
