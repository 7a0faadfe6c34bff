"""Slices in memory while recordings are read: float32 if there are few, 16-bit integers otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Samples = NDArray[np.float32]
StoredSlices = NDArray[np.float32] | NDArray[np.int16]

FULL_SCALE = 32767
EXACT_BYTES = 1 << 30
"""Beyond this size (4.5 hours at 16 kHz) samples take two bytes instead of four."""

GROWTH = 1.25
AT_ONCE = 1024
LARGEST_PART = 0.8  # of the free memory


class SliceMemory:
    """Slices of one length, in the order of arrival, without other memory use."""

    def __init__(self, slice_len: int, exact_bytes: int = EXACT_BYTES) -> None:
        self._rows: StoredSlices = np.empty((0, slice_len), np.float32)
        self._exact_bytes = exact_bytes
        self.count = 0

    def add(self, piece: Samples) -> None:
        """Add a slice; raises Fault if there is too little memory."""
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
        _check_memory((count - self.count) * width * self._rows.itemsize, self._rows.nbytes)
        try:
            self._rows.resize((count, width), refcheck=False)  # in place: large blocks are not copied
        except MemoryError as problem:
            raise _memory_full(self._rows.nbytes) from problem

    def divided(self, apart: Sequence[int]) -> tuple[StoredSlices, StoredSlices]:
        """Return the slices except those at the indices `apart`, and those; the memory is empty
        afterwards.
        """
        there = np.zeros(self.count, np.bool_)
        there[list(apart)] = True
        stay, held = np.flatnonzero(~there), self._rows[: self.count][there]
        for some in _parts(len(stay)):  # each one moves to the same or an earlier row
            self._rows[some] = self._rows[stay[some]]
        rows, self._rows, self.count = self._rows, self._rows[:0].copy(), 0
        rows.resize((len(stay), rows.shape[1]), refcheck=False)
        return rows, held


def _parts(count: int) -> list[slice]:
    return [slice(at, min(at + AT_ONCE, count)) for at in range(0, count, AT_ONCE)]


def packed(piece: Samples) -> NDArray[np.int16]:
    """Return samples from -1 to 1 as 16-bit integers."""
    return np.rint(piece * FULL_SCALE).astype(np.int16)


def as_samples(rows: StoredSlices) -> Samples:
    """Return stored slices as samples from -1 to 1."""
    shown = rows.astype(np.float32, copy=False)
    return shown if rows.dtype == np.float32 else shown / np.float32(FULL_SCALE)


def spread(rows: StoredSlices, most: int) -> Samples:
    """Return at most `most` of the slices, evenly spaced."""
    if len(rows) <= most:
        return as_samples(rows)
    return as_samples(rows[np.linspace(0, len(rows) - 1, most).round().astype(int)])


def _check_memory(more: int, so_far: int) -> None:
    if more > LARGEST_PART * _free_bytes():
        raise _memory_full(so_far)


def _free_bytes() -> int:
    """Return the available memory."""
    import psutil

    return psutil.virtual_memory().available


def _memory_full(so_far: int) -> Fault:
    return Fault(
        f"These recordings do not fit into this computer's memory: {so_far / 2**30:.1f} GB were read.",
        "Train on a part of them, close other programs, or use a lower --rate.",
    )
