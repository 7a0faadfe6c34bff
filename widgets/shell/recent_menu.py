"""The submenu of recent files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget


class RecentMenu(QMenu):
    """Recent files by name and folder; emits `open_wanted(path)` and `clear_wanted()`.

    `show_paths` fills it; the shell calls that before the menu opens.
    """

    open_wanted = Signal(str)
    clear_wanted = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setToolTipsVisible(True)

    def show_paths(self, paths: Sequence[str]) -> None:
        """Show these files, newest first."""
        self.clear()
        for path in paths:
            action = self.addAction(recent_text(path))
            action.setToolTip(path)
            action.triggered.connect(lambda _=False, path=path: self.open_wanted.emit(path))
        if paths:
            self.addSeparator()
            self.addAction("Clear this list").triggered.connect(lambda: self.clear_wanted.emit())
        else:
            self.addAction("Nothing yet").setEnabled(False)


def recent_text(path: str) -> str:
    """Return a file's name and folder as a menu shows them, where & marks an underlined letter.

    >>> recent_text("/runs/cats & dogs/model.ckpt-36000")
    'model.ckpt-36000 in cats && dogs'
    """
    whole = PurePath(path)
    within = f" in {whole.parent.name}" if whole.parent.name else ""
    return f"{whole.name}{within}".replace("&", "&&")
