"""Long tracks in tiles: groups of whole frames, anchored to the file, each measured separately.

The frames are those of Praat for the whole track. The margins of a tile are chosen such that Praat,
which centres its frames in its input, puts them at the same times, or within a quarter of a sample if
that is impossible. The margins are measured and discarded, because resampling rings and the path of
the pitch settles there.
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
"""Longer tracks are measured in tiles, shorter ones as a whole."""

TILE_S = 60.0

_MOST_MORE = 4000
"""A margin may have this many extra frames to keep all frames in place."""

_ROUNDING = 1e-4
"""Extra, in samples, so that Praat's rounding does not lose a frame."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Frames `first` to `last` of a grid, and the samples `begin` to `end` they are measured from.

    `lead` margin frames come first; `measured` frames are measured in all.
    """

    first: int
    last: int
    lead: int
    measured: int
    begin: int
    end: int

    def piece(self, track: Track) -> Track:
        """Return the samples of this tile, at their true times."""
        if isinstance(track, LongTrack):
            return track.between(self.begin, self.end)
        axis = TimeAxis(track.axis.rate_hz, self.end - self.begin, track.axis.seconds(self.begin))
        return replace(track, samples=track.samples[self.begin : self.end], axis=axis)


@dataclass(frozen=True, slots=True)
class TileSettings:
    """How a tile is measured: the whole track's adapted settings, peak and axis."""

    used: Any
    tile: Tile
    peak: float
    whole: TimeAxis


def tiled(name: str, axis: TimeAxis) -> bool:
    """Return whether an analysis of a track is tiled."""
    return name in GRIDS and axis.duration_s > LONG_S


def tiles_of(name: str, axis: TimeAxis, settings: Any = None, tile_s: float = TILE_S) -> tuple[Tile, ...]:
    """Divide the frames of an analysis into tiles, which depend only on the track and the settings."""
    grid = grid_of(name, axis, settings)
    frames = max(1, round(tile_s / grid.step_s))
    return tuple(_tile(axis, grid, first, min(first + frames, grid.n)) for first in range(0, grid.n, frames))


def _tile(axis: TimeAxis, grid: FrameGrid, first: int, last: int) -> Tile:
    """Choose margins and samples such that Praat, which centres its frames, has exactly these."""
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
    """Return by how many frames the middles may differ for the frames of tile and track to coincide.

    The middles are then a whole number of half samples apart, at the original and the resampled rate.
    """
    rates = (axis.rate_hz, 0.5 * grid.resampled_hz)
    parts = [Fraction(grid.step_s * rate_hz).limit_denominator(_MOST_MORE) for rate_hz in rates]
    turn = math.lcm(*(part.denominator for part in parts))
    return turn if turn <= _MOST_MORE else parts[0].denominator


def _twice(axis: TimeAxis, grid: FrameGrid, first: int, last: int, lead: int, trail: int) -> float:
    """Return twice the middle of the measured frames, in samples; Praat can be exact if it is an integer."""
    middle = (first - lead + last + trail - 1) / 2
    return 2 * axis.index(grid.first_s) + 2 * middle * grid.step_s * axis.rate_hz


