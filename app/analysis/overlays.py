"""Overlays: which analyses the lanes show, asked for when the knobs rest."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from app.models.latent_driven import LatentDriven
from app.models.sound_driven import SoundDriven
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import PREFIX, OpenRecordings
from core.faults import Fault
from core.processes.praat_pool import Pool
from core.recordings.long_sound import LongTrack
from core.session.session import Snapshot
from core.signals.track import Track
from core.tiles.scatter import takes_long

CURVES = ("pitch", "formants", "intensity", "pulses")


class Overlays:
    """Keeps the overlays in step with the curves, the lanes and the preset."""

    def __init__(
        self,
        context: Context,
        pool: Pool,
        settings: AnalysisSettings,
        alignment: Alignment,
        recordings: OpenRecordings,
        latent_driven: LatentDriven,
        sound_driven: SoundDriven,
        tiled_overlays: TiledOverlays,
    ) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._pool = pool
        self._settings = settings
        self._latent_driven = latent_driven
        self._tiled_overlays = tiled_overlays
        self._failed: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._imaged: dict[str, tuple[Any, Any]] = {}  # what a spectrogram is under way of
        latent_driven.images_wanted = self.images_wanted
        for computed in (latent_driven.arrived, sound_driven.arrived, alignment.moved):
            computed.connect(self.refresh_at_rest)
        for read in (recordings.samples_read, recordings.surveyed):
            read.connect(self.refresh_at_rest)
        settings.changed.connect(self._compute_anew)
        self._session.snapshot_changed.connect(self._snapshot_changed)
        self._session.view_changed.connect(self._view_changed)

    def refresh_at_rest(self) -> None:
        """Refresh once nothing has changed for a moment."""
        self._clock.rest(self.refresh)

    def _compute_anew(self) -> None:
        """Measure everything that is shown with other settings."""
        self._preferences.changed.emit()
        self._session.show(images={}, overlays={}, stale=frozenset())
        self.refresh()

    def _snapshot_changed(self, before: Snapshot, after: Snapshot) -> None:
        if after.point == before.point and after.lanes != before.lanes:
            self.lanes_changed()

    def _view_changed(self) -> None:
        if any(isinstance(track, LongTrack) for track in self._session.shown.tracks.values()):
            self.refresh_at_rest()

    def images_wanted(self) -> tuple[tuple[str, Any], ...]:
        """Give the lanes that show a spectrogram, with its settings."""
        lanes = self._session.lanes
        settings = self._settings.of("spectrogram")
        return tuple((lane.key, settings) for lane in lanes if "spectrogram" in lane.shown)

    def lanes_changed(self) -> None:
        """Compute what a lane newly shows."""
        self._session.shown_changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Ask for every shown overlay whose curve has changed since it was computed."""
        if self._latent_driven.waiting:
            return  # the knob moves on; the next arrival asks again
        for key, measures in self._outdated().items():
            self._ask(key, measures)
        self._images()
        self._tiled_overlays.refresh()
        self._messages.busy_changed.emit(self.busy)

    @property
    def busy(self) -> bool:
        """Whether any curve or overlay is still under way."""
        if self._latent_driven.waiting:
            return True
        return any(self._jobs.waits(f"{key} overlays") for key, _ in self._shown())

    def _shown(self) -> list[tuple[str, str]]:
        """Give every lane and measure that is shown and that the lane's rate carries; the pitch of a
        sound that lies over another's axes is shown there.
        """
        lanes, tracks = self._session.lanes, self._session.shown.tracks
        own = [(lane.key, measure) for lane in lanes for measure in CURVES if measure in lane.shown]
        over = [(key, "pitch") for lane in lanes if "pitch" in lane.shown for key, _ in lane.merged]
        return [
            (key, measure)
            for key, measure in (*own, *(place for place in over if is_sound(place[0])))
            if key in tracks
            and not self._tiled_overlays.takes(tracks[key], measure)
            and self._settings.refusal(tracks[key], measure) is None
        ]

    def _outdated(self) -> dict[str, list[str]]:
        """Give the measures to compute on each lane."""
        shown = self._session.shown
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
        return self._session.shown.tracks[key].origin, self._settings.of(measure)

    def _ask(self, key: str, measures: list[str]) -> None:
        """Ask for all measures of a lane at once, so that it is painted once."""
        track = self._session.shown.tracks[key]
        asks = [(measure, track, self._settings.of(measure)) for measure in measures]
        patient = takes_long(track.axis, *(settings for _, _, settings in asks))
        future: Future[Any] = self._pool.submit_many(asks, f"{key} overlays", patient)
        self._jobs.follow(
            f"{key} overlays", future, lambda answers: self._arrived(key, track, measures, answers)
        )

    def _arrived(self, key: str, source: Track, measures: list[str], answers: tuple[Any, ...]) -> None:
        session = self._session
        if not _same(session.shown.tracks.get(key), source) or self._latent_driven.waiting:
            return  # the curve moved on, or is about to; its own analysis follows at rest
        told = dict(zip(measures, answers, strict=True))
        made = {(key, name): tracks for name, tracks in told.items() if not isinstance(tracks, Fault)}
        session.show(overlays={**session.shown.overlays, **made}, stale=session.shown.stale - made.keys())
        for measure, answer in told.items():
            if isinstance(answer, Fault):
                self._failed[key, measure] = self._asked(key, measure)
                self._messages.faulted.emit(answer)
        self._messages.busy_changed.emit(self.busy)

    def _images(self) -> None:
        """Compute spectrograms that no probe brought: newly switched on, or of other networks."""
        session = self._session
        for key, settings in self.images_wanted():
            track = session.shown.tracks.get(key)
            if track is None or self._tiled_overlays.takes(track, "spectrogram"):
                continue
            if self._settings.refusal(track, "spectrogram") is not None:
                continue
            image = session.shown.images.get(key)
            if image is None or image.origin.of(analysis="", settings=()) != track.origin:
                self._ask_image(key, track, settings)

    def _ask_image(self, key: str, track: Track, settings: Any) -> None:
        asked, name = (track.origin, settings), f"{key} image"
        if self._imaged.get(key) == asked and self._jobs.waits(name):
            return
        self._imaged[key] = asked
        future = self._pool.submit("spectrogram", track, settings, key=name)
        self._jobs.follow(name, future, lambda image: self._image(key, track, settings, image))

    def _image(self, key: str, source: Track, settings: Any, image: Any) -> None:
        session = self._session
        if _same(session.shown.tracks.get(key), source) and settings == self._settings.of("spectrogram"):
            session.show(images={**session.shown.images, key: image})


def is_sound(key: str) -> bool:
    """Tell whether a lane shows a waveform: the output, filtered or not, or a recording."""
    return key in ("out", "pp") or key.startswith(PREFIX)


def _same(track: Track | None, source: Track) -> bool:
    """Tell whether a curve is still the one that was measured; a long recording's grows better known."""
    return track is source or (isinstance(track, LongTrack) and track.origin == source.origin)
