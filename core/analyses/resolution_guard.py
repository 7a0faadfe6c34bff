"""The honest-resolution guard: causes, with figures, why a track cannot carry a measure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.recordings.long_sound import LongTrack
from core.signals.axis import TimeAxis
from core.signals.track import Track

MOST_FRAMES = 5_000_000

ASKED: Mapping[str, bool] = MappingProxyType({"form": False})
"""Of a settings field: it says where is asked, not how, and has no place in a form."""

WHOLE_S = 600.0
"""Longer tracks are measured in tiles, or, where a measure cannot be cut, not at all."""


def figure(value: float) -> str:
    """Give a number as a sentence wants it: `31.25`, `125`, `0.005`, a minus as on screen."""
    digits = f"{value:.4g}" if abs(value) < 1000 else f"{value:.7g}"
    return digits.replace("-", "−")


def hertz(value: float) -> str:
    """Give a frequency in Hz as a sentence wants it."""
    return f"{figure(round(value, 2) if value >= 1 else value)} Hz"


def seconds(value: float) -> str:
    """Give a time as a sentence wants it: in s, below a millisecond in ms."""
    return f"{figure(value * 1e3)} ms" if 0 < abs(value) < 1e-3 else f"{figure(value)} s"


def unusable(track: Track) -> str | None:
    """Say what is wrong with the samples themselves: none, not finite, silent or constant."""
    if isinstance(track, LongTrack):
        return None  # what is read of it is judged then
    samples = track.samples
    if samples.size == 0:
        return "there are no samples"
    low, high = float(np.min(samples)), float(np.max(samples))
    if not (math.isfinite(low) and math.isfinite(high)):
        return not_numbers(samples)
    if low == high:
        return "the track is silent" if low == 0 else f"every sample is {figure(low)}"
    return None


def not_numbers(samples: NDArray[np.float32]) -> str | None:
    """Say how many samples are NaN or infinite."""
    bad = int(samples.size - np.count_nonzero(np.isfinite(samples)))
    return f"{bad} of {samples.size} samples are not numbers" if bad else None


def not_positive(**values: float) -> str | None:
    """Say which of the named settings is not a finite number above 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            return f"the {name.replace('_', ' ')} must be above 0, not {figure(value)}"
    return None


def negative(**values: float) -> str | None:
    """Say which of the named settings is not a finite number from 0 up."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            return f"the {name.replace('_', ' ')} must not be below 0, not {figure(value)}"
    return None


def upside_down(floor_hz: float, ceiling_hz: float) -> str | None:
    """Say that a floor is not below its ceiling."""
    if floor_hz < ceiling_hz:
        return None
    return f"the floor of {hertz(floor_hz)} is not below the ceiling of {hertz(ceiling_hz)}"


def too_short(axis: TimeAxis, window_s: float, window: str) -> str | None:
    """Say that a track is shorter than the analysis window, named in words."""
    # a thousandth of a sample: Praat's own comparison is exact, the axis' division is not
    if axis.duration_s >= window_s - 1e-3 / axis.rate_hz:
        return None
    return f"{window} takes {seconds(window_s)}, the track has {seconds(axis.duration_s)}"


def too_many_frames(axis: TimeAxis, step_s: float) -> str | None:
    """Say that a time step is so small that its frames would not fit in memory."""
    if step_s <= 0 or axis.duration_s / step_s <= MOST_FRAMES:
        return None
    return f"a time step of {figure(step_s)} s makes more than {MOST_FRAMES} frames"


def outside(axis: TimeAxis, start_s: float, end_s: float) -> str | None:
    """Say that a stretch is upside down or beside the track; 0 to 0 is the whole track."""
    if not (math.isfinite(start_s) and math.isfinite(end_s)) or end_s < start_s:
        return f"a stretch from {seconds(start_s)} to {seconds(end_s)} is none"
    if start_s == end_s == 0 or (start_s <= axis.extent.end_s and end_s >= axis.extent.start_s):
        return None
    return f"the stretch from {seconds(start_s)} to {seconds(end_s)} is outside the track"
