"""Values of a contour at a time or over a window, computed as Praat's queries do.

Undefined values follow fon/Sampled.cpp, the rest follows fon/Vector.cpp.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analyses.results import Doubles
from core.analyses.spectrogram import REFERENCE_PA2
from core.signals.axis import Range, TimeAxis
from core.signals.track import Image, Track


def at(track: Track, time_s: float) -> float:
    """Return the value at a time, interpolated between two frames.

    If the farther frame is undefined, this is the value of the nearer one. NaN if the nearer one is
    undefined, and more than half a frame outside the contour.
    """
    return float(values_at(track.samples, track.axis, np.array([time_s]))[0])


def values_at(samples: NDArray[Any], axis: TimeAxis, times_s: Doubles) -> Doubles:
    """Return the values of frames on an axis at many times, float64 [n]."""
    place = (times_s - axis.start_s) * axis.rate_hz
    low = np.floor(place)
    past = place - low >= 0.5
    near, far = (low + past).astype(np.intp), (low + ~past).astype(np.intp)
    here, beyond = _frames(samples, near), _frames(samples, far)
    step = np.where(past, 1 - (place - low), place - low) * (beyond - here)
    return here + np.where(np.isfinite(beyond), step, 0.0)


def _frames(samples: NDArray[Any], indices: NDArray[np.intp]) -> Doubles:
    """Return the values of frames by index; NaN before the first and after the last."""
    if samples.size == 0:
        return np.full(indices.size, np.nan)
    found = samples[np.clip(indices, 0, samples.size - 1)].astype(np.float64)
    return np.where((indices >= 0) & (indices < samples.size), found, np.nan)


def mean_over(samples: NDArray[Any], axis: TimeAxis, window: Range) -> float:
    """Return the mean over time of the line between the frames, without the undefined parts.

    From the first to the last frame centre in the window, the integral of the line is a sum over the
    frames in which the outer two count half; next to an undefined frame, the line extends half a frame.
    The remainders at both ends are integrated piece by piece.
    """
    inside = window.cut(axis.extent)
    first, last = axis.samples_in(inside)
    if last - first < 2:
        whole, length = _integral(samples, axis, inside.start_s, inside.end_s)
        return whole / length if length > 0 else math.nan
    values = samples[first:last]
    defined = np.isfinite(values)
    outer = values[[0, -1]].astype(np.float64)
    whole = float(np.sum(values, dtype=np.float64, where=defined)) - 0.5 * float(np.nansum(outer))
    frames = float(np.count_nonzero(defined)) - 0.5 * float(np.count_nonzero(np.isfinite(outer)))
    left = _integral(samples, axis, inside.start_s, axis.seconds(first))
    right = _integral(samples, axis, axis.seconds(last - 1), inside.end_s)
    whole, length = whole + left[0] + right[0], frames + left[1] + right[1]
    return whole / length if length > 0 else math.nan


def _integral(samples: NDArray[Any], axis: TimeAxis, start_s: float, end_s: float) -> tuple[float, float]:
    """Return the integral of the line over a short range, and how much of it is defined, in frames.

    The line is straight between half-frame positions, so its value at the middle of each such piece is
    the mean of that piece.
    """
    first, last = 2 * axis.index(start_s), 2 * axis.index(end_s)
    between = np.arange(math.floor(first) + 1, math.ceil(last))
    edges: Doubles = np.concatenate(([first], between, [last])) / 2
    found = values_at(samples, axis, axis.start_s + (edges[:-1] + edges[1:]) / 2 / axis.rate_hz)
    weights = np.where(np.isfinite(found), np.diff(edges), 0.0)
    return float(np.nansum(found * weights)), float(weights.sum())


def mean_line(track: Track, window: Range) -> float:
    """Return the mean of a contour over time, as Praat's mean pitch, formant or amplitude."""
    return mean_over(track.samples, track.axis, window)


def mean_energy(track: Track, window: Range) -> float:
    """Return the level, in dB, of the mean energy of an intensity contour."""
    first, last = track.axis.samples_in(window)
    low, high = max(first - 2, 0), min(last + 2, track.axis.n)
    if high <= low:
        return math.nan
    axis = TimeAxis(track.axis.rate_hz, high - low, track.axis.seconds(low))
    energies = 10 ** (track.samples[low:high].astype(np.float64) / 10)
    mean = mean_over(energies, axis, window.cut(track.axis.extent))
    return 10 * math.log10(mean) if mean > 0 else mean if math.isnan(mean) else -300.0


