"""Harmonics-to-noise ratio in dB, by cross-correlation or autocorrelation."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.praat import sound_of
from core.analyses.results import Contour, frame_axis, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track

UNVOICED_DB = -200.0
"""Praat's value for a frame without periodicity."""

_LEAST_SAMPLES = 6


Method = Literal["cross-correlation", "autocorrelation"]

STANDARD_PERIODS = {"cross-correlation": 1.0, "autocorrelation": 4.5}
"""Praat's defaults for each method."""


@dataclass(frozen=True, slots=True)
class HarmonicitySettings:
    """Settings with the defaults of Praat's To Harmonicity (cc), or (ac) for that method.

    The automatic number of periods per window depends on the method: 1 for cross-correlation, which
    Praat recommends, 4.5 for autocorrelation.
    """

    time_step_s: float = 0.01
    floor_hz: float = field(default=75.0, metadata={"label": "Pitch floor"})
    silence_threshold: float = 0.1
    periods_per_window: float | None = None
    method: Method = "cross-correlation"

    @property
    def periods(self) -> float:
        """The number of periods per window; the default of the method if automatic."""
        return STANDARD_PERIODS[self.method] if self.periods_per_window is None else self.periods_per_window

    @property
    def window_periods(self) -> float:
        """The number of periods in a frame: including the longest lag, or twice as many with a Gaussian."""
        return self.periods + 1 if self.method == "cross-correlation" else 2 * self.periods


def carried(axis: TimeAxis, settings: HarmonicitySettings) -> HarmonicitySettings:
    """Return the settings with an explicit number of periods."""
    return replace(settings, periods_per_window=settings.periods)


def cause(axis: TimeAxis, settings: HarmonicitySettings) -> str | None:
    """Return why this layer has no harmonicity: two harmonics of the floor must fit below Nyquist."""
    floor, periods = settings.floor_hz, settings.periods
    invalid = guard.not_positive(
        time_step=settings.time_step_s, pitch_floor=floor, number_of_periods=periods
    ) or guard.negative(silence_threshold=settings.silence_threshold)
    if invalid:
        return invalid
    if axis.nyquist_hz < 2 * floor:
        nyquist = guard.hertz(axis.nyquist_hz)
        return f"Nyquist is {nyquist}, below the second harmonic of the floor of {guard.hertz(floor)}"
    if math.floor(periods * axis.rate_hz / floor) < _LEAST_SAMPLES:
        return f"{periods:g} periods of {guard.hertz(floor)} hold fewer than {_LEAST_SAMPLES} samples"
    window = f"a window of {settings.window_periods:g} periods of {guard.hertz(floor)}"
    return guard.too_short(axis, settings.window_periods / floor, window) or guard.too_many_frames(
        axis, settings.time_step_s
    )


def harmonicity(track: Track, settings: HarmonicitySettings) -> tuple[Track, ...]:
    """Return the track "harmonicity" in dB on Praat's frames; NaN where Praat finds no period."""
    used, sound = carried(track.axis, settings), sound_of(track)
    by_lags = used.method == "cross-correlation"
    ask: Any = sound.to_harmonicity_cc if by_lags else sound.to_harmonicity_ac
    found = ask(
        time_step=used.time_step_s,
        minimum_pitch=used.floor_hz,
        silence_threshold=used.silence_threshold,
        periods_per_window=used.periods,
    )
    values = np.array(found.values[0])
    values[values <= UNVOICED_DB] = np.nan
    axis = frame_axis(found.x1, found.dx, values.size)
    return (Contour("harmonicity", values, axis, "dB", origin_of(track, "harmonicity", used)),)
