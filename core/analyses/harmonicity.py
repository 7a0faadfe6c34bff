"""Harmonics-to-noise ratio in dB, by cross-correlation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.analyses import guard
from core.analyses.praat import sound_of
from core.analyses.results import Contour, frame_axis, origin_of
from core.axis import TimeAxis
from core.track import Track

UNVOICED_DB = -200.0
"""Praat's mark for a frame without periodicity."""

_LEAST_SAMPLES = 6


@dataclass(frozen=True, slots=True)
class HarmonicitySettings:
    """The standards of Praat's To Harmonicity (cc)."""

    time_step_s: float = 0.01
    floor_hz: float = 75.0
    silence_threshold: float = 0.1
    periods_per_window: float = 1.0


def cause(axis: TimeAxis, settings: HarmonicitySettings) -> str | None:
    """Say why this layer has no harmonicity: two harmonics of the floor must fit below Nyquist."""
    floor, periods = settings.floor_hz, settings.periods_per_window
    senseless = guard.not_positive(
        time_step=settings.time_step_s, floor=floor, number_of_periods=periods
    ) or guard.negative(silence_threshold=settings.silence_threshold)
    if senseless:
        return senseless
    if axis.nyquist_hz < 2 * floor:
        nyquist = guard.hertz(axis.nyquist_hz)
        return f"Nyquist is {nyquist}, below the second harmonic of the floor of {guard.hertz(floor)}"
    window = f"a window of {periods + 1:g} periods of {guard.hertz(floor)}"
    if math.floor(periods * axis.rate_hz / floor) < _LEAST_SAMPLES:
        return f"{periods:g} periods of {guard.hertz(floor)} hold fewer than {_LEAST_SAMPLES} samples"
    return guard.too_short(axis, (periods + 1) / floor, window) or guard.too_many_frames(
        axis, settings.time_step_s
    )


def harmonicity(track: Track, settings: HarmonicitySettings) -> tuple[Track, ...]:
    """Give the track "harmonicity" in dB on Praat's frames, NaN where Praat finds no period."""
    found = sound_of(track).to_harmonicity_cc(
        time_step=settings.time_step_s,
        minimum_pitch=settings.floor_hz,
        silence_threshold=settings.silence_threshold,
        periods_per_window=settings.periods_per_window,
    )
    values = np.array(found.values[0])
    values[values <= UNVOICED_DB] = np.nan
    axis = frame_axis(found.x1, found.dx, values.size)
    return (Contour("harmonicity", values, axis, "dB", origin_of(track, "harmonicity", settings)),)
