"""Minimum and maximum under each pixel, so that a long curve is drawn with few strokes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

Samples = NDArray[np.float32]
_PYRAMID_BASE = 64
_PYRAMID_FROM = 1 << 18
_STEP = 16
_MIN_BLOCKS = 256


@dataclass(frozen=True, eq=False)
class Envelope:
    """Minima and maxima of blocks of `per_block` samples, float32 [blocks]; equal where `per_block` is 1.

    Block k is centred at `first_s + k * step_s`. A block that holds only NaN is NaN.
    """

    first_s: float
    step_s: float
    per_block: int
    low: Samples
    high: Samples

    def times(self) -> NDArray[np.float64]:
        """Return the centre times of the blocks, float64 [blocks], in seconds."""
        counts = np.arange(self.low.shape[0], dtype=np.float64)
        return self.first_s + counts * self.step_s


@dataclass(frozen=True, eq=False)
class Pyramid:
    """Block minima and maxima of a long track, computed once and used at every zoom; NaN while unknown.

    `coarser` holds the same extremes in larger blocks: an hour is drawn as fast as a minute.
    """

    low: Samples
    high: Samples
    per_block: int = _PYRAMID_BASE
    coarser: Pyramid | None = None

    @classmethod
    def of(cls, samples: Samples) -> Pyramid:
        low, high = _extremes(samples, _PYRAMID_BASE)
        return cls(low, high)

    def heightened(self) -> Pyramid:
        """Return this pyramid with as many coarser levels as pay off."""
        if self.low.shape[0] < _STEP * _STEP:
            return self
        above = Pyramid(_least(self.low, _STEP), _greatest(self.high, _STEP), self.per_block * _STEP)
        return Pyramid(self.low, self.high, self.per_block, above.heightened())

    def level(self, size: int) -> Pyramid:
        """Return the coarsest level that still has at least four blocks in `size` samples."""
        above = self.coarser
        return above.level(size) if above is not None and size >= 4 * above.per_block else self


def is_long(track: Track) -> bool:
    """Return whether the track is long enough for a pyramid to pay off."""
    return track.axis.n >= _PYRAMID_FROM


def envelope(track: Track, window: Range, width_px: float, pyramid: Pyramid | None = None) -> Envelope:
    """Return the extremes of a track in blocks of at most one pixel, one block past both window edges.

    Blocks are counted from the first sample of the track, not of the window, so the curve does not
    shimmer while it scrolls. If a pixel holds fewer than two samples, every sample is its own block.
    """
    per_block, pyramid = _block_size(track.axis, window, width_px, pyramid)
    first, last = _blocks_in(track.axis, window, per_block)
    if pyramid is not None and per_block >= pyramid.per_block:
        share = per_block // pyramid.per_block
        part = slice(first * share, last * share)
        low, high = _least(pyramid.low[part], share), _greatest(pyramid.high[part], share)
    else:
        low, high = _extremes(track.samples[first * per_block : last * per_block], per_block)
    middle = first * per_block + (per_block - 1) / 2
    return Envelope(track.axis.seconds(middle), per_block * track.axis.step_s, per_block, low, high)


def extremes(track: Track, window: Range, pyramid: Pyramid | None = None) -> tuple[float, float]:
    """Return the lowest and highest finite sample with its centre in `window`, NaN if there is none.

    With a pyramid, only the samples of the incomplete blocks at both edges are read.
    """
    first, last = track.axis.samples_in(window)
    pyramid = pyramid.level((last - first) // _MIN_BLOCKS) if pyramid is not None else None
    base = pyramid.per_block if pyramid is not None else 1
    begin, end = -(-first // base), last // base
    if pyramid is None or end - begin < 2:
        return _finite_ends(track.samples[first:last])
    edges = np.append(track.samples[first : begin * base], track.samples[end * base : last])
    return _finite_ends(edges, pyramid.low[begin:end], pyramid.high[begin:end])


def _finite_ends(*parts: Samples) -> tuple[float, float]:
    found = np.concatenate(parts)
    found = found[np.isfinite(found)]
    return (float(found.min()), float(found.max())) if found.size else (math.nan, math.nan)


def _block_size(
    axis: TimeAxis, window: Range, width_px: float, pyramid: Pyramid | None
) -> tuple[int, Pyramid | None]:
    """Return the largest whole number of samples per pixel, and the pyramid level for its blocks."""
    per_px = window.length_s * axis.rate_hz / max(width_px, 1.0)
    size = max(1, math.floor(per_px + 1e-9))
    if pyramid is None or size < pyramid.per_block:
        return size, None
    level = pyramid.level(size)
    return size - size % level.per_block, level


def _blocks_in(axis: TimeAxis, window: Range, per_block: int) -> tuple[int, int]:
    """Return `first, last` such that blocks `first:last` cover the window plus one neighbour on each side."""
    count = -(-axis.n // per_block)
    first = math.floor(axis.index(window.start_s) / per_block) - 1
    last = math.floor(axis.index(window.end_s) / per_block) + 3
    first = min(max(0, first), count)
    return first, max(first, min(count, last))


def _extremes(samples: Samples, per_block: int) -> tuple[Samples, Samples]:
    """Return the minimum and maximum of each block; the last block may be shorter."""
    if per_block == 1:
        return samples, samples
    return _least(samples, per_block), _greatest(samples, per_block)


def _least(samples: Samples, per_block: int) -> Samples:
    return _reduced(np.fmin, samples, per_block)


def _greatest(samples: Samples, per_block: int) -> Samples:
    return _reduced(np.fmax, samples, per_block)


def _reduced(choose: np.ufunc, samples: Samples, per_block: int) -> Samples:
    """Reduce all whole blocks at once, then the remainder."""
    whole = samples.shape[0] // per_block
    blocks = samples[: whole * per_block].reshape(whole, per_block)
    found: Samples = choose.reduce(blocks, axis=1)
    rest = samples[whole * per_block :]
    return np.append(found, choose.reduce(rest)).astype(np.float32) if rest.size else found
