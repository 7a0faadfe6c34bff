"""The log-mel picture of a short sound, for tiles and for distances between sounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.frontends.compression import Log
from core.frontends.log_mel import LogMel
from core.frontends.spectrum import Spectrum
from core.frontends.tensors import tensor

Array = NDArray[np.float32]
BANDS, WINDOW_S, HOP_S, LOW_HZ = 64, 0.025, 0.01, 50.0
RANGE_DB = 70.0
LOG = Log(floor=1e-10)


def log_mels(sounds: Array, rate_hz: float) -> Array:
    """Return ln of the mel power [items, frames, bands] of sounds [items, samples]."""
    import torch

    width = round(WINDOW_S * rate_hz)
    fft = 1 << (width - 1).bit_length()
    front = LogMel(
        rate_hz, Spectrum(fft, round(HOP_S * rate_hz), width, edge="zeros"), BANDS, LOW_HZ,
        min(8000.0, rate_hz / 2), "slaney", LOG,
    )  # fmt: skip
    with torch.no_grad():
        return front.features(tensor(sounds)).numpy()


def limited(mels: Array) -> Array:
    """Return pictures [items, frames, bands] not more than the range below the loudest of all of them."""
    return np.maximum(mels, mels.max() - np.float32(RANGE_DB * np.log(10) / 10))


def apart(one: Array, other: Array) -> NDArray[np.float64]:
    """Return the distances [items, others] of pictures: the root mean square difference of their values."""
    x, y = (part.reshape(len(part), -1).astype(np.float64) for part in (one, other))
    square = np.square(x).mean(1)[:, None] + np.square(y).mean(1) - 2 * x @ y.T / x.shape[1]
    return np.sqrt(square.clip(0))


def diversity(mels: Array) -> float:
    """Return the mean distance of all pairs, NaN for fewer than two sounds."""
    if len(mels) < 2:
        return float("nan")
    return float(apart(mels, mels)[np.triu_indices(len(mels), 1)].mean())
