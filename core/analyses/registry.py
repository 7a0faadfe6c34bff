"""The table of all analyses. To add an analysis, write its module and add a row to `TABLE`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.analyses import (
    acoustic_checks,
    events,
    formants,
    harmonicity,
    intensity,
    pitch,
    pulses,
    spectra,
    spectral_moments,
    spectrogram,
    voice_report,
)
from core.analyses import (
    resolution_guard as guard,
)
from core.analyses.overlay_names import OVERLAYS
from core.analyses.praat import is_praats, praats_words
from core.analyses.results import Result, origin_of
from core.analyses.time_shift import moved_result, own_settings, own_track
from core.faults import Fault
from core.provenance import Origin
from core.recordings.long_sound import in_memory
from core.signals.axis import TimeAxis
from core.signals.track import Track


def _unchanged(axis: TimeAxis, settings: Any) -> Any:
    return settings


def _no_notice(axis: TimeAxis, settings: Any) -> str | None:
    return None


def _ideal(length_s: float) -> TimeAxis:
    return TimeAxis(1e9, round(length_s * 1e9), 0.0)


@lru_cache(maxsize=4096)
def _cause(why: Callable[[TimeAxis, Any], str | None], axis: TimeAxis, settings: Any) -> str | None:
    """Return a reason or a notice; every lane asks for all of them in every frame of a scroll."""
    return why(axis, settings)


IDEAL = (_ideal(1.0), _ideal(1e5))
"""Axes with an extremely high rate, short and long: what is refused here is refused for its settings."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis: its names, its settings class, what it computes, and when it must be refused.

    `noun` is used in refusals ("No pitch: ..."). `cause` returns why a layer cannot carry the measure,
    `carried` the settings adapted to the layer, and `notice` the note that they were adapted. For a
    curve "as published", all three use the axis of the layer it was made from.
    """

    name: str
    title: str
    noun: str
    settings: type[Any]
    compute: Callable[[Track, Any], Result]
    cause: Callable[[TimeAxis, Any], str | None]
    carried: Callable[[TimeAxis, Any], Any] = _unchanged
    notice: Callable[[TimeAxis, Any], str | None] = _no_notice

    def refusal(self, track: Track | TimeAxis, settings: Any = None) -> str | None:
        """Return why there is no such measure, or None; for a track, its samples are checked too."""
        used = self.settings() if settings is None else settings
        axis = track.axis if isinstance(track, Track) else track
        cause = _cause(self.cause, axis, used)
        if cause is None and isinstance(track, Track):
            cause = guard.unusable(track)
        return f"No {self.noun}: {cause}" if cause else None

    def lowered(self, axis: TimeAxis, settings: Any = None) -> str:
        """Return the note that settings were lowered to fit the rate, "" if none were or it is refused."""
        used = self.settings() if settings is None else settings
        return "" if _cause(self.cause, axis, used) else _cause(self.notice, axis, used) or ""

    def impossible(self, settings: Any, track: Track | None = None) -> str | None:
        """Return why no sound at all can have this measure with these settings, or None.

        If the reason mentions a duration, it is that of `track`.
        """
        causes = [self.cause(axis, settings) for axis in IDEAL]
        if not all(causes):
            return None
        if track is None or causes[0] == causes[1]:
            return f"No {self.noun}: {causes[0]}"
        return f"No {self.noun} of {track.name}: {self.cause(_ideal(track.axis.duration_s), settings)}"

    def origin(self, track: Track, settings: Any = None) -> Origin:
        """Return the origin that the result will have; it serves as cache key."""
        used = self.settings() if settings is None else settings
        return origin_of(track, self.name, self.carried(track.axis, used))

    def run(self, track: Track, settings: Any = None) -> Result:
        """Compute the measure; raises Fault with the reason if it is refused."""
        used = self.settings() if settings is None else settings
        by_s = track.origin.moved_s
        if by_s:
            return moved_result(self.run(own_track(track), own_settings(used, by_s)), by_s)
        refused = self.refusal(track, used)
        if refused:
            raise Fault(f"{refused}.")
        loaded = in_memory(track)
        bad = guard.not_numbers(loaded.samples) if loaded is not track else None
        if bad:
            raise Fault(f"No {self.noun}: {bad}.")
        try:
            return self.compute(loaded, used)
        except Exception as error:
            if not is_praats(error):
                raise
            sentence = f"No {self.noun} of {track.name}: Praat reports “{praats_words(error)}”."
            raise Fault(sentence, "Change its settings.") from error


_ROWS = (
    Analysis(
        "pitch", "Pitch", "pitch", pitch.PitchSettings,
        pitch.pitch, pitch.cause, pitch.carried, pitch.notice,
    ),
    Analysis(
        "formants", "Formants", "formants", formants.FormantSettings,
        formants.formants, formants.cause, formants.carried, formants.notice,
    ),
    Analysis(
        "intensity", "Intensity", "intensity", intensity.IntensitySettings,
        intensity.intensity, intensity.cause,
    ),
    Analysis(
        "spectrogram", "Spectrogram", "spectrogram", spectrogram.SpectrogramSettings,
        spectrogram.spectrogram, spectrogram.cause, spectrogram.carried,
    ),
    Analysis(
        "harmonicity", "Harmonicity", "harmonicity", harmonicity.HarmonicitySettings,
        harmonicity.harmonicity, harmonicity.cause, harmonicity.carried,
    ),
    Analysis(
        "pulses", "Pulses", "pulses", pitch.PitchSettings,
        pulses.pulses, pulses.cause, pitch.carried, pitch.notice,
    ),
    Analysis(
        "voice report", "Voice report", "voice report", voice_report.VoiceSettings,
        voice_report.voice_report, voice_report.cause,
    ),
    Analysis(
        "slice", "Spectral slice", "spectral slice", spectra.SliceSettings,
        spectra.spectral_slice, spectra.slice_cause,
    ),
    Analysis(
        "ltas", "Long-term average spectrum", "long-term average spectrum", spectra.LtasSettings,
        spectra.ltas, spectra.ltas_cause,
    ),
    Analysis(
        "moments", "Spectral moments", "spectral moments", spectral_moments.MomentSettings,
        spectral_moments.moments, spectral_moments.cause,
    ),
    Analysis(
        "zero crossings", "Zero crossings", "zero crossings", events.CrossingSettings,
        events.zero_crossings, events.crossing_cause,
    ),
    Analysis(
        "envelope peaks", "Envelope peaks", "envelope peaks", events.PeakSettings,
        events.envelope_peaks, events.peak_cause,
    ),
    Analysis(
        "acoustic checks", "Acoustic checks", "acoustic checks", acoustic_checks.CheckSettings,
        acoustic_checks.acoustic_checks, acoustic_checks.cause,
    ),
)  # fmt: skip

TABLE: Mapping[str, Analysis] = {row.name: row for row in _ROWS}
"""All analyses by name, in the order of Praat's menus."""

