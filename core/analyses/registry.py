"""One file per analysis: a settings dataclass and a function from Track to tracks or an image.

`TABLE` is the list of them. To add one, write its file and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.analyses import (
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
from core.analyses.praat import is_praats, praats_words
from core.analyses.results import Result, origin_of
from core.analyses.time_shift import moved_result, own_settings, own_track
from core.faults import Fault
from core.provenance import Origin
from core.recordings.long_sound import in_memory
from core.signals.axis import TimeAxis
from core.signals.track import Track


def _as_they_are(axis: TimeAxis, settings: Any) -> Any:
    return settings


def _nothing_to_say(axis: TimeAxis, settings: Any) -> str | None:
    return None


def _ideal(length_s: float) -> TimeAxis:
    return TimeAxis(1e9, round(length_s * 1e9), 0.0)


IDEAL = (_ideal(1.0), _ideal(1e5))
"""Of so high a rate, and so short or long, whatever is refused is refused for its settings alone."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One row: what an analysis is called, what it is set by, what it computes, when it must not.

    `noun` stands in a refusal ("No pitch: ..."), `settings` is the settings' class, `cause` says
    why a layer cannot carry the measure, `carried` gives the settings as lowered to what a layer
    can carry, and `notice` says so. A curve "as published" is judged, and its settings are lowered,
    on the axis of the layer that it was made from.
    """

    name: str
    title: str
    noun: str
    settings: type[Any]
    compute: Callable[[Track, Any], Result]
    cause: Callable[[TimeAxis, Any], str | None]
    carried: Callable[[TimeAxis, Any], Any] = _as_they_are
    notice: Callable[[TimeAxis, Any], str | None] = _nothing_to_say

    def refusal(self, track: Track | TimeAxis, settings: Any = None) -> str | None:
        """Say why there is no such measure, or None where there is; with a track its samples count too."""
        used = self.settings() if settings is None else settings
        axis = track.axis if isinstance(track, Track) else track
        cause = self.cause(axis, used) or (guard.unusable(track) if isinstance(track, Track) else None)
        return f"No {self.noun}: {cause}" if cause else None

    def lowered(self, axis: TimeAxis, settings: Any = None) -> str:
        """Say what was lowered so that a layer carries the measure, "" where nothing was or it is refused."""
        used = self.settings() if settings is None else settings
        return "" if self.cause(axis, used) else self.notice(axis, used) or ""

    def impossible(self, settings: Any, track: Track | None = None) -> str | None:
        """Say why no sound whatever has this measure with these settings, or None.

        A reason that tells how long a sound is tells it of `track`, which is named.
        """
        causes = [self.cause(axis, settings) for axis in IDEAL]
        if not all(causes):
            return None
        if track is None or causes[0] == causes[1]:
            return f"No {self.noun}: {causes[0]}"
        return f"No {self.noun} of {track.name}: {self.cause(_ideal(track.axis.duration_s), settings)}"

    def origin(self, track: Track, settings: Any = None) -> Origin:
        """Give the origin that the result will have: the key to keep it by."""
        used = self.settings() if settings is None else settings
        return origin_of(track, self.name, self.carried(track.axis, used))

    def run(self, track: Track, settings: Any = None) -> Result:
        """Compute the measure; raises Fault with the refusal where there is none."""
        used = self.settings() if settings is None else settings
        by_s = track.origin.moved_s
        if by_s:
            return moved_result(self.run(own_track(track), own_settings(used, by_s)), by_s)
        refused = self.refusal(track, used)
        if refused:
            raise Fault(f"{refused}.")
        heard = in_memory(track)
        bad = guard.not_numbers(heard.samples) if heard is not track else None
        if bad:
            raise Fault(f"No {self.noun}: {bad}.")
        try:
            return self.compute(heard, used)
        except Exception as error:
            if not is_praats(error):
                raise
            said = f"No {self.noun} of {track.name}: Praat says “{praats_words(error)}”."
            raise Fault(said, "Change its settings.") from error


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
)  # fmt: skip

TABLE: Mapping[str, Analysis] = {row.name: row for row in _ROWS}
"""All analyses by name, in the order of Praat's menus."""

SHOWN = ("pitch", "formants", "intensity", "spectrogram", "pulses")
"""The measures that a lane can show over its curve, in the order of its header."""

_CEILINGS = {"pitch": "pitch", "formants": "formant"}
"""What the ceiling of a measure is called."""


def refusals(track: Track | TimeAxis, settings: Mapping[str, Any]) -> Mapping[str, str | None]:
    """Give, for each measure that a lane can show, its refusal or None; `settings` by analysis name."""
    return {name: TABLE[name].refusal(track, settings.get(name)) for name in SHOWN}


def lane_refusal(track: Track | TimeAxis, settings: Mapping[str, Any]) -> str | None:
    """Give the one sentence for the top right of a lane: the first refusal, or that nothing is left."""
    found = [refusal for refusal in refusals(track, settings).values() if refusal]
    axis = track.axis if isinstance(track, Track) else track
    used = settings.get("pitch") or pitch.PitchSettings()
    if len(found) == len(SHOWN) and axis.nyquist_hz < used.floor_hz:
        nyquist, floor = guard.hertz(axis.nyquist_hz), guard.hertz(used.floor_hz)
        return f"Curve only: Nyquist is {nyquist}, below the pitch floor of {floor}"
    return found[0] if found else None


def lane_notice(axis: TimeAxis, settings: Mapping[str, Any], shown: Collection[str]) -> str:
    """Give the few words in a lane on ceilings that were lowered for what it shows, "" where none was."""
    words = [
        word
        for name, word in _CEILINGS.items()
        if name in shown and TABLE[name].lowered(axis, settings.get(name))
    ]
    if not words:
        return ""
    said = f"{' and '.join(words)} ceiling{'s' * (len(words) > 1)} lowered to {guard.hertz(axis.nyquist_hz)}"
    return said[:1].upper() + said[1:]
