"""Analyses shared among workers, in rounds of requests, each made from the answers to the last."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from functools import partial, reduce
from typing import Any

from core.analyses import formant_visibility
from core.analyses import resolution_guard as guard
from core.analyses.registry import TABLE
from core.analyses.results import Contour, Doubles, Result
from core.analyses.time_shift import moved_result, own_settings, own_track
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.tiles import formant_parts, tiles
from core.tiles.frame_grids import GRIDS

Ask = tuple[str, Track, Any]
"""What to compute: the name of an analysis or step, the track, its settings (None: defaults)."""

Rounds = Generator[list[Ask], list[Any], Any]

SHARED_S = 10.0
"""Formants of a longer track than this are shared among workers."""

LOW_HZ = 40.0

_PARTS_PER_MINUTE = 4

EMPHASIZED, FORMANT_PART, ENDS, TILE = "emphasized", "formant part", "ends", "tile of "
FRAME_PEAKS, UNSHARED = "peaks of frames", "unshared formants"


def _frame_peaks(piece: Track, settings: tiles.TileSettings) -> Doubles:
    """Return the peaks of a tile's frames, which decide whether their formants are drawn."""
    grid, tile = tiles.grid_of("formants", settings.whole, settings.used), settings.tile
    frames = TimeAxis(grid.axis.rate_hz, tile.last - tile.first, grid.axis.seconds(tile.first))
    return formant_visibility.peaks(piece, frames, settings.used)


def runner(name: str) -> Callable[[Track, Any], Any]:
    """Return the function for a request of this name."""
    if name.startswith(TILE):
        return lambda piece, settings: tiles.measure(name.removeprefix(TILE), piece, settings)
    return _STEPS[name] if name in _STEPS else partial(_whole, name)


def _whole(name: str, track: Track, settings: Any) -> Result:
    """Measure a whole track. Non-finite samples are a gap in a recording, but a refusal in a layer."""
    framed = name in GRIDS and name != "spectrogram"
    gaps = framed and track.origin.sound and guard.not_numbers(track.samples)
    if not gaps or TABLE[name].refusal(track.axis, settings):
        return TABLE[name].run(track, settings)
    return moved_result(tiles.with_gaps(name, own_track(track), settings), track.origin.moved_s)


def _emphasized(track: Track, settings: Any) -> Contour | None:
    """Return the input of formant analysis; None if it has gaps, which resampling would spread."""
    return None if guard.not_numbers(track.samples) else formant_parts.emphasized(track, settings)


_STEPS: Mapping[str, Callable[[Track, Any], Any]] = {
    EMPHASIZED: _emphasized,
    UNSHARED: partial(_whole, "formants"),
    FRAME_PEAKS: _frame_peaks,
    FORMANT_PART: formant_parts.formant_part,
    ENDS: tiles.ends_of,
}


def takes_long(axis: TimeAxis, *used: Any) -> bool:
    """Return whether analyses of a track with these settings take long.

    For a very low floor the windows are long, and the cost of a frame is their length squared.
    """
    return axis.duration_s > SHARED_S and any(getattr(one, "floor_hz", LOW_HZ) < LOW_HZ for one in used)


def rounds_of(name: str, track: Track, settings: Any = None, alone: bool = False) -> Rounds | None:
    """Return the rounds of a long analysis; None if one worker does it all, or if it is refused.

    A worker that is `alone` does not share: one Praat call is then faster, with the same numbers.
    """
    axis = getattr(track, "axis", None)
    if name not in TABLE or axis is None or axis.duration_s <= SHARED_S:
        return None
    if track.origin.moved_s:
        return _at_own_time(name, track, settings, alone)
    used = TABLE[name].settings() if settings is None else settings
    if not isinstance(used, TABLE[name].settings) or TABLE[name].refusal(track, used):
        return None
    if tiles.tiled(name, axis) and name != "spectrogram":
        return _tiles(name, track, used)
    return _formants(track, used) if name == "formants" and not alone else None


def _at_own_time(name: str, track: Track, settings: Any, alone: bool) -> Rounds | None:
    """Measure a shifted recording at its original time; None if one worker does it all."""
    by_s = track.origin.moved_s
    used = None if settings is None else own_settings(settings, by_s)
    rounds = rounds_of(name, own_track(track), used, alone)
    return None if rounds is None else _later(rounds, by_s)


def _later(rounds: Rounds, by_s: float) -> Rounds:
    return moved_result((yield from rounds), by_s)


def _formants(track: Track, settings: Any) -> Rounds:
    """Resample once, then share the frames."""
    (sound,) = yield [(EMPHASIZED, track, settings)]
    count = _PARTS_PER_MINUTE * math.ceil(track.axis.duration_s / 60)
    pieces = [] if sound is None else formant_parts.cut(sound, settings, count)
    if sound is None or not pieces:
        (whole,) = yield [(UNSHARED, track, settings)]
        return whole
    parts: list[Doubles] = yield [(FORMANT_PART, piece, part) for piece, part in pieces]
    return formant_parts.joined(track, sound, settings, parts)


def _tiles(name: str, track: Track, settings: Any) -> Rounds:
    used = TABLE[name].carried(track.axis, settings)
    pieces = [(tile.piece(track), tile) for tile in tiles.tiles_of(name, track.axis, used)]
    peak = 0.0
    if tiles.has_peak(used):
        ends: list[tiles.TileEnds] = yield [(ENDS, piece, used) for piece, _tile in pieces]
        peak = reduce(tiles.TileEnds.merged, ends).peak
    parts: list[Doubles] = yield [
        (TILE + name, piece, tiles.TileSettings(used, tile, peak, track.axis)) for piece, tile in pieces
    ]
    return tiles.joined(name, track, used, parts)
