"""Editing of annotations by the rules of Praat's editor; functions return a new value or raise Fault."""

from __future__ import annotations

import bisect
from dataclasses import replace

from core.annotation.tiers import Annotation, Kind, Tier, empty_tier
from core.annotation.trigraphs import with_letters
from core.faults import Fault
from core.signals.axis import Range

LEAST_S = 0.0001  # minimum distance of a boundary from its neighbours


def add_boundary(annotation: Annotation, place: int, time_s: float, label: str = "") -> Annotation:
    """Split an interval in two, with its label on the left, or add a point.

    Raises Fault outside the tier, and if there already is a boundary or point at that time.
    """
    tier = annotation.tier(place)
    _refuse_outside(tier, time_s)
    if tier.has(time_s):
        what = "boundary" if tier.is_interval else "point"
        raise Fault(f"There is already a {what} at {time_s:.6f} s on tier {place + 1}.")
    index = bisect.bisect_left(tier.times, time_s)
    times = (*tier.times[:index], time_s, *tier.times[index:])
    labels = (*tier.labels[:index], label, *tier.labels[index:])
    return annotation.with_tier(place, replace(tier, times=times, labels=labels))


def add_interval(annotation: Annotation, place: int, wanted: Range) -> Annotation:
    """Add boundaries at both ends of a range; a label that spans it moves to the new interval.

    For an empty range (a cursor), use the surrounding boundaries of the other tiers, as Praat does.
    Raises Fault on a point tier, outside the tier, if both boundaries exist, or if there are none around
    the cursor.
    """
    tier = annotation.tier(place)
    if not tier.is_interval:
        raise Fault(f"Tier {place + 1}, “{tier.name}”, is a point tier.", "Add a point instead.")
    if wanted.length_s == 0:
        wanted = _around(annotation, place, wanted.start_s)
    missing = [time_s for time_s in (wanted.start_s, wanted.end_s) if not tier.has(time_s)]
    if not missing:
        raise Fault(f"Both boundaries already exist on tier {place + 1}.")
    outer = tier.index_at(wanted.start_s)
    whole_inside = outer is not None and wanted.end_s <= tier.times[outer + 1]
    found = annotation
    for time_s in missing:
        found = add_boundary(found, place, time_s)
    if not whole_inside or outer is None:
        return found
    made = found.tier(place)
    labels = [*made.labels]
    first = made.index_at(wanted.start_s)
    assert first is not None
    for k in range(outer, outer + len(missing) + 1):
        labels[k] = tier.labels[outer] if k == first else ""
    return found.with_tier(place, replace(made, labels=tuple(labels)))


def _around(annotation: Annotation, place: int, time_s: float) -> Range:
    """Return the range between the nearest boundaries of other tiers around a time."""
    others = [t for k, tier in enumerate(annotation.tiers) if k != place for t in tier.times]
    before = max((t for t in others if t <= time_s), default=None)
    after = min((t for t in others if t > time_s), default=None)
    if before is None or after is None:
        raise Fault("Nothing is selected, and no other tier has boundaries around the cursor.")
    return Range(float(before), float(after))


def remove_boundary(annotation: Annotation, place: int, time_s: float) -> Annotation:
    """Remove the boundary or point at a time; the labels on both sides of a boundary are joined.

    Raises Fault if there is none that can be removed.
    """
    tier = annotation.tier(place)
    index = bisect.bisect_left(tier.times, time_s)
    if not tier.has(time_s) or not tier.may_move(index):
        what = "boundary" if tier.is_interval else "point"
        raise Fault(
            f"There is no {what} to remove at {time_s:.6f} s on tier {place + 1}.", "Click one first."
        )
    times = (*tier.times[:index], *tier.times[index + 1 :])
    if not tier.is_interval:
        labels = (*tier.labels[:index], *tier.labels[index + 1 :])
    else:
        joined = tier.labels[index - 1] + tier.labels[index]
        labels = (*tier.labels[: index - 1], joined, *tier.labels[index + 1 :])
    return annotation.with_tier(place, replace(tier, times=times, labels=labels))


def move_boundary(
    annotation: Annotation, place: int, index: int, time_s: float, together: bool = False
) -> Annotation:
    """Move a boundary or point, and with `together` those of other tiers at the same time.

    Raises Fault for the ends of a tier and, as in Praat, past a neighbour.
    """
    tier = annotation.tier(place)
    if not tier.may_move(index):
        raise Fault("The ends of a tier cannot be moved.")
    moving = coincident(annotation.tiers, tier.times[index]) if together else {}
    moving[place] = index
    allowed = [_allowed_range(annotation.tiers[k], at) for k, at in moving.items()]
    room = Range(max(room.start_s for room in allowed), min(room.end_s for room in allowed))
    if not room.start_s <= time_s <= room.end_s:
        what = "boundary" if tier.is_interval else "point"
        raise Fault(f"A {what} cannot be moved past another: it stays at {tier.times[index]:.6f} s.")
    if time_s == tier.times[index]:
        return annotation
    for k, at in moving.items():
        moved = annotation.tiers[k]
        annotation = annotation.with_tier(
            k, replace(moved, times=(*moved.times[:at], time_s, *moved.times[at + 1 :]))
        )
    return annotation


