"""The analyses of recordings in their files: tiles around the window, or wherever something is asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from psygnal import Signal

from app.analysis.settings import AnalysisSettings
from app.analysis.tile_store import COARSEST, Name, TileStore, Values, keep, names_of, tiles_seen
from app.base.context import Context
from app.recordings.open_recordings import OpenRecordings
from core.analyses import formants, spectrogram
from core.analyses.registry import TABLE
from core.analyses.results import Contour, Points, origin_of
from core.analyses.spectrogram import GreySettings, loudest
from core.analyses.time_shift import moved_result, own_track
from core.processes.praat_pool import Pool
from core.provenance import Origin
from core.recordings.long_sound import LongTrack
from core.session.lanes import MEASURES
from core.signals.axis import Range, TimeAxis
from core.signals.track import Image, Track
from core.tiles.loudest import loudest_s
from core.tiles.tiles import Tile, grid_of, tiled

LONGEST_S = 30.0
"""With more than this in view a long recording is shown without its analyses."""

ASKED_S = 600.0
"""Over no more than this is a long recording measured for one question."""

MOST_FRAMES = 2000
"""No more frames of a spectrogram than these are painted side by side."""

PEAKS = "peaks"
"""Beside the formants of a long recording: how loud each frame is, found where they are measured."""

MOST_MADE = 100
"""Of so many recordings and measures it is kept what was put together and to what greys refer."""

ROUNDING_S = 1e-6

Place = tuple[str, str]


class TiledOverlays:
    """Keeps what long recordings show in step with the window, and measures them where they are asked.

    `arrived` follows tiles that were asked for by a question.
    """

    arrived = Signal()

    def __init__(
        self, context: Context, pool: Pool, settings: AnalysisSettings, recordings: OpenRecordings
    ) -> None:
        self._session = context.session
        self._settings = settings
        self._store = TileStore(context, pool, recordings)
        self._wanted: frozenset[Place] = frozenset()
        self._shown: dict[Place, tuple[object, ...]] = {}
        self._made: dict[Place, tuple[object, Any]] = {}
        self._tops: dict[Name, Image] = {}
        self._loudest_s: dict[Origin, float] = {}
        recordings.surveyed.connect(self.prepare)

    def takes(self, track: Track, measure: str) -> bool:
        """Tell whether a measure of this track is made here: in tiles, because the sound is too long."""
        return isinstance(track, LongTrack) and (measure == "spectrogram" or tiled(measure, track.axis))

    def reason(self, track: Track, shown: frozenset[str]) -> str:
        """Say why a long recording shows no analyses now, as Praat does; "" where it shows them."""
        wanted = any(self.takes(track, measure) for measure in shown)
        if not wanted or self._fits(self._session.visible):
            return ""
        return f"To see the analyses, zoom in to at most {LONGEST_S:g} s"

    def _fits(self, visible: Range) -> bool:
        return visible.length_s <= LONGEST_S + ROUNDING_S

    def prepare(self, track: LongTrack) -> None:
        """Find out beforehand what the pitch of a whole recording refers to."""
        if track.part_known == 1 and self.takes(track, "pitch"):
            own, settings = own_track(track), self._settings.of("pitch")
            if TABLE["pitch"].refusal(own.axis, settings) is None:
                self._store.prepare(own, "pitch", settings)

    # --- in the window ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the tiles that the window needs, and ask for those that are not known."""
        lanes, tracks = self._session.lanes, self._session.shown.tracks
        own = [(lane.key, measure) for lane in lanes for measure in MEASURES if measure in lane.shown]
        over = [(key, "pitch") for lane in lanes if "pitch" in lane.shown for key, _ in lane.merged]
        before, self._wanted = self._wanted, frozenset((*own, *over))
        for key, measure in (*own, *over):
            track = tracks.get(key)
            if isinstance(track, LongTrack) and track.part_known == 1 and self.takes(track, measure):
                self._refresh(key, track, measure, anew=(key, measure) not in before)

    def _refresh(self, key: str, track: LongTrack, measure: str, anew: bool) -> None:
        by_s, settings = track.origin.moved_s, self._settings.of(measure)
        track, visible = _own(track, self._session.visible)
        if TABLE[measure].refusal(track.axis, settings) or not self._fits(visible):
            self._show(key, measure, (), None)
            return
        needed = tiles_seen(measure, track.axis, settings, visible)
        names = names_of(track, measure, settings, needed)
        if anew:  # what was switched on by hand is tried once more
            loudest = self._loudest(track, settings)[1] if measure == "spectrogram" else []
            self._store.forgive([*names, *loudest])
        parts = self._store.values(names)
        if measure == "spectrogram" and needed and not self._knows_top(track, settings, f"{key} loudest"):
            return  # what the greys refer to comes first
        if parts is None:
            self._store.ask(f"{key} {measure} tiles", track, measure, settings, needed, self.refresh)
        elif names and measure == "spectrogram":
            by = coarseness(visible.length_s / grid_of(measure, track.axis, settings).step_s)
            made = partial(painted, track, settings, needed, parts, by)
            self._show(key, measure, (*names, by, by_s), lambda: moved_result(made(), by_s))
        elif names:
            put = partial(put_together, measure, track, settings, needed, parts)
            self._show(key, measure, (*names, by_s), lambda: moved_result(put(), by_s))

    def _knows_top(self, track: LongTrack, settings: Any, asked: str) -> bool:
        """Tell whether it is known to what the greys refer; have it measured where it is not."""
        tiles, names = self._loudest(track, settings)
        if not tiles or names[0] in self._tops or self._store.failed(names):
            return True
        parts = self._store.values(names)
        if parts is None:
            self._store.ask(asked, track, "spectrogram", settings, tiles, self.refresh)
            return False
        image = put_together("spectrogram", track, settings, tiles, parts)
        assert isinstance(image, Image)
        keep(self._tops, names[0], image, MOST_MADE)
        return True

    def _loudest(self, track: LongTrack, settings: Any) -> tuple[list[Tile], list[Name]]:
        if track.origin not in self._loudest_s:
            keep(self._loudest_s, track.origin, loudest_s(track), MOST_MADE)
        time_s = self._loudest_s[track.origin]
        step_s = grid_of("spectrogram", track.axis, settings).step_s
        tiles = tiles_seen("spectrogram", track.axis, settings, Range(time_s - step_s, time_s + step_s))[:1]
        return tiles, names_of(track, "spectrogram", settings, tiles)

    def top_db(self, track: Track, greys: GreySettings) -> float | None:
        """Give the level of the blackest grey of a long recording: that where it is loudest, wherever
        one looks. None for a short one, whose image has it.
        """
        if not isinstance(track, LongTrack) or not self.takes(track, "spectrogram"):
            return None
        names = self._loudest(own_track(track), self._settings.of("spectrogram"))[1]
        image = self._tops.get(names[0]) if names else None
        return loudest(image, greys) if image is not None else None

    def _show(self, key: str, measure: str, names: tuple[object, ...], make: Any) -> None:
        """Put a measure on its lane, or take it away; nothing happens where it is there already."""
        session, place = self._session, (key, measure)
        there = key in session.shown.images if measure == "spectrogram" else place in session.shown.overlays
        if self._shown.get(place, ()) == names and there == bool(names):
            return
        self._shown[place] = names
        made = make() if make is not None else None
        if measure == "spectrogram":
            session.show(images=_with(session.shown.images, key, made))
        else:
            session.show(overlays=_with(session.shown.overlays, place, made))

    # --- where something is asked ----------------------------------------------------------------

    def too_long(self, window: Range) -> str:
        """Say that a question reaches over more of a long recording than is measured for it, or ""."""
        if window.length_s <= ASKED_S + ROUNDING_S:
            return ""
        return f"select at most {ASKED_S / 60:g} minutes of so long a recording"

    def over(self, key: str, track: LongTrack, measure: str, window: Range) -> Any:
        """Give a measure over a stretch of a recording; None where it is not known there yet."""
        settings, by_s = self._settings.of(measure), track.origin.moved_s
        track, window = _own(track, window)
        needed = self._needed(track, measure, settings, window)
        names = names_of(track, measure, settings, needed)
        parts = self._store.values(names)
        if not parts:
            return None
        kept = self._made.get((key, measure))
        if kept is None or kept[0] != (names, by_s):
            made = put_together(measure, track, settings, needed, parts)
            kept = ((names, by_s), moved_result(made, by_s))
            keep(self._made, (key, measure), kept, MOST_MADE)
        return kept[1]

    def failed(self, track: LongTrack, measure: str, window: Range) -> bool:
        """Tell whether a measure has failed in a stretch of a recording."""
        settings = self._settings.of(measure)
        track, window = _own(track, window)
        needed = self._needed(track, measure, settings, window)
        return self._store.failed(names_of(track, measure, settings, needed))

    def forgive(self, track: LongTrack, measure: str, window: Range) -> None:
        """Let a measure that has failed in a stretch be tried again: somebody asks for it anew."""
        settings = self._settings.of(measure)
        track, window = _own(track, window)
        self._store.forgive(
            names_of(track, measure, settings, self._needed(track, measure, settings, window))
        )

    def measure(
        self, key: str, track: LongTrack, measure: str, window: Range, asker: str = "asked",
        patient: bool = False,
    ) -> None:  # fmt: skip
        """Have a stretch of a recording measured, after all else where it is `patient`; `arrived` follows.

        A newer wish of the same `asker` takes the place of an older one.
        """
        settings = self._settings.of(measure)
        if track.part_known < 1 or self.too_long(window):
            return
        track, window = _own(track, window)
        needed = self._needed(track, measure, settings, window)
        asked = f"{key} {measure} {asker} tiles"

        def come() -> None:
            self._store.ask(asked, track, measure, settings, needed, come, patient)  # the loudest is known
            self.arrived.emit()

        self._store.ask(asked, track, measure, settings, needed, come, patient)

    def _needed(self, track: LongTrack, measure: str, settings: Any, window: Range) -> list[Tile]:
        """Give the tiles with the frames of a stretch, and the neighbours between which values lie."""
        step_s = grid_of(measure, track.axis, settings).step_s
        around = Range(window.start_s - 2 * step_s, window.end_s + 2 * step_s)
        return tiles_seen(measure, track.axis, settings, around)


def _own(track: LongTrack, window: Range) -> tuple[LongTrack, Range]:
    """Give a recording and a stretch of it at its own time: its tiles stay what they are when it is moved."""
    return own_track(track), window.moved(-track.origin.moved_s)


def _with(kept: Mapping[Any, Any], place: object, made: Any) -> dict[Any, Any]:
    """Give what is shown with one thing changed, or with None taken away."""
    others = {other: one for other, one in kept.items() if other != place}
    return others if made is None else {**others, place: made}


def coarseness(frames: float) -> int:
    """Give how many frames of a spectrogram are painted as one where so many are seen."""
    by = 1
    while by < COARSEST and frames / by > MOST_FRAMES:
        by *= 2
    return by


def painted(track: Track, settings: Any, needed: list[Tile], parts: list[Values], by: int) -> Image:
    """Give a spectrogram to be looked at from afar: of every few frames the mean level."""
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
    """Give the means of every `by` frames [bins, frames]; of a rest, those of what is there."""
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
