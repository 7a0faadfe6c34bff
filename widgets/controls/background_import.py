"""Imports of slow modules of widgets, off the window's thread."""

from __future__ import annotations

import contextlib
from importlib import import_module
from threading import Thread

from PySide6.QtCore import QObject, Signal


class BackgroundImport(QObject):
    """Imports a module when started; `done` arrives in the thread of this object."""

    done = Signal()

    def __init__(self, module: str, parent: QObject) -> None:
        super().__init__(parent)
        self._module, self._started = module, False

    def start(self) -> None:
        """Start the import; a second call does nothing."""
        if not self._started:
            self._started = True
            Thread(target=self._run, name=f"import {self._module}").start()

    def _run(self) -> None:
        import_module(self._module)
        with contextlib.suppress(RuntimeError):  # the widget that needed it may be closed by now
            self.done.emit()
