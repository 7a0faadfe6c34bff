"""Spectral moments in a band: centre of gravity, standard deviation, skewness, kurtosis."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.results import Contour, Doubles, origin_of
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

MOMENTS = (("cog", "Hz"), ("sd", "Hz"), ("skewness", ""), ("kurtosis", ""))

_LEAST_SAMPLES = 8

MOST_POWER = 10.0
"""Higher powers leave only the highest peak, and overflow."""


@dataclass(frozen=True, slots=True)
class MomentSettings:
    """A time range (0 to 0: the whole track) in equal slices, a band (a top of 0: Nyquist), and a power.

    The spectrum is raised to the power (2: power spectrum, 1: amplitude spectrum).
    """

    start_s: float = field(default=0.0, metadata=guard.NOT_IN_FORM)
    end_s: float = field(default=0.0, metadata=guard.NOT_IN_FORM)
    slices: int = field(default=10, metadata={"label": "Number of slices"})
    band_low_hz: float = field(default=0.0, metadata={"label": "Bottom of the band"})
    band_high_hz: float = field(default=0.0, metadata={"label": "Top of the band", "zero": "Nyquist"})
    power: float = 2.0


def stretch(axis: TimeAxis, settings: MomentSettings) -> Range:
    """Return the time range that is measured."""
    whole = settings.start_s == settings.end_s == 0
    return axis.extent if whole else Range(settings.start_s, settings.end_s).cut(axis.extent)


def cause(axis: TimeAxis, settings: MomentSettings) -> str | None:
    """Return why this layer has no moments: a band above Nyquist, or empty slices; else None."""
    low, high = settings.band_low_hz, settings.band_high_hz or axis.nyquist_hz
    invalid = (
        guard.not_positive(power=settings.power, number_of_slices=settings.slices)
        or guard.negative(bottom_of_the_band=low, top_of_the_band=high)
        or guard.outside(axis, settings.start_s, settings.end_s)
    )
    if invalid:
        return invalid
    if settings.power > MOST_POWER:
        return f"the power must be at most {guard.figure(MOST_POWER)}, not {guard.figure(settings.power)}"
    if low >= high:
        return f"the band from {guard.hertz(low)} to {guard.hertz(high)} is empty"
    if high > axis.nyquist_hz:
        return f"Nyquist is {guard.hertz(axis.nyquist_hz)}, below the top of the band, {guard.hertz(high)}"
    slice_s = stretch(axis, settings).length_s / settings.slices
    if slice_s * axis.rate_hz < _LEAST_SAMPLES:
        return f"a slice of {guard.seconds(slice_s)} holds fewer than {_LEAST_SAMPLES} samples"
    return None


def moments(track: Track, settings: MomentSettings) -> tuple[Track, ...]:
    """Return the tracks cog, sd, skewness and kurtosis, one value per slice, as Praat's Spectrum gives them.

    NaN where a slice has no energy in the band.
    """
    covered = stretch(track.axis, settings)
    step_s = covered.length_s / settings.slices
    edges = [covered.start_s + k * step_s for k in range(settings.slices + 1)]
    samples = track.samples.astype(np.float64)
    spans = [_between(track.axis, a, b) for a, b in pairwise(edges)]
    rows = [_moments(samples[first:last], track.axis.rate_hz, settings) for first, last in spans]
    axis = TimeAxis(1 / step_s, settings.slices, covered.start_s + step_s / 2)
    origin = origin_of(track, "moments", settings)
    columns = zip(MOMENTS, np.array(rows).T, strict=True)
    return tuple(Contour(name, values, axis, unit, origin) for (name, unit), values in columns)


def _between(axis: TimeAxis, start_s: float, end_s: float) -> tuple[int, int]:
    """Return the samples whose centres lie in [`start_s`, `end_s`)."""
    first, last = (int(np.ceil(axis.index(t) - 1e-9)) for t in (start_s, end_s))
    return max(first, 0), min(last, axis.n)


def _moments(samples: Doubles, rate_hz: float, settings: MomentSettings) -> tuple[float, ...]:
    padded = 1 << max(0, samples.size - 1).bit_length()
    weights: Doubles = np.abs(np.fft.rfft(samples, padded)) ** settings.power
    hz = np.asarray(np.fft.rfftfreq(padded, 1 / rate_hz), dtype=np.float64)
    inside = (hz >= settings.band_low_hz) & (hz <= (settings.band_high_hz or rate_hz / 2))
    hz, weights = hz[inside], weights[inside]
    total = float(weights.sum())
    if total <= 0:
        return (float("nan"),) * 4
    cog = float(hz @ weights) / total
    second, third, fourth = (float((hz - cog) ** k @ weights) / total for k in (2, 3, 4))
    if second <= 0:
        return cog, 0.0, float("nan"), float("nan")
    return cog, second**0.5, third / second**1.5, fourth / second**2 - 3
