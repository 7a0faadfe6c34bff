"""A real window with its real engine, and a clock that waits until it has painted a change."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.base.main_thread import MainThread
from app.program import start_processes
from app.shell.furnishing import furnish
from app.shell.window import Window
from core.faults import Fault
from core.session.preferences import Preferences

SIZE_PX = (1600, 1000)
LIMIT_S = 120.0  # on a busy machine, too
TICK_MS = 50  # how often a wait checks when nothing happens


class TimedWindow(Window):
    """The program's window, which notes when a paint has shown what is waited for."""

    expected: Callable[[], bool] | None = None
    painted_s = 0.0

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:  # every widget that requested it is painted by now
            now_s = perf_counter()
            if self.expected is not None and self.expected():
                self.painted_s, self.expected = now_s, None
        return done

    def seconds_to(self, shown: Callable[[], bool], wish: Callable[[], None]) -> float:
        """Return the time from a request to the end of the paint that shows it."""
        start_s, self.expected = perf_counter(), shown
        wish()
        wait(lambda: self.expected is None)
        return self.painted_s - start_s

    @property
    def up_to_date(self) -> bool:
        """Whether every lane shows the curve of the session's point."""
        lanes, point = self.stack.lanes, self.on.session.point.z
        return bool(lanes) and all(lane.lane.curves[0].track.origin.point == point for lane in lanes)

    @property
    def complete(self) -> bool:
        """Whether the overlays and spectrograms show the session's point too."""
        session = self.on.session
        images = all(image.origin.point == session.point.z for image in session.shown.images.values())
        fresh = not session.shown.stale and not self.on.overlays.busy
        return self.up_to_date and fresh and images and not any(lane.lane.stale for lane in self.stack.lanes)


def wait(until: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Run the event loop until a condition holds; raises Fault if it never does."""
    end_s = perf_counter() + limit_s
    ticks = QTimer()
    ticks.start(TICK_MS)
    while not until():
        if perf_counter() > end_s:
            raise Fault("The window did not answer in time.", "Close other programs and try again.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def rest(length_s: float) -> None:
    """Run the event loop for a while."""
    over: list[bool] = []
    QTimer.singleShot(round(1000 * length_s), lambda: over.append(True))
    wait(lambda: bool(over))


@contextmanager
def open_window(path: Path) -> Iterator[TimedWindow]:
    """Open the window on a model, on the real screen if there is one, without any history."""
    with empty_window() as window:
        faults: list[Fault] = []
        window.on.messages.faulted.connect(faults.append)
        window.on.model_loader.open(path)
        window.on.pool.warm()
        wait(lambda: bool(faults) or window.complete)
        if faults:
            raise faults[0]
        gc.collect()
        gc.freeze()  # as the program does after its start
        yield window


@contextmanager
def empty_window() -> Iterator[TimedWindow]:
    """Show the window with nothing open, on the real screen if there is one."""
    app = _application()
    window = furnish(TimedWindow(), start_processes(Preferences(theme="light"), MainThread()))
    window.resize(*SIZE_PX)
    window.show()
    try:
        yield window
    finally:
        for kept in window.on.tier_editor.files.edited:
            window.on.tier_editor.files.keep_here(kept)  # nobody is there to ask
        window.close()
        app.processEvents()


def _application() -> QApplication:
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    if needs_no_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QApplication(sys.argv[:1])


def needs_no_screen() -> bool:
    """Whether this machine has no screen to paint on."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in screens)
