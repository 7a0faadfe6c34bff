"""Segments of a sound, and what an answer owes to each of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A labelled stretch of the sound."""

    start_s: float
    end_s: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One interval in one band."""

    interval: Interval
    low_hz: float
    high_hz: float


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """What the answer owes to one segment, and the standard deviation of repeated runs and fills."""

    segment: Segment
    value: float
    spread: float
