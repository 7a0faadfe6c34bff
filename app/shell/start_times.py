"""The times at which the window, its panels and the first tracks were painted, for measurements."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEvent, QObject, QTimer

from app.shell.window import Window

VARIABLE = "PHONOSCOPE_MOMENTS"  # names the file to write; the program then ends by itself


@dataclass(frozen=True)
class StartTimes:
    """Three times in seconds, on the clock that all processes share.

    `window_s`: the window was painted; `panels_s`: all its panels; `tracks_s`: the first model's layers.
    """

    window_s: float
    panels_s: float
    tracks_s: float


def read(note: Path) -> StartTimes:
    """Read the times that a program wrote."""
    return StartTimes(**json.loads(note.read_text()))


class Stopwatch(QObject):
    """Watches a window's painting; at the third time it writes them all and closes the window."""

    def __init__(self, window: Window, note: Path) -> None:
        super().__init__(window)
        self._window, self._note = window, note
        self._times_s: list[float] = []
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Paint, QEvent.Type.UpdateRequest):
            QTimer.singleShot(0, self._painted)  # a filter runs before the painting, a timer after it
        return False

    def _painted(self) -> None:
        window, now_s = self._window, monotonic()
        stages = (True, window.is_furnished, window.is_furnished and bool(window.stack.lanes))
        self._times_s += [now_s] * (sum(stages) - len(self._times_s))
        if all(stages):
            window.removeEventFilter(self)
            self._note.write_text(json.dumps(asdict(StartTimes(*self._times_s))))
            window.close()


def start(window: Window) -> None:
    """Watch the window if the environment variable is set."""
    if note := os.environ.get(VARIABLE):
        Stopwatch(window, Path(note))
