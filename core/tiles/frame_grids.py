"""Praat's frames of a whole track for each analysis."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.analyses import spectrogram
from core.analyses.registry import TABLE
from core.analyses.results import frame_axis
from core.signals.axis import TimeAxis


@dataclass(frozen=True, slots=True)
class FrameGrid:
    """Praat's frames of a whole track, the length of their windows, and the margin of a tile.

    `resampled_hz` is the rate of the samples on which the frames are placed, 0 for the track's own rate.
    """

    first_s: float
    step_s: float
    n: int
    window_s: float
    margin: int = 0
    resampled_hz: float = 0.0

    @property
    def axis(self) -> TimeAxis:
        return frame_axis(self.first_s, self.step_s, self.n)


def centred(axis: TimeAxis, window_s: float, step_s: float, margin_s: float = 0.0) -> FrameGrid:
    """Return as many frames as fit, centred (Praat's Sampled_shortTermAnalysis)."""
    n = count_of(axis, window_s, step_s)
    middle_s = axis.start_s + 0.5 * (axis.n - 1) / axis.rate_hz
    return FrameGrid(middle_s - 0.5 * (n - 1) * step_s, step_s, n, window_s, math.ceil(margin_s / step_s))


def count_of(axis: TimeAxis, window_s: float, step_s: float) -> int:
    """Count frames with the order of Praat's arithmetic, which decides whether the last one just fits."""
    return math.floor((axis.n * (1.0 / axis.rate_hz) - window_s) / step_s) + 1


def _pitch(axis: TimeAxis, used: Any) -> FrameGrid:
    periods = 3 if used.auto else 1
    step_s = used.time_step_s or periods / used.floor_hz / 4
    return centred(axis, used.window_periods / used.floor_hz, step_s, margin_s=2.0)


def _intensity(axis: TimeAxis, used: Any) -> FrameGrid:
    return centred(axis, 6.4 / used.floor_hz, used.time_step_s or 0.8 / used.floor_hz)


def _harmonicity(axis: TimeAxis, used: Any) -> FrameGrid:
    return centred(axis, used.window_periods / used.floor_hz, used.time_step_s)


def _formants(axis: TimeAxis, used: Any) -> FrameGrid:
    step_s = used.time_step_s or used.window_length_s / 4
    rate_hz = 2 * used.ceiling_hz
    grid = centred(resampled_axis(axis, rate_hz), 2 * used.window_length_s, step_s, margin_s=0.5)
    return replace(grid, resampled_hz=rate_hz)


def resampled_axis(axis: TimeAxis, rate_hz: float) -> TimeAxis:
    """Return the axis of Praat's resampled sound."""
    n = math.floor(axis.duration_s * rate_hz + 0.5)
    return TimeAxis(rate_hz, n, 0.5 * (axis.extent.start_s + axis.extent.end_s - (n - 1) / rate_hz))


def _spectrogram(axis: TimeAxis, used: Any) -> FrameGrid:
    grid = spectrogram.grid_of(axis, used)
    return FrameGrid(grid.first_s, grid.step_s, grid.frames, 2 * used.window_length_s)


GRIDS: Mapping[str, Callable[[TimeAxis, Any], FrameGrid]] = {
    "pitch": _pitch,
    "pulses": _pitch,
    "formants": _formants,
    "intensity": _intensity,
    "harmonicity": _harmonicity,
    "spectrogram": _spectrogram,
}


def grid_of(name: str, axis: TimeAxis, settings: Any = None) -> FrameGrid:
    """Return the frames of an analysis of a whole track."""
    return GRIDS[name](axis, used_of(name, axis, settings))


def used_of(name: str, axis: TimeAxis, settings: Any) -> Any:
    """Return the settings adapted to an axis; None stands for the defaults."""
    return TABLE[name].carried(axis, TABLE[name].settings() if settings is None else settings)
