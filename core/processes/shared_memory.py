"""Answers between processes: objects through the pipe, arrays through shared memory.

A pipe takes 64 kB at a time, so on a busy machine each megabyte costs sixteen switches between processes; a
block of shared memory costs one copy.
"""

from __future__ import annotations

import pickle
from typing import Any

BLOCK_BYTES = 16 * 1024 * 1024


def pack(answer: Any, block: Any) -> tuple[bytes, tuple[int, ...]]:
    """Pickle `answer` with its arrays in `block`; return the pickle and the sizes of the arrays in bytes.

    Arrays that do not fit into the block stay in the pickle.
    """
    parts: list[pickle.PickleBuffer] = []
    words = pickle.dumps(answer, protocol=5, buffer_callback=parts.append)
    raws = [part.raw() for part in parts]
    if sum(raw.nbytes for raw in raws) > len(block):
        return pickle.dumps(answer, protocol=5), ()
    place = 0
    view = memoryview(block).cast("B")
    for raw in raws:
        view[place : place + raw.nbytes] = raw
        place += raw.nbytes
    return words, tuple(raw.nbytes for raw in raws)


def unpack(words: bytes, sizes: tuple[int, ...], block: Any) -> Any:
    """Return the unpickled answer; its arrays are copied out of the block and read-only."""
    import numpy as np  # not before the engine's process is started

    view = memoryview(block).cast("B")
    parts: list[Any] = []
    place = 0
    for size in sizes:
        copied = np.empty(size, np.uint8)
        copied[:] = view[place : place + size]
        copied.flags.writeable = False
        parts.append(copied)
        place += size
    return pickle.loads(words, buffers=parts)
