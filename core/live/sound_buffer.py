"""The last minutes of a microphone at a network's rate, written by one thread and read by another."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class SoundBuffer:
    """Keeps the last `seconds`; `count` samples have arrived so far, the last one at `arrived_s`
    (`time.perf_counter`).
    """

    def __init__(self, rate_hz: float, seconds: float = 60.0) -> None:
        self.rate_hz, self.count, self.arrived_s = rate_hz, 0, 0.0
        self._ring = np.zeros(round(seconds * rate_hz), np.float32)
        self._resampler: Any = None

    def take(self, block: Samples, rate_hz: float) -> None:
        """Add a block at the microphone's rate."""
        block = block if rate_hz == self.rate_hz else self._resampled(block, rate_hz)
        size = len(self._ring)
        self._ring[np.arange(self.count, self.count + len(block))[-size:] % size] = block[-size:]
        self.count += len(block)
        self.arrived_s = time.perf_counter()

    def _resampled(self, block: Samples, rate_hz: float) -> Samples:
        import soxr  # pyright: ignore[reportMissingTypeStubs]

        if self._resampler is None:
            self._resampler = soxr.ResampleStream(rate_hz, self.rate_hz, 1, "float32")
        return np.asarray(self._resampler.resample_chunk(block), np.float32)

    def samples(self, first: int, last: int) -> Samples:
        """Return a copy of the samples `first` to `last`, as far back as they are kept; zeros before."""
        size = len(self._ring)
        found = np.zeros(last - first, np.float32)
        low, high = max(first, self.count - size, 0), min(last, self.count)
        while high > low:  # at most twice: up to the end of the ring, and on from its beginning
            begin = low % size
            count = min(high - low, size - begin)
            found[low - first : low - first + count] = self._ring[begin : begin + count]
            low += count
        return found
