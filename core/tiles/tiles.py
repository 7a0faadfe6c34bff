"""Long tracks in tiles: stretches of whole frames, anchored to the file, each measured by itself.

The frames are those that Praat would lay over the whole track. A tile's margins are chosen so that
Praat, which centres its frames in what it is given, puts them at the same times; where that cannot
be, to a quarter of a sample. Margins are measured and thrown away: there resampling rings and paths
of pitch settle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.analyses import formants, pitch, spectrogram
from core.analyses import resolution_guard as guard
from core.analyses.registry import TABLE
from core.analyses.results import Contour, Doubles, Points, origin_of
from core.recordings.long_sound import LongTrack
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.tiles.frame_grids import GRIDS, FrameGrid, count_of, grid_of, resampled_axis, used_of

LONG_S = guard.WHOLE_S
"""Tracks longer than this are measured in tiles, shorter ones as a whole."""

TILE_S = 60.0

_MOST_MORE = 4000
"""So many frames more a margin may have, for no frame to be shifted."""

_ROUNDING = 1e-4
"""Of a sample: so much more than needed, lest Praat's rounding lose a frame."""


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


def tiled(name: str, axis: TimeAxis) -> bool:
    """Tell whether an analysis of a track is made in tiles."""
    return name in GRIDS and axis.duration_s > LONG_S


def tiles_of(name: str, axis: TimeAxis, settings: Any = None, tile_s: float = TILE_S) -> tuple[Tile, ...]:
    """Cut the frames of an analysis into tiles; they depend on the track and settings alone."""
    grid = grid_of(name, axis, settings)
    frames = max(1, round(tile_s / grid.step_s))
    return tuple(_tile(axis, grid, first, min(first + frames, grid.n)) for first in range(0, grid.n, frames))


def _tile(axis: TimeAxis, grid: FrameGrid, first: int, last: int) -> Tile:
    """Choose margins and samples so that Praat, which centres its frames, has just these."""
    lead, trail = min(grid.margin, first), min(grid.margin, grid.n - last)
    turn, off = _turn(axis, grid), first + last - grid.n - lead + trail
    more, beyond = off % turn, -off % turn
    if (more <= beyond and more <= first - lead) or beyond > grid.n - last - trail:
        lead += min(more, first - lead)
    else:
        trail += beyond
    measured = last - first + lead + trail
    begin, n = _samples(axis, grid, measured, _twice(axis, grid, first, last, lead, trail))
    return Tile(first, last, lead, measured, begin, begin + n)


def _turn(axis: TimeAxis, grid: FrameGrid) -> int:
    """Give by how many frames a tile's middle may be off the track's so that both have the same places.

    The middles then lie a whole number of half samples apart, and of samples as they are resampled.
    """
    rates = (axis.rate_hz, 0.5 * grid.resampled_hz)
    parts = [Fraction(grid.step_s * rate_hz).limit_denominator(_MOST_MORE) for rate_hz in rates]
    turn = math.lcm(*(part.denominator for part in parts))
    return turn if turn <= _MOST_MORE else parts[0].denominator


def _twice(axis: TimeAxis, grid: FrameGrid, first: int, last: int, lead: int, trail: int) -> float:
    """Give twice the middle of the measured frames, in samples; where it is whole, Praat can be exact."""
    middle = (first - lead + last + trail - 1) / 2
    return 2 * axis.index(grid.first_s) + 2 * middle * grid.step_s * axis.rate_hz