def _samples(axis: TimeAxis, grid: FrameGrid, measured: int, twice: float) -> tuple[int, int]:
    """Return the first sample and the number of samples: enough, centred, and within the track."""
    rate_hz = axis.rate_hz
    needed = (grid.window_s + (measured - 1) * grid.step_s) * rate_hz
    least = math.ceil(needed + _ROUNDING)
    least += (round(twice) + 1 - least) % 2  # an even number of samples is centred between two samples
    spare = math.ceil(0.5 * grid.step_s * rate_hz)
    around = [least + 2 * k for k in (*range(spare // 2, -1, -1), *range(spare // 2, spare))]
    for fits in (
        _fits,
        _holds,
    ):  # at nearly equal rates, resampled positions may be half a sample off
        for n in around:
            begin = (round(twice) - (n - 1)) // 2
            if not _outside(begin, n, axis) and fits(axis, grid, n, measured):
                return begin, n
    return _at_an_end(axis, grid, measured, twice, least)


def _at_an_end(axis: TimeAxis, grid: FrameGrid, measured: int, twice: float, least: int) -> tuple[int, int]:
    """Return the samples at the end of a track: those nearest to the middle that hold all frames.

    After resampling they may be one too few; a few more are then off the middle by a sample or two.
    """
    most = least + math.ceil(grid.step_s * axis.rate_hz)
    around = [n for n in range(least - 2, min(most, axis.n) + 1) if _holds(axis, grid, n, measured)]
    found = [(_begin(axis, n, twice), n) for n in around or [min(least, axis.n)]]
    return min(found, key=lambda one: abs(2 * one[0] + one[1] - 1 - twice))


def _begin(axis: TimeAxis, n: int, twice: float) -> int:
    """Return the first of `n` samples around a middle, within the track."""
    return min(max(round(0.5 * twice - 0.5 * (n - 1)), 0), axis.n - n)


def _fits(axis: TimeAxis, grid: FrameGrid, n: int, measured: int) -> bool:
    """Return whether `n` samples hold the frames, with resampled positions as in the whole track."""
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
    """The extremes of a piece of sound, and its sum and count for the mean."""

    low: float
    high: float
    total: float
    n: int

    @property
    def peak(self) -> float:
        """The largest distance from the mean, to which Praat's silence thresholds refer."""
        mean = self.total / max(1, self.n)
        return max(self.high - mean, mean - self.low, 0.0)

    def merged(self, other: TileEnds) -> TileEnds:
        """Return the extremes of both pieces together."""
        low, high = min(self.low, other.low), max(self.high, other.high)
        return TileEnds(low, high, self.total + other.total, self.n + other.n)


def has_peak(settings: Any) -> bool:
    """Return whether an analysis depends on the peak of the whole track."""
    return hasattr(settings, "silence_threshold")


def ends_of(piece: Track, used: Any) -> TileEnds:
    """Return the extremes of a piece, after the filter if the pitch method has one.

    Samples that are not finite are silence to the filter and do not count, as in a recording's pyramid.
    """
    samples = piece.samples.astype(np.float64)
    finite = np.isfinite(samples)
    samples[~finite] = 0.0
    if getattr(used, "filtered", False):
        samples = pitch.low_passed(samples, piece.axis.rate_hz, used)
    valid = samples[finite]
    low, high = valid.min(initial=math.inf), valid.max(initial=-math.inf)
    return TileEnds(float(low), float(high), float(valid.sum()), valid.size)


def measure(name: str, piece: Track, settings: TileSettings) -> NDArray[Any]:
    """Return the values of a tile's frames, [rows, frames]: float64, for a spectrogram float32.

    Samples that are not finite are silence to the analyses, and frames that include one are NaN. For
    pulses these are their times, [1, pulses], between the frames of this tile and its neighbours.
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
    """Return which frames of a tile have a non-finite sample in their window, bool [frames]."""
    times = grid.first_s + np.arange(tile.first, tile.last) * grid.step_s
    places = axis.start_s + bad / axis.rate_hz
    ends = (np.searchsorted(places, times + side * 0.5 * grid.window_s) for side in (-1, 1))
    before, after = ends
    return after > before


def with_gaps(name: str, track: Track, settings: Any) -> tuple[Track, ...] | Points:
    """Return an analysis of a recording with gaps, as one tile; frames that include a gap are NaN."""
    used = used_of(name, track.axis, settings)
    (tile,) = tiles_of(name, track.axis, used, 2 * track.axis.duration_s)
    peak = ends_of(track, used).peak if has_peak(used) else 0.0
    values = measure(name, tile.piece(track), TileSettings(used, tile, peak, track.axis))
    return joined(name, track, used, [values])


def joined(name: str, track: Track, settings: Any, parts: list[Doubles]) -> tuple[Track, ...] | Points:
    """Return the tracks of an analysis, or its points, from the values of all tiles."""
    used = used_of(name, track.axis, settings)
    axis, origin = grid_of(name, track.axis, settings).axis, origin_of(track, name, used)
    rows = np.concatenate(parts, axis=1)
    if name == "pulses":
        return Points(name, rows[0], origin)
    if name == "formants":
        return formants.named(rows.reshape(2, len(rows) // 2, -1), axis, track.axis.nyquist_hz, origin)
    return (Contour(name, rows[0], axis, "Hz" if name == "pitch" else "dB", origin),)
