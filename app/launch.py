"""The start of the window: the engine first, then a first picture of the window, then everything else.

The imports of the engine take longest, so its process starts before anything else; those of the services take
longer than Qt's, so the window stands before them.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from app.base.main_thread import MainThread
    from app.base.settings_file import SettingsFile
    from app.shell.window import Window
    from core.processes.engine import ProcessEngine
    from core.session.preferences import Preferences

TITLE_BAR_PX = 32
PAINT_MS = 500  # a window that is not painted by then, because it is hidden, is furnished all the same
WARM_MS = 1500


def main(paths: Sequence[str] = ()) -> int:
    """Open the window on checkpoints and sounds, or on the built-in model; run until it is closed."""
    gc.disable()  # a collection in the middle of the imports takes 20 ms and finds nothing
    from core.processes.engine import ProcessEngine

    engine = ProcessEngine()
    from PySide6.QtWidgets import QApplication

    from app.base.main_thread import MainThread
    from app.shell import start_times
    from app.shell.window import Window
    from core.session import preferences as kept
    from widgets.theme import theme as themes

    app = QApplication(sys.argv[:1])
    app.setApplicationName("Phonoscope")
    app.setDesktopFileName("phonoscope")
    place = kept.default_path()
    said: list[str] = []
    preferences = kept.load(place, said.append)
    theme = themes.named(preferences.theme)
    themes.apply(app, theme)
    window = Window()
    window.first_picture.set_theme(theme)
    restored = window.restore(preferences.geometry)
    start_times.start(window)
    bridge = MainThread()
    files: list[SettingsFile] = []

    def fill_or_leave() -> None:
        try:
            fill(window, engine, preferences, bridge, paths)
            files.append(_keep_settings(window, place, said))
        except BaseException:
            app.exit(1)  # nothing would ever stand in the window
            raise

    _after_first_paint(window, fill_or_leave)
    show(window, restored)
    status = app.exec()
    if window.is_furnished:
        window.result_list.close()
        for file in files:
            file.close()
    else:
        engine.close()
    return status


def fill(
    window: Window, engine: ProcessEngine, preferences: Preferences, bridge: MainThread, paths: Sequence[str]
) -> None:
    """Make the services, put the panels in the window, and open the requested files."""
    from PySide6.QtCore import QTimer

    from app.base import log
    from app.program import start_processes
    from app.shell.furnishing import furnish
    from core.faults import Fault
    from core.queries.results_store import default_path as results_path
    from core.session import working_points

    instrument = start_processes(preferences, bridge, engine)
    furnish(window, instrument)
    window.result_list.keep(results_path())
    instrument.working_points.keep(working_points.default_folder())
    instrument.recorder.look_back()
    log.start()
    log.catch_all(lambda said: bridge.post(lambda: instrument.messages.faulted.emit(Fault(said))))
    gc.enable()
    gc.freeze()  # what the start has made stays; later collections need not look at it again
    QTimer.singleShot(0, lambda: open_first(window, paths))


def _keep_settings(window: Window, place: Path, said: Sequence[str]) -> SettingsFile:
    """Write the preferences whenever they change from now on, and show what was wrong with their file."""
    from app.base.settings_file import SettingsFile
    from core.faults import Fault

    for words in said:
        window.on.messages.faulted.emit(Fault(words))
    return SettingsFile(window.on.context, place)


def show(window: Window, restored: bool) -> None:
    """Show the window; without a size to restore, it is maximised on a screen that is too small for it."""
    from app.shell.window import USUAL_PX

    room = window.screen().availableSize()
    fits = USUAL_PX.width() <= room.width() and USUAL_PX.height() + TITLE_BAR_PX <= room.height()
    if restored or fits:
        window.show()
    else:
        window.showMaximized()


def open_first(window: Window, paths: Sequence[str]) -> None:
    """Open the requested files, or what was open last, or the built-in model; then prepare a first click."""
    from PySide6.QtCore import QTimer

    opening, wanted = window.on.model_loader, paths or window.on.last_open.paths
    opening.open_all(wanted)
    if not wanted and opening.has_demo():
        opening.open_demo()
    QTimer.singleShot(WARM_MS, window.on.pool.warm)


def _after_first_paint(window: Window, call: Callable[[], None]) -> None:
    """Call once, from the event loop, when the first picture has been painted."""
    from PySide6.QtCore import QTimer

    timer = QTimer(window, singleShot=True, interval=PAINT_MS)
    timer.timeout.connect(call)
    window.first_picture.painted.connect(lambda: timer.start(0))
    timer.start()
