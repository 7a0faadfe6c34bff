"""Tiers from the rows of a file, also from rows that do not fit together, as Praat reads them.

Praat sorts intervals and points by their start and keeps the first of several at one time. It keeps overlaps,
gaps, and times outside the tier as they are. Its files were read one by one to find this out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from core.annotation.textgrid_syntax import number
from core.annotation.tiers import TOLERANCE_S, Instant, Tier, Unwritten

Tell = Callable[[str], None]


class Row(NamedTuple):
    """An interval or point, its times as written and as numbers; a point ends where it starts."""

    start: str
    end: str
    label: str
    start_s: float
    end_s: float


def row_of(start: str, end: str, label: str) -> Row:
    """Return a row with the numbers that its texts stand for."""
    return Row(start, end, label, number(start), number(end))


def point_tier(tier: Tier, rows: Sequence[Row], tell: Tell) -> Tier:
    """Return a tier of points; what is irregular is passed to `tell` in words."""
    rows = _in_order(_defined(rows, "point", tell), "point", tell)
    _tell_outside(tier, rows, "point", tell)
    times = tuple(Instant(row.start) for row in rows)
    return replace(tier, kind="point", times=times, labels=tuple(row.label for row in rows))


def interval_tier(tier: Tier, rows: Sequence[Row], tell: Tell) -> Tier:
    """Return a tier of contiguous intervals; gaps become unlabelled intervals, overlaps keep both times."""
    rows = _in_order(_ended(tier, _defined(rows, "interval", tell), tell), "interval", tell)
    _tell_outside(tier, rows, "interval", tell)
    if not rows:
        labels: tuple[str, ...] = (Unwritten(""),)
        return replace(tier, kind="interval", times=(tier.start_s, tier.end_s), labels=labels)
    starts_early = rows[0].start_s < tier.start_s - TOLERANCE_S
    joined = _Joined(rows[0].start if starts_early else _before(tier.start_s))
    for row in rows:
        joined.add(row)
    joined.finish(_after(tier.end_s))
    if joined.gaps:
        gaps_were = "1 gap was" if joined.gaps == 1 else f"{joined.gaps} gaps were"
        tell(f"{gaps_were} filled with intervals without a label")
    if joined.overlaps:
        overlap = "1 interval starts" if joined.overlaps == 1 else f"{joined.overlaps} intervals start"
        tell(f"{overlap} before the one before ends; each is measured as it is written,")
    return replace(tier, kind="interval", times=joined.times(), labels=tuple(joined.labels))


class _Joined:
    """Intervals put one after the other: the boundary k lies between `ends[k]` and `starts[k]`."""

    def __init__(self, start: str) -> None:
        self.starts: list[str] = []
        self.ends, self.labels = [start], list[str]()
        self._end_s = number(start)
        self.gaps = self.overlaps = 0

    def add(self, row: Row) -> None:
        self._fill(row.start, row.start_s)
        self.starts.append(row.start)
        self.ends.append(row.end)
        self._end_s = row.end_s
        self.labels.append(row.label)

    def _fill(self, start: str, start_s: float) -> None:
        gap_s = start_s - self._end_s
        self.overlaps += gap_s < -TOLERANCE_S
        if gap_s > TOLERANCE_S:
            self.gaps += 1
            self.starts.append(self.ends[-1])
            self.ends.append(start)
            self.labels.append("")

    def finish(self, end: str) -> None:
        """Reach the end of the tier, unless the last interval goes beyond it."""
        if self._end_s > number(end) + TOLERANCE_S:
            end = self.ends[-1]
        self._fill(end, number(end))
        self.starts.append(end)

    def times(self) -> tuple[Instant, ...]:
        return tuple(Instant(before, after) for before, after in zip(self.ends, self.starts, strict=True))


def _before(time_s: float) -> str:
    return getattr(time_s, "before", repr(float(time_s)))


def _after(time_s: float) -> str:
    return getattr(time_s, "after", repr(float(time_s)))


def _defined(rows: Sequence[Row], what: str, tell: Tell) -> list[Row]:
    """Leave out rows whose start is no number."""
    kept = [row for row in rows if math.isfinite(row.start_s)]
    left = len(rows) - len(kept)
    if left:
        tell(f"{_count(left, what)} without a time {_is(left)} left out")
    return kept


def _ended(tier: Tier, rows: list[Row], tell: Tell) -> list[Row]:
    """Let an interval whose end is no number end where the next starts, or with its tier."""
    endless = sum(not math.isfinite(row.end_s) for row in rows)
    if not endless:
        return rows
    tell(f"{_count(endless, 'interval')} without an end {_is(endless)} taken to last until the next")
    starts = {row.start_s: row.start for row in rows}
    found: list[Row] = []
    for row in rows:
        later = min((start_s for start_s in starts if start_s > row.start_s), default=None)
        end = row.end if math.isfinite(row.end_s) else _after(tier.end_s) if later is None else starts[later]
        found.append(row_of(row.start, end, row.label))
    return [row for row in found if row.end_s >= row.start_s]


def _in_order(rows: Sequence[Row], what: str, tell: Tell) -> list[Row]:
    """Sort rows by their start, and keep the first of those that start together, as Praat does."""
    ordered = sorted(rows, key=lambda row: row.start_s)  # stable: of equals the first in the file stays first
    if [row.start_s for row in ordered] != [row.start_s for row in rows]:
        tell(f"{what}s that were not in order are sorted, as in Praat,")
    first = {row.start_s: row for row in reversed(ordered)}
    left = len(ordered) - len(first)
    if left:
        same = (
            f"at the time of another {_is(left)}" if what == "point" else f"starting with another {_is(left)}"
        )
        tell(f"{_count(left, what)} {same} left out, as in Praat,")
    return [row for row in ordered if first[row.start_s] is row]


def _tell_outside(tier: Tier, rows: Sequence[Row], what: str, tell: Tell) -> None:
    low, high = tier.start_s - TOLERANCE_S, tier.end_s + TOLERANCE_S
    outside = sum(not (low <= row.start_s and row.end_s <= high) for row in rows)
    if outside:
        reaches = "reaches" if outside == 1 else "reach"
        words = f"{reaches} beyond the tier's {tier.start_s:g} to {tier.end_s:g} s"
        tell(f"{_count(outside, what)} {words}")


def _count(number_of: int, what: str) -> str:
    return f"1 {what}" if number_of == 1 else f"{number_of} {what}s"


def _is(number_of: int) -> str:
    return "is" if number_of == 1 else "are"
