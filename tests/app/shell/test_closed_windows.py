"""Every window that a command opens is gone once it is closed."""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QWidget
from shiboken6 import isValid

from app.base.command_table import all_commands
from core.signals.axis import Range

TIMES = 20
MENUS = {
    "File",
    "Latent",
    "Analyses",
    "Spectrogram",
    "Pitch",
    "Intensity",
    "Formants",
    "Pulses",
    "View",
    "Help",
}
ELSEWHERE = {
    "file.close",
    "file.quit",
    "file.close_model",
    "file.demo",
    "analyses.open_in_praat",
    "view.full_screen",
}
"""Commands that end or change what the others need."""
MOST_BYTES = 60_000
"""Memory per opening and closing that is noise: Python's and Qt's own caches."""


@pytest.fixture
def asked(window, tiers, monkeypatch):
    """The window with tiers, a selection and results of a measurement; what would block it is answered."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *args, **more: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args, **more: "")
    monkeypatch.setattr(QInputDialog, "getText", lambda *args, **more: ("", False))
    monkeypatch.setattr(QInputDialog, "getInt", lambda *args, **more: (1, False))
    monkeypatch.setattr(QInputDialog, "getItem", lambda *args, **more: ("", False))
    window.on.session.set_selection(Range(0.1, 0.7))
    window.wiring.show_stack()
    return window


def others(window) -> list[QWidget]:
    """Return the open windows beside the main one."""
    return [one for one in QApplication.topLevelWidgets() if one is not window and one.isVisible()]


def close_others(window) -> list[str]:
    """Close them, let Qt delete what is to be deleted, and return their classes."""
    closed = [type(one).__name__ for one in others(window)]
    for one in others(window):
        if isValid(one):
            one.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    return closed


def counted() -> tuple[int, int, Counter[str]]:
    """Return the number of widgets, of Python's handles on Qt's objects, and the handles by class."""
    gc.collect()
    handles = Counter(type(one).__name__ for one in gc.get_objects() if issubclass(type(one), QObject))
    return len(QApplication.allWidgets()), handles.total(), handles


def opening(window) -> list[str]:
    """Return the commands that open a window of their own, each time; what an earlier one opened late is not
    theirs.
    """
    found: list[str] = []
    for id, command in all_commands().items():
        if command.menu in MENUS and id not in ELSEWHERE:
            opened = []
            for _ in range(2):
                window.menus.run(id)
                opened.append(close_others(window))
            if all(opened):
                found.append(id)
    return found


def test_closed_windows_leave_no_widget_no_object_and_no_memory(asked):
    window = asked
    commands = opening(window)
    assert {"help.shortcuts", "help.about", "help.answers", "analyses.measure", "file.new_tiers"} <= {
        *commands
    }
    assert len(commands) >= 8, commands
    left: dict[str, object] = {}
    for id in commands:
        for _ in range(2):  # the first time something is imported or cached
            window.menus.run(id)
            assert close_others(window), id
        tracemalloc.start()
        widgets, handles, by_class = counted()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(TIMES):
            window.menus.run(id)
            close_others(window)
        now = counted()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        more = now[2] - by_class
        if now[:2] != (widgets, handles) or after - before > TIMES * MOST_BYTES:
            left[id] = now[0] - widgets, more, (after - before) // TIMES
    assert left == {}
