"""Praat's downsampling, bit by bit, in less than half the time at 16 kHz.

Praat (fon/Sound.cpp, Sound_resample; melder/NUMinterpol.cpp, NUM_interpolate_sinc) filters with a
Fourier transform and interpolates with sin(x)/x, computing new weights for every sample. The transform
here is Praat's own. If the two rates have a simple ratio, new samples fall on the same few positions
between the old ones, apart from rounding: weights are computed once per position, and a matrix product
sums many samples at once. Its sums equal Praat's if the product rounds every term and adds them in
order. That depends on the BLAS kernel (core.processes.praat_worker selects a suitable one), so a few
sums of every result are checked; if they differ, Praat itself resamples.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analyses.praat import sound_of
from core.analyses.results import Doubles
from core.signals.axis import TimeAxis
from core.signals.track import Track

DEPTH = 50
"""Samples used on either side, as in Praat's formant analysis."""

_TURN_AROUND = 1000
"""Zeros before and after the sound when Praat filters it."""

_MOST_PHASES = 1000
_FEW_ROUNDINGS, _MOST_ROUNDINGS = 8, 64

_SPAN, _TURNS = 40, 1024
"""Old samples spanned by one product, and its number of rows; BLAS would split larger products."""

_TILE = 8
"""Rows and columns of products are multiples of this; BLAS adds a remainder in another order."""

_FINE = 128.0
"""Below this, positions have more digits than their distance to the last sample used."""

