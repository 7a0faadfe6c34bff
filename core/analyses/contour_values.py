"""Values of a contour at a time and over a window, by the rules of Praat's queries.

They are those of fon/Sampled.cpp for what may be undefined, and of fon/Vector.cpp for the rest.
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

    From the first frame's centre in the window to the last one's the line's integral is a sum over
    the frames, of which the outer two count half: an undefined frame's neighbours reach half a
    frame towards it. What is left at both ends is integrated piece by piece.
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
    """Give the integral of the line over a short stretch and how much of it is defined, in frames.

    The line is straight from each half frame to the next: its value in the middle of such a piece is
    the piece's mean.
    """
    first, last = 2 * axis.index(start_s), 2 * axis.index(end_s)
    between = np.arange(math.floor(first) + 1, math.ceil(last))
    edges: Doubles = np.concatenate(([first], between, [last])) / 2
    found = values_at(samples, axis, axis.start_s + (edges[:-1] + edges[1:]) / 2 / axis.rate_hz)
    weights = np.where(np.isfinite(found), np.diff(edges), 0.0)
    return float(np.nansum(found * weights)), float(weights.sum())


def mean_line(track: Track, window: Range) -> float:
    """Give the mean over time of a contour: Praat's mean pitch, formant or amplitude."""
    return mean_over(track.samples, track.axis, window)


def mean_energy(track: Track, window: Range) -> float:
    """Give the level in dB of the mean energy of an intensity contour."""
    first, last = track.axis.samples_in(window)
    low, high = max(first - 2, 0), min(last + 2, track.axis.n)
    if high <= low:
        return math.nan
    axis = TimeAxis(track.axis.rate_hz, high - low, track.axis.seconds(low))
    energies = 10 ** (track.samples[low:high].astype(np.float64) / 10)
    mean = mean_over(energies, axis, window.cut(track.axis.extent))
    return 10 * math.log10(mean) if mean > 0 else mean if math.isnan(mean) else -300.0


def mean_frames(track: Track, window: Range) -> float:
    """Give the mean over the defined frames in a window; NaN for none."""
    values = track.part(window)
    defined = values[np.isfinite(values)]
    return float(np.mean(defined, dtype=np.float64)) if defined.size else math.nan


def lowest(track: Track, window: Range, edges: bool, refined: bool = True) -> tuple[float, float]:
    """Give the lowest value in a window and its time; NaN for both where nothing is defined.

    `refined` frames are those of a parabola through their neighbours, else they stand for
    themselves. With `edges` the line's values at the window's edges count too, otherwise the
    outermost frames do; without a frame in the window only its edges are there.
    """
    first, last = track.axis.samples_in(window)
    turn = _turns if refined else _least
    values, places = turn(track.samples, first, last, edges)
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
    """Give the highest value in a window and its time, by the rules of `lowest`."""
    turned = replace(track, samples=-track.samples)
    value, time_s = lowest(turned, window, edges, refined)
    return -value, time_s


def _least(samples: NDArray[Any], first: int, last: int, edges: bool) -> tuple[Doubles, Doubles]:
    """Give the least of the samples `first:last`, and its index."""
    part = samples[first:last]
    if not part.size or not np.isfinite(part).any():
        return np.zeros(0), np.zeros(0)
    place = int(np.nanargmin(part))
    return part[place : place + 1].astype(np.float64), np.array([first + place], np.float64)


def _turns(samples: NDArray[Any], first: int, last: int, edges: bool) -> tuple[Doubles, Doubles]:
    """Give the refined minima among the frames `first:last`, and their fractional indices.

    A frame beside an undefined one stands for itself; without `edges` so do the outermost.
    """
    frames = np.arange(first, last)
    left, here, right = (_frames(samples, frames + shift) for shift in (-1, 0, 1))
    turns = (here < left) & (here <= right)
    rise, bend = 0.5 * (right - left), 2 * here - left - right
    bend = np.where(turns & (bend != 0), bend, 1.0)
    alone = ~(np.isfinite(left) & np.isfinite(right))
    if not edges:
        alone[:1] = alone[-1:] = True
    refined = np.where(turns, here + 0.5 * rise * rise / bend, np.where(alone, here, np.nan))
    return refined, np.where(turns, frames + rise / bend, frames.astype(np.float64))


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
    """Give the fractional indices at which the line between two samples, both numbers, passes through 0."""
    upper, known = values >= 0, np.isfinite(values)
    before = np.flatnonzero((upper[:-1] != upper[1:]) & known[:-1] & known[1:])
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
