"""Pitch by Praat's methods; the filtered methods of Praat 6.4 are reimplemented."""

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
    """Praat's pitch settings, with the defaults of the editor of Praat 6.1 to 6.3.

    A time step of 0 is Praat's "automatic". With `lower_ceiling`, a ceiling above the Nyquist frequency
    of a layer is lowered to it and a note says so; otherwise there is no pitch.
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
        """The number of floor periods in a frame.

        A very accurate window is twice as long. Cross-correlation takes one period plus the longest lag.
        """
        if not self.auto:
            return 2
        return 6 if self.very_accurate else 3


def carried(axis: TimeAxis, settings: PitchSettings) -> PitchSettings:
    """Return the settings adapted to the layer: the ceiling is lowered if `lower_ceiling` is set."""
    if settings.lower_ceiling and settings.ceiling_hz > axis.nyquist_hz:
        return replace(settings, ceiling_hz=axis.nyquist_hz)
    return settings


def notice(axis: TimeAxis, settings: PitchSettings) -> str | None:
    """Return the note that the ceiling was lowered to Nyquist, or None."""
    lowered = carried(axis, settings)
    if lowered == settings:
        return None
    was, now = guard.hertz(settings.ceiling_hz), guard.hertz(lowered.ceiling_hz)
    return f"Pitch ceiling lowered from {was} to Nyquist, {now}"


def cause(axis: TimeAxis, settings: PitchSettings) -> str | None:
    """Return why this layer has no pitch with these settings, or None."""
    return _invalid(settings) or _beyond_nyquist(axis, settings) or _too_short(axis, settings)


def _invalid(settings: PitchSettings) -> str | None:
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
    return guard.reversed_range(settings.floor_hz, settings.ceiling_hz)


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
    too_short = guard.too_short(axis, periods / settings.floor_hz, window)
    if too_short:
        return too_short
    inner = periods if settings.auto else 1
    if math.floor(inner * axis.rate_hz / settings.floor_hz) < _LEAST_SAMPLES:
        return f"a window of {inner} periods of {floor} holds fewer than {_LEAST_SAMPLES} samples"
    return guard.too_many_frames(axis, settings.time_step_s)


def low_passed(samples: Doubles, rate_hz: float, settings: PitchSettings) -> Doubles:
    """Return the input of Praat 6.4's filtered methods, float64 [n].

    A Gaussian low-pass filter, applied to the power-of-two spectrum, whose gain at the ceiling is
    `attenuation_at_top`.
    """
    n = samples.size
    padded = 1 << max(0, n - 1).bit_length()
    width_hz = settings.ceiling_hz / math.sqrt(-2 * math.log(settings.attenuation_at_top))
    gain = np.exp(-0.5 * (np.fft.rfftfreq(padded, 1 / rate_hz) / width_hz) ** 2)
    return np.fft.irfft(np.fft.rfft(samples, padded) * gain, padded)[:n]


def pitch(track: Track, settings: PitchSettings) -> tuple[Track, ...]:
    """Return the track "pitch" in Hz on Praat's frames, NaN where unvoiced."""
    used = carried(track.axis, settings)
    found = praat_pitch(track, used)
    frequencies = np.array(found.selected_array["frequency"])
    frequencies[(frequencies <= 0) | (frequencies >= track.axis.nyquist_hz)] = np.nan
    axis = frame_axis(found.x1, found.dx, frequencies.size)
    return (Contour("pitch", frequencies, axis, "Hz", origin_of(track, "pitch", used)),)


def praat_pitch(track: Track, settings: PitchSettings) -> Any:
    """Return Praat's Pitch object for `track`; the settings are used unchanged."""
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
