"""Tiles of long recordings as requests to the results store; a tile is known by its first frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.base.context import Context
from app.recordings.open_recordings import OpenRecordings
from core.analyses.registry import TABLE
from core.analyses.results import origin_of
from core.processes.requests import ResultRequest
from core.processes.results import Known, ResultStore, State
from core.provenance import Origin
from core.recordings import cache
from core.recordings.long_sound import LongTrack
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track
from core.tiles.loudest import find_peak, name_of
from core.tiles.scatter import FRAME_PEAKS, TILE, Ask
from core.tiles.tiles import TILE_S, Tile, TileSettings, grid_of, has_peak, tiles_of

TILES_S = {"spectrogram": 4.0, "formants": 20.0, "pulses": 20.0}
"""Tiles are smaller if their frames are independent and large."""

COARSEST = 16
"""At most this many frames of a spectrogram are painted as one."""

LOUDEST = "loudest moment"

Values = NDArray[Any]


class TileRequests:
    """Makes requests for tiles, and for the loudest moment of a file, which filtered pitch refers to."""

    def __init__(self, context: Context, results: ResultStore, recordings: OpenRecordings) -> None:
        self._clock = context.clock
        self._results = results
        self._recordings = recordings

    def of(self, track: LongTrack, measure: str, settings: Any, tiles: Sequence[Tile]) -> list[ResultRequest]:
        """Return the requests for tiles; while the loudest moment is unknown, only the request for that."""
        used = TABLE[measure].carried(track.axis, settings)
        first = self.loudest(track, measure, settings)
        state = self._results.look(first) if first is not None else None
        if first is not None and not isinstance(state, Known):
            return [first]
        peak = state.value if isinstance(state, Known) else self._peak(track, used)
        origin = tile_origin(track, measure, settings)
        requests = [_tile_request(track, measure, used, tile, peak, origin) for tile in tiles]
        return [first, *requests] if first is not None else requests

    def loudest(self, track: LongTrack, measure: str, settings: Any) -> ResultRequest | None:
        """Return the request for the loudest moment of a file after a measure's filter; None if it has no
        filter.
        """
        used = TABLE[measure].carried(track.axis, settings)
        if not has_peak(used) or not getattr(used, "filtered", False):
            return None
        folder, left, work = cache.default_folder(), self._recordings.has_left, self._clock.work
        return ResultRequest(
            track.origin.of(analysis=LOUDEST),
            name_of(used),
            start=lambda: work(lambda: find_peak(track, used, folder, left)),
        )

    def _peak(self, track: LongTrack, used: Any) -> float:
        if not has_peak(used):
            return 0.0
        return self._results.made(track.origin.of(analysis=LOUDEST), track.part_known, lambda: track.peak)

    def states(
        self, track: LongTrack, measure: str, settings: Any, tiles: Sequence[Tile]
    ) -> list[State | None]:
        """Return the states of tiles, without requesting them."""
        origin = tile_origin(track, measure, settings)
        return [self._results.look(ResultRequest(origin, tile.first)) for tile in tiles]

    def allow_retry(self, track: LongTrack, measure: str, settings: Any, tiles: Sequence[Tile]) -> None:
        """Allow failed tiles to be computed again, at a person's request."""
        origin = tile_origin(track, measure, settings)
        first = self.loudest(track, measure, settings)
        requests = [ResultRequest(origin, tile.first) for tile in tiles]
        self._results.allow_retry([first, *requests] if first is not None else requests)


def _tile_request(
    track: LongTrack, measure: str, used: Any, tile: Tile, peak: float, origin: Origin
) -> ResultRequest:
    piece, how = track.between(tile.begin, tile.end), TileSettings(used, tile, peak, track.axis)
    asks: tuple[Ask, ...] = ((TILE + measure, piece, how),)
    if measure != "formants":
        return ResultRequest(origin, tile.first, asks)
    return ResultRequest(origin, tile.first, (*asks, (FRAME_PEAKS, piece, how)), np.vstack)  # the peaks last


def values_of(states: Sequence[State | None]) -> list[Values] | None:
    """Return the values of tiles, or None unless all are known."""
    known = [state.value for state in states if isinstance(state, Known)]
    return known if len(known) == len(states) else None


@lru_cache(maxsize=32)
def _tiles(measure: str, axis: TimeAxis, settings: Any) -> tuple[Tile, ...]:
    length_s = TILES_S.get(measure, TILE_S)
    if measure == "spectrogram":
        step_s = COARSEST * grid_of(measure, axis, settings).step_s
        length_s = max(1, round(length_s / step_s)) * step_s
    return tiles_of(measure, axis, settings, length_s)


def tiles_seen(measure: str, axis: TimeAxis, settings: Any, window: Range) -> list[Tile]:
    """Return the tiles that have frames in the window."""
    first, last = grid_of(measure, axis, settings).axis.samples_in(window)
    return [tile for tile in _tiles(measure, axis, settings) if tile.first < last and tile.last > first]


def tile_origin(track: Track, measure: str, settings: Any) -> Origin:
    """Return the origin of a measure's tiles, and of results joined from them."""
    return origin_of(track, measure, TABLE[measure].carried(track.axis, settings))
