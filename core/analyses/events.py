"""Moments in a curve: its zero crossings and the peaks of its envelope, for latencies."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.results import Doubles, Points, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class CrossingSettings:
    """Which crossings count; the standards are those of Praat's To PointProcess (zeroes)."""

    rising: bool = True
    falling: bool = False


def crossing_cause(axis: TimeAxis, settings: CrossingSettings) -> str | None:
    """Say why there are no zero crossings to look for."""
    return None if settings.rising or settings.falling else "neither rising nor falling ones are wanted"


def zero_crossings(track: Track, settings: CrossingSettings) -> Points:
    """Give the times, in seconds, at which the line between two samples passes through 0."""
    values = track.samples.astype(np.float64)
    below = values < 0
    up, down = below[:-1] & ~below[1:], ~below[:-1] & below[1:]
    wanted = (up & settings.rising) | (down & settings.falling)
    before = np.flatnonzero(wanted)
    part = values[before] / (values[before] - values[before + 1])
    times_s = track.axis.start_s + (before + part) / track.axis.rate_hz
    return Points("zero crossings", times_s, origin_of(track, "zero crossings", settings))


@dataclass(frozen=True, slots=True)
class PeakSettings:
    """The envelope is the distance from the mean under a Gaussian of this standard deviation; peaks
    lower than `least_height` of the highest do not count.
    """

    smoothing_s: float = 0.010
    least_height: float = field(default=0.10, metadata={"label": "Least height, part of the highest"})


def peak_cause(axis: TimeAxis, settings: PeakSettings) -> str | None:
    """Say why there are no envelope peaks to look for."""
    senseless = guard.negative(smoothing=settings.smoothing_s)
    if senseless or 0 <= settings.least_height <= 1:
        return senseless or guard.too_short(axis, 3 / axis.rate_hz, "a peak of 3 samples")
    return f"the least height must lie between 0 and 1, not {guard.figure(settings.least_height)}"


def envelope_of(track: Track, settings: PeakSettings, mean: float | None = None) -> Doubles:
    """Give the smoothed distance from the mean, float64 [n]; of a part, from the `mean` of the whole."""
    values = track.samples.astype(np.float64)
    away: Doubles = np.abs(values - (values.mean() if mean is None else mean))
    width = settings.smoothing_s * track.axis.rate_hz
    reach = min(int(np.ceil(4 * width)), away.size - 1)
    if width < 0.1 or reach < 1:
        return away
    bell: Doubles = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    size = 1 << (away.size + 2 * reach).bit_length()
    smooth = np.fft.irfft(np.fft.rfft(away, size) * np.fft.rfft(bell / bell.sum(), size), size)
    return smooth[reach : reach + away.size]


def envelope_peaks(track: Track, settings: PeakSettings) -> Points:
    """Give the times of the envelope's peaks, in seconds, and their heights, both refined by a parabola."""
    level = envelope_of(track, settings)
    inner = level[1:-1]
    high = inner >= settings.least_height * level.max()
    tops = np.flatnonzero((inner > level[:-2]) & (inner >= level[2:]) & high) + 1
    before, at, after = level[tops - 1], level[tops], level[tops + 1]
    bend = (at - before) + (at - after)  # in this order never 0, however flat the peak
    rise = 0.5 * (after - before)
    times_s = track.axis.start_s + (tops + rise / bend) / track.axis.rate_hz
    heights = at + 0.5 * rise * rise / bend
    return Points("envelope peaks", times_s, origin_of(track, "envelope peaks", settings), heights)


def latencies(peaks: Points, reference: Points) -> Doubles:
    """Give how much later each peak comes than the nearest one of `reference`, in seconds: float64
    [peaks], NaN where there is no reference.
    """
    if reference.times_s.size == 0:
        return np.full(peaks.times_s.size, np.nan)
    gaps = peaks.times_s[:, None] - reference.times_s[None, :]
    nearest = np.abs(gaps).argmin(axis=1)
    return np.take_along_axis(gaps, nearest[:, None], axis=1)[:, 0]
