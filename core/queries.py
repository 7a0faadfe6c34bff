"""What can be asked of a layer: one value at a cursor or over a selection, by Praat's rules.

The table of all layers and every single query come from `ask`, so that they cannot differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.analyses import TABLE, guard
from core.analyses.formants import FormantSettings, carried
from core.analyses.results import Doubles
from core.analyses.spectrogram import REFERENCE_PA2
from core.axis import Range, TimeAxis
from core.origin import Origin
from core.track import Image, Track

Statistic = Literal["mean", "minimum", "maximum"]
Place = float | Range
"""Where it is asked: a cursor's time in seconds, or a selection."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be asked: its words, its analysis and the track of it, its digits on screen.

    `analysis` is "" for the curve itself. `smooth` measures are those that Praat reads as a line
    through frames of which some may be undefined: pitch and formants.
    """

    key: str
    title: str
    short: str
    analysis: str
    track: str
    unit: str
    digits: int = -1
    smooth: bool = False

    def words(self, statistic: Statistic, over: bool) -> str:
        """Name the query: "Pitch" at a cursor, "Mean pitch" over a selection."""
        title = self.title if self.title.isupper() else self.title.lower()
        return f"{statistic.capitalize()} {title}" if over else self.title


_ROWS = (
    Measure("activation", "Activation", "Activ.", "", "", ""),
    Measure("f0", "Pitch", "F0", "pitch", "pitch", "Hz", 2, smooth=True),
    *(
        Measure(
            f"{kind}{k}", f"{kind.upper()}{k}", f"{kind.upper()}{k}", "formants", f"{kind}{k}", "Hz", 1, True
        )
        for kind in "fb"
        for k in range(1, 6)
    ),
    Measure("intensity", "Intensity", "Int.", "intensity", "intensity", "dB", 2),
    Measure("harmonicity", "HNR", "HNR", "harmonicity", "harmonicity", "dB", 2),
)
MEASURES: Mapping[str, Measure] = {row.key: row for row in _ROWS}
"""All measures by key, in the order of the table of all layers."""

ANALYSES = ("pitch", "formants", "intensity", "harmonicity")
"""What has to be computed of a layer before all of them can be asked."""


@dataclass(frozen=True)
class Layer:
    """One layer with what was computed of it; an analysis that is not in `results` is under way."""

    key: str
    title: str
    track: Track
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    results: Mapping[str, tuple[Track, ...]] = field(default_factory=dict[str, tuple[Track, ...]])
    failures: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Answer:
    """One value: NaN where it is not defined here, refused where the layer cannot carry it.

    `awaited` says that the analysis is still under way; `digits` is how many decimals a result has
    on the screen (-1: four significant ones).
    """

    layer: str
    measure: str
    start_s: float
    end_s: float
    value: float
    unit: str = ""
    refusal: str = ""
    awaited: bool = False
    digits: int = -1
    origin: Origin = field(default_factory=Origin)

    @property
    def defined(self) -> bool:
        return not self.refusal and not self.awaited and math.isfinite(self.value)


def ask(layer: Layer, measure: Measure, where: Place, statistic: Statistic = "mean") -> Answer:
    """Ask one thing of one layer; at a cursor the statistic does not matter."""
    over = isinstance(where, Range)
    ends = (where.start_s, where.end_s) if isinstance(where, Range) else (where, where)
    blank = Answer(
        layer.title, measure.words(statistic, over), *ends, math.nan, measure.unit, digits=measure.digits
    )
    refusal = refused(layer, measure)
    if refusal:
        return replace(blank, refusal=refusal)
    track = _track(layer, measure)
    if track is None:
        return replace(blank, awaited=True)
    return replace(blank, value=value(track, measure, where, statistic), origin=track.origin)


def value(track: Track, measure: Measure, where: Place, statistic: Statistic = "mean") -> float:
    """Give the value of a measure's own track at a cursor or over a selection; NaN where undefined."""
    if not isinstance(where, Range):
        return at(track, where) if measure.analysis else track.at(where)
    if statistic == "mean":
        return _MEANS[measure.analysis](track, where)
    return extreme(track, measure, where, statistic)[0]


