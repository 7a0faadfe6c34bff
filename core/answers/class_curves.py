"""Classes as curves in per cent over time, and as intervals where a class is present."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.annotation.tiers import Tier
from core.answers.label_scores import LabelScores
from core.provenance import Origin
from core.signals.track import Track

PRESENT = 0.5


def class_curves(answer: LabelScores, origin: Origin | None = None) -> tuple[Track, ...]:
    """Return one curve per label, in %; of a network without probabilities its scores as they are."""
    known = answer.scores != "none"
    values = answer.probabilities() * (100 if known else 1)
    whole = origin or Origin()
    return tuple(
        Track(
            label, values[:, k].astype(np.float32), answer.axis, "%" if known else "", whole.of(layer=label)
        )
        for k, label in enumerate(answer.labels)
    )


def class_tiers(answer: LabelScores, start_s: float, end_s: float) -> tuple[Tier, ...]:
    """Return interval tiers: one with the most probable class, or one per class that is present by itself.

    Boundaries lie half-way between the centres of frames; what is not present has an empty label.
    """
    if answer.scores == "sigmoid":
        present = answer.probabilities() >= PRESENT
        return tuple(
            _intervals(label, [label if yes else "" for yes in present[:, k]], answer, start_s, end_s)
            for k, label in enumerate(answer.labels)
        )
    best = answer.probabilities().argmax(1)
    return (_intervals("class", [answer.labels[k] for k in best], answer, start_s, end_s),)


def _intervals(name: str, frames: list[str], answer: LabelScores, start_s: float, end_s: float) -> Tier:
    """Return runs of equal labels as the intervals of one tier."""
    times, labels = [start_s], [frames[0] if frames else ""]
    for k, (before, label) in enumerate(pairwise(frames), 1):
        edge_s = answer.axis.seconds(k - 0.5)
        if label != before and times[-1] < edge_s < end_s:
            times.append(edge_s)
            labels.append(label)
    return Tier(name, "interval", start_s, end_s, (*times, end_s), tuple(labels))
