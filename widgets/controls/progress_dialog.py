"""A progress dialog: text, a bar, and a Cancel button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words

WIDE_PX = 320


class ProgressDialog(SmallDialog):
    """Emits `cancel_wanted()` when cancelled by the button or Esc."""

    cancel_wanted = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._words = Words("", 12, 400)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setMinimumWidth(WIDE_PX)
        self.body.addWidget(self._words)
        self.body.addWidget(self.bar)
        self.buttons = self.add_buttons((), (("Cancel", self.reject),))

    @property
    def words(self) -> str:
        """The text above the bar."""
        return self._words.text()

    def show_progress(self, words: str, done: int, of: int) -> None:
        """Show the progress; an `of` of 0 means that the total is unknown."""
        self._words.setText(words)
        self.bar.setRange(0, of)
        self.bar.setValue(done)
        self.bar.setAccessibleName(words)

    def reject(self) -> None:
        """Close, and request that the work be cancelled."""
        super().reject()
        self.cancel_wanted.emit()
