"""The samples of a sound that stays on disk, with the interface of an array and read in blocks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.recordings.readers import open_reader
from core.recordings.sound_file import Samples, SoundFile, blocks_of

BLOCK = 1 << 16
MOST_KEPT = 48
"""Number of blocks that a thread caches: 12 MB, three screens of single samples."""

MOST_AT_ONCE = 60_000_000
"""At most this many samples (240 MB) are in memory at once."""


class FileSamples:
    """Slices of the samples of a file, float32 [n]; values that are not finite become NaN.

    `first` and `last` select a part of the file (-1: to its end). Every thread has its own file handle
    and block cache. Pickling stores only the file name and the part.
    """

    ndim = 1
    dtype = np.dtype(np.float32)

    def __init__(self, file: SoundFile, first: int = 0, last: int = -1) -> None:
        self.file = file
        self._first, self._last = first, file.n if last < 0 else last
        self.size = self._last - first
        self.shape = (self.size,)
        self._own = threading.local()

    def __len__(self) -> int:
        return self.size

    def __reduce__(self) -> tuple[type[FileSamples], tuple[SoundFile, int, int]]:
        return (FileSamples, (self.file, self._first, self._last))

    def __getitem__(self, place: int | np.integer[Any] | slice) -> Any:
        if not isinstance(place, slice):
            index = range(self.size)[int(place)]
            return self.read(index, index + 1)[0]
        first, last, step = place.indices(self.size)
        if step != 1:
            raise ValueError("samples in a file can only be sliced with step 1")
        return self.read(first, max(first, last))

    def stretch(self, first: int, last: int) -> FileSamples:
        """Return a part as another lazy view; nothing is read yet."""
        made = FileSamples(self.file, self._first + first, self._first + last)
        made._own = self._own
        return made

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self.read(0, self.size).astype(dtype or np.float32, copy=False)

    def astype(self, dtype: Any) -> NDArray[Any]:
        """Return all samples as an array; raises Fault if they are too many for memory."""
        return self.__array__(dtype)

    def read(self, first: int, last: int) -> Samples:
        """Return the samples `first:last`; NaN where the file can no longer be read.

        Raises Fault if they are too many for memory.
        """
        if last - first > MOST_AT_ONCE:
            raise Fault(
                f"“{self.file.name}” is too long to load: {self.size / self.file.rate_hz:.0f} s.",
                "Cut out the part that you need.",
            )
        if last - first > MOST_KEPT // 2 * BLOCK:
            return self._straight(self._first + first, self._first + last)
        first, last = self._first + first, self._first + last
        found = np.empty(last - first, np.float32)
        for number in range(first // BLOCK, -(-last // BLOCK)):
            begin = number * BLOCK
            low, high = max(first, begin), min(last, begin + BLOCK)
            found[low - first : high - first] = self._block(number)[low - begin : high - begin]
        return found

    def _block(self, number: int) -> Samples:
        kept: OrderedDict[int, Samples] = self._own.__dict__.setdefault("kept", OrderedDict())
        if number in kept:
            kept.move_to_end(number)
            return kept[number]
        begin = number * BLOCK
        kept[number] = self._straight(begin, min(self.file.n, begin + BLOCK))
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
        return kept[number]

    def _straight(self, first: int, last: int) -> Samples:
        """Read from the file without the cache; NaN where the file was truncated or removed meanwhile."""
        found, done = np.full(last - first, np.nan, np.float32), 0
        try:
            state = self._own.__dict__
            file = state.setdefault("open", None) or open_reader(self.file.path)
            state["open"] = file
        except Fault:
            return found
        for block in blocks_of(file, first, last, self.file.channel):
            # block by block: marking all of a long part at once would hold up the window's thread
            block[~np.isfinite(block)] = np.nan
            found[done : done + block.size] = block
            done += block.size
        if done < last - first:
            state["open"] = None  # a failed seek leaves the reader unusable
        return found
