"""Tiers of labelled intervals and points, as frozen values."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.annotation.textgrid_syntax import PRAATS, Style, number
from core.faults import Fault
from core.networks.latent import Point
from core.signals.axis import Range

Kind = Literal["interval", "point"]

TOLERANCE_S = 1e-6  # smaller gaps and overlaps are rounding errors


class Instant(float):
    """A time that remembers its digits in a file, so that it is written back unchanged.

    A boundary is written twice in a file: `before` as the end of one interval, `after` as the start of
    the next. The boundary stands at the start; in an irregular file the interval before it may end later.
    """

    before: str
    after: str

    def __new__(cls, before: str, after: str = "") -> Instant:
        made = super().__new__(cls, number(after or before))
        made.before, made.after = before, after or before
        return made

    @property
    def end_s(self) -> float:
        """The end of the interval before it, which is later if the two intervals overlap."""
        end_s = number(self.before)
        return end_s if end_s > self + TOLERANCE_S else float(self)

    def __reduce__(self) -> tuple[type[Instant], tuple[str, str]]:
        return (Instant, (self.before, self.after))


def end_of(time_s: float) -> float:
    """Return where the interval before a boundary ends."""
    return getattr(time_s, "end_s", time_s)


class Unwritten(str):
    """The label of the only interval of a tier that was written without intervals; not written back."""

    __slots__ = ()


@dataclass(frozen=True)
class Tier:
    """One tier. Intervals are contiguous: `times` are their n + 1 boundaries; for points, the n times.

    `labels` has one text per interval or point; `start_s` and `end_s` are the ends of the tier.
    """

    name: str
    kind: Kind
    start_s: float
    end_s: float
    times: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.times) != len(self.labels) + (self.kind == "interval"):
            raise ValueError(f"{self.name}: {len(self.times)} times and {len(self.labels)} labels")

    @cached_property
    def times_s(self) -> NDArray[np.float64]:
        """All times as a cached array, float64."""
        return np.array(self.times, dtype=np.float64)

    @property
    def is_interval(self) -> bool:
        return self.kind == "interval"

    def index_at(self, time_s: float) -> int | None:
        """Return the interval that contains a time (or starts at it), or the point at exactly that time."""
        if self.is_interval:
            if not self.labels or not self.times[0] <= time_s <= self.times[-1]:
                return None
            return min(bisect.bisect_right(self.times, time_s) - 1, len(self.labels) - 1)
        place = bisect.bisect_left(self.times, time_s)
        return place if place < len(self.times) and self.times[place] == time_s else None

    def nearest(self, time_s: float) -> int:
        """Return the boundary or point nearest to a time; -1 if there is none."""
        place = bisect.bisect_left(self.times, time_s)
        near = [k for k in (place - 1, place) if 0 <= k < len(self.times)]
        return min(near, key=lambda k: abs(self.times[k] - time_s), default=-1)

    def range_of(self, index: int) -> Range:
        """Return the time range of an interval; it is empty for a point."""
        last = index + 1 if self.is_interval else index
        return Range(
            float(self.times[index]), float(end_of(self.times[last]) if last > index else self.times[last])
        )

    def has(self, time_s: float) -> bool:
        """Return whether there is a boundary or point at exactly this time."""
        place = bisect.bisect_left(self.times, time_s)
        return place < len(self.times) and self.times[place] == time_s

    def may_move(self, index: int) -> bool:
        """Return whether a boundary or point can be moved; the two ends of an interval tier cannot."""
        inner = 0 < index < len(self.times) - 1
        return inner if self.is_interval else 0 <= index < len(self.times)


@dataclass(frozen=True)
class Annotation:
    """Tiers over the same time range: a TextGrid in Praat's terms."""

    tiers: tuple[Tier, ...]
    start_s: float
    end_s: float

    def tier(self, place: int) -> Tier:
        """Return the tier at a zero-based position; raises Fault if there is none."""
        if not 0 <= place < len(self.tiers):
            raise Fault(f"There is no tier {place + 1}.", "Add one with the Tier menu.")
        return self.tiers[place]

    def with_tier(self, place: int, tier: Tier) -> Annotation:
        """Return the annotation with one tier replaced."""
        return replace(self, tiers=(*self.tiers[:place], tier, *self.tiers[place + 1 :]))


def empty_tier(name: str, kind: Kind, start_s: float, end_s: float) -> Tier:
    """Return a tier without points, or with a single unlabelled interval."""
    interval = kind == "interval"
    return Tier(name, kind, start_s, end_s, (start_s, end_s) if interval else (), ("",) if interval else ())


def new_annotation(
    intervals: tuple[str, ...], points: tuple[str, ...], start_s: float, end_s: float
) -> Annotation:
    """Return empty tiers with these names, interval tiers first."""
    made = [empty_tier(name, "interval", start_s, end_s) for name in intervals]
    made += [empty_tier(name, "point", start_s, end_s) for name in points]
    return Annotation(tuple(made), start_s, end_s)


@dataclass(frozen=True, slots=True)
class OwnedAnnotation:
    """An annotation with its owner: a checkpoint's output at a latent point or, with `sound`, a recording.

    `checkpoint` and `sound` are the digests of the model and of the recording. `file` is the path it was
    read from or last written to, `style` the layout of that file, and `name` the name of the point when its
    tiers were created, such as "seed 3".
    """

    point: Point
    annotation: Annotation
    file: str = ""
    style: Style = PRAATS
    sound: str = ""
    name: str = ""
    checkpoint: str = ""

    @property
    def owner(self) -> tuple[str, Point] | str:
        return self.sound or (self.checkpoint, self.point)


Annotations = tuple[OwnedAnnotation, ...]


def annotation_at(annotations: Annotations, point: Point, checkpoint: str = "") -> OwnedAnnotation | None:
    """Return the annotation of the output of a checkpoint, by its digest, at a point, or None."""
    return next((kept for kept in annotations if kept.owner == (checkpoint, point)), None)


def annotation_for(annotations: Annotations, sound: str) -> OwnedAnnotation | None:
    """Return the annotation of the recording with this digest, or None."""
    return next((kept for kept in annotations if sound and kept.sound == sound), None)


def put(annotations: Annotations, kept: OwnedAnnotation) -> Annotations:
    """Return the annotations with one replaced or added; an annotation without tiers is removed."""
    rest = tuple(other for other in annotations if other.owner != kept.owner)
    return (*rest, kept) if kept.annotation.tiers else rest


def layers_name(layer: str, name: str) -> str:
    """Return the name of a layer's own tier, which replaces the tier `name` for that layer.

    >>> layers_name("conv4", "phones"), layers_name("conv3", "conv4/phones")
    ('conv4/phones', 'conv3/phones')
    """
    return f"{layer}/{name.rpartition('/')[2]}"