def mean_frames(track: Track, window: Range) -> float:
    """Return the mean of the defined frames in a window, NaN if there are none."""
    values = track.part(window)
    defined = values[np.isfinite(values)]
    return float(np.mean(defined, dtype=np.float64)) if defined.size else math.nan


def lowest(track: Track, window: Range, edges: bool, refined: bool = True) -> tuple[float, float]:
    """Return the lowest value in a window and its time; NaN for both if nothing is defined.

    With `refined`, a minimum is that of a parabola through the frame and its neighbours. With `edges`,
    the interpolated values at the window's edges count too; otherwise the outermost frames do. If no
    frame lies in the window, only its edges count.
    """
    first, last = track.axis.samples_in(window)
    minima = _local_minima if refined else _minimum
    values, places = minima(track.samples, first, last, edges)
    times_s = track.axis.start_s + places / track.axis.rate_hz
    if edges or first == last:
        outer = np.array([window.start_s, window.end_s])
        values = np.append(values, values_at(track.samples, track.axis, outer))
        times_s = np.append(times_s, outer)
    if not np.isfinite(values).any():
        return math.nan, math.nan
    best = int(np.nanargmin(values))
    return float(values[best]), min(max(float(times_s[best]), window.start_s), window.end_s)


def highest(track: Track, window: Range, edges: bool, refined: bool = True) -> tuple[float, float]:
    """Return the highest value in a window and its time, by the same rules as `lowest`."""
    negated = replace(track, samples=-track.samples)
    value, time_s = lowest(negated, window, edges, refined)
    return -value, time_s


def _minimum(samples: NDArray[Any], first: int, last: int, edges: bool) -> tuple[Doubles, Doubles]:
    """Return the smallest of the samples `first:last`, and its index."""
    part = samples[first:last]
    if not part.size or not np.isfinite(part).any():
        return np.zeros(0), np.zeros(0)
    place = int(np.nanargmin(part))
    return part[place : place + 1].astype(np.float64), np.array([first + place], np.float64)


def _local_minima(samples: NDArray[Any], first: int, last: int, edges: bool) -> tuple[Doubles, Doubles]:
    """Return the refined minima among the frames `first:last`, and their fractional indices.

    A frame next to an undefined one is not refined; without `edges`, neither are the outermost frames.
    """
    frames = np.arange(first, last)
    left, here, right = (_frames(samples, frames + shift) for shift in (-1, 0, 1))
    is_minimum = (here < left) & (here <= right)
    rise, bend = 0.5 * (right - left), 2 * here - left - right
    bend = np.where(is_minimum & (bend != 0), bend, 1.0)
    alone = ~(np.isfinite(left) & np.isfinite(right))
    if not edges:
        alone[:1] = alone[-1:] = True
    refined = np.where(is_minimum, here + 0.5 * rise * rise / bend, np.where(alone, here, np.nan))
    return refined, np.where(is_minimum, frames + rise / bend, frames.astype(np.float64))


def nearest_crossing(track: Track, time_s: float) -> float:
    """Return the time of the zero crossing nearest to `time_s`, NaN if there is none.

    The search widens step by step, so that an hour of sound costs no more than a second. As in Praat, a
    crossing between the two samples around `time_s` takes precedence.
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
    """Return the fractional indices where the line between two finite samples crosses zero."""
    upper, known = values >= 0, np.isfinite(values)
    before = np.flatnonzero((upper[:-1] != upper[1:]) & known[:-1] & known[1:])
    low, high = values[before].astype(np.float64), values[before + 1].astype(np.float64)
    return before + low / (low - high)


def power_at(image: Image, time_s: float, frequency_hz: float) -> float:
    """Return the power density in Pa²/Hz at a time and a frequency, by bilinear interpolation."""
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
    """Return the two cells around a position with their weights; beyond the ends, the outer cell."""
    low = min(max(math.floor(place), 0), count - 1)
    high = min(low + 1, count - 1)
    part = min(max(place - low, 0.0), 1.0)
    return (low, 1 - part), (high, part)
