"""Slices kept in memory as they are read: as they are while they are few, in 16 bits from then on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Samples = NDArray[np.float32]
Kept = NDArray[np.float32] | NDArray[np.int16]

FULL_SCALE = 32767
EXACT_BYTES = 1 << 30
"""From here on (4.5 hours at 16 kHz) two bytes per sample are kept instead of four."""

GROWTH = 1.25
AT_ONCE = 1024
LARGEST_PART = 0.8  # of the memory that is free


class SliceMemory:
    """Slices of one length, in the order they came; what they take in memory is what is kept of them."""

    def __init__(self, slice_len: int, exact_bytes: int = EXACT_BYTES) -> None:
        self._rows: Kept = np.empty((0, slice_len), np.float32)
        self._exact_bytes = exact_bytes
        self.count = 0

    def add(self, piece: Samples) -> None:
        """Keep one more slice; raises Fault where the memory is not there."""
        if self.count == len(self._rows):
            self._grow(max(16, round(GROWTH * self.count)))
        self._rows[self.count] = piece if self._rows.dtype == np.float32 else packed(piece)
        self.count += 1

    def _grow(self, count: int) -> None:
        width = self._rows.shape[1]
        if self._rows.dtype == np.float32 and 4 * width * count > self._exact_bytes:
            whole = np.empty((count, width), np.int16)
            for some in _parts(self.count):
                whole[some] = packed(np.asarray(self._rows[some], np.float32))
            self._rows = whole
            return
        _make_room((count - self.count) * width * self._rows.itemsize, self._rows.nbytes)
        try:
            self._rows.resize((count, width), refcheck=False)  # in place: large blocks are not copied
        except MemoryError as problem:
            raise _too_much(self._rows.nbytes) from problem

    def divided(self, apart: Sequence[int]) -> tuple[Kept, Kept]:
        """Give the slices but for those at the places `apart`, and those; the shelf is empty then."""
        there = np.zeros(self.count, np.bool_)
        there[list(apart)] = True
        stay, held = np.flatnonzero(~there), self._rows[: self.count][there]
        for some in _parts(len(stay)):  # each goes to a place before or at its own
            self._rows[some] = self._rows[stay[some]]
        rows, self._rows, self.count = self._rows, self._rows[:0].copy(), 0
        rows.resize((len(stay), rows.shape[1]), refcheck=False)
        return rows, held


def _parts(count: int) -> list[slice]:
    return [slice(at, min(at + AT_ONCE, count)) for at in range(0, count, AT_ONCE)]


def packed(piece: Samples) -> NDArray[np.int16]:
    """Give samples from -1 to 1 in 16 bits."""
    return np.rint(piece * FULL_SCALE).astype(np.int16)


def as_heard(rows: Kept) -> Samples:
    """Give kept slices as samples from -1 to 1."""
    shown = rows.astype(np.float32, copy=False)
    return shown if rows.dtype == np.float32 else shown / np.float32(FULL_SCALE)


def spread(rows: Kept, most: int) -> Samples:
    """Give at most so many of the slices, evenly spread; all where they are not more."""
    if len(rows) <= most:
        return as_heard(rows)
    return as_heard(rows[np.linspace(0, len(rows) - 1, most).round().astype(int)])


def _make_room(more: int, so_far: int) -> None:
    if more > LARGEST_PART * _free_bytes():
        raise _too_much(so_far)


def _free_bytes() -> int:
    """Give the memory that can still be had."""
    import psutil

    return psutil.virtual_memory().available


def _too_much(so_far: int) -> Fault:
    return Fault(
        f"These recordings do not fit in this computer's memory: {so_far / 2**30:.1f} GB were read.",
        "Train on a part of them, close other programs, or use a lower --rate.",
    )
