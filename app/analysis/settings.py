"""The settings of every analysis: a preset, the speaker's formant ceiling, and the user's own settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from psygnal import Signal

from app.base.context import Context
from core.analyses.formants import FormantSettings, for_speaker
from core.analyses.presets import PRESETS, Preset
from core.analyses.registry import TABLE
from core.analyses.speakers import SPEAKERS, ceiling_words
from core.analyses.spectrogram import GreySettings
from core.signals.track import Track

FOLLOWING = {"pulses": "pitch"}
"""Measures without settings of their own, mapped to the measure whose settings they use."""

NAMES = {"greys": "advanced spectrogram"}
"""Measures with another name on screen."""


class AnalysisSettings:
    """Holds the settings of each measure; `changed` is emitted when something must be computed again."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        self._preferences = context.preferences
        self._own: dict[str, Any] = {}

    @property
    def preset(self) -> Preset:
        """The current settings of every analysis."""
        return PRESETS.get(self._preferences.values.preset, next(iter(PRESETS.values())))

    @property
    def greys(self) -> GreySettings:
        """The settings for painting spectrograms."""
        return self.of("greys")

    def of(self, measure: str) -> Any:
        """Return the settings of one measure: the user's own, or the preset's for the speaker."""
        measure = FOLLOWING.get(measure, measure)
        if measure == "voice report" and measure not in self._own:
            pitch = self.of("pitch")
            return replace(self.standards(measure), floor_hz=pitch.floor_hz, ceiling_hz=pitch.ceiling_hz)
        if measure == "formants" and measure not in self._own:
            return for_speaker(self.standards(measure), self.speaker)
        return self._own.get(measure) or self.standards(measure)

    def standards(self, measure: str) -> Any:
        """Return the preset's settings of one measure."""
        return self.preset.settings(measure)

    def set(self, measure: str, value: Any) -> None:
        """Use other settings for one measure until another preset is chosen."""
        if value == self.of(measure):
            return
        self._own[measure] = value
        if measure == "formants":  # a speaker's ceiling survives a change of preset
            self._preferences.change(speaker=self._speaker_of(value))
        self.changed.emit()

    def _speaker_of(self, value: FormantSettings) -> str:
        if value.ceiling_hz == self.standards("formants").ceiling_hz:
            return ""
        return next((one.name for one in SPEAKERS.values() if one.ceiling_hz == value.ceiling_hz), "")

    # --- the speaker -----------------------------------------------------------------------------

    @property
    def speaker(self) -> str:
        """The speaker whose formant ceiling was chosen; "" for the preset's."""
        return self._preferences.values.speaker

    def set_speaker(self, name: str) -> None:
        """Use a speaker's formant ceiling; all other settings stay, whatever the preset."""
        self.set("formants", for_speaker(self.of("formants"), name))

    @property
    def words(self) -> str:
        """Return a short description of the settings: the preset, the ceiling, and what was changed."""
        own = f"; own settings of {', '.join(self.own)}" if self.own else ""
        ceiling = for_speaker(self.standards("formants"), self.speaker).ceiling_hz
        said = f"; formant ceiling {ceiling_words(ceiling)}" if self.speaker else ""
        return f"{self.preset.name}{said}{own}"

    @property
    def own(self) -> tuple[str, ...]:
        """The measures whose settings differ from the preset's; a speaker's ceiling does not count."""
        plain = for_speaker(self.standards("formants"), self.speaker)
        return tuple(
            NAMES.get(name, name)
            for name, value in self._own.items()
            if value != (plain if name == "formants" else self.standards(name))
        )

    def refusal(self, track: Track, measure: str) -> str | None:
        """Return why this track's rate cannot carry the measure, or None."""
        return TABLE[measure].refusal(track, self.of(measure))

    def set_preset(self, name: str) -> None:
        """Use the settings of a preset, drop the user's own, and compute everything on screen again."""
        if name not in PRESETS or (name == self._preferences.values.preset and not self._own):
            return
        self._own = {}
        self._preferences.change(preset=name)
        self.changed.emit()