_CHECKS = 16


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One product: repetitions ("turns") with the same rounding, neighbouring phases, and their positions.

    `before` and `fraction`, [phases, roundings], are the positions that occur: the preceding sample,
    counted from the start of the turn, and the distance to it. `rounding`, [turns, phases], selects one
    of them for each new sample.
    """

    turns: slice
    phases: slice
    before: NDArray[np.intp]
    fraction: Doubles
    rounding: NDArray[np.intp]


def resampled(sound: Any, rate_hz: float) -> tuple[Doubles, float]:
    """Return the samples of a parselmouth.Sound at another rate, and the time of the first centre."""
    ratio = Fraction(sound.sampling_frequency / rate_hz).limit_denominator(_MOST_PHASES)
    exact = math.isclose(float(ratio) * rate_hz, sound.sampling_frequency, rel_tol=1e-14)
    if rate_hz * sound.dx < 1 - 1e-6 and exact and ratio.numerator <= _MOST_PHASES:
        n: int = math.floor((sound.xmax - sound.xmin) * rate_hz + 0.5)
        first_s: float = 0.5 * (sound.xmin + sound.xmax - (n - 1) / rate_hz)
        places: Doubles = ((first_s + np.arange(n) * (1.0 / rate_hz)) - sound.x1) / sound.dx + 1.0
        new = interpolated(_filtered(sound.values[0], rate_hz * sound.dx), places, ratio)
        if new is not None:
            return new, first_s
    made = sound.resample(rate_hz, DEPTH)
    return np.array(made.values[0]), made.x1


def _filtered(samples: Doubles, part: float) -> Doubles:
    """Remove everything above a fraction of Nyquist, with Praat's own transforms."""
    n = samples.size
    length = 1 << (n + 2 * _TURN_AROUND - 1).bit_length()
    data = np.zeros(length)
    data[_TURN_AROUND : _TURN_AROUND + n] = samples
    # at 1 Hz Praat scales by 1 and by a power of two, which changes no digit
    padded = Track("padded", np.zeros(0, np.float32), TimeAxis.of_sound(1.0, 0))
    spectrum: Any = sound_of(padded, data).to_spectrum()
    # counted from 1, Praat stores the real part of bin k at 2k + 1 and the imaginary part at 2k + 2
    first = math.floor(part * length)
    spectrum.values[0, first // 2 :] = 0.0
    spectrum.values[1, (first - 1) // 2 :] = 0.0
    return spectrum.to_sound().values[0, _TURN_AROUND : _TURN_AROUND + n]


def interpolated(old: Doubles, places: Doubles, ratio: Fraction) -> Doubles | None:
    """Return the values at positions, counted from 1, whose step is a ratio of two integers.

    `old` is float64 [samples]; `places` and the result are float64 [places], in samples. None if the
    matrix products of this process do not equal Praat's sums, or if too few positions coincide.
    """
    step, phases = ratio.numerator, ratio.denominator
    first, last = np.searchsorted(places, [_FINE, old.size - DEPTH]).tolist()
    turns = max(0, last - first) // phases
    last = first + turns * phases
    new = np.empty(places.size)
    if turns:
        grid = places[first:last].reshape(turns, phases)
        inner = _inner(old, grid, step)
        if inner is None:
            return None
        new[first:last] = inner.reshape(-1)
    ends = (*range(first), *range(last, places.size))
    new[[*ends]] = [_at(old, float(places[k])) for k in ends]
    checks = range(first, last, max(1, (last - first) // _CHECKS))
    return new if all(new[k] == _at(old, float(places[k])) for k in checks) else None


def _inner(old: Doubles, grid: Doubles, step: int) -> Doubles | None:
    """Return the values at a grid of positions, [turns, phases], far from both ends."""
    base = math.floor(grid[0, 0])
    stretches = list(_stretches(grid, base, step))
    if max(each.fraction.shape[1] for each in stretches) > _MOST_ROUNDINGS:
        return None
    fractions = np.unique(np.concatenate([each.fraction.reshape(-1) for each in stretches]))
    weights = _weights(fractions)
    padded = np.pad(old, (0, 2 * DEPTH + _TILE * step))
    new = np.empty(grid.shape)
    for each in stretches:
        used = weights[np.searchsorted(fractions, each.fraction.reshape(-1))]
        begin = base - 1 + step * each.turns.start
        new[each.turns, each.phases] = weighted_sums(padded, begin, step, each, used)
    return new


def _stretches(grid: Doubles, base: int, step: int) -> Iterator[_Stretch]:
    """Split a grid of positions: turns where the last digit changes, phases where they are far apart."""
    turns, phases = grid.shape
    exponents = np.frexp(grid[:, 0])[1]
    changes: list[int] = (np.flatnonzero(np.diff(exponents)) + 1).tolist()
    later = sorted({*changes, *range(0, turns, _TURNS)})
    spans = np.floor((grid[0] - base) / _SPAN)
    apart: list[int] = np.flatnonzero(np.diff(spans, prepend=-1.0)).tolist()
    for rows, columns in product(pairwise([*later, turns]), pairwise([*apart, phases])):
        begin: Doubles = base + step * np.arange(float(rows[0]), float(rows[1]))[:, None]
        place: Doubles = grid[slice(*rows), slice(*columns)] - begin
        least: Doubles = place.min(axis=0)
        digit = float(np.spacing(grid[rows[0], 0]))
        rounding: NDArray[np.intp] = ((place - least) / digit).astype(np.intp)
        if rounding.max() < _FEW_ROUNDINGS:
            found: Doubles = least[:, None] + np.arange(int(rounding.max()) + 1) * digit
        else:  # at the start of a sound with a late start time, times are coarser than positions
            found, rounding = _distinct(place)
        before = np.floor(found)
        yield _Stretch(slice(*rows), slice(*columns), before.astype(np.intp), found - before, rounding)


def _distinct(place: Doubles) -> tuple[Doubles, NDArray[np.intp]]:
    """Return the distinct positions of each phase, [phases, most], and their indices, [turns, phases]."""
    each = [np.unique(phase, return_inverse=True) for phase in place.T]
    most = max(values.size for values, _which in each)
    found = np.array([np.pad(values, (0, most - values.size), mode="edge") for values, _which in each])
    return found, np.stack([which for _values, which in each], axis=1)


def weighted_sums(old: Doubles, begin: int, step: int, stretch: _Stretch, weights: Doubles) -> Doubles:
    """Return the values at a stretch's positions, [turns, phases], added in Praat's order.

    Its first turn begins at `begin`; `weights`, [phases × roundings, 2 `DEPTH`], belong to the positions.
    """
    before = stretch.before.reshape(-1, 1)
    low, high, turns = int(before.min()), int(before.max()), len(stretch.rounding)
    half = high - low + DEPTH
    matrix = np.zeros((2 * half, before.size + -before.size % _TILE))
    column, tap = np.arange(before.size)[:, None], np.arange(DEPTH)
    matrix[high - before + tap, column] = weights[:, :DEPTH]
    matrix[half + before - low + tap, column] = weights[:, DEPTH:]
    # from the position to the left, then from it to the right
    order = np.concatenate([np.arange(high, low - DEPTH, -1), np.arange(low + 1, high + DEPTH + 1)])
    first = low - DEPTH + 1
    windows = np.lib.stride_tricks.sliding_window_view(old[begin + first :], high + DEPTH + 1 - first)[::step]
    rows = np.take(windows[: turns + -turns % _TILE], order - first, axis=1)
    sums = (rows @ matrix)[:turns, : before.size].reshape(turns, *stretch.before.shape)
    return np.take_along_axis(sums, stretch.rounding[:, :, None], axis=2)[:, :, 0]


def _weights(fractions: Doubles) -> Doubles:
    """Return the weights of the samples around positions, nearest first: `DEPTH` before, `DEPTH` after."""
    both = [_side(fractions), _side(1.0 - fractions)]
    weights = np.concatenate(both, axis=1)
    weights[fractions == 0.0] = np.eye(1, 2 * DEPTH)  # a position on a sample takes that sample's value
    return weights


def _side(distance: Doubles) -> Doubles:
    """Return Praat's raised-cosine windowed sin(x)/x for `DEPTH` samples, the nearest at `distance`."""
    length = distance + (DEPTH - 1) + 1.0
    sine = 0.5 * _each(math.sin, math.pi * distance)
    turn, angle = math.pi / length, math.pi * distance / length
    cos, sin, cos_turn, sin_turn = (_each(of, at) for at, of in product((angle, turn), (math.cos, math.sin)))
    weights = np.empty((distance.size, DEPTH))
    x = math.pi * distance
    for k in range(DEPTH):
        weights[:, k] = np.divide(sine, x, out=np.ones_like(x), where=x != 0.0) * (1.0 + cos)
        x, sine = x + math.pi, -sine
        cos, sin = cos * cos_turn - sin * sin_turn, cos * sin_turn + sin * cos_turn
    return weights


def _each(function: Callable[[float], float], values: Doubles) -> Doubles:
    """Apply a function of the C library, as Praat does; numpy's differ in the last digit."""
    return np.array([function(value) for value in values.tolist()])


def _at(old: Doubles, place: float) -> float:
    """Return the value at one position, counted from 1, as NUM_interpolate_sinc does."""
    before = math.floor(place)
    if place == before or not 1 <= place <= old.size:
        return float(old[min(max(before, 1), old.size) - 1])
    depth = min(DEPTH, before, old.size - before)
    left, right = old[before - depth : before][::-1].tolist(), old[before : before + depth].tolist()
    if depth == 1:
        return left[0] + (place - before) * (right[0] - left[0])
    if depth == 2:
        return _cubic(left, right, place - before, before + 1 - place)
    value = 0.0
    lengths = place - (before + 1 - depth) + 1.0, before + depth - place + 1.0
    for distance, length, samples in zip(
        (place - before, before + 1 - place), lengths, (left, right), strict=True
    ):
        value = _added(value, samples, math.pi * distance, length)
    return value


def _added(value: float, samples: list[float], x: float, length: float) -> float:
    """Add the weighted samples of one side to a value."""
    angle, turn, sine = x / length, math.pi / length, 0.5 * math.sin(x)
    cos, sin, cos_turn, sin_turn = math.cos(angle), math.sin(angle), math.cos(turn), math.sin(turn)
    for sample in samples:
        value += sample * (sine / x * (1.0 + cos))
        x, sine = x + math.pi, -sine
        cos, sin = cos * cos_turn - sin * sin_turn, cos * sin_turn + sin * cos_turn
    return value


def _cubic(left: list[float], right: list[float], rise: float, fall: float) -> float:
    """Interpolate between two samples with the slopes at both."""
    at_left, at_right = 0.5 * (right[0] - left[1]), 0.5 * (right[1] - left[0])
    bend = 0.5 * (at_right - at_left) + (rise - 0.5) * (at_left + at_right - 2 * (right[0] - left[0]))
    return left[0] * fall + right[0] * rise - rise * fall * bend
