"""What stands at the margins: a measure's mean over a selection, by the rules of Praat's queries."""

from __future__ import annotations

from core.axis import Range
from core.queries import mean_energy, mean_line
from core.track import Track


def mean_in(track: Track, window: Range) -> float:
    """Give Praat's mean pitch over a window: over time, unvoiced stretches left out; NaN for none."""
    return mean_line(track, window)


def mean_energy_db(track: Track, window: Range) -> float:
    """Give the level of the mean energy over a window: Praat's averaging method for intensity."""
    return mean_energy(track, window)


MEANS = {"pitch": mean_in, "intensity": mean_energy_db}
"""How each measure of a lane's margin is averaged over a selection."""
