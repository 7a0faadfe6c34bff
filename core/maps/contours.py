"""The contours that feature maps are sorted by: F0, intensity, voicing, frication."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from core.analyses.intensity import IntensitySettings
from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.analyses.spectrogram import SpectrogramSettings
from core.signals.track import Image, Track

ContourName = Literal["f0", "intensity", "voicing", "frication"]
FRICATION_LOW_HZ = 3000.0
"""Where the frication band begins; it ends at Nyquist."""


@dataclass(frozen=True, slots=True)
class ContourRow:
    """A contour of a sound: its title, the analysis that it is read from, and how.

    `window_s` is the length of sound that one of its frames stands for.
    """

    title: str
    unit: str
    analysis: str
    read: Callable[[Any], Track]
    window_s: Callable[[Any], float]


@dataclass(frozen=True)
class Contour:
    """A contour and the length of sound that one of its frames stands for, in seconds."""

    title: str
    track: Track
    window_s: float


def contour_of(sound: Track, name: str, settings: Any = None) -> Contour:
    """Return a contour of a sound; `settings` are those of its analysis. Raises Fault if it has none."""
    row = CONTOURS[name]
    used = _SETTINGS[row.analysis](settings)
    found = row.read(TABLE[row.analysis].run(sound, used))
    return Contour(row.title, replace(found, name=name, unit=row.unit), row.window_s(used))


def _first(found: tuple[Track, ...]) -> Track:
    return found[0]


def _voiced(found: tuple[Track, ...]) -> Track:
    """Return 1 in voiced frames and 0 in the others."""
    pitch = found[0]
    return Track("voicing", np.isfinite(pitch.samples).astype(np.float32), pitch.axis, origin=pitch.origin)


def _band(found: Image) -> Track:
    """Return the level of the band in dB: the mean power density of its bins."""
    first = max(0, round((FRICATION_LOW_HZ - found.low_hz) / found.step_hz))
    power = 10 ** (found.values[:, first:].astype(np.float64) / 10)
    levels = 10 * np.log10(power.mean(1)) if power.shape[1] else np.full(len(power), np.nan)
    return Track("frication", levels.astype(np.float32), found.axis, origin=found.origin)


def _pitch_settings(given: Any) -> PitchSettings:
    return given if isinstance(given, PitchSettings) else PitchSettings()


def _intensity_settings(given: Any) -> IntensitySettings:
    return given if isinstance(given, IntensitySettings) else IntensitySettings()


def _band_settings(given: Any) -> SpectrogramSettings:
    used = given if isinstance(given, SpectrogramSettings) else SpectrogramSettings()
    return replace(used, ceiling_hz=1e6)  # lowered to Nyquist by the analysis itself


_SETTINGS: Mapping[str, Callable[[Any], Any]] = {
    "pitch": _pitch_settings,
    "intensity": _intensity_settings,
    "spectrogram": _band_settings,
}


def _pitch_window(used: PitchSettings) -> float:
    return used.window_periods / used.floor_hz


def _intensity_window(used: IntensitySettings) -> float:
    return 3.2 / used.floor_hz  # effectively, half of Praat's physical window


def _band_window(used: SpectrogramSettings) -> float:
    return used.window_length_s


CONTOURS: Mapping[str, ContourRow] = {
    "f0": ContourRow("F0", "Hz", "pitch", _first, _pitch_window),
    "intensity": ContourRow("Intensity", "dB", "intensity", _first, _intensity_window),
    "voicing": ContourRow("Voicing", "", "pitch", _voiced, _pitch_window),
    "frication": ContourRow("Frication band", "dB", "spectrogram", _band, _band_window),
}
"""The contours by name."""