def refused(layer: Layer, measure: Measure) -> str:
    """Say why this layer cannot carry the measure, "" where it can."""
    if not measure.analysis:
        return ""
    settings = layer.settings.get(measure.analysis)
    said = TABLE[measure.analysis].refusal(layer.track, settings)
    return said or _beyond(layer, measure, settings) or layer.failures.get(measure.analysis, "")


def _beyond(layer: Layer, measure: Measure, settings: Any) -> str:
    """Say that so many formants do not fit below the layer's Nyquist."""
    if measure.analysis != "formants":
        return ""
    used = carried(layer.track.axis, settings or FormantSettings())
    room = math.ceil(used.max_formants)
    if int(measure.track[1:]) <= room:
        return ""
    formants = "1 formant" if room == 1 else f"{room} formants"
    return f"No {measure.short}: there is room for {formants} below {guard.hertz(used.ceiling_hz)}"


def _track(layer: Layer, measure: Measure) -> Track | None:
    if not measure.analysis:
        return layer.track
    found = layer.results.get(measure.analysis)
    return next((one for one in found if one.name == measure.track), None) if found else None


# --- values of a contour, by Praat's rules (fon/Sampled.cpp, fon/Vector.cpp) -------------------


def at(track: Track, time_s: float) -> float:
    """Give the value at a time: on the line between two frames, the nearer one's where the other has none.

    NaN where the nearer frame has none, and more than half a frame outside.
    """
    return float(values_at(track.samples, track.axis, np.array([time_s]))[0])


def values_at(samples: NDArray[Any], axis: TimeAxis, times_s: Doubles) -> Doubles:
    """Give the values of frames on an axis at many times, float64 [n]."""
    place = (times_s - axis.start_s) * axis.rate_hz
    low = np.floor(place)
    past = place - low >= 0.5
    near, far = (low + past).astype(np.intp), (low + ~past).astype(np.intp)
    here, there = _frames(samples, near), _frames(samples, far)
    step = np.where(past, 1 - (place - low), place - low) * (there - here)
    return here + np.where(np.isfinite(there), step, 0.0)


def _frames(samples: NDArray[Any], indices: NDArray[np.intp]) -> Doubles:
    """Give the values of frames, NaN for those before the first and after the last."""
    if samples.size == 0:
        return np.full(indices.size, np.nan)
    found = samples[np.clip(indices, 0, samples.size - 1)].astype(np.float64)
    return np.where((indices >= 0) & (indices < samples.size), found, np.nan)


def mean_over(samples: NDArray[Any], axis: TimeAxis, window: Range) -> float:
    """Give the mean over time of the line between the frames, undefined stretches left out.

    The line is straight from each half frame to the next, so its value in the middle of such a
    piece is the mean of the piece.
    """
    inside = window.cut(axis.extent)
    first, last = (2 * axis.index(edge) for edge in (inside.start_s, inside.end_s))
    between = np.arange(math.floor(first) + 1, math.ceil(last))
    edges: Doubles = axis.start_s + np.concatenate(([first], between, [last])) / 2 / axis.rate_hz
    found = values_at(samples, axis, (edges[:-1] + edges[1:]) / 2)
    weights = np.where(np.isfinite(found), np.diff(edges), 0.0)
    whole = float(weights.sum())
    return float(np.nansum(found * weights)) / whole if whole > 0 else math.nan


def _mean_line(track: Track, window: Range) -> float:
    return mean_over(track.samples, track.axis, window)


def _mean_energy(track: Track, window: Range) -> float:
    mean = mean_over(10 ** (track.samples.astype(np.float64) / 10), track.axis, window)
    return 10 * math.log10(mean) if mean > 0 else mean if math.isnan(mean) else -300.0


def _mean_frames(track: Track, window: Range) -> float:
    """Give the mean over the defined frames in a window; NaN for none."""
    values = track.part(window)
    defined = values[np.isfinite(values)]
    return float(np.mean(defined, dtype=np.float64)) if defined.size else math.nan


_MEANS: Mapping[str, Callable[[Track, Range], float]] = {
    "": _mean_line,
    "pitch": _mean_line,
    "formants": _mean_line,
    "intensity": _mean_energy,
    "harmonicity": _mean_frames,
}
"""How each analysis is averaged: samples and harmonicity frame by frame, the others over time."""


