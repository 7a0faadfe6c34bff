"""The results are written down at every change, so that neither quitting nor a crash loses a row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from core.results_kept import read_kept, write_kept

if TYPE_CHECKING:
    from app.instrument import Instrument
    from core.results import Results


class ResultsKept:
    """Brings the rows of the last time back, and writes the newest ones beside the window's thread."""

    def __init__(self, instrument: Instrument, results: Results, path: Path) -> None:
        self._on, self._results, self._path = instrument, results, path
        self._writer = ThreadPoolExecutor(1, "results")
        results.restore(read_kept(path))
        self._written = results.rows
        results.changed.connect(self._changed)

    def _changed(self) -> None:
        self._on.desk.follow("results", self._writer.submit(self._write), lambda done: None)

    def _write(self) -> None:
        rows = self._results.rows
        if rows is not self._written:
            write_kept(rows, self._path)
            self._written = rows

    def close(self) -> None:
        """Wait until everything is on the disk, and write nothing more."""
        self._results.changed.disconnect(self._changed)
        self._writer.shutdown()
