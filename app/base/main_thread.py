"""The window's thread: one queued signal for answers, and one timer that waits for rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

REST_MS = 8  # a knob is at rest if it has not moved since its curves arrived, and for this long


class MainThread(QObject):
    """Runs calls in its own thread, in the order in which they were posted."""

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._posted.connect(_call, Qt.ConnectionType.QueuedConnection)
        self._resting: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._rested)

    def post(self, call: Callable[[], None]) -> None:
        """Run `call` in the window's thread; may be called from any thread."""
        self._posted.emit(call)

    def rest(self, call: Callable[[], None]) -> None:
        """Run `call` once nothing has asked for rest for a while; a later call replaces it."""
        self._resting = call
        self._timer.start()

    def _rested(self) -> None:
        call, self._resting = self._resting, None
        if call is not None:
            call()


def _call(call: Callable[[], None]) -> None:
    call()
