"""Letters or phones in time: the best path of connectionist temporal classification, folded.

Graves et al. 2006: take the most probable label of each frame, join equal neighbours, drop the blanks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.annotation.tiers import Tier
from core.answers.label_scores import LabelScores

SPACE, SHOWN_SPACE = "space", "␣"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: its label, the frames `first` to `last` of its run, the most probable of them, how
    probable it is there, and the time of that frame's centre.
    """

    label: str
    first: int
    last: int
    frame: int
    probability: float
    time_s: float


def letters(answer: LabelScores) -> tuple[Letter, ...]:
    """Return the letters of the best path, in time.

    A letter lies where the receptive field of its most probable frame has its centre.
    """
    probabilities = answer.probabilities()
    best = probabilities.argmax(1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    found: list[Letter] = []
    for first, end in pairwise([*starts.tolist(), len(best)]):
        label = int(best[first])
        if label == answer.blank:
            continue
        run = probabilities[first:end, label]
        frame = first + int(run.argmax())
        time_s = answer.axis.seconds(frame)
        found.append(Letter(answer.labels[label], first, end - 1, frame, float(run.max()), time_s))
    return tuple(found)


def text(found: tuple[Letter, ...]) -> str:
    """Return letters as running text; labels of several letters, as phones have, are separated by spaces."""
    labels = [" " if one.label == SPACE else one.label for one in found]
    return (" " if any(len(label) > 1 for label in labels) else "").join(labels)


def letters_tier(found: tuple[Letter, ...], name: str, start_s: float, end_s: float) -> Tier:
    """Return letters as a tier of points; a point outside the sound moves to its edge.

    Points at one time would fall together, so the later one moves by the smallest possible step.
    """
    times: list[float] = []
    for one in found:
        time_s = min(max(one.time_s, start_s), end_s)
        times.append(max(time_s, np.nextafter(times[-1], np.inf)) if times else time_s)
    labels = tuple(SHOWN_SPACE if one.label == SPACE else one.label for one in found)
    return Tier(name, "point", start_s, end_s, tuple(times), labels)
