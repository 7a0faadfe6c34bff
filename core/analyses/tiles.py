"""Long tracks in tiles: stretches of whole frames, anchored to the file, each measured by itself.

The frames are those that Praat would lay over the whole track. A tile's samples are chosen so that
Praat, which centres its frames in what it is given, puts them at the same times, to a quarter of a
sample. Margins are measured and thrown away: there resampling rings and paths of pitch settle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.analyses import TABLE, formants, guard, pitch, spectrogram
from core.analyses.results import Contour, Doubles, frame_axis, origin_of
from core.axis import TimeAxis
from core.long_sound import LongTrack
from core.track import Track

LONG_S = guard.WHOLE_S
"""Tracks longer than this are measured in tiles, shorter ones as a whole."""

TILE_S = 60.0

_CHOICE = 8
"""How many margins are tried for one after which no frame need be shifted."""

_ROUNDING = 1e-4
"""Of a sample: so much more than needed, lest Praat's rounding lose a frame."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Praat's frames over a whole track, the window of each, and the margin of a tile."""

    first_s: float
    step_s: float
    n: int
    window_s: float
    margin: int = 0

    @property
    def axis(self) -> TimeAxis:
        return frame_axis(self.first_s, self.step_s, self.n)


@dataclass(frozen=True, slots=True)
class Tile:
    """Frames `first` to `last` of a grid, and the samples `begin` to `end` that give them.

    `lead` frames come before and `measured` frames are measured in all.
    """

    first: int
    last: int
    lead: int
    measured: int
    begin: int
    end: int

    def piece(self, track: Track) -> Track:
        """Give the samples of this tile, on their true times."""
        if isinstance(track, LongTrack):
            return track.between(self.begin, self.end)
        axis = TimeAxis(track.axis.rate_hz, self.end - self.begin, track.axis.seconds(self.begin))
        return replace(track, samples=track.samples[self.begin : self.end], axis=axis)


@dataclass(frozen=True, slots=True)
class TileSettings:
    """How a tile is measured: with the settings that the whole track carries, its peak and its axis."""

    used: Any
    tile: Tile
    peak: float
    whole: TimeAxis


def _centred(axis: TimeAxis, window_s: float, step_s: float, margin_s: float = 0.0) -> Grid:
    """Give as many frames as fit, in the middle (Praat's Sampled_shortTermAnalysis)."""
    n = _count(axis, window_s, step_s)
    middle_s = axis.start_s + 0.5 * (axis.n - 1) / axis.rate_hz
    return Grid(middle_s - 0.5 * (n - 1) * step_s, step_s, n, window_s, math.ceil(margin_s / step_s))


def _count(axis: TimeAxis, window_s: float, step_s: float) -> int:
    """Count frames in the order of Praat's arithmetic, which decides where the last one just fits."""
    return math.floor((axis.n * (1.0 / axis.rate_hz) - window_s) / step_s) + 1


def _pitch(axis: TimeAxis, used: Any) -> Grid:
    periods = 3 if used.auto else 1
    step_s = used.time_step_s or periods / used.floor_hz / 4
    return _centred(axis, used.window_periods / used.floor_hz, step_s, margin_s=2.0)


def _intensity(axis: TimeAxis, used: Any) -> Grid:
    return _centred(axis, 6.4 / used.floor_hz, used.time_step_s or 0.8 / used.floor_hz)


def _harmonicity(axis: TimeAxis, used: Any) -> Grid:
    return _centred(axis, used.window_periods / used.floor_hz, used.time_step_s)


def _formants(axis: TimeAxis, used: Any) -> Grid:
    step_s = used.time_step_s or used.window_length_s / 4
    return _centred(_resampled(axis, used), 2 * used.window_length_s, step_s, margin_s=0.5)


def _resampled(axis: TimeAxis, used: Any) -> TimeAxis:
    rate_hz = 2 * used.ceiling_hz
    n = round(axis.duration_s * rate_hz)
    return TimeAxis(rate_hz, n, 0.5 * (axis.extent.start_s + axis.extent.end_s - (n - 1) / rate_hz))


def _spectrogram(axis: TimeAxis, used: Any) -> Grid:
    grid = spectrogram.grid_of(axis, used)
    return Grid(grid.first_s, grid.step_s, grid.frames, 2 * used.window_length_s)


_GRIDS: Mapping[str, Callable[[TimeAxis, Any], Grid]] = {
    "pitch": _pitch,
    "formants": _formants,
    "intensity": _intensity,
    "harmonicity": _harmonicity,
    "spectrogram": _spectrogram,
}


def grid_of(name: str, axis: TimeAxis, settings: Any = None) -> Grid:
    """Give the frames of an analysis over a whole track."""
    return _GRIDS[name](axis, _used(name, axis, settings))


def tiled(name: str, axis: TimeAxis) -> bool:
    """Tell whether an analysis of a track is made in tiles."""
    return name in _GRIDS and axis.duration_s > LONG_S


def tiles_of(name: str, axis: TimeAxis, settings: Any = None, tile_s: float = TILE_S) -> tuple[Tile, ...]:
    """Cut the frames of an analysis into tiles; they depend on the track and settings alone."""
    grid = grid_of(name, axis, settings)
    frames = max(1, round(tile_s / grid.step_s))
    return tuple(_tile(axis, grid, first, min(first + frames, grid.n)) for first in range(0, grid.n, frames))


def _tile(axis: TimeAxis, grid: Grid, first: int, last: int) -> Tile:
    """Choose margins and samples so that Praat, which centres its frames, has just these."""
    lead, trail = min(grid.margin, first), min(grid.margin, grid.n - last)
    margins = [
        (lead + more, trail + beyond)
        for more in range(min(_CHOICE, first - lead + 1))
        for beyond in range(min(_CHOICE, grid.n - last - trail + 1))
    ]
    lead, trail = min(margins, key=lambda both: _shift(_twice(axis, grid, first, last, *both)))
    measured = last - first + lead + trail
    begin, n = _samples(axis, grid, measured, _twice(axis, grid, first, last, lead, trail))
    return Tile(first, last, lead, measured, begin, begin + n)


def _twice(axis: TimeAxis, grid: Grid, first: int, last: int, lead: int, trail: int) -> float:
    """Give twice the middle of the measured frames, in samples; where it is whole, Praat can be exact."""
    middle = (first - lead + last + trail - 1) / 2
    return 2 * axis.index(grid.first_s) + 2 * middle * grid.step_s * axis.rate_hz


def _shift(twice: float) -> float:
    return round(abs(twice - round(twice)), 6)


def _samples(axis: TimeAxis, grid: Grid, measured: int, twice: float) -> tuple[int, int]:
    """Give the first sample and how many there are: none too few, around the middle, within the track."""
    rate_hz = axis.rate_hz
    needed = (grid.window_s + (measured - 1) * grid.step_s) * rate_hz
    n = math.ceil(needed + 0.5 * grid.step_s * rate_hz)
    n += (n - 1 - round(twice)) % 2
    begin = (round(twice) - n + 1) // 2
    while _outside(begin, n, axis) and n - 2 >= needed - 1e-6:
        begin, n = begin + 1, n - 2
    if not _outside(begin, n, axis) and _count(TimeAxis(rate_hz, n), grid.window_s, grid.step_s) == measured:
        return begin, n
    # at an end of the track where nothing is to spare
    n = min(math.ceil(needed + _ROUNDING), axis.n)
    return min(max(round(0.5 * twice - 0.5 * (n - 1)), 0), axis.n - n), n


def _outside(begin: int, n: int, axis: TimeAxis) -> bool:
    return begin < 0 or begin + n > axis.n


@dataclass(frozen=True, slots=True)
class Ends:
    """The extremes of a stretch of sound, and what its mean is made of."""

    low: float
    high: float
    total: float
    n: int

    @property
    def peak(self) -> float:
        """The largest distance from the mean, to which Praat's silence thresholds refer."""
        mean = self.total / self.n
        return max(self.high - mean, mean - self.low)

    def and_of(self, other: Ends) -> Ends:
        """Give those of two stretches together."""
        low, high = min(self.low, other.low), max(self.high, other.high)
        return Ends(low, high, self.total + other.total, self.n + other.n)


def has_peak(settings: Any) -> bool:
    """Tell whether an analysis depends on the loudest sample of the whole."""
    return hasattr(settings, "silence_threshold")


def ends_of(piece: Track, used: Any) -> Ends:
    """Give the extremes of a piece, for pitch by a filtered method after its filter."""
    samples = piece.samples.astype(np.float64)
    if getattr(used, "filtered", False):
        samples = pitch.low_passed(samples, piece.axis.rate_hz, used)
    return Ends(float(samples.min()), float(samples.max()), float(samples.sum()), samples.size)


def measure(name: str, piece: Track, settings: TileSettings) -> NDArray[Any]:
    """Give the values of a tile's frames, [rows, frames]: float64, of a spectrogram float32."""
    used, tile = settings.used, settings.tile
    if name == "spectrogram":
        return spectrogram.frames(piece, used, settings.whole, slice(tile.first, tile.last), tile.begin).T
    if settings.peak:
        own = ends_of(piece, used).peak
        louder = settings.peak / own if own else 1.0
        used = replace(used, silence_threshold=used.silence_threshold * louder)
    found = cast("tuple[Track, ...]", TABLE[name].compute(piece, used))
    values: Doubles = np.array([one.samples for one in found], dtype=np.float64)
    if values.shape[1] != tile.measured:
        raise ArithmeticError(f"{name}: {values.shape[1]} frames where {tile.measured} were expected")
    return values[:, tile.lead : tile.lead + tile.last - tile.first]


def joined(name: str, track: Track, settings: Any, parts: list[Doubles]) -> tuple[Track, ...]:
    """Give the tracks of an analysis from the values of all tiles."""
    used = _used(name, track.axis, settings)
    axis, origin = grid_of(name, track.axis, settings).axis, origin_of(track, name, used)
    rows = np.concatenate(parts, axis=1)
    if name == "formants":
        return formants.named(rows.reshape(2, len(rows) // 2, -1), axis, track.axis.nyquist_hz, origin)
    return (Contour(name, rows[0], axis, "Hz" if name == "pitch" else "dB", origin),)


def _used(name: str, axis: TimeAxis, settings: Any) -> Any:
    return TABLE[name].carried(axis, TABLE[name].settings() if settings is None else settings)
