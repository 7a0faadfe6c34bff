"""How far measuring is, in a dialog that ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from widgets.controls.progress_dialog import ProgressDialog

if TYPE_CHECKING:
    from app.shell.window import Window


class MeasurementProgress(QObject):
    """Opens the dialog when measuring begins and closes it when it is over."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: ProgressDialog | None = None
        window.on.measurement.progressed.connect(self._progressed)
        window.on.measurement.ended.connect(self._ended)

    def _progressed(self, words: str, done: int, of: int) -> None:
        if self.dialog is None:
            self.dialog = ProgressDialog("Measuring", self._window)
            self.dialog.set_look(self._window.look)
            self.dialog.cancel_wanted.connect(self._window.on.measurement.cancel)
        self.dialog.show_progress(words, done, of)
        if not self.dialog.isVisible():
            self._window.asks.keep(self.dialog)

    def _ended(self) -> None:
        if self.dialog is not None:
            self.dialog.hide()
