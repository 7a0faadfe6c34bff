"""Praat's voice report: pitch, pulses, voicing, jitter, shimmer and harmonicity of a time range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.analyses import resolution_guard as guard
from core.analyses.pitch import PitchSettings, praat_pitch
from core.analyses.praat import call_praat, sound_of
from core.analyses.pulses import cause as pulses_cause
from core.analyses.pulses import praat_pulses
from core.analyses.results import Line, Report, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """The time range (0 to 0: the whole track) and Praat's settings.

    The pitch method is cross-correlation, as Praat recommends for voice research.
    """

    start_s: float = field(default=0.0, metadata=guard.NOT_IN_FORM)
    end_s: float = field(default=0.0, metadata=guard.NOT_IN_FORM)
    floor_hz: float = field(default=75.0, metadata={"label": "Pitch floor"})
    ceiling_hz: float = field(default=500.0, metadata={"label": "Pitch ceiling"})
    max_period_factor: float = 1.3
    max_amplitude_factor: float = 1.6
    silence_threshold: float = 0.03
    voicing_threshold: float = 0.45

    @property
    def pitch(self) -> PitchSettings:
        return PitchSettings(
            "raw cross-correlation",
            self.floor_hz,
            self.ceiling_hz,
            silence_threshold=self.silence_threshold,
            voicing_threshold=self.voicing_threshold,
        )


def cause(axis: TimeAxis, settings: VoiceSettings) -> str | None:
    """Return why this layer has no voice report: no pulses, or an invalid range; else None."""
    factors = guard.not_positive(
        maximum_period_factor=settings.max_period_factor,
        maximum_amplitude_factor=settings.max_amplitude_factor,
    )
    return (
        factors or guard.outside(axis, settings.start_s, settings.end_s) or pulses_cause(axis, settings.pitch)
    )


def voice_report(track: Track, settings: VoiceSettings) -> Report:
    """Return the lines of Praat's voice report, in its order and with its units.

    The text is that of Praat 6.3. Praat 6.1, which parselmouth contains, prints "(0 seconds / 0 seconds)"
    if there is no voice break, whatever the duration, and undefined seconds if there is no pulse. All
    other lines are the same.
    """
    sound, pitch = sound_of(track), praat_pitch(track, settings.pitch)
    text: str = call_praat(
        [sound, pitch, praat_pulses(sound, pitch)],
        "Voice report",
        *(settings.start_s, settings.end_s, settings.floor_hz, settings.ceiling_hz),
        *(settings.max_period_factor, settings.max_amplitude_factor),
        *(settings.silence_threshold, settings.voicing_threshold),
    )
    selected_s = settings.end_s - settings.start_s
    text = _with_breaks(text, selected_s if selected_s > 0 else track.axis.duration_s)
    return Report("voice report", tuple(_lines(text)), origin_of(track, "voice report", settings))


def _with_breaks(text: str, length_s: float) -> str:
    """Return Praat's text with the seconds of voice breaks as Praat 6.3 prints them."""
    unbroken, unpulsed = "(0 seconds / 0 seconds)", "(--undefined-- seconds / --undefined-- seconds)"
    return text.replace(unbroken, f"(0 seconds / {length_s:.6f} seconds)").replace(unpulsed, unbroken)


_LINE = re.compile(r"   (?!From )([A-Z][^:]*): ((--undefined--|[-+.\dE]+) ?([%A-Za-z]*).*)")


def _lines(text: str) -> Iterator[Line]:
    """Yield the lines of Praat's text, each with the heading of its group."""
    group = ""
    for line in text.splitlines():
        found = _LINE.match(line)
        if found:
            name, words, value, unit = found.groups()
            number = float("nan" if value.startswith("--") else value)
            yield Line(name, number, {"seconds": "s"}.get(unit, unit), group, words)
        elif line.endswith(":"):
            group = line.removesuffix(":")
