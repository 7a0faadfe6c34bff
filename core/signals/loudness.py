"""Loudness by ITU-R BS.1770-4: K-weighting, 400 ms blocks, absolute and relative gate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

BLOCK_S = 0.4
STEP_S = 0.1
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
OFFSET_LU = -0.691
# The analogue prototypes of the two filters of BS.1770: a high shelf (Hz, dB, Q) and a high-pass (Hz, Q).
SHELF_HZ, SHELF_DB, SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
SHELF_SLOPE = 0.4996667741545416
HIGH_PASS_HZ, HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773


def loudness_lufs(samples: NDArray[np.float64], rate_hz: float) -> float:
    """Return the gated loudness of one channel in LUFS, -inf for silence.

    The absolute gate is relative to a full-scale peak, so a gain of x dB always changes the loudness
    by x LU. A sound shorter than a block counts as one block.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return -math.inf
    powers = _block_powers(k_weighted(samples / peak, rate_hz), rate_hz)
    loud = powers[powers > _power(ABSOLUTE_GATE_LUFS)]
    kept = loud if loud.size else powers
    kept = kept[kept >= kept.mean() * 10 ** (RELATIVE_GATE_LU / 10)]
    mean = float(kept.mean())
    return OFFSET_LU + 10 * math.log10(mean) + 20 * math.log10(peak) if mean > 0 else -math.inf


def k_weighted(samples: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Apply the K-weighting filter of BS.1770 at any rate, by multiplying the zero-padded spectrum."""
    padded = 1 << (2 * samples.size - 1).bit_length()
    spectrum = np.fft.rfft(samples, padded)
    z = np.exp(-2j * np.pi * np.arange(padded // 2 + 1) / padded)
    return np.fft.irfft(spectrum * _shelf(z, rate_hz) * _high_pass(z, rate_hz), padded)[: samples.size]


def _shelf(z: NDArray[np.complex128], rate_hz: float) -> NDArray[np.complex128]:
    k = math.tan(math.pi * SHELF_HZ / rate_hz)
    high = 10 ** (SHELF_DB / 20)
    band = high**SHELF_SLOPE
    above = (high + band * k / SHELF_Q + k * k) + 2 * (k * k - high) * z
    return (above + (high - band * k / SHELF_Q + k * k) * z * z) / _poles(z, k, SHELF_Q)


def _high_pass(z: NDArray[np.complex128], rate_hz: float) -> NDArray[np.complex128]:
    k = math.tan(math.pi * HIGH_PASS_HZ / rate_hz)
    # the standard keeps the numerator at 1, -2, 1 and corrects for it in its offset
    return (1 - 2 * z + z * z) * (1 + k / HIGH_PASS_Q + k * k) / _poles(z, k, HIGH_PASS_Q)


def _poles(z: NDArray[np.complex128], k: float, q: float) -> NDArray[np.complex128]:
    return (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z * z


def _block_powers(weighted: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Return the mean square of every 400 ms block, one block every 100 ms."""
    length, step = round(BLOCK_S * rate_hz), max(1, round(STEP_S * rate_hz))
    if weighted.size <= length:
        return np.array([float(np.mean(weighted**2))])
    sums: NDArray[np.float64] = np.concatenate(([0.0], np.cumsum(weighted**2)))
    starts = np.arange(0, weighted.size - length + 1, step)
    return (sums[starts + length] - sums[starts]) / length


def _power(lufs: float) -> float:
    return 10 ** ((lufs - OFFSET_LU) / 10)
