"""The program: the real parts put together in a window, shown, and run until it is closed."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.base.main_thread import MainThread
from app.shell.instrument import Clock, Instrument
from app.shell.window import Window
from core.session.preferences import Preferences
from widgets.theme import theme as looks

TITLE_BAR_PX = 32
HAND_OVER_S = 0.00005
"""How soon a thread that computes in Python lets the window's have its turn.

With Python's own 5 ms, paid at each of a frame's many calls of Qt, reading ten thousand intervals beside
it kept the window for 110 ms.
"""


def make_instrument(settings: Preferences, bridge: MainThread) -> Instrument:
    """Put the real parts together: the engine first, since importing torch takes longest."""
    from concurrent.futures import ThreadPoolExecutor

    from app.base.log import bug
    from core.faults import Fault
    from core.playback.player import Player
    from core.processes.engine import ProcessEngine
    from core.processes.praat_pool import PraatPool

    sys.setswitchinterval(HAND_OVER_S)
    told: list[Instrument] = []

    def tell(fault: Fault) -> None:
        bridge.post(lambda: told[0].faulted.emit(fault))

    engine = ProcessEngine(on_crash=lambda: bridge.post(lambda: told[0].latent_driven.ask_again()))

    def unheard(fault: Fault) -> None:
        bridge.post(lambda: told[0].playback.failed(fault))

    files = ThreadPoolExecutor(2, "files")
    player = Player(unheard, lambda: bridge.post(lambda: told[0].playback.ended()))
    made = Instrument(
        engine, PraatPool(), player, Clock(bridge.post, bridge.rest, files.submit), settings,
        on_bug=lambda error: tell(Fault(bug(error))),
    )  # fmt: skip
    told.append(made)
    return made


def main(path: str | None = None) -> int:
    """Open the window, on `path` where one is given, and run until it is closed."""
    from app.base import log
    from app.shell import start_times
    from core.faults import Fault
    from core.queries.results_store import default_path as results_path
    from core.session import preferences as kept

    place = kept.default_path()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Phonoscope")
    app.setDesktopFileName("phonoscope")
    bridge = MainThread()
    instrument = make_instrument(kept.load(place), bridge)
    looks.apply(app, looks.LIGHT)
    window = Window(instrument)
    window.dock_view.list.keep(results_path())
    log.start()
    log.catch_all(lambda said: bridge.post(lambda: instrument.faulted.emit(Fault(said))))
    start_times.start(window, lambda: bool(window.stack.lanes))
    show(window)
    QTimer.singleShot(0, lambda: _first_steps(window, path))
    status = app.exec()
    window.dock_view.list.close()
    kept.save(instrument.preferences, place)
    return status


def show(window: Window) -> None:
    """Show the window, at its first start filling a screen that is too small for it."""
    room = window.screen().availableSize()
    fits = window.width() <= room.width() and window.height() + TITLE_BAR_PX <= room.height()
    if window.on.preferences.geometry or fits:
        window.show()
    else:
        window.showMaximized()


def _first_steps(window: Window, path: str | None) -> None:
    """Open what was asked for, else the built-in model; warm up what a first click will need."""
    opening = window.on.model_loader
    if path is not None:
        opening.open(path)
    elif opening.has_demo():
        opening.open_demo()
    QTimer.singleShot(1500, window.on.pool.warm)
