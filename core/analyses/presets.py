"""Named settings for all analyses: those of Praat's editor by version, and those of the papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.analyses.formants import FormantSettings
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.intensity import IntensitySettings
from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.analyses.spectrogram import GreySettings, SpectrogramSettings
from core.analyses.voice_report import VoiceSettings


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings for every analysis, with their source."""

    name: str
    source: str
    pitch: PitchSettings
    intensity: IntensitySettings
    formants: FormantSettings = field(default_factory=FormantSettings)
    spectrogram: SpectrogramSettings = field(default_factory=SpectrogramSettings)
    harmonicity: HarmonicitySettings = field(default_factory=HarmonicitySettings)
    greys: GreySettings = field(default_factory=GreySettings)

    def settings(self, analysis: str) -> Any:
        """Return the settings of an analysis: from the preset, derived from its pitch, or the defaults."""
        if analysis == "pulses":
            return self.pitch
        if analysis == "voice report":
            return VoiceSettings(floor_hz=self.pitch.floor_hz, ceiling_hz=self.pitch.ceiling_hz)
        return getattr(self, analysis) if hasattr(self, analysis) else TABLE[analysis].settings()

    @property
    def title(self) -> str:
        """The name for the screen; ranges have an en dash."""
        return self.name.replace("-", "–")


FILTERED = PitchSettings(
    method="filtered autocorrelation",
    floor_hz=50.0,
    ceiling_hz=800.0,
    silence_threshold=0.09,
    voicing_threshold=0.50,
    octave_cost=0.055,
)
"""The pitch settings of the editor of Praat 6.4."""

_ROWS = (
    Preset("Praat 6.4", "the editor of Praat 6.4.14 and later", FILTERED, IntensitySettings(50.0)),
    Preset(
        "Praat 6.4, 75-450 Hz",
        "the editor of Praat 6.4 in the range of the ciwGAN papers",
        replace(FILTERED, floor_hz=75.0, ceiling_hz=450.0),
        IntensitySettings(75.0),
    ),
    Preset("Praat 6.1-6.3", "the editor of Praat 6.1 to 6.3", PitchSettings(), IntensitySettings()),
    Preset(
        "WaveGAN, 60-300 Hz",
        "Beguš and Zhou 2022 (TASLP), WaveGAN: 60 to 300 Hz, intensity from 100 Hz",
        PitchSettings(floor_hz=60.0, ceiling_hz=300.0),
        IntensitySettings(100.0),
    ),
    Preset(
        "ciwGAN, 75-450 Hz",
        "Beguš and Zhou 2022 (TASLP), ciwGAN: 75 to 450 Hz, intensity from 100 Hz",
        PitchSettings(floor_hz=75.0, ceiling_hz=450.0),
        IntensitySettings(100.0),
    ),
    Preset(
        "Low layers, 5-150 Hz",
        "Beguš and Zhou 2022 (TASLP), Conv1 and Conv2: 5 to 150 Hz, lowered to Nyquist, every 5 ms",
        PitchSettings(floor_hz=5.0, ceiling_hz=150.0, time_step_s=0.005, lower_ceiling=True),
        IntensitySettings(100.0),
        harmonicity=HarmonicitySettings(floor_hz=5.0),
    ),
)

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in _ROWS}
"""All presets by name, the newest Praat first."""
