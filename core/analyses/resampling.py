"""Praat's resampling to a lower rate, four times as fast, to the last digits of its arithmetic.

Praat (fon/Sound.cpp, Sound_resample) filters by a Fourier transform and interpolates by sin(x)/x,
with new sines for every sample. Where the rates stand as two whole numbers, samples whose places fall
on the same fraction share their weights. Praat's places are rounded, a little differently each time,
which after a minute shows in the eleventh digit: the weights' slope brings that back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analyses.results import Doubles

DEPTH = 50
"""Samples on either side that count, as in Praat's formant analysis."""

_TURN_AROUND = 1000
_MOST_PHASES = 1000
_SLOPE_STEP = 1e-5
_WHOLE = 1e-6


def resampled(sound: Any, rate_hz: float) -> tuple[Doubles, float]:
    """Give the samples of a parselmouth.Sound at another rate, and the time of the first one's centre."""
    ratio = Fraction(sound.sampling_frequency / rate_hz).limit_denominator(_MOST_PHASES)
    exact = math.isclose(float(ratio) * rate_hz, sound.sampling_frequency, rel_tol=1e-14)
    if rate_hz * sound.dx >= 1 - 1e-6 or not exact or ratio.numerator > _MOST_PHASES or sound.nx < 4 * DEPTH:
        made = sound.resample(rate_hz, DEPTH)
        return np.array(made.values[0]), made.x1
    n: int = round((sound.xmax - sound.xmin) * rate_hz)
    first_s: float = 0.5 * (sound.xmin + sound.xmax - (n - 1) / rate_hz)
    places: Doubles = ((first_s + np.arange(n) * (1.0 / rate_hz)) - sound.x1) / sound.dx + 1.0
    return _interpolated(_filtered(sound.values[0], rate_hz * sound.dx), places - 1.0, ratio), first_s


def _filtered(samples: Doubles, part: float) -> Doubles:
    """Take away what lies above a part of Nyquist, in the order of Praat's packed spectrum."""
    n = samples.size
    padded = 1 << (n + 2 * _TURN_AROUND - 1).bit_length()
    data = np.zeros(padded)
    data[_TURN_AROUND : _TURN_AROUND + n] = samples
    spectrum: Any = np.fft.rfft(data)
    first, number = math.floor(part * padded), np.arange(padded // 2 + 1)
    # counted from 1, bin k has its real part at 2k + 1 and its imaginary part at 2k + 2
    spectrum.real[2 * number + 1 >= first] = 0.0
    spectrum.imag[2 * number + 2 >= first] = 0.0
    return np.fft.irfft(spectrum, padded)[_TURN_AROUND : _TURN_AROUND + n]


def _interpolated(samples: Doubles, places: Doubles, ratio: Fraction) -> Doubles:
    """Give the values at places, in samples from 0, that rise by a ratio of two whole numbers."""
    step, phases = ratio.numerator, ratio.denominator
    nominal = places[0] + np.arange(phases) * step / phases
    before = np.floor(nominal + _WHOLE).astype(np.intp)
    fractions = np.where(nominal - before > _WHOLE, nominal - before, 0.0)
    turns = -(-places.size // phases)
    values, slopes = _turns(samples, step, turns, before, np.asarray(fractions, dtype=np.float64))
    every = np.append(places, np.zeros(turns * phases - places.size)).reshape(turns, phases)
    off: Doubles = (every - (before + step * np.arange(turns)[:, None])) - fractions
    found: Doubles = np.ravel(values + off * slopes)[: places.size]
    near = np.flatnonzero((places < DEPTH) | (places > samples.size - 1 - DEPTH))
    found[near] = [_at(samples, place) for place in places[near]]
    return found


def _turns(
    samples: Doubles, step: int, turns: int, before: NDArray[np.intp], fractions: Doubles
) -> tuple[Doubles, Doubles]:
    """Give weighted sums and their slopes: one row for every `step` samples, one column for every phase."""
    lead = DEPTH - 1 - int(before[0])
    span = int(before[-1]) + lead + DEPTH + 1
    blocks = -(-span // step)
    weights = np.zeros((blocks * step, 2, before.size))
    for phase, first in enumerate(before + lead - DEPTH + 1):
        weights[first : first + 2 * DEPTH, :, phase] = _weights_and_slopes(float(fractions[phase]))
    rows = np.zeros(((turns + blocks), step))
    inside = min(samples.size, rows.size - lead)
    rows.reshape(-1)[lead : lead + inside] = samples[:inside]
    columns = weights.reshape(blocks, step, -1)
    found = np.zeros((turns, columns.shape[2]))
    for block in range(blocks):
        found += rows[block : block + turns] @ columns[block]
    return found[:, : before.size], found[:, before.size :]


def _weights_and_slopes(fraction: float) -> Doubles:
    """Give the weights of the samples around a place and how they change with it, [2 DEPTH, 2]."""
    h = _SLOPE_STEP
    if fraction > h:
        slopes = _weights(fraction + h) - _weights(fraction - h)
    else:  # before a sample the weights are those of the sample before, one later
        slopes = _weights(fraction + h) - np.append(_weights(1.0 + fraction - h)[1:], 0.0)
    return np.stack([_weights(fraction), slopes / (2 * h)], axis=1)


def _weights(fraction: float, depth: int = DEPTH) -> Doubles:
    """Give sin(x)/x under a raised cosine for `depth` samples up to a place and `depth` after it."""
    left: Doubles = fraction + np.arange(float(depth))
    right: Doubles = 1.0 - fraction + np.arange(float(depth))
    before: Doubles = np.sinc(left) * 0.5 * (1 + np.cos(np.pi * left / (fraction + depth)))
    after: Doubles = np.sinc(right) * 0.5 * (1 + np.cos(np.pi * right / (1.0 - fraction + depth)))
    return np.concatenate([before[::-1], after])


def _at(samples: Doubles, place: float) -> float:
    """Give the value at one place near an end, where fewer samples count (NUM_interpolate_sinc)."""
    before = math.floor(min(max(place, 0.0), samples.size - 1.0))
    if place <= before or before == samples.size - 1:
        return float(samples[before])
    depth = min(DEPTH, before + 1, samples.size - 1 - before)
    around = samples[before - depth + 1 : before + depth + 1]
    return _FEW.get(depth, _many)(around, place - before)


def _many(around: Doubles, fraction: float) -> float:
    return float(_weights(fraction, around.size // 2) @ around)


def _linear(around: Doubles, fraction: float) -> float:
    return float(around[0] + fraction * (around[1] - around[0]))


def _cubic(around: Doubles, fraction: float) -> float:
    earlier, left, right, later = around.tolist()
    rise, rise_left, rise_right = right - left, 0.5 * (right - earlier), 0.5 * (later - left)
    bend = 0.5 * (rise_right - rise_left) + (fraction - 0.5) * (rise_left + rise_right - 2 * rise)
    return left * (1 - fraction) + right * fraction - fraction * (1 - fraction) * bend


_FEW: Mapping[int, Callable[[Doubles, float], float]] = {1: _linear, 2: _cubic}
