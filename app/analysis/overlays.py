"""Overlays: which analyses the lanes show, asked for when the knobs rest."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.recordings.open_recordings import PREFIX
from core.analyses.formants import FormantSettings, for_speaker
from core.analyses.presets import PRESETS, Preset
from core.analyses.registry import TABLE
from core.analyses.speakers import SPEAKERS, ceiling_words
from core.analyses.spectrogram import GreySettings
from core.faults import Fault
from core.recordings.long_sound import LongTrack
from core.signals.track import Track
from core.tiles.scatter import takes_long

if TYPE_CHECKING:
    from app.shell.instrument import Instrument

FOLLOWING = {"pulses": "pitch"}
"""What has no settings of its own."""

NAMES = {"greys": "advanced spectrogram"}
"""What is called otherwise on the screen."""

CURVES = ("pitch", "formants", "intensity", "pulses")


class Overlays:
    """Keeps the overlays in step with the curves, the lanes and the preset."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self._own: dict[str, Any] = {}
        self._failed: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._imaged: dict[str, tuple[Any, Any]] = {}  # of what a spectrogram is under way

    @property
    def preset(self) -> Preset:
        """The settings of every analysis now."""
        return PRESETS.get(self._on.preferences.preset, next(iter(PRESETS.values())))

    @property
    def greys(self) -> GreySettings:
        """How spectrograms are painted."""
        return self.settings("greys")

    def settings(self, measure: str) -> Any:
        """Give the settings of one measure: the user's own, else the preset's with the speaker's ceiling."""
        measure = FOLLOWING.get(measure, measure)
        if measure == "voice report" and measure not in self._own:
            pitch = self.settings("pitch")
            return replace(self.standards(measure), floor_hz=pitch.floor_hz, ceiling_hz=pitch.ceiling_hz)
        if measure == "formants" and measure not in self._own:
            return for_speaker(self.standards(measure), self.speaker)
        return self._own.get(measure) or self.standards(measure)

    def standards(self, measure: str) -> Any:
        """Give the preset's settings of one measure."""
        return self.preset.settings(measure)

    def set_settings(self, measure: str, value: Any) -> None:
        """Use other settings of one measure until another preset is chosen."""
        if value == self.settings(measure):
            return
        self._own[measure] = value
        if measure == "formants":  # a ceiling with a speaker's name outlasts the preset
            self._on.remember(speaker=self._speaker_of(value))
        self._compute_anew()

    def _speaker_of(self, value: FormantSettings) -> str:
        if value.ceiling_hz == self.standards("formants").ceiling_hz:
            return ""
        return next((one.name for one in SPEAKERS.values() if one.ceiling_hz == value.ceiling_hz), "")

    # --- the speaker -----------------------------------------------------------------------------

    @property
    def speaker(self) -> str:
        """The speaker whose formant ceiling was chosen; "" is the preset's."""
        return self._on.preferences.speaker

    def set_speaker(self, name: str) -> None:
        """Use the formant ceiling of a speaker; all else stays as it is, under any preset."""
        self.set_settings("formants", for_speaker(self.settings("formants"), name))

    @property
    def words(self) -> str:
        """Say in a few words how everything is measured: the preset, the ceiling, what was changed."""
        own = f"; own settings of {', '.join(self.own)}" if self.own else ""
        ceiling = for_speaker(self.standards("formants"), self.speaker).ceiling_hz
        said = f"; formant ceiling {ceiling_words(ceiling)}" if self.speaker else ""
        return f"{self.preset.name}{said}{own}"

    @property
    def own(self) -> tuple[str, ...]:
        """Name the measures whose settings differ from the preset's; a speaker's ceiling is no difference."""
        plain = for_speaker(self.standards("formants"), self.speaker)
        return tuple(
            NAMES.get(name, name)
            for name, value in self._own.items()
            if value != (plain if name == "formants" else self.standards(name))
        )

    def refusal(self, track: Track, measure: str) -> str | None:
        """Give the reason why this track's rate cannot carry the measure, or None."""
        return TABLE[measure].refusal(track, self.settings(measure))

    def images_wanted(self) -> tuple[tuple[str, Any], ...]:
        """Give the lanes that show a spectrogram, with its settings."""
        lanes = self._on.session.lanes
        settings = self.settings("spectrogram")
        return tuple((lane.key, settings) for lane in lanes if "spectrogram" in lane.shown)

    def set_preset(self, name: str) -> None:
        """Use the settings of a preset, and none of the user's own; compute what is shown anew."""
        if name not in PRESETS or (name == self._on.preferences.preset and not self._own):
            return
        self._own = {}
        self._on.remember(preset=name)
        self._compute_anew()

    def _compute_anew(self) -> None:
        self._on.preferences_changed.emit()
        self._on.session.show(images={}, overlays={}, stale=frozenset())
        self.refresh()

    def lanes_changed(self) -> None:
        """Compute what a lane newly shows."""
        self._on.session.shown_changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Ask for every shown overlay whose curve has changed since it was computed."""
        if self._on.latent_driven.waiting:
            return  # the knob moves on; the next arrival asks again
        for key, measures in self._outdated().items():
            self._ask(key, measures)
        self._images()
        self._on.tiled_overlays.refresh()
        self._on.busy_changed.emit(self.busy)

    @property
    def busy(self) -> bool:
        """Whether any curve or overlay is still under way."""
        if self._on.latent_driven.waiting:
            return True
        return any(self._on.jobs.waits(f"{key} overlays") for key, _ in self._shown())

    def _shown(self) -> list[tuple[str, str]]:
        """Give every lane and measure that is shown and that the lane's rate carries; the pitch of a
        sound that lies over another's axes is shown there.
        """
        lanes, tracks = self._on.session.lanes, self._on.session.shown.tracks
        own = [(lane.key, measure) for lane in lanes for measure in CURVES if measure in lane.shown]
        over = [(key, "pitch") for lane in lanes if "pitch" in lane.shown for key, _ in lane.merged]
        return [
            (key, measure)
            for key, measure in (*own, *(place for place in over if is_sound(place[0])))
            if key in tracks
            and not self._on.tiled_overlays.takes(tracks[key], measure)
            and self.refusal(tracks[key], measure) is None
        ]

    def _outdated(self) -> dict[str, list[str]]:
        """Give the measures to compute on each lane."""
        shown = self._on.session.shown
        found: dict[str, list[str]] = {}
        places = self._shown()
        # what failed is not asked again by itself; taken off the lane and shown anew it is
        self._failed = {place: asked for place, asked in self._failed.items() if place in places}
        for place in places:
            failed = self._failed.get(place) == self._asked(*place)
            if not failed and (place in shown.stale or place not in shown.overlays):
                found.setdefault(place[0], []).append(place[1])
        return found

    def _asked(self, key: str, measure: str) -> tuple[Any, Any]:
        return self._on.session.shown.tracks[key].origin, self.settings(measure)

    def _ask(self, key: str, measures: list[str]) -> None:
        """Ask for all measures of a lane at once, so that it is painted once."""
        track = self._on.session.shown.tracks[key]
        asks = [(measure, track, self.settings(measure)) for measure in measures]
        patient = takes_long(track.axis, *(settings for _, _, settings in asks))
        future: Future[Any] = self._on.pool.submit_many(asks, f"{key} overlays", patient)
        self._on.jobs.follow(
            f"{key} overlays", future, lambda answers: self._arrived(key, track, measures, answers)
        )

    def _arrived(self, key: str, source: Track, measures: list[str], answers: tuple[Any, ...]) -> None:
        session = self._on.session
        if not _same(session.shown.tracks.get(key), source) or self._on.latent_driven.waiting:
            return  # the curve moved on, or is about to; its own analysis follows at rest
        told = dict(zip(measures, answers, strict=True))
        made = {(key, name): tracks for name, tracks in told.items() if not isinstance(tracks, Fault)}
        session.show(overlays={**session.shown.overlays, **made}, stale=session.shown.stale - made.keys())
        for measure, answer in told.items():
            if isinstance(answer, Fault):
                self._failed[key, measure] = self._asked(key, measure)
                self._on.faulted.emit(answer)
        self._on.busy_changed.emit(self.busy)

    def _images(self) -> None:
        """Compute spectrograms that no probe brought: newly switched on, or of other networks."""
        session = self._on.session
        for key, settings in self.images_wanted():
            track = session.shown.tracks.get(key)
            if track is None or self._on.tiled_overlays.takes(track, "spectrogram"):
                continue
            if self.refusal(track, "spectrogram") is not None:
                continue
            image = session.shown.images.get(key)
            if image is None or image.origin.of(analysis="", settings=()) != track.origin:
                self._ask_image(key, track, settings)

    def _ask_image(self, key: str, track: Track, settings: Any) -> None:
        asked, name = (track.origin, settings), f"{key} image"
        if self._imaged.get(key) == asked and self._on.jobs.waits(name):
            return
        self._imaged[key] = asked
        future = self._on.pool.submit("spectrogram", track, settings, key=name)
        self._on.jobs.follow(name, future, lambda image: self._image(key, track, settings, image))

    def _image(self, key: str, source: Track, settings: Any, image: Any) -> None:
        session = self._on.session
        if _same(session.shown.tracks.get(key), source) and settings == self.settings("spectrogram"):
            session.show(images={**session.shown.images, key: image})


def is_sound(key: str) -> bool:
    """Tell whether a lane shows a waveform: the output, filtered or not, or a recording."""
    return key in ("out", "pp") or key.startswith(PREFIX)


def _same(track: Track | None, source: Track) -> bool:
    """Tell whether a curve is still the one that was measured; a long recording's grows better known."""
    return track is source or (isinstance(track, LongTrack) and track.origin == source.origin)
