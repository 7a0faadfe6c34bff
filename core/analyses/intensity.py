"""Intensity in dB relative to 2e-5 Pa, smoothed as in Praat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.praat import or_automatic, sound_of
from core.analyses.results import Contour, frame_axis, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class IntensitySettings:
    """Praat's intensity settings; the editor uses the pitch floor.

    A time step of 0 is Praat's "automatic", 0.8 periods of the floor.
    """

    floor_hz: float = 75.0
    time_step_s: float = 0.0
    subtract_mean: bool = True


def cause(axis: TimeAxis, settings: IntensitySettings) -> str | None:
    """Return why this layer has no intensity with these settings, or None."""
    invalid = guard.not_positive(floor=settings.floor_hz) or guard.negative(time_step=settings.time_step_s)
    if invalid:
        return invalid
    if axis.nyquist_hz < settings.floor_hz:
        return (
            f"Nyquist is {guard.hertz(axis.nyquist_hz)}, below the floor of {guard.hertz(settings.floor_hz)}"
        )
    window = f"a window of 6.4 periods of {guard.hertz(settings.floor_hz)}"
    return guard.too_short(axis, 6.4 / settings.floor_hz, window) or guard.too_many_frames(
        axis, settings.time_step_s
    )


def intensity(track: Track, settings: IntensitySettings) -> tuple[Track, ...]:
    """Return the track "intensity" in dB on Praat's frames (−300 dB where a window is all zero)."""
    found = sound_of(track).to_intensity(
        minimum_pitch=settings.floor_hz,
        time_step=or_automatic(settings.time_step_s),
        subtract_mean=settings.subtract_mean,
    )
    values = np.array(found.values[0])
    axis = frame_axis(found.x1, found.dx, values.size)
    return (Contour("intensity", values, axis, "dB", origin_of(track, "intensity", settings)),)
