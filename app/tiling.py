"""The analyses of recordings in their files: tiles around the window, measured once each and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.analyses import TABLE, formants, spectrogram
from core.analyses.results import Contour, origin_of
from core.analyses.rounds import FRAME_PEAKS, TILE
from core.analyses.tiles import TILE_S, Tile, TileSettings, grid_of, tiled, tiles_of
from core.axis import Range, TimeAxis
from core.faults import Fault
from core.lanes import MEASURES
from core.long_sound import LongTrack
from core.track import Image, Track

if TYPE_CHECKING:
    from app.instrument import Instrument

LONGEST_S = 30.0
"""With more than this in view a long recording is shown without its analyses."""

TILES_S = {"spectrogram": 10.0, "formants": 20.0}
"""Tiles are smaller where frames stand alone and hold much."""

MOST_BYTES = 128 << 20

PEAKS = "peaks"
"""Beside the formants of a long recording: how loud each frame is, found where they are measured."""

Values = NDArray[Any]
Place = tuple[str, str]


class Tiling:
    """Keeps what long recordings show in step with the window."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self._kept: OrderedDict[object, Values] = OrderedDict()
        self._bytes = 0
        self._shown: dict[Place, tuple[object, ...]] = {}
        self._asked: dict[str, list[tuple[Any, int]]] = {}
        instrument.session.view_changed.connect(self._view)

    def takes(self, track: Track, measure: str) -> bool:
        """Tell whether a measure of this track is made here: in tiles, because the sound is too long."""
        return isinstance(track, LongTrack) and (measure == "spectrogram" or tiled(measure, track.axis))

    def reason(self, track: Track, shown: frozenset[str]) -> str:
        """Say why a long recording shows no analyses now, as Praat does; "" where it shows them."""
        wanted = any(self.takes(track, measure) for measure in shown)
        if not wanted or self._on.session.visible.length_s <= LONGEST_S:
            return ""
        return f"To see the analyses, zoom in to at most {LONGEST_S:g} s"

    def refresh(self) -> None:
        """Show the tiles that the window needs, and ask for those that are not known."""
        session = self._on.session
        for lane in session.lanes:
            track = session.shown.tracks.get(lane.key)
            if not isinstance(track, LongTrack) or track.part_known < 1:
                continue
            for measure in MEASURES:
                if measure in lane.shown and self.takes(track, measure):
                    self._refresh(lane.key, track, measure)

    def _view(self) -> None:
        if any(isinstance(track, LongTrack) for track in self._on.session.shown.tracks.values()):
            self._on.clock.rest(self._on.analysing.refresh)

    def _refresh(self, key: str, track: LongTrack, measure: str) -> None:
        visible, settings = self._on.session.visible, self._on.analysing.settings(measure)
        if TABLE[measure].refusal(track.axis, settings) or visible.length_s > LONGEST_S:
            self._show(key, measure, (), None)
            return
        needed = tiles_seen(measure, track.axis, settings, visible)
        origin = origin_of(track, measure, TABLE[measure].carried(track.axis, settings))
        names = [(origin, tile.first) for tile in needed]
        missing = [tile for tile, name in zip(needed, names, strict=True) if name not in self._kept]
        if missing:
            self._ask(key, track, measure, settings, missing)
        elif names:
            parts = [self._kept[name] for name in names]
            made = partial(put_together, measure, track, settings, needed, parts)
            self._show(key, measure, tuple(names), made)

    def _ask(self, key: str, track: LongTrack, measure: str, settings: Any, missing: list[Tile]) -> None:
        used = TABLE[measure].carried(track.axis, settings)
        origin = origin_of(track, measure, used)
        peak = 0.0 if getattr(used, "filtered", True) else track.peak
        steps = (TILE + measure, FRAME_PEAKS) if measure == "formants" else (TILE + measure,)
        asks = [
            (step, track.between(tile.begin, tile.end), TileSettings(used, tile, peak, track.axis))
            for tile in missing
            for step in steps
        ]
        asked, names = f"{key} {measure} tiles", [(origin, tile.first) for tile in missing]
        if self._on.desk.waits(asked) and self._asked.get(asked) == names:
            return
        self._asked[asked] = names
        future = self._on.pool.submit_many(asks, key=asked)
        self._on.desk.follow(asked, future, lambda found: self._arrived(names, found), stream=True)

    def _arrived(self, names: list[tuple[Any, int]], found: tuple[Any, ...]) -> None:
        share = len(found) // len(names)
        for place, name in enumerate(names):
            answers = found[place * share : (place + 1) * share]
            for fault in (answer for answer in answers if isinstance(answer, Fault)):
                self._on.faulted.emit(fault)
                return
            values = answers[0] if share == 1 else np.vstack(answers)  # of formants, the peaks last
            self._kept[name] = values
            self._bytes += values.nbytes
        while self._bytes > MOST_BYTES and len(self._kept) > len(names):
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        self.refresh()

    def _show(self, key: str, measure: str, names: tuple[object, ...], make: Any) -> None:
        """Put a measure on its lane, or take it away; nothing happens where it is there already."""
        session, place = self._on.session, (key, measure)
        there = key in session.shown.images if measure == "spectrogram" else place in session.shown.overlays
        if self._shown.get(place, ()) == names and there == bool(names):
            return
        self._shown[place] = names
        made = make() if make is not None else None
        if measure == "spectrogram":
            session.show(images=_with(session.shown.images, key, made))
        else:
            session.show(overlays=_with(session.shown.overlays, place, made))


def _with(kept: Mapping[Any, Any], place: object, made: Any) -> dict[Any, Any]:
    """Give what is shown with one thing changed, or with None taken away."""
    others = {other: one for other, one in kept.items() if other != place}
    return others if made is None else {**others, place: made}


@lru_cache(maxsize=32)
def _tiles(measure: str, axis: TimeAxis, settings: Any) -> tuple[Tile, ...]:
    return tiles_of(measure, axis, settings, TILES_S.get(measure, TILE_S))


def tiles_seen(measure: str, axis: TimeAxis, settings: Any, window: Range) -> list[Tile]:
    """Give the tiles that have frames in the window."""
    first, last = grid_of(measure, axis, settings).axis.samples_in(window)
    return [tile for tile in _tiles(measure, axis, settings) if tile.first < last and tile.last > first]


def put_together(
    measure: str, track: Track, settings: Any, needed: list[Tile], parts: list[Values]
) -> Image | tuple[Track, ...]:
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
    if measure == "formants":
        bands = rows[:-1].reshape(2, len(rows) // 2, -1)
        loudness = Contour(PEAKS, rows[-1], axis, "", origin)
        return (*formants.named(bands, axis, track.axis.nyquist_hz, origin), loudness)
    return (Contour(measure, rows[0], axis, "Hz" if measure == "pitch" else "dB", origin),)
