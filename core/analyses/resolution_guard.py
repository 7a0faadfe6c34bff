"""The resolution guard: reasons, with figures, why a track cannot carry a measure."""

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

NOT_IN_FORM: Mapping[str, bool] = MappingProxyType({"form": False})
"""Metadata of a settings field that says where to measure, not how; it is left out of the form."""

WHOLE_S = 600.0
"""Longer tracks are measured in tiles, or not at all if a measure cannot be tiled."""


def figure(value: float) -> str:
    """Return a number for a sentence: `31.25`, `125`, `0.005`, with a true minus sign."""
    digits = f"{value:.4g}" if abs(value) < 1000 else f"{value:.7g}"
    return digits.replace("-", "−")


def hertz(value: float) -> str:
    """Return a frequency for a sentence, in Hz."""
    return f"{figure(round(value, 2) if value >= 1 else value)} Hz"


def seconds(value: float) -> str:
    """Return a time for a sentence: in s, below a millisecond in ms."""
    return f"{figure(value * 1e3)} ms" if 0 < abs(value) < 1e-3 else f"{figure(value)} s"


def unusable(track: Track) -> str | None:
    """Return what is wrong with the samples: none, not finite, silent or constant; else None."""
    if isinstance(track, LongTrack):
        return None  # the parts that are read later are checked then
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
    """Report how many samples are NaN or infinite, or None."""
    bad = int(samples.size - np.count_nonzero(np.isfinite(samples)))
    return f"{bad} of {samples.size} samples are not numbers" if bad else None


def not_positive(**values: float) -> str | None:
    """Report the first of the named settings that is not a finite number above 0, or None."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            return f"the {name.replace('_', ' ')} must be above 0, not {figure(value)}"
    return None


def negative(**values: float) -> str | None:
    """Report the first of the named settings that is not a finite number of at least 0, or None."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            return f"the {name.replace('_', ' ')} must not be below 0, not {figure(value)}"
    return None


def reversed_range(floor_hz: float, ceiling_hz: float) -> str | None:
    """Report that the floor is not below the ceiling, or None."""
    if floor_hz < ceiling_hz:
        return None
    return f"the floor of {hertz(floor_hz)} is not below the ceiling of {hertz(ceiling_hz)}"


def too_short(axis: TimeAxis, window_s: float, window: str) -> str | None:
    """Report that a track is shorter than the analysis window (described by `window`), or None."""
    # a thousandth of a sample: Praat compares exactly, the division of the axis is rounded
    if axis.duration_s >= window_s - 1e-3 / axis.rate_hz:
        return None
    return f"{window} takes {seconds(window_s)}, the track has {seconds(axis.duration_s)}"


def too_many_frames(axis: TimeAxis, step_s: float) -> str | None:
    """Report that a time step is so small that the frames would not fit in memory, or None."""
    if step_s <= 0 or axis.duration_s / step_s <= MOST_FRAMES:
        return None
    return f"a time step of {figure(step_s)} s makes more than {MOST_FRAMES} frames"


def outside(axis: TimeAxis, start_s: float, end_s: float) -> str | None:
    """Report that a range is reversed or outside the track, or None; 0 to 0 is the whole track."""
    if not (math.isfinite(start_s) and math.isfinite(end_s)) or end_s < start_s:
        return f"the range from {seconds(start_s)} to {seconds(end_s)} is not valid"
    if start_s == end_s == 0 or (start_s <= axis.extent.end_s and end_s >= axis.extent.start_s):
        return None
    return f"the range from {seconds(start_s)} to {seconds(end_s)} is outside the track"
