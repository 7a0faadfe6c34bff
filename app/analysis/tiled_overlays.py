"""Analyses of long recordings, in tiles: for the visible range, or wherever a query needs them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from app.analysis.failures import FailureNotices
from app.analysis.settings import AnalysisSettings
from app.analysis.tile_requests import COARSEST, TileRequests, Values, tile_origin, tiles_seen, values_of
from app.base.context import Context
from app.recordings.open_recordings import OpenRecordings
from core.analyses import formants, spectrogram
from core.analyses.overlay_names import OVERLAYS
from core.analyses.registry import TABLE
from core.analyses.results import Contour, Points, origin_of
from core.analyses.spectrogram import GreySettings, loudest
from core.analyses.time_shift import moved_result, own_track
from core.faults import Fault
from core.processes.requests import ResultRequest
from core.processes.results import PENDING, Failed, Known, ResultStore
from core.provenance import Origin
from core.recordings.long_sound import LongTrack
from core.session.lane_key import Key
from core.session.session import Place
from core.signals.axis import Range, TimeAxis
from core.signals.track import Image, Track
from core.tiles.loudest import loudest_s
from core.tiles.scatter import takes_long
from core.tiles.tiles import Tile, grid_of, tiled

LONGEST_S = 30.0
"""If more than this is visible, a long recording is shown without analyses."""

ASKED_S = 600.0
"""The longest stretch of a long recording that one query measures."""

MOST_FRAMES = 2000
"""At most this many frames of a spectrogram are painted side by side."""

PEAKS = "peaks"
"""The loudness of each frame of a long recording, computed along with the formants."""

ROUNDING_S = 1e-6


class TiledOverlays:
    """Keeps the overlays of long recordings up to date with the window, and measures stretches for
    queries.
    """

    def __init__(
        self,
        context: Context,
        results: ResultStore,
        settings: AnalysisSettings,
        recordings: OpenRecordings,
    ) -> None:
        self._session = context.session
        self._messages = context.messages
        self._results = results
        self._settings = settings
        self._tiles = TileRequests(context, results, recordings)
        self._notices = FailureNotices(context.messages)
        self._wanted: dict[Place, tuple[ResultRequest, ...]] = {}
        recordings.surveyed.connect(self.prepare)
        results.arrived.connect(self._arrived)

    def takes(self, track: Track, measure: str) -> bool:
        """Return whether a measure of this track is computed here, in tiles, because the sound is too
        long.
        """
        return isinstance(track, LongTrack) and (measure == "spectrogram" or tiled(measure, track.axis))

    def reason(self, track: Track, shown: frozenset[str]) -> str:
        """Return why a long recording shows no analyses now, as Praat does, or ""."""
        wanted = any(self.takes(track, measure) for measure in shown)
        if not wanted or self._fits(self._session.visible):
            return ""
        return f"To see the analyses, zoom in to at most {LONGEST_S:g} s"

    def _fits(self, visible: Range) -> bool:
        return visible.length_s <= LONGEST_S + ROUNDING_S

    def prepare(self, track: LongTrack) -> None:
        """Find the loudest moment of a recording beforehand, because filtered pitch refers to it."""
        if track.part_known < 1 or not self.takes(track, "pitch"):
            return
        own, settings = own_track(track), self._settings.of("pitch")
        loudest = self._tiles.loudest(own, "pitch", settings)
        if loudest is not None and TABLE["pitch"].refusal(own.axis, settings) is None:
            self._results.need(("loudest moment", own.origin), [loudest])

    # --- in the window ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the tiles that the window needs, and request the missing ones."""
        before = self._wanted
        self._wanted = {place: before.get(place, ()) for place in self._places()}
        for place in before.keys() - self._wanted.keys():
            self._results.drop(_asker(*place))
        for place in list(self._wanted):
            if place in self._wanted:
                self._refresh(*place, anew=place not in before)
        asked = [one for requests in self._wanted.values() for one in requests]
        self._notices.tell({one.key: self._results.look(one) for one in asked})

    def _places(self) -> list[Place]:
        """Return the long recordings and measures that are shown in tiles."""
        lanes, tracks = self._session.lanes, self._session.shown.tracks
        own = [(lane.key, measure) for lane in lanes for measure in OVERLAYS if measure in lane.shown]
        over = [(key, "pitch") for lane in lanes if "pitch" in lane.shown for key, _ in lane.merged]
        return [
            (key, measure)
            for key, measure in (*own, *over)
            if isinstance(track := tracks.get(key), LongTrack)
            and track.part_known == 1
            and self.takes(track, measure)
        ]

    def _arrived(self, origins: frozenset[Origin]) -> None:
        """Show new results, and request what had to wait for them."""
        if any(one.origin in origins for requests in self._wanted.values() for one in requests):
            self.refresh()

    def _refresh(self, key: Key, measure: str, anew: bool) -> None:
        shown = self._session.shown.tracks[key]
        assert isinstance(shown, LongTrack)
        by_s, settings = shown.origin.moved_s, self._settings.of(measure)
        track, visible = _own(shown, self._session.visible)
        if TABLE[measure].refusal(track.axis, settings) or not self._fits(visible):
            self._wanted[key, measure] = ()
            self._results.drop(_asker(key, measure))
            self._show(key, measure, None)
            return
        needed = tiles_seen(measure, track.axis, settings, visible)
        top = self._loudest(track, settings) if measure == "spectrogram" and needed else []
        if anew:  # a measure switched on by hand is tried again
            self._tiles.allow_retry(track, measure, settings, [*top, *needed])
        requests = self._tiles.of(track, measure, settings, [*top, *needed])
        self._wanted[key, measure] = tuple(requests)
        self._need(_asker(key, measure), track, measure, requests)
        parts = values_of(self._tiles.states(track, measure, settings, needed))
        of_top = self._tiles.states(track, measure, settings, top)
        greys_wait = not all(isinstance(state, Known | Failed) for state in of_top)
        if not needed or parts is None or greys_wait:
            return
        by = 1
        if measure == "spectrogram":
            by = coarseness(visible.length_s / grid_of(measure, track.axis, settings).step_s)
        self._show(key, measure, self._joined(track, measure, settings, needed, parts, by_s, by))

    def _need(
        self, asker: Hashable, track: LongTrack, measure: str, requests: list[ResultRequest]
    ) -> None:  # fmt: skip
        """Request what is shown or asked for; say so while the loudest moment is searched for."""
        looks = len(requests) == 1 and requests[0].start is not None
        fresh = looks and self._results.look(requests[0]) is None
        used = TABLE[measure].carried(track.axis, self._settings.of(measure))
        states = self._results.need(asker, requests, patient=takes_long(track.axis, used))
        if fresh and states == (PENDING,) and self._results.look(requests[0]) == PENDING:
            said = "searching for the loudest moment, which filtered pitch refers to…"
            self._messages.noted.emit(f"{track.name}: {said}")

    def _loudest(self, track: LongTrack, settings: Any) -> list[Tile]:
        """Return the tile with the loudest moment of a recording, which sets the greys."""
        time_s = self._results.made(track.origin, "loudest_s", lambda: loudest_s(track))
        step_s = grid_of("spectrogram", track.axis, settings).step_s
        return tiles_seen("spectrogram", track.axis, settings, Range(time_s - step_s, time_s + step_s))[:1]

    def top_db(self, track: Track, greys: GreySettings) -> float | None:
        """Return the level in dB of the darkest grey of a long recording: that of its loudest moment, so that
        greys do not depend on the window. None for a short recording, whose image has it.
        """
        if not isinstance(track, LongTrack) or not self.takes(track, "spectrogram"):
            return None
        track, settings = own_track(track), self._settings.of("spectrogram")
        tiles = self._loudest(track, settings)
        parts = values_of(self._tiles.states(track, "spectrogram", settings, tiles))
        if not tiles or parts is None:
            return None
        return loudest(self._joined(track, "spectrogram", settings, tiles, parts, 0.0), greys)

    def _joined(
        self, track: LongTrack, measure: str, settings: Any, tiles: list[Tile], parts: list[Values],
        by_s: float, by: int = 1,
    ) -> Any:  # fmt: skip
        """Return neighbouring tiles joined, in the recording's place on the stack; made only once."""

        def make() -> Any:
            if measure == "spectrogram":
                return moved_result(painted(track, settings, tiles, parts, by), by_s)
            return moved_result(put_together(measure, track, settings, tiles, parts), by_s)

        part = ("joined", tiles[0].first, tiles[-1].first, by_s, by)
        return self._results.made(tile_origin(track, measure, settings), part, make)

    def _show(self, key: Key, measure: str, made: Any) -> None:
        """Show a measure on its lane, or remove it; nothing changes if it is already there."""
        session, place = self._session, (key, measure)
        if measure == "spectrogram":
            if session.shown.images.get(key) is not made:
                session.show(images=_with(session.shown.images, key, made))
        elif session.shown.overlays.get(place) is not made:
            session.show(overlays=_with(session.shown.overlays, place, made))

    # --- where something is asked ----------------------------------------------------------------

    def too_long(self, window: Range) -> str:
        """Return the refusal if a query spans more of a long recording than may be measured for it, or ""."""
        if window.length_s <= ASKED_S + ROUNDING_S:
            return ""
        return f"select at most {ASKED_S / 60:g} minutes of a long recording"

    def over(self, track: LongTrack, measure: str, window: Range) -> Any:
        """Return a measure over a stretch of a recording; None if it is not known yet."""
        by_s, settings = track.origin.moved_s, self._settings.of(measure)
        track, needed = self._needed(track, measure, window)
        parts = values_of(self._tiles.states(track, measure, settings, needed))
        return self._joined(track, measure, settings, needed, parts, by_s) if parts else None

    def failure(self, track: LongTrack, measure: str, window: Range) -> Fault | None:
        """Return the failure of a measure in a stretch of a recording, or None."""
        track, needed = self._needed(track, measure, window)
        states = self._tiles.states(track, measure, self._settings.of(measure), needed)
        return next((state.fault for state in states if isinstance(state, Failed)), None)

    def allow_retry(self, track: LongTrack, measure: str, window: Range) -> None:
        """Allow a failed measure of a stretch to be computed again, at a person's request."""
        track, needed = self._needed(track, measure, window)
        self._tiles.allow_retry(track, measure, self._settings.of(measure), needed)

    def requests(self, track: LongTrack, measure: str, window: Range) -> list[ResultRequest]:
        """Return the requests for a measure over a stretch, as far as they are known now."""
        if track.part_known < 1 or self.too_long(window):
            return []
        track, needed = self._needed(track, measure, window)
        return self._tiles.of(track, measure, self._settings.of(measure), needed)

    def measure(self, asker: Hashable, track: LongTrack, measure: str, window: Range) -> None:
        """Request a stretch of a recording for a client, until the store drops the client."""
        self._need(asker, own_track(track), measure, self.requests(track, measure, window))

    def _needed(self, track: LongTrack, measure: str, window: Range) -> tuple[LongTrack, list[Tile]]:
        """Return a recording in its own time, and its tiles with the frames of a stretch and their
        neighbours, which interpolation needs.
        """
        track, window = _own(track, window)
        settings = self._settings.of(measure)
        step_s = grid_of(measure, track.axis, settings).step_s
        around = Range(window.start_s - 2 * step_s, window.end_s + 2 * step_s)
        return track, tiles_seen(measure, track.axis, settings, around)


