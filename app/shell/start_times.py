"""The times at which the window and the first tracks were painted, for measurements of the start."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMainWindow

VARIABLE = "PHONOSCOPE_MOMENTS"  # names the file to write; the program then ends by itself


@dataclass(frozen=True)
class StartTimes:
    """Two times in seconds, on the clock that all processes share."""

    window_s: float
    tracks_s: float


def read(note: Path) -> StartTimes:
    """Read the times that a program wrote."""
    return StartTimes(**json.loads(note.read_text()))


class Stopwatch(QObject):
    """Watches a window's painting; at the second time it writes both and closes the window."""

    def __init__(self, window: QMainWindow, note: Path, has_tracks: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._note, self._has_tracks = window, note, has_tracks
        self._window_s: float | None = None
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Paint, QEvent.Type.UpdateRequest):
            QTimer.singleShot(0, self._painted)  # a filter runs before the painting, a timer after it
        return False

    def _painted(self) -> None:
        now_s = monotonic()
        self._window_s = self._window_s or now_s
        if self._has_tracks():
            self._window.removeEventFilter(self)
            self._note.write_text(json.dumps(asdict(StartTimes(self._window_s, now_s))))
            self._window.close()


def start(window: QMainWindow, has_tracks: Callable[[], bool]) -> None:
    """Watch the window if the environment variable is set."""
    if note := os.environ.get(VARIABLE):
        Stopwatch(window, Path(note), has_tracks)
