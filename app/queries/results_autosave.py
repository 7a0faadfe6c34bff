"""Results stored at every change, so that neither quitting nor a crash loses a row.

Each open window has its own file. A new window takes over the files of closed windows.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from concurrent.futures import Future, wait
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from app.base.context import Context
from core.faults import Fault
from core.files.atomic import folder_for
from core.files.locks import lock_beside, unlock
from core.queries.results_store import read_kept, write_kept

if TYPE_CHECKING:
    from core.queries.results_table import Results, Rows


class ResultsAutosave:
    """Restores the rows of the last session, and writes the latest ones off the window's thread."""

    def __init__(self, context: Context, results: Results, path: Path) -> None:
        self._jobs, self._clock = context.jobs, context.clock
        self._messages, self._results = context.messages, results
        self._path, self._lock = _own(path)
        self._last: Future[None] | None = None  # the last writing that was asked for
        left = _left(path, self._path)
        files = (self._path, *(other for other, _lock in left))
        results.restore(_together([read_kept(file, self._tell) for file in files]))
        self._written: Rows | None = None if left else results.rows
        self._left = left
        self._closed = False
        results.changed.connect(self._changed)
        if left:
            self._changed()

    def _tell(self, words: str) -> None:
        self._messages.faulted.emit(Fault(words))

    def unwritten(self) -> Fault | None:
        """Write what is not on disk yet; return why that is impossible, or None."""
        if self._closed:
            return None
        try:
            self._clock.in_turn(self._write).result()
        except Fault as fault:
            return fault
        return None

    def _changed(self) -> None:
        self._last = self._clock.in_turn(self._write)
        self._jobs.follow("results", self._last, lambda done: None)

    def _write(self) -> None:
        rows = self._results.rows
        if rows is not self._written:
            write_kept(rows, self._path)
            self._written = rows
        while self._left:  # only once their rows are in this window's file
            other, lock = self._left.pop()
            with contextlib.suppress(OSError):
                other.unlink(missing_ok=True)
            unlock(lock)

    def close(self) -> None:
        """Wait until everything is on disk, and write nothing more."""
        self._closed = True
        self._results.changed.disconnect(self._changed)
        if self._last is not None:
            wait([self._last])
        unlock(self._lock)


def _own(path: Path) -> tuple[Path, FileLock]:
    """Return the first file that no other window uses, and its lock."""
    with contextlib.suppress(Fault):  # if nothing can be stored, writing will report it
        folder_for(path.parent)
    for place in _places(path):
        with contextlib.suppress(Timeout):
            return place, lock_beside(place)
    raise AssertionError("there is always another number")


def _left(path: Path, own: Path) -> list[tuple[Path, FileLock]]:
    """Return the files of closed windows, each locked until its rows have been taken over."""
    name = re.compile(re.escape(path.stem) + r"(-\d+)?" + re.escape(path.suffix))
    try:
        others = sorted(one for one in path.parent.iterdir() if name.fullmatch(one.name) and one != own)
    except OSError:
        return []
    found: list[tuple[Path, FileLock]] = []
    for one in others:
        with contextlib.suppress(Timeout):
            found.append((one, lock_beside(one)))
    return [(one, lock) for one, lock in found if lock.is_locked]


def _places(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_stem(f"{path.stem}-{number}") for number in count(2))


def _together(parts: list[Rows]) -> Rows:
    """Return several lists of rows as one; rows taken over are renumbered."""
    rows = parts[0]
    for part in parts[1:]:
        first = max((row.number for row in rows), default=0) + 1
        rows = (*rows, *(replace(row, number=first + k) for k, row in enumerate(part)))
    return rows