def _asker(key: Key, measure: str) -> Hashable:
    return "tiles", key, measure


def _own(track: LongTrack, window: Range) -> tuple[LongTrack, Range]:
    """Return a recording and a stretch of it in its own time, so that its tiles survive a move."""
    return own_track(track), window.moved(-track.origin.moved_s)


def _with(kept: Mapping[Any, Any], place: object, made: Any) -> dict[Any, Any]:
    """Return what is shown with one item replaced, or with None removed."""
    others = {other: one for other, one in kept.items() if other != place}
    return others if made is None else {**others, place: made}


def coarseness(frames: float) -> int:
    """Return how many frames of a spectrogram are painted as one, given the number in view."""
    by = 1
    while by < COARSEST and frames / by > MOST_FRAMES:
        by *= 2
    return by


def painted(track: Track, settings: Any, needed: list[Tile], parts: list[Values], by: int) -> Image:
    """Return a spectrogram for display from afar: the mean level of every few frames."""
    if by == 1:
        return put_together("spectrogram", track, settings, needed, parts)  # type: ignore[return-value]
    fine = spectrogram.grid_of(track.axis, TABLE["spectrogram"].carried(track.axis, settings))
    first_s = fine.first_s + (needed[0].first + 0.5 * (by - 1)) * fine.step_s
    values = np.concatenate([means(part, by) for part in parts], axis=1).T
    axis = TimeAxis(1 / (by * fine.step_s), len(values), first_s)
    origin = TABLE["spectrogram"].origin(track, settings).of(resampling=f"means of {by} frames")
    low_hz = 0.5 * (fine.step_hz - fine.bin_hz)
    return Image("spectrogram", values, axis, low_hz, fine.step_hz, "dB/Hz", origin)


