"""A file with another beginning than the one on the disk, for a library that believes headers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any


class PatchedFile(io.RawIOBase):
    """`head`, followed by the bytes `start:end` of a file (-1: to its end); only for reading."""

    def __init__(self, path: Path, head: bytes, start: int, end: int = -1) -> None:
        self._head, self._start = head, start
        self._file = path.open("rb")
        size = path.stat().st_size
        self._size = len(head) + max(0, (size if end < 0 else min(end, size)) - start)
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        wanted = memoryview(buffer)[: max(0, self._size - self._place)]
        head = self._head[self._place : self._place + len(wanted)]
        wanted[: len(head)] = head
        self._file.seek(max(0, self._place - len(self._head)) + self._start)
        count = len(head) + self._file.readinto(wanted[len(head) :])
        self._place += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