def _allowed_range(tier: Tier, index: int) -> Range:
    """Return the times to which a boundary or point may move between its neighbours."""
    low = tier.times[index - 1] if index > 0 else tier.start_s
    high = tier.times[index + 1] if index + 1 < len(tier.times) else tier.end_s
    least = min(LEAST_S, (high - low) / 4)
    inner_low = low if not tier.is_interval and index == 0 else low + least
    inner_high = high if not tier.is_interval and index + 1 == len(tier.times) else high - least
    current_s = float(tier.times[index])
    return Range(min(inner_low, current_s), max(inner_high, current_s))


def set_label(annotation: Annotation, place: int, index: int, text: str) -> Annotation:
    """Set the label of an interval or a point; raises Fault if there is none."""
    tier = annotation.tier(place)
    if not 0 <= index < len(tier.labels):
        raise Fault(f"Tier {place + 1} has no interval or point there.")
    labels = (*tier.labels[:index], text, *tier.labels[index + 1 :])
    return annotation.with_tier(place, replace(tier, labels=labels))


# --- whole tiers


def add_tier(annotation: Annotation, name: str, kind: Kind, place: int | None = None) -> Annotation:
    """Add an empty tier at a zero-based position, by default at the bottom."""
    place = len(annotation.tiers) if place is None else place
    made = empty_tier(_named(name), kind, annotation.start_s, annotation.end_s)
    return replace(annotation, tiers=(*annotation.tiers[:place], made, *annotation.tiers[place:]))


def duplicate_tier(annotation: Annotation, place: int, name: str) -> Annotation:
    """Add a copy of a tier below it, under another name."""
    copy = replace(annotation.tier(place), name=_named(name))
    return replace(annotation, tiers=(*annotation.tiers[: place + 1], copy, *annotation.tiers[place + 1 :]))


def rename_tier(annotation: Annotation, place: int, name: str) -> Annotation:
    """Rename a tier."""
    return annotation.with_tier(place, replace(annotation.tier(place), name=_named(name)))


def remove_tier(annotation: Annotation, place: int) -> Annotation:
    """Remove a tier."""
    annotation.tier(place)
    return replace(annotation, tiers=(*annotation.tiers[:place], *annotation.tiers[place + 1 :]))


def clear_labels(annotation: Annotation, place: int) -> Annotation:
    """Clear all labels of a tier, and keep its boundaries."""
    tier = annotation.tier(place)
    return annotation.with_tier(place, replace(tier, labels=("",) * len(tier.labels)))


def _named(name: str) -> str:
    if not name.strip():
        raise Fault("A tier needs a name.", "Enter one, such as phones.")
    return name.strip()


def _refuse_outside(tier: Tier, time_s: float) -> None:
    if not tier.start_s <= time_s <= tier.end_s:
        raise Fault(f"{time_s:.6f} s is outside tier “{tier.name}”.")


def find_label(tier: Tier, text: str, after: int = -1) -> int | None:
    """Return the next interval or point whose label contains `text`.

    Labels are compared as written and with their trigraphs as letters. The search wraps around
    and checks `after` itself last.

    >>> words = Tier("w", "point", 0, 9, (1, 2, 3), ("ma", "schema", "me"))
    >>> find_label(words, "ma", 0), find_label(words, "ma", 1), find_label(words, "x")
    (1, 0, None)
    """
    count = len(tier.labels)
    order = ((after + 1 + k) % count for k in range(count))
    return next((k for k in order if any(text in label for label in _written(tier.labels[k]))), None)


def _written(label: str) -> tuple[str, str]:
    return label, with_letters(label)


# --- snapping


def snapped(tiers: tuple[Tier, ...], time_s: float, within_s: float, skip: frozenset[int]) -> float:
    """Return the nearest boundary or point of the tiers not in `skip`, or `time_s` if none is near enough."""
    near = [(tier, tier.nearest(time_s)) for k, tier in enumerate(tiers) if k not in skip]
    found = [float(tier.times[index]) for tier, index in near if index >= 0]
    best = min(found, key=lambda other_s: abs(other_s - time_s), default=time_s)
    return best if abs(best - time_s) <= within_s else time_s


def coincident(tiers: tuple[Tier, ...], time_s: float) -> dict[int, int]:
    """Return, by tier, the movable boundary or point at exactly this time."""
    found = {k: bisect.bisect_left(tier.times, time_s) for k, tier in enumerate(tiers) if tier.has(time_s)}
    return {k: at for k, at in found.items() if tiers[k].may_move(at)}
