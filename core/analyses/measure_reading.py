"""Reading measures: at a time, or over a range by Praat's rules, or why a layer has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.analyses.contour_values import at, highest, lowest, mean_energy, mean_frames, mean_line
from core.analyses.formants import FormantSettings, no_room
from core.analyses.measures import Mean, Measure, Statistic, read_as
from core.analyses.registry import TABLE
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

Place = float | Range
"""The place at which a measure is read: a time in seconds, or a range."""

_MEANS: Mapping[Mean, Callable[[Track, Range], float]] = {
    "time": mean_line,
    "energy": mean_energy,
    "frames": mean_frames,
}


def contour_analyses() -> tuple[str, ...]:
    """Return the analyses that every measure of a contour needs, in the order of `TABLE`."""
    needed = {row.analysis for row in read_as("contour")}
    return tuple(name for name in TABLE if name in needed)


def value(track: Track, measure: Measure, where: Place, statistic: Statistic = "mean") -> float:
    """Return the value of a measure's own contour at a time or over a stretch; NaN where undefined."""
    if not isinstance(where, Range):
        return at(track, where) if measure.analysis else track.at(where)
    if statistic == "mean":
        return _MEANS[measure.mean](track, where)
    return extreme(track, measure, where, statistic)[0]


def extreme(track: Track, measure: Measure, window: Range, statistic: Statistic) -> tuple[float, float]:
    """Return the lowest or highest value in a window and its time; NaN for both if nothing is defined.

    The rules are Praat's, except for bandwidths, whose extremes Praat does not offer: theirs are the lowest
    and highest frames.
    """
    find = highest if statistic == "maximum" else lowest
    return find(track, window, measure.edges, measure.parabola)


def no_formant(axis: TimeAxis, measure: Measure, settings: Any = None) -> str:
    """Return why a formant or bandwidth lies above a layer's Nyquist frequency, or ""."""
    if measure.analysis != "formants":
        return ""
    return no_room(axis, settings or FormantSettings(), measure.short)
