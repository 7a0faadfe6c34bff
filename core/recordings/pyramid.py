"""Block extremes of a whole file, computed in the background: a coarse look first, then every sample."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.recordings.readers import opened
from core.recordings.sound_file import Samples, SoundFile, blocks_of
from core.signals.envelope import Pyramid

BASE = 256
"""Samples per block at the lowest level: an hour at 44.1 kHz takes 5 MB."""

COARSE_PLACES = 2048
COARSE_LIMIT_S = 0.25
TELL_EVERY_S = 0.2


@dataclass(frozen=True, eq=False)
class PyramidEnds:
    """Minimum and maximum of each block of 256 samples, float32 [blocks], NaN while unknown.

    Once everything is known, `bad` counts the values that are not finite and `total` sums the others.
    """

    low: Samples
    high: Samples
    bad: int = 0
    total: float = 0.0

    @classmethod
    def unknown(cls, n: int) -> PyramidEnds:
        blocks = -(-n // BASE)
        return cls(np.full(blocks, np.nan, np.float32), np.full(blocks, np.nan, np.float32))

    def pyramid(self, whole: bool = False) -> Pyramid:
        """Return what is known as a pyramid, with coarser levels if it is complete."""
        lowest = Pyramid(self.low, self.high, BASE)
        return lowest.heightened() if whole else lowest

    def fill(self, first: int, samples: Samples) -> int:
        """Enter samples that begin at a block edge; return how many of them are not finite."""
        finite = np.isfinite(samples)
        bad = int(samples.size - np.count_nonzero(finite))
        if bad:
            samples = np.where(finite, samples, np.float32(np.nan))
        place, whole = first // BASE, samples.size // BASE
        blocks = samples[: whole * BASE].reshape(whole, BASE)
        self.low[place : place + whole] = np.fmin.reduce(blocks, axis=1)
        self.high[place : place + whole] = np.fmax.reduce(blocks, axis=1)
        rest = samples[whole * BASE :]
        if rest.size:
            self.low[place + whole] = np.fmin.reduce(rest)
            self.high[place + whole] = np.fmax.reduce(rest)
        return bad


def glance(file: SoundFile, ends: PyramidEnds, limit_s: float = COARSE_LIMIT_S) -> None:
    """Sample blocks spread over the whole file, widest gaps first, for at most `limit_s`."""
    until_s = time.monotonic() + limit_s
    count = min(COARSE_PLACES, ends.low.size)
    with opened(file.path) as reader:
        for place in spread(count):
            first = (ends.low.size - 1) * place // max(1, count - 1) * BASE
            for samples in blocks_of(reader, first, min(file.n, first + BASE), file.channel):
                ends.fill(first, samples)
            if time.monotonic() > until_s:
                return


def spread(count: int) -> list[int]:
    """Return 0 to count - 1 in bit-reversed order, so that every prefix is evenly spread."""
    bits = max(1, (count - 1).bit_length())
    reversed_bits = (int(f"{number:0{bits}b}"[::-1], 2) for number in range(1 << bits))
    return [number for number in reversed_bits if number < count]


def build(
    file: SoundFile,
    ends: PyramidEnds,
    tell: Callable[[float], None] = lambda part: None,
    stopped: Callable[[], bool] = lambda: False,
) -> PyramidEnds | None:
    """Read every sample and report progress from time to time; None if stopped.

    Raises Fault if the file cannot be opened. Parts that cannot be read stay unknown.
    """
    first, bad, total, reported_s = 0, 0, 0.0, time.monotonic()
    held = np.zeros(0, np.float32)
    with opened(file.path) as reader:
        for samples in blocks_of(reader, 0, file.n, file.channel):
            total += sum_of(samples)
            held = np.append(held, samples) if held.size else samples
            whole = held.size - held.size % BASE
            bad += ends.fill(first, held[:whole])
            first, held = first + whole, held[whole:]
            if stopped():
                return None
            if time.monotonic() - reported_s > TELL_EVERY_S:
                reported_s = time.monotonic()
                tell(first / file.n)
    if held.size:
        bad += ends.fill(first, held)
    return PyramidEnds(ends.low, ends.high, bad, total)


def sum_of(samples: Samples) -> float:
    """Return the sum of the finite values."""
    with np.errstate(invalid="ignore"):
        found = float(np.sum(samples, dtype=np.float64))
    return (
        found if np.isfinite(found) else float(np.sum(samples, dtype=np.float64, where=np.isfinite(samples)))
    )
