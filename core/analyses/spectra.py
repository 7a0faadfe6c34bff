"""Spectra of a time range: the spectral slice of Praat's editor, and the long-term average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.praat import call_praat, sound_of
from core.analyses.results import Doubles, Spectrum, origin_of
from core.analyses.spectrogram import REFERENCE_PA2
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

_LEAST_SAMPLES = 8


@dataclass(frozen=True, slots=True)
class SliceSettings:
    """The selection; if both ends are equal, one spectrogram window around the cursor."""

    start_s: float = 0.0
    end_s: float = 0.0
    window_length_s: float = 0.005


@dataclass(frozen=True, slots=True)
class LtasSettings:
    """The default of Praat's To Ltas."""

    bandwidth_hz: float = 100.0


def stretch(axis: TimeAxis, settings: SliceSettings) -> Range:
    """Return the time range of a slice, limited to the track."""
    reach = settings.window_length_s if settings.start_s == settings.end_s else 0.0
    return Range(settings.start_s - reach, settings.end_s + reach).cut(axis.extent)


def slice_cause(axis: TimeAxis, settings: SliceSettings) -> str | None:
    """Return why there is no slice: outside the track, or too few samples; else None."""
    invalid = guard.not_positive(window_length=settings.window_length_s) or guard.outside(
        axis, settings.start_s, settings.end_s
    )
    if invalid:
        return invalid
    covered_s = stretch(axis, settings).length_s
    samples = round(covered_s * axis.rate_hz)
    if samples < _LEAST_SAMPLES:
        held = "1 sample" if samples == 1 else f"{samples} samples"
        return f"{guard.seconds(covered_s)} holds {held}, fewer than {_LEAST_SAMPLES}"
    return None


def spectral_slice(track: Track, settings: SliceSettings) -> Spectrum:
    """Return the power density in dB re 4e-10 Pa²/Hz of a range with a Gaussian window."""
    covered = stretch(track.axis, settings)
    ends = covered.start_s, covered.end_s
    part = call_praat(sound_of(track), "Extract part", *ends, "Gaussian2", 1.0, "yes")
    found = part.to_spectrum(True)
    power: Doubles = 2 * (found.values[0] ** 2 + found.values[1] ** 2) * found.dx
    levels = np.where(power > 0, 10 * np.log10(np.maximum(power, 1e-300) / REFERENCE_PA2), -300.0)
    origin = origin_of(track, "slice", settings)
    return Spectrum("slice", levels, 0.0, found.dx, "dB/Hz", origin)


def ltas_cause(axis: TimeAxis, settings: LtasSettings) -> str | None:
    """Return why there is no long-term average: the band must fit below Nyquist; else None."""
    invalid = guard.not_positive(bandwidth=settings.bandwidth_hz)
    if invalid:
        return invalid
    band = guard.hertz(settings.bandwidth_hz)
    if settings.bandwidth_hz > axis.nyquist_hz:
        return f"Nyquist is {guard.hertz(axis.nyquist_hz)}, below one band of {band}"
    padded = 1 << max(0, axis.n - 1).bit_length()
    if settings.bandwidth_hz <= axis.rate_hz / padded:
        return f"the track has {guard.seconds(axis.duration_s)}, too little for bands of {band}"
    return None


def ltas(track: Track, settings: LtasSettings) -> Spectrum:
    """Return Praat's To Ltas in dB/Hz, without the band that extends above Nyquist."""
    found = call_praat(call_praat(sound_of(track), "To Ltas", settings.bandwidth_hz), "To Matrix")
    width = settings.bandwidth_hz
    whole = int(track.axis.nyquist_hz / width + 1e-9)
    return Spectrum(
        "ltas", found.values[0][:whole], found.x1, width, "dB/Hz", origin_of(track, "ltas", settings)
    )
