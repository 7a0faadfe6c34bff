"""A sound heard through its map: a mask in time and frequency with the phase kept, and its complement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from core.explain.relevance import Relevance
from core.explain.short_time import HOP, WINDOW, sounds, spectrum
from core.frontends.tensors import tensor
from core.signals.loudness import loudness_lufs

Floats = NDArray[np.float64]
Part = Literal["for", "against", "both"]
FULL_AT = 99.0  # per cent of the values that are not zero: the mask is 1 from there on
MOST_GAIN_DB, PEAK = 40.0, 0.891
EDGE_S = 0.01


@dataclass(frozen=True, eq=False)
class Masked:
    """Three sounds float32 [samples] of equal loudness at one rate, and their gains in dB."""

    through: NDArray[np.float32]
    complement: NDArray[np.float32]
    original: NDArray[np.float32]
    rate_hz: float
    gains_db: tuple[float, float, float]


def mask_of(found: Relevance, part: Part, frames: int, rate_hz: float) -> Floats:
    """Return a map as a mask from 0 to 1 on the short-time spectrum [frames, bins].

    What speaks for the target, against it, or both; the square root of the share of the 99th percentile.
    """
    values = found.values.astype(np.float64)
    chosen = {"for": np.maximum(values, 0), "against": np.maximum(-values, 0), "both": np.abs(values)}[part]
    present = chosen[chosen > 0]
    top = float(np.percentile(present, FULL_AT)) if len(present) else 1.0
    weights: Floats = np.sqrt(np.clip(chosen / top, 0, 1))
    times: Floats = (np.arange(frames, dtype=np.float64) * HOP + 0.5) / rate_hz
    if found.is_curve or not len(found.frequencies_hz):
        curve = weights if found.is_curve else weights.max(0)
        return np.repeat(_in_time(curve, found, times)[:, None], WINDOW // 2 + 1, 1)
    hz: Floats = np.arange(WINDOW // 2 + 1, dtype=np.float64) * rate_hz / WINDOW
    rows: list[Floats] = [_in_time(row, found, times) for row in weights]
    return np.stack([_in_frequency(column, found, hz) for column in np.stack(rows).T])


def _in_frequency(column: Floats, found: Relevance, hz: Floats) -> Floats:
    """Return a frame of the map at other frequencies."""
    return np.interp(hz, found.frequencies_hz, column)


def _in_time(curve: Floats, found: Relevance, times: Floats) -> Floats:
    """Return a row of the map at other times; relevance of samples is smoothed over 10 ms first."""
    width = round(EDGE_S * found.axis.rate_hz)
    if width > 1:
        kernel = np.hanning(width + 2)[1:-1]
        curve = cast(Floats, np.convolve(curve, kernel / kernel.sum(), "same"))
        curve = curve / max(float(curve.max(initial=0.0)), 1e-12)
    return np.interp(times, found.axis.times(), curve)


def masked(found: Relevance, samples: NDArray[np.float32], rate_hz: float, part: Part = "for") -> Masked:
    """Return a sound through its map, through what the map leaves out, and itself, equally loud.

    The phase is the sound's own; a silent one stays silent, and no peak exceeds -1 dB.
    """
    whole = spectrum(tensor(samples[None].astype(np.float32)))
    mask = mask_of(found, part, len(whole), rate_hz)
    both: Floats = sounds(np.stack((whole * mask, whole * (1 - mask))), len(samples)).numpy()
    three = (both[0], both[1], samples.astype(np.float64))
    wanted = loudness_lufs(three[2], rate_hz)
    gains = [_gain_db(one, wanted, rate_hz) for one in three]
    most = max(
        float(np.abs(one).max(initial=0.0)) * 10 ** (gain / 20)
        for one, gain in zip(three, gains, strict=True)
    )
    down = min(0.0, 20 * math.log10(PEAK / most)) if most > 0 else 0.0
    gains = [gain + down for gain in gains]
    made = [(one * 10 ** (gain / 20)).astype(np.float32) for one, gain in zip(three, gains, strict=True)]
    return Masked(made[0], made[1], made[2], rate_hz, (gains[0], gains[1], gains[2]))


def _gain_db(sound: Floats, wanted_lufs: float, rate_hz: float) -> float:
    has = loudness_lufs(sound, rate_hz)
    return min(MOST_GAIN_DB, wanted_lufs - has) if math.isfinite(has) and math.isfinite(wanted_lufs) else 0.0
