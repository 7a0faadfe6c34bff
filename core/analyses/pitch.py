"""Pitch by Praat's methods, the filtered ones of Praat 6.4 rebuilt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.praat import or_automatic, sound_of
from core.analyses.results import Contour, Doubles, frame_axis, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track

Method = Literal[
    "raw autocorrelation",
    "raw cross-correlation",
    "filtered autocorrelation",
    "filtered cross-correlation",
]

_LEAST_SAMPLES = 6


@dataclass(frozen=True, slots=True)
class PitchSettings:
    """Praat's pitch settings; the standards are those of the editor of Praat 6.1 to 6.3.

    A time step of 0 is Praat's "automatic". With `lower_ceiling` a ceiling above a layer's
    Nyquist is lowered to it, under a notice, where otherwise the measure is refused.
    """

    method: Method = "raw autocorrelation"
    floor_hz: float = 75.0
    ceiling_hz: float = 500.0
    time_step_s: float = 0.0
    max_candidates: int = 15
    very_accurate: bool = False
    attenuation_at_top: float = field(default=0.03, metadata={"used": "filtered"})
    silence_threshold: float = 0.03
    voicing_threshold: float = 0.45
    octave_cost: float = 0.01
    octave_jump_cost: float = 0.35
    voiced_unvoiced_cost: float = 0.14
    lower_ceiling: bool = field(default=False, metadata={"label": "Lower the ceiling to Nyquist"})

    @property
    def filtered(self) -> bool:
        return self.method.startswith("filtered")

    @property
    def auto(self) -> bool:
        return self.method.endswith("autocorrelation")

    @property
    def window_periods(self) -> int:
        """How many periods of the floor a frame takes: a very accurate window is twice as long,
        and a cross-correlation takes one period and, beside it, the longest lag.
        """
        if not self.auto:
            return 2
        return 6 if self.very_accurate else 3


def carried(axis: TimeAxis, settings: PitchSettings) -> PitchSettings:
    """Give the settings as the layer can carry them: the ceiling lowered where that was asked for."""
    if settings.lower_ceiling and settings.ceiling_hz > axis.nyquist_hz:
        return replace(settings, ceiling_hz=axis.nyquist_hz)
    return settings


def notice(axis: TimeAxis, settings: PitchSettings) -> str | None:
    """Say that the ceiling was lowered to Nyquist."""
    lowered = carried(axis, settings)
    if lowered == settings:
        return None
    was, now = guard.hertz(settings.ceiling_hz), guard.hertz(lowered.ceiling_hz)
    return f"Pitch ceiling lowered from {was} to Nyquist, {now}"


def cause(axis: TimeAxis, settings: PitchSettings) -> str | None:
    """Say why this layer has no pitch with these settings."""
    return _senseless(settings) or _beyond_nyquist(axis, settings) or _too_short(axis, settings)


def _senseless(settings: PitchSettings) -> str | None:
    costs = guard.negative(
        time_step=settings.time_step_s,
        silence_threshold=settings.silence_threshold,
        voicing_threshold=settings.voicing_threshold,
        octave_cost=settings.octave_cost,
        octave_jump_cost=settings.octave_jump_cost,
        voiced_unvoiced_cost=settings.voiced_unvoiced_cost,
    )
    ends = guard.not_positive(floor=settings.floor_hz, ceiling=settings.ceiling_hz)
    if costs or ends:
        return ends or costs
    if settings.max_candidates < 2:
        return f"at least 2 candidates are needed, not {settings.max_candidates}"
    if settings.filtered and not 0 < settings.attenuation_at_top < 1:
        return f"the attenuation at the top must lie between 0 and 1, not {settings.attenuation_at_top:g}"
    return guard.upside_down(settings.floor_hz, settings.ceiling_hz)


def _beyond_nyquist(axis: TimeAxis, settings: PitchSettings) -> str | None:
    nyquist = f"Nyquist is {guard.hertz(axis.nyquist_hz)}, below the"
    if axis.nyquist_hz < settings.floor_hz * (1 + 1e-12):
        return f"{nyquist} floor of {guard.hertz(settings.floor_hz)}"
    if axis.nyquist_hz < carried(axis, settings).ceiling_hz:
        return f"{nyquist} ceiling of {guard.hertz(settings.ceiling_hz)}"
    return None


def _too_short(axis: TimeAxis, settings: PitchSettings) -> str | None:
    periods, floor = settings.window_periods, guard.hertz(settings.floor_hz)
    window = f"a window of {periods} periods of {floor}"
    long = guard.too_short(axis, periods / settings.floor_hz, window)
    if long:
        return long
    inner = periods if settings.auto else 1
    if math.floor(inner * axis.rate_hz / settings.floor_hz) < _LEAST_SAMPLES:
        return f"a window of {inner} periods of {floor} holds fewer than {_LEAST_SAMPLES} samples"
    return guard.too_many_frames(axis, settings.time_step_s)


def low_passed(samples: Doubles, rate_hz: float, settings: PitchSettings) -> Doubles:
    """Give the sound as Praat 6.4's filtered methods see it: a Gaussian low-pass that leaves
    `attenuation_at_top` at the ceiling, on the power-of-two spectrum. Float64 [n], as `samples` are.
    """
    n = samples.size
    padded = 1 << max(0, n - 1).bit_length()
    width_hz = settings.ceiling_hz / math.sqrt(-2 * math.log(settings.attenuation_at_top))
    gain = np.exp(-0.5 * (np.fft.rfftfreq(padded, 1 / rate_hz) / width_hz) ** 2)
    return np.fft.irfft(np.fft.rfft(samples, padded) * gain, padded)[:n]


def pitch(track: Track, settings: PitchSettings) -> tuple[Track, ...]:
    """Give the track "pitch" in Hz on Praat's frames, NaN where unvoiced."""
    used = carried(track.axis, settings)
    found = praat_pitch(track, used)
    frequencies = np.array(found.selected_array["frequency"])
    frequencies[(frequencies <= 0) | (frequencies >= track.axis.nyquist_hz)] = np.nan
    axis = frame_axis(found.x1, found.dx, frequencies.size)
    return (Contour("pitch", frequencies, axis, "Hz", origin_of(track, "pitch", used)),)


def praat_pitch(track: Track, settings: PitchSettings) -> Any:
    """Give Praat's Pitch object of `track`; the settings are taken as they stand."""
    samples = track.samples.astype(np.float64)
    if settings.filtered:
        samples = low_passed(samples, track.axis.rate_hz, settings)
    sound = sound_of(track, samples)
    ask = sound.to_pitch_ac if settings.auto else sound.to_pitch_cc
    return ask(
        time_step=or_automatic(settings.time_step_s),
        pitch_floor=settings.floor_hz,
        max_number_of_candidates=settings.max_candidates,
        very_accurate=settings.very_accurate,
        silence_threshold=settings.silence_threshold,
        voicing_threshold=settings.voicing_threshold,
        octave_cost=settings.octave_cost,
        octave_jump_cost=settings.octave_jump_cost,
        voiced_unvoiced_cost=settings.voiced_unvoiced_cost,
        pitch_ceiling=settings.ceiling_hz,
    )