def _samples(axis: TimeAxis, grid: FrameGrid, measured: int, twice: float) -> tuple[int, int]:
    """Give the first sample and how many there are: none too few, around the middle, within the track."""
    rate_hz = axis.rate_hz
    needed = (grid.window_s + (measured - 1) * grid.step_s) * rate_hz
    least = math.ceil(needed + _ROUNDING)
    least += (round(twice) + 1 - least) % 2  # an even number lies around a place between two samples
    spare = math.ceil(0.5 * grid.step_s * rate_hz)
    around = [least + 2 * k for k in (*range(spare // 2, -1, -1), *range(spare // 2, spare))]
    for fits in (_fits, _holds):  # at nearly the same rate, resampled places may be half a sample off
        for n in around:
            begin = (round(twice) - (n - 1)) // 2
            if not _outside(begin, n, axis) and fits(axis, grid, n, measured):
                return begin, n
    return _at_an_end(axis, grid, measured, twice, least)


def _at_an_end(axis: TimeAxis, grid: FrameGrid, measured: int, twice: float, least: int) -> tuple[int, int]:
    """Give the samples where a track ends and nothing is to spare: those nearest to the middle that hold
    all frames. Resampled they may be one too few, and a few more lie a sample or two beside the middle.
    """
    most = least + math.ceil(grid.step_s * axis.rate_hz)
    around = [n for n in range(least - 2, min(most, axis.n) + 1) if _holds(axis, grid, n, measured)]
    found = [(_begin(axis, n, twice), n) for n in around or [min(least, axis.n)]]
    return min(found, key=lambda one: abs(2 * one[0] + one[1] - 1 - twice))


def _begin(axis: TimeAxis, n: int, twice: float) -> int:
    """Give the first of so many samples around a middle, within the track."""
    return min(max(round(0.5 * twice - 0.5 * (n - 1)), 0), axis.n - n)


def _fits(axis: TimeAxis, grid: FrameGrid, n: int, measured: int) -> bool:
    """Tell whether so many samples hold so many frames, resampled at the places of the whole track's."""
    piece = TimeAxis(axis.rate_hz, n)
    if grid.resampled_hz:
        numbers = [resampled_axis(one, grid.resampled_hz).n for one in (piece, axis)]
        if numbers[0] % 2 != numbers[1] % 2:
            return False
    return _holds(axis, grid, n, measured)


def _holds(axis: TimeAxis, grid: FrameGrid, n: int, measured: int) -> bool:
    piece = TimeAxis(axis.rate_hz, n)
    laid = resampled_axis(piece, grid.resampled_hz) if grid.resampled_hz else piece
    return count_of(laid, grid.window_s, grid.step_s) == measured


def _outside(begin: int, n: int, axis: TimeAxis) -> bool:
    return begin < 0 or begin + n > axis.n


@dataclass(frozen=True, slots=True)
class TileEnds:
    """The extremes of a stretch of sound, and what its mean is made of."""

    low: float
    high: float
    total: float
    n: int

    @property
    def peak(self) -> float:
        """The largest distance from the mean, to which Praat's silence thresholds refer."""
        mean = self.total / max(1, self.n)
        return max(self.high - mean, mean - self.low, 0.0)

    def and_of(self, other: TileEnds) -> TileEnds:
        """Give those of two stretches together."""
        low, high = min(self.low, other.low), max(self.high, other.high)
        return TileEnds(low, high, self.total + other.total, self.n + other.n)


def has_peak(settings: Any) -> bool:
    """Tell whether an analysis depends on the loudest sample of the whole."""
    return hasattr(settings, "silence_threshold")


def ends_of(piece: Track, used: Any) -> TileEnds:
    """Give the extremes of a piece, for pitch by a filtered method after its filter.

    What is no number is silence to the filter and does not count, as in a long recording's pyramid.
    """
    samples = piece.samples.astype(np.float64)
    finite = np.isfinite(samples)
    samples[~finite] = 0.0
    if getattr(used, "filtered", False):
        samples = pitch.low_passed(samples, piece.axis.rate_hz, used)
    heard = samples[finite]
    low, high = heard.min(initial=math.inf), heard.max(initial=-math.inf)
    return TileEnds(float(low), float(high), float(heard.sum()), heard.size)


def measure(name: str, piece: Track, settings: TileSettings) -> NDArray[Any]:
    """Give the values of a tile's frames, [rows, frames]: float64, of a spectrogram float32.

    What is no number is silence to the analyses, and frames that it reaches have no value. Of pulses
    their times are given, [1, pulses], those between the tile's frames and its neighbours'.
    """
    used, tile = settings.used, settings.tile
    bad = np.flatnonzero(~np.isfinite(piece.samples))
    if bad.size:
        piece = replace(piece, samples=np.nan_to_num(piece.samples, nan=0.0, posinf=0.0, neginf=0.0))
    if name == "spectrogram":
        return spectrogram.frames(piece, used, settings.whole, slice(tile.first, tile.last), tile.begin).T
    if settings.peak:
        own = ends_of(piece, used).peak
        louder = settings.peak / own if own else 1.0
        used = replace(used, silence_threshold=used.silence_threshold * louder)
    grid = grid_of(name, settings.whole, settings.used)
    if name == "pulses":
        return _pulses(piece, used, grid, tile)
    found = cast("tuple[Track, ...]", TABLE[name].compute(piece, used))
    values: Doubles = np.array([one.samples for one in found], dtype=np.float64)
    if values.shape[1] != tile.measured:
        raise ArithmeticError(f"{name}: {values.shape[1]} frames where {tile.measured} were expected")
    values = values[:, tile.lead : tile.lead + tile.last - tile.first]
    values[:, _reached(bad, piece.axis, grid, tile)] = np.nan
    return values


def _pulses(piece: Track, used: Any, grid: FrameGrid, tile: Tile) -> Doubles:
    found = cast(Points, TABLE["pulses"].compute(piece, used)).times_s
    begin_s = -math.inf if tile.first == 0 else grid.axis.seconds(tile.first - 0.5)
    end_s = math.inf if tile.last == grid.n else grid.axis.seconds(tile.last - 0.5)
    return found[(found >= begin_s) & (found < end_s)][None, :]


def _reached(bad: NDArray[np.intp], axis: TimeAxis, grid: FrameGrid, tile: Tile) -> NDArray[np.bool_]:
    """Tell which of a tile's frames have a sample in their window that is no number."""
    times = grid.first_s + np.arange(tile.first, tile.last) * grid.step_s
    places = axis.start_s + bad / axis.rate_hz
    ends = (np.searchsorted(places, times + side * 0.5 * grid.window_s) for side in (-1, 1))
    before, after = ends
    return after > before


def with_gaps(name: str, track: Track, settings: Any) -> tuple[Track, ...] | Points:
    """Give an analysis of a recording some of whose values are no numbers: as one tile, whose frames have
    no value where they reach one.
    """
    used = used_of(name, track.axis, settings)
    (tile,) = tiles_of(name, track.axis, used, 2 * track.axis.duration_s)
    peak = ends_of(track, used).peak if has_peak(used) else 0.0
    values = measure(name, tile.piece(track), TileSettings(used, tile, peak, track.axis))
    return joined(name, track, used, [values])


def joined(name: str, track: Track, settings: Any, parts: list[Doubles]) -> tuple[Track, ...] | Points:
    """Give the tracks of an analysis, or its points, from the values of all tiles."""
    used = used_of(name, track.axis, settings)
    axis, origin = grid_of(name, track.axis, settings).axis, origin_of(track, name, used)
    rows = np.concatenate(parts, axis=1)
    if name == "pulses":
        return Points(name, rows[0], origin)
    if name == "formants":
        return formants.named(rows.reshape(2, len(rows) // 2, -1), axis, track.axis.nyquist_hz, origin)
    return (Contour(name, rows[0], axis, "Hz" if name == "pitch" else "dB", origin),)
