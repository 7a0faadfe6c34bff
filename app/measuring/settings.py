"""The settings of the measurement form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from core.analyses.measures import MEASURES, STANDARD, groups, names

What = Literal[
    "this point",
    "every annotated point",
    "the active recording",
    "every recording",
    "this point and every recording",
]


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """Labelled intervals of every layer become one long table for R, with a file of its settings beside it.
    An empty tier means the first one, a number the tier of that number from the top; without tiers the whole
    sound is one interval. A label is a pattern for the whole label, for instance a|i|u; an empty one means
    every labelled interval. The points are the centres of equal parts of the interval. Moments are taken
    within a band; a top of 0 means Nyquist.
    """

    what: What = "this point"
    tier: str = ""
    label: str = field(default="", metadata={"empty": "all that are not empty"})
    measures: str = "f0, intensity, formants, duration"
    points: int = 10
    band_low_hz: float = field(default=0.0, metadata={"label": "Moments from"})
    band_high_hz: float = field(default=0.0, metadata={"label": "Moments to", "zero": "Nyquist"})
    as_published: bool = field(default=False, metadata={"label": "As published, at the output's rate"})


GROUP_TITLES = {
    "formants": "Formants F1–F3",
    "moments": "Spectral moments",
    "latency": "Peak time and latency",
}
CLEARER = {"f0": "Pitch (F0)", "harmonicity": "Harmonicity (HNR)"}


def measure_choices() -> tuple[tuple[str, str], ...]:
    """Return the words for measures with their titles, the standard ones first and groups as one."""
    in_groups = {key for keys in groups().values() for key in keys}
    words = [*STANDARD, *(word for word in names() if word not in (*in_groups, *STANDARD))]
    titles = {**{key: row.title for key, row in MEASURES.items()}, **CLEARER, **GROUP_TITLES}
    return tuple((word, titles.get(word, word)) for word in words)
