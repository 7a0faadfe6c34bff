"""The tiles of long recordings: measured by the workers when they are wanted, and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.base.context import Context
from app.recordings.open_recordings import OpenRecordings
from core.analyses.registry import TABLE
from core.analyses.results import origin_of
from core.faults import Fault
from core.processes.praat_pool import Pool
from core.provenance import Origin
from core.recordings import cache
from core.recordings.long_sound import LongTrack
from core.signals.axis import Range, TimeAxis
from core.tiles.loudest import find_peak, name_of
from core.tiles.scatter import FRAME_PEAKS, TILE, takes_long
from core.tiles.tiles import TILE_S, Tile, TileSettings, grid_of, has_peak, tiles_of

TILES_S = {"spectrogram": 4.0, "formants": 20.0, "pulses": 20.0}
"""Tiles are smaller where frames stand alone and hold much."""

COARSEST = 16
"""So many frames of a spectrogram are at most painted as one."""

MOST_BYTES = 128 << 20

MOST_PEAKS = 100
MOST_FAILED = 1000

Values = NDArray[Any]
Name = tuple[Origin, int]


class TileStore:
    """Holds what was measured; a tile is asked for once at a time, and a fault is told once.

    A tile that failed is left alone until `forgive` is told that somebody asks for it anew.
    """

    def __init__(self, context: Context, pool: Pool, recordings: OpenRecordings) -> None:
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._pool = pool
        self._recordings = recordings
        self._kept: OrderedDict[Name, Values] = OrderedDict()
        self._bytes = 0
        self._asked: dict[str, list[Name]] = {}
        self._peaks: dict[object, float] = {}
        self._looking: dict[object, Future[Any]] = {}
        self._failed: dict[Name, None] = {}

    def values(self, names: list[Name]) -> list[Values] | None:
        """Give the values of tiles, None where not all are known."""
        if any(name not in self._kept for name in names):
            return None
        for name in names:
            self._kept.move_to_end(name)
        return [self._kept[name] for name in names]

    def failed(self, names: list[Name]) -> bool:
        """Tell whether one of the tiles could not be measured."""
        return any(name in self._failed for name in names)

    def forgive(self, names: list[Name]) -> None:
        """Let tiles that could not be measured be tried again: somebody asks for them anew."""
        for name in names:
            self._failed.pop(name, None)

    def ask(
        self, asked: str, track: LongTrack, measure: str, settings: Any, tiles: list[Tile],
        then: Callable[[], None], patient: bool = False,
    ) -> None:  # fmt: skip
        """Have those tiles measured that are not known, and call `then` each time something has come.

        `asked` names who asks: a newer question under that name takes the older one's place.
        """
        names = names_of(track, measure, settings, tiles)
        wanted = [(tile, name) for tile, name in zip(tiles, names, strict=True) if name not in self._kept]
        missing = [name for _, name in wanted]
        if not missing or self.failed(missing):
            return
        if self._jobs.waits(asked) and self._asked.get(asked) == missing:
            return
        self._asked[asked] = missing
        used = TABLE[measure].carried(track.axis, settings)
        peak = self._peak(asked, track, used, then)
        if peak is None:
            return
        steps = (TILE + measure, FRAME_PEAKS) if measure == "formants" else (TILE + measure,)
        asks = [
            (step, track.between(tile.begin, tile.end), TileSettings(used, tile, peak, track.axis))
            for tile, _ in wanted
            for step in steps
        ]
        future = self._pool.submit_many(asks, asked, patient or takes_long(track.axis, used))
        self._jobs.follow(asked, future, lambda found: self._arrived(missing, found, then), stream=True)

    def prepare(self, track: LongTrack, measure: str, settings: Any) -> None:
        """Look for the loudest of a whole file before anything is asked that depends on it."""
        used = TABLE[measure].carried(track.axis, settings)
        if has_peak(used) and (track.origin, name_of(used)) not in self._peaks:
            self._look(track, used)

    def _peak(self, asked: str, track: LongTrack, used: Any, then: Callable[[], None]) -> float | None:
        """Give the loudest of the whole file as an analysis hears it; None while it is being looked for."""
        if not has_peak(used):
            return 0.0
        if not getattr(used, "filtered", False):
            return track.peak
        key = (track.origin, name_of(used))
        if key in self._peaks:
            return self._peaks[key]

        def known(found: float | None) -> None:
            self._asked.pop(asked, None)
            if found is not None:
                keep(self._peaks, key, found, MOST_PEAKS)
                then()

        future = self._look(track, used)
        if not future.done():
            said = "looking for its loudest moment, which filtered pitch refers to…"
            self._messages.noted.emit(f"{track.name}: {said}")
        self._jobs.follow(asked, future, known, stream=True)
        return None

    def _look(self, track: LongTrack, used: Any) -> Future[Any]:
        """Look for the loudest of a file, once for all who ask; again where nothing was found."""
        key = (track.origin, name_of(used))
        looking = self._looking.get(key)
        if looking is None or _came_to_nothing(looking):
            folder, left = cache.default_folder(), self._recordings.has_left
            looking = self._clock.work(lambda: find_peak(track, used, folder, left))
            keep(self._looking, key, looking, MOST_PEAKS)
        return looking

    def _arrived(self, names: list[Name], found: tuple[Any, ...], then: Callable[[], None]) -> None:
        share = len(found) // len(names)
        for place, name in enumerate(names):
            answers = found[place * share : (place + 1) * share]
            fault = next((answer for answer in answers if isinstance(answer, Fault)), None)
            if fault is not None:
                keep(self._failed, name, None, MOST_FAILED)
                self._messages.faulted.emit(fault)
                continue
            # of formants, the peaks last
            self._keep(name, answers[0] if share == 1 else np.vstack(answers), len(names))
        then()

    def _keep(self, name: Name, values: Values, least: int) -> None:
        if name not in self._kept:
            self._bytes += values.nbytes
        self._kept[name] = values
        while self._bytes > MOST_BYTES and len(self._kept) > least:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes


def keep(kept: dict[Any, Any], name: object, value: object, most: int) -> None:
    """Put a value into `kept`, from which the oldest go where there are more than `most`."""
    kept.pop(name, None)
    kept[name] = value
    while len(kept) > most:
        del kept[next(iter(kept))]


def _came_to_nothing(looking: Future[Any]) -> bool:
    """Tell whether a look has ended without an answer."""
    if not looking.done():
        return False
    return looking.cancelled() or looking.exception() is not None or looking.result() is None


def names_of(track: LongTrack, measure: str, settings: Any, tiles: list[Tile]) -> list[Name]:
    """Give the names under which tiles are kept."""
    origin = origin_of(track, measure, TABLE[measure].carried(track.axis, settings))
    return [(origin, tile.first) for tile in tiles]


@lru_cache(maxsize=32)
def _tiles(measure: str, axis: TimeAxis, settings: Any) -> tuple[Tile, ...]:
    length_s = TILES_S.get(measure, TILE_S)
    if measure == "spectrogram":
        step_s = COARSEST * grid_of(measure, axis, settings).step_s
        length_s = max(1, round(length_s / step_s)) * step_s
    return tiles_of(measure, axis, settings, length_s)


def tiles_seen(measure: str, axis: TimeAxis, settings: Any, window: Range) -> list[Tile]:
    """Give the tiles that have frames in the window."""
    first, last = grid_of(measure, axis, settings).axis.samples_in(window)
    return [tile for tile in _tiles(measure, axis, settings) if tile.first < last and tile.last > first]
