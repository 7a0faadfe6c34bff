"""Labels of many outputs by hand: one sound with all of them and a TextGrid with an interval for each.

The sound and the TextGrid can be labelled in Praat. An item's label is what stands within its interval.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.annotation.tiers import Annotation, Tier
from core.faults import Fault

ITEMS, LABELS = "items", "labels"


def item_times(count: int, length_s: float) -> tuple[float, ...]:
    """Return the boundaries of items that follow each other without a gap, in seconds, [count + 1]."""
    return tuple(k * length_s for k in range(count + 1))


def item_tiers(count: int, length_s: float) -> Annotation:
    """Return the tiers to label: one with the items' numbers, from 1, and an empty one of equal intervals."""
    times = item_times(count, length_s)
    numbers = tuple(str(k + 1) for k in range(count))
    tiers = (
        Tier(ITEMS, "interval", 0.0, times[-1], times, numbers),
        Tier(LABELS, "interval", 0.0, times[-1], times, ("",) * count),
    )
    return Annotation(tiers, 0.0, times[-1])


def labels_in(annotation: Annotation, count: int, length_s: float, wanted: str = "") -> NDArray[np.float64]:
    """Return 1 for each item whose label is `wanted` (any label for ""), 0 for the others, float64 [count].

    The tier “labels” is read, or the only one. An interval or point counts for the item in which its middle
    lies. Raises Fault for a TextGrid of another length, and where the label holds for all items or for none.
    """
    if abs(annotation.end_s - annotation.start_s - count * length_s) > length_s / 2:
        raise Fault(
            f"The TextGrid lasts {annotation.end_s - annotation.start_s:.6g} s; {count} items last "
            f"{count * length_s:.6g} s.",
            "Use the one that was written for these items.",
        )
    named = [tier for tier in annotation.tiers if tier.name == LABELS] or list(annotation.tiers[-1:])
    if not named:
        raise Fault("The TextGrid has no tier.", f"Label its tier “{LABELS}”.")
    found = np.zeros(count)
    tier = named[0]
    for index, label in enumerate(tier.labels):
        if label.strip() and (not wanted or label.strip() == wanted):
            place = int((tier.range_of(index).middle_s - annotation.start_s) / length_s)
            found[min(max(place, 0), count - 1)] = 1.0
    check_labels(found)
    return found


def check_labels(labels: NDArray[np.float64]) -> None:
    """Raise Fault if a label holds for all of the labelled items or for none; NaN is unlabelled."""
    known = labels[np.isfinite(labels)]
    if not known.size:
        raise Fault("No item is labelled.", "Label some items first.")
    if known.min() == known.max():
        which = "all" if known[0] else "none"
        raise Fault(f"The label holds for {which} of the {known.size} items.", "Label some of each kind.")