def extreme(track: Track, measure: Measure, window: Range, statistic: Statistic) -> tuple[float, float]:
    """Give the lowest or highest value in a window and its time; NaN for both where nothing is defined.

    Frames are refined by a parabola through their neighbours. The line's values at the window's
    edges count too, except for intensity and harmonicity, of which the outermost frames count. Of a
    curve itself the samples count as they are.
    """
    sign = -1.0 if statistic == "maximum" else 1.0
    first, last = track.axis.samples_in(window)
    if not measure.analysis:
        values = sign * track.samples[first:last].astype(np.float64)
        times_s = np.arange(first, last)
    else:
        values, times_s = _turns(sign * track.samples.astype(np.float64), first, last, measure.smooth)
    times_s = track.axis.start_s + times_s / track.axis.rate_hz
    if measure.smooth or not measure.analysis or first == last:
        edges = np.array([window.start_s, window.end_s])
        values = np.append(values, sign * values_at(track.samples, track.axis, edges))
        times_s = np.append(times_s, edges)
    if not np.isfinite(values).any():
        return math.nan, math.nan
    best = int(np.nanargmin(values))
    time_s = min(max(float(times_s[best]), window.start_s), window.end_s)
    return sign * float(values[best]), time_s


def _turns(values: Doubles, first: int, last: int, smooth: bool) -> tuple[Doubles, Doubles]:
    """Give the refined minima among the frames `first:last`, and their fractional indices.

    A frame beside an undefined one stands for itself; without `smooth` so do the outermost.
    """
    frames = np.arange(first, last)
    left, here, right = (_frames(values, frames + shift) for shift in (-1, 0, 1))
    turns = (here < left) & (here <= right)
    rise, bend = 0.5 * (right - left), 2 * here - left - right
    bend = np.where(turns & (bend != 0), bend, 1.0)
    alone = ~(np.isfinite(left) & np.isfinite(right))
    if not smooth:
        alone[:1] = alone[-1:] = True
    refined = np.where(turns, here + 0.5 * rise * rise / bend, np.where(alone, here, np.nan))
    places = np.where(turns, frames + rise / bend, frames)
    return refined, places


def nearest_crossing(track: Track, time_s: float) -> float:
    """Give the time of the zero crossing nearest to `time_s`, NaN where there is none.

    Looks ever farther around the time, so that an hour of sound costs no more than a second. As in
    Praat a crossing between the two samples around the time counts as being there.
    """
    values, axis = track.samples, track.axis
    middle = math.floor(axis.index(time_s))
    reach = 64
    while True:
        first, last = max(middle - reach, 0), min(middle + 1 + reach, axis.n - 1)
        found = _crossings(values[first : last + 1]) + first
        if found.size or (first == 0 and last >= axis.n - 1):
            break
        reach *= 8
    if not found.size:
        return math.nan
    within = found[(found >= middle) & (found <= middle + 1)]
    times_s = axis.start_s + (within if within.size else found) / axis.rate_hz
    return float(times_s[np.argmin(np.abs(times_s - time_s))])


def _crossings(values: NDArray[Any]) -> Doubles:
    """Give the fractional indices at which the line between two samples passes through 0."""
    upper = values >= 0
    before = np.flatnonzero(upper[:-1] != upper[1:])
    low, high = values[before].astype(np.float64), values[before + 1].astype(np.float64)
    return before + low / (low - high)


def power_at(image: Image, time_s: float, frequency_hz: float) -> float:
    """Give the power density in Pa²/Hz at a time and a frequency, bilinear between the image's cells."""
    row = image.axis.index(time_s)
    column = (frequency_hz - image.low_hz) / image.step_hz
    frames, bins = image.values.shape
    if not (-0.5 <= row <= frames - 0.5 and -0.5 <= column <= bins - 0.5):
        return math.nan
    power = 0.0
    for frame, weight in _shares(row, frames):
        for band, part in _shares(column, bins):
            power += weight * part * 10 ** (float(image.values[frame, band]) / 10)
    return power * REFERENCE_PA2


def _shares(place: float, count: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """Give the two cells around a place with the weight of each; beyond the outer ones the outer's."""
    low = min(max(math.floor(place), 0), count - 1)
    high = min(low + 1, count - 1)
    part = min(max(place - low, 0.0), 1.0)
    return (low, 1 - part), (high, part)