_CEILINGS = {"pitch": "pitch", "formants": "formant"}
"""What the ceiling of a measure is called."""


def refusals(track: Track | TimeAxis, settings: Mapping[str, Any]) -> Mapping[str, str | None]:
    """Return the refusal or None of each measure that a lane can draw; `settings` by analysis name."""
    return {name: TABLE[name].refusal(track, settings.get(name)) for name in OVERLAYS}


def lane_refusal(track: Track | TimeAxis, settings: Mapping[str, Any]) -> str | None:
    """Return the sentence for the top right of a lane: the first refusal, or that only the curve is left."""
    found = [refusal for refusal in refusals(track, settings).values() if refusal]
    axis = track.axis if isinstance(track, Track) else track
    used = settings.get("pitch") or pitch.PitchSettings()
    if len(found) == len(OVERLAYS) and axis.nyquist_hz < used.floor_hz:
        nyquist, floor = guard.hertz(axis.nyquist_hz), guard.hertz(used.floor_hz)
        return f"Curve only: Nyquist is {nyquist}, below the pitch floor of {floor}"
    return found[0] if found else None


def lane_notice(axis: TimeAxis, settings: Mapping[str, Any], shown: Collection[str]) -> str:
    """Return the note in a lane about lowered ceilings of what it draws, "" if there are none."""
    words = [
        word
        for name, word in _CEILINGS.items()
        if name in shown and TABLE[name].lowered(axis, settings.get(name))
    ]
    if not words:
        return ""
    note = f"{' and '.join(words)} ceiling{'s' * (len(words) > 1)} lowered to {guard.hertz(axis.nyquist_hz)}"
    return note[:1].upper() + note[1:]
