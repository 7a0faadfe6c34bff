"""Events in a curve for measuring latencies: zero crossings and peaks of the envelope."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.results import Doubles, Points, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class CrossingSettings:
    """Which crossings count. The defaults are those of Praat's To PointProcess (zeroes)."""

    rising: bool = True
    falling: bool = False


def crossing_cause(axis: TimeAxis, settings: CrossingSettings) -> str | None:
    """Return why there are no zero crossings to find, or None."""
    return (
        None if settings.rising or settings.falling else "neither rising nor falling crossings are selected"
    )


def zero_crossings(track: Track, settings: CrossingSettings) -> Points:
    """Return the times, in seconds, at which the line between two samples crosses zero."""
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
    """Settings of the envelope, the distance from the mean smoothed by a Gaussian.

    `smoothing_s` is its standard deviation. Peaks below `least_height` times the highest do not count.
    """

    smoothing_s: float = 0.010
    least_height: float = field(default=0.10, metadata={"label": "Minimum height, fraction of the highest"})


def peak_cause(axis: TimeAxis, settings: PeakSettings) -> str | None:
    """Return why there are no envelope peaks to find, or None."""
    invalid = guard.negative(smoothing=settings.smoothing_s)
    if invalid or 0 <= settings.least_height <= 1:
        return invalid or guard.too_short(axis, 3 / axis.rate_hz, "a peak of 3 samples")
    return f"the minimum height must lie between 0 and 1, not {guard.figure(settings.least_height)}"


def envelope_of(track: Track, settings: PeakSettings, mean: float | None = None) -> Doubles:
    """Return the smoothed distance from the mean, float64 [n].

    For a part of a track, pass the `mean` of the whole track.
    """
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
    """Return the times of the envelope peaks, in seconds, and their heights; both refined by a parabola."""
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
    """Return how much later each peak is than the nearest point of `reference`, in seconds.

    Float64 [peaks], NaN if there is no reference.
    """
    if reference.times_s.size == 0:
        return np.full(peaks.times_s.size, np.nan)
    gaps = peaks.times_s[:, None] - reference.times_s[None, :]
    nearest = np.abs(gaps).argmin(axis=1)
    return np.take_along_axis(gaps, nearest[:, None], axis=1)[:, 0]
