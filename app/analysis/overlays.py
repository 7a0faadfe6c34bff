"""Overlays: the analyses that the lanes show, computed when the knobs rest."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from app.analysis.failures import FailureNotices
from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from app.models.latent_driven import LatentDriven
from app.models.sound_driven import SoundDriven
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import OpenRecordings
from core.processes.requests import ResultRequest, analysis_of
from core.processes.results import Known, ResultStore
from core.provenance import Origin
from core.recordings.long_sound import LongTrack
from core.session.lane_key import Key, RecordingKey
from core.session.session import Overlay, Place, Snapshot
from core.signals.track import Image, Track
from core.tiles.scatter import takes_long

WAVEFORMS = ("out", "pp")
"""The generator's layers that are sounds: the output, unfiltered and filtered."""

CURVES = ("pitch", "formants", "intensity", "pulses")


class Overlays:
    """Keeps the overlays up to date with the curves, the lanes and the preset."""

    def __init__(
        self,
        context: Context,
        results: ResultStore,
        settings: AnalysisSettings,
        alignment: Alignment,
        recordings: OpenRecordings,
        latent_driven: LatentDriven,
        sound_driven: SoundDriven,
        tiled_overlays: TiledOverlays,
    ) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._messages = context.messages
        self._clock = context.clock
        self._results = results
        self._settings = settings
        self._latent_driven = latent_driven
        self._tiled_overlays = tiled_overlays
        self._notices = FailureNotices(context.messages)
        self._wanted: dict[Key, dict[str, ResultRequest]] = {}
        latent_driven.images_wanted = self.images_wanted
        for computed in (latent_driven.arrived, sound_driven.arrived, alignment.moved):
            computed.connect(self.refresh_at_rest)
        for read in (recordings.samples_read, recordings.surveyed):
            read.connect(self.refresh_at_rest)
        settings.changed.connect(self._compute_anew)
        self._session.snapshot_changed.connect(self._snapshot_changed)
        self._session.view_changed.connect(self._view_changed)
        results.arrived.connect(self._arrived)

    def refresh_at_rest(self) -> None:
        """Refresh once nothing has changed for a moment."""
        self._clock.rest(self.refresh)

    def _compute_anew(self) -> None:
        """Compute everything on screen again after a change of settings."""
        self._preferences.changed.emit()
        self._session.show(images={}, overlays={}, stale=frozenset())
        self.refresh()

    def _snapshot_changed(self, before: Snapshot, after: Snapshot) -> None:
        if not after.moved_since(before) and after.lanes != before.lanes:
            self.lanes_changed()

    def _view_changed(self) -> None:
        if any(isinstance(track, LongTrack) for track in self._session.shown.tracks.values()):
            self.refresh_at_rest()

    def images_wanted(self) -> tuple[tuple[Key, Any], ...]:
        """Return the lanes that show a spectrogram, with its settings."""
        lanes = self._session.lanes
        settings = self._settings.of("spectrogram")
        return tuple((lane.key, settings) for lane in lanes if "spectrogram" in lane.shown)

    def lanes_changed(self) -> None:
        """Compute the overlays that a lane newly shows."""
        self._session.shown_changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Request every visible overlay whose curve has changed since it was computed."""
        if self._latent_driven.waiting:
            return  # the knob moves on; the next arrival requests it again
        before, self._wanted = self._wanted, self._requests()
        for key in before.keys() - self._wanted.keys():
            self._results.drop(_curves_of(key))
            self._results.drop(_image_of(key))
        for key, requests in list(self._wanted.items()):
            # a failed overlay is only requested again when hidden and shown
            self._results.allow_retry(
                one for measure, one in requests.items() if measure not in before.get(key, ())
            )
            self._need(key, requests)
        for key, requests in list(self._wanted.items()):  # curves before spectrograms
            image = requests.get("spectrogram")
            self._results.need(_image_of(key), [image] if image is not None else [])
            self._show(key)
        self._tell_failures()
        self._tiled_overlays.refresh()
        self._messages.busy_changed.emit(self.busy)

    @property
    def busy(self) -> bool:
        """Whether any curve or overlay is still being computed."""
        if self._latent_driven.waiting:
            return True
        return any(self._results.waits(_curves_of(key)) for key in self._wanted)

    def _shown(self) -> list[Place]:
        """Return every visible overlay that the lane's rate can carry, and the pitch of merged sounds, shown
        in their host lane.
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

    def _requests(self) -> dict[Key, dict[str, ResultRequest]]:
        """Return the requests for each lane's overlays, by measure."""
        tracks, found = self._session.shown.tracks, dict[Key, dict[str, ResultRequest]]()
        for key, measure in (*self._shown(), *self._with_images()):
            request = analysis_of(tracks[key], measure, self._settings.of(measure))
            found.setdefault(key, {})[measure] = request
        return found

    def _with_images(self) -> list[Place]:
        """Return the lanes whose spectrogram must be requested because no probe brought it."""
        tracks, images = self._session.shown.tracks, self._session.shown.images
        return [
            (key, "spectrogram")
            for key, _ in self.images_wanted()
            if key in tracks
            and not self._tiled_overlays.takes(tracks[key], "spectrogram")
            and self._settings.refusal(tracks[key], "spectrogram") is None
            and (key not in images or not _is_of(images[key], tracks[key]))
        ]

    def _need(self, key: Key, requests: dict[str, ResultRequest]) -> None:
        """Request all curves of a lane together, so that it is painted once."""
        overlays, track = self._session.shown.overlays, self._session.shown.tracks[key]
        curves = [
            one
            for measure, one in requests.items()
            if measure in CURVES and _origin(overlays.get((key, measure))) != one.origin
        ]
        patient = takes_long(track.axis, *(one.asks[0][2] for one in curves))
        self._results.need(_curves_of(key), curves, patient=patient)

    def _arrived(self, origins: frozenset[Origin]) -> None:
        """Show the results that have arrived, lane by lane."""
        came = [
            key
            for key, requests in self._wanted.items()
            if any(one.origin in origins for one in requests.values())
        ]
        for key in came:
            self._show(key)
        if came:
            self._tell_failures()
            self._messages.busy_changed.emit(self.busy)

    def _show(self, key: Key) -> None:
        """Show the available overlays of a lane; those already shown stay."""
        shown, requests = self._session.shown, self._wanted.get(key, {})
        track = shown.tracks.get(key)
        if track is None or self._latent_driven.waiting:
            return
        made, fresh = dict[Place, Any](), set[Place]()
        for measure, one in requests.items():
            if one.asks[0][1].origin != track.origin:
                return  # the curve has moved on; its own analysis follows at rest
            state = self._results.look(one)
            if isinstance(state, Known):
                made[key, measure] = state.value
            elif _origin(shown.overlays.get((key, measure))) == one.origin:
                fresh.add((key, measure))
        self._put(made, fresh)

    def _put(self, made: dict[Place, Any], fresh: set[Place]) -> None:
        """Change what is shown, if it differs."""
        shown = self._session.shown
        overlays = {
            place: one
            for place, one in made.items()
            if place[1] in CURVES and _origin(shown.overlays.get(place)) != _origin(one)
        }
        images = {
            key: one
            for (key, measure), one in made.items()
            if measure == "spectrogram" and shown.images.get(key) is not one
        }
        stale = shown.stale - made.keys() - fresh
        if overlays or images or stale != shown.stale:
            self._session.show(
                overlays={**shown.overlays, **overlays}, images={**shown.images, **images}, stale=stale
            )

    def _tell_failures(self) -> None:
        requests = [one for wanted in self._wanted.values() for one in wanted.values()]
        self._notices.tell({one.key: self._results.look(one) for one in requests})


def _curves_of(key: Key) -> Hashable:
    return "overlays", key


def _image_of(key: Key) -> Hashable:
    return "spectrogram", key


def _origin(overlay: Overlay | None) -> Origin | None:
    """Return the origin of an overlay."""
    one = overlay[0] if isinstance(overlay, tuple) and overlay else overlay
    return None if one is None or isinstance(one, tuple) else one.origin


def _is_of(image: Image, track: Track) -> bool:
    """Return whether a spectrogram was computed from a curve."""
    return image.origin.of(analysis="", settings=()) == track.origin


def is_sound(key: Key) -> bool:
    """Return whether a lane shows a waveform: the output, unfiltered or filtered, or a recording."""
    return isinstance(key, RecordingKey) or (key.is_generated and key.layer in WAVEFORMS)
