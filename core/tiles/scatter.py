"""Analyses that several workers share: rounds of asks, each made of the answers to the one before."""

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
"""What to compute: the name of an analysis or step, the track, its settings (None for the standards)."""

Rounds = Generator[list[Ask], list[Any], Any]

SHARED_S = 10.0
"""Formants of a track longer than this are shared between workers."""

LOW_HZ = 40.0

_PARTS_PER_MINUTE = 4

EMPHASIZED, FORMANT_PART, ENDS, TILE = "emphasized", "formant part", "ends", "tile of "
FRAME_PEAKS, UNSHARED = "peaks of frames", "unshared formants"


def _frame_peaks(piece: Track, settings: tiles.TileSettings) -> Doubles:
    """Give the peaks of a tile's frames: how loud each is decides whether its formants are drawn."""
    grid, tile = tiles.grid_of("formants", settings.whole, settings.used), settings.tile
    frames = TimeAxis(grid.axis.rate_hz, tile.last - tile.first, grid.axis.seconds(tile.first))
    return formant_visibility.peaks(piece, frames, settings.used)


def runner(name: str) -> Callable[[Track, Any], Any]:
    """Give what answers an ask of this name."""
    if name.startswith(TILE):
        return lambda piece, settings: tiles.measure(name.removeprefix(TILE), piece, settings)
    return _STEPS[name] if name in _STEPS else partial(_whole, name)


def _whole(name: str, track: Track, settings: Any) -> Result:
    """Measure a whole track; in a recording, what is no number is a gap, in a layer it is a refusal."""
    framed = name in GRIDS and name != "spectrogram"
    gaps = framed and track.origin.sound and guard.not_numbers(track.samples)
    if not gaps or TABLE[name].refusal(track.axis, settings):
        return TABLE[name].run(track, settings)
    return moved_result(tiles.with_gaps(name, own_track(track), settings), track.origin.moved_s)


def _emphasized(track: Track, settings: Any) -> Contour | None:
    """Give the sound as formant analysis sees it; None where it has gaps, which resampling would spread."""
    return None if guard.not_numbers(track.samples) else formant_parts.emphasized(track, settings)


_STEPS: Mapping[str, Callable[[Track, Any], Any]] = {
    EMPHASIZED: _emphasized,
    UNSHARED: partial(_whole, "formants"),
    FRAME_PEAKS: _frame_peaks,
    FORMANT_PART: formant_parts.formant_part,
    ENDS: tiles.ends_of,
}


def takes_long(axis: TimeAxis, *used: Any) -> bool:
    """Tell whether analyses of a track with these settings keep one waiting: windows for a voice this
    low are long, and a frame costs their square.
    """
    return axis.duration_s > SHARED_S and any(getattr(one, "floor_hz", LOW_HZ) < LOW_HZ for one in used)


def rounds_of(name: str, track: Track, settings: Any = None, alone: bool = False) -> Rounds | None:
    """Give the rounds of a long analysis; None where one worker does it all, or where it is refused.

    A worker that is `alone` shares nothing: Praat's one call is faster then, with the same numbers.
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
    """Measure a recording as if it had not been moved; None where one worker does that."""
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
        peak = reduce(tiles.TileEnds.and_of, ends).peak
    parts: list[Doubles] = yield [
        (TILE + name, piece, tiles.TileSettings(used, tile, peak, track.axis)) for piece, tile in pieces
    ]
    return tiles.joined(name, track, used, parts)