def means(levels: Values, by: int) -> Values:
    """Return the means of every `by` frames, [bins, frames]; an incomplete last group gives its own mean."""
    whole = levels.shape[1] - levels.shape[1] % by
    found = levels[:, :whole].reshape(levels.shape[0], -1, by).mean(axis=2)
    rest = levels[:, whole:]
    return np.append(found, rest.mean(axis=1, keepdims=True), axis=1) if rest.size else found


def put_together(
    measure: str, track: Track, settings: Any, needed: list[Tile], parts: list[Values]
) -> Image | Points | tuple[Track, ...]:
    """Join neighbouring tiles into what a lane shows, at their true times on the whole track's grid."""
    used = TABLE[measure].carried(track.axis, settings)
    grid, origin = grid_of(measure, track.axis, settings), origin_of(track, measure, used)
    axis = TimeAxis(grid.axis.rate_hz, needed[-1].last - needed[0].first, grid.axis.seconds(needed[0].first))
    if measure == "spectrogram":
        own = spectrogram.grid_of(track.axis, used)
        values = np.concatenate(parts, axis=1).T
        low_hz = 0.5 * (own.step_hz - own.bin_hz)
        return Image(measure, values, axis, low_hz, own.step_hz, "dB/Hz", origin)
    rows = np.concatenate(parts, axis=1)
    if measure == "pulses":
        return Points(measure, rows[0], origin)
    if measure == "formants":
        bands = rows[:-1].reshape(2, len(rows) // 2, -1)
        loudness = Contour(PEAKS, rows[-1], axis, "", origin)
        return (*formants.named(bands, axis, track.axis.nyquist_hz, origin), loudness)
    return (Contour(measure, rows[0], axis, "Hz" if measure == "pitch" else "dB", origin),)
