"""A search field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.theme.icons import paint_icon
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import LIGHT, Theme


class SearchField(QLineEdit):
    """A field with a magnifying glass at its left."""

    def __init__(self, placeholder: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(False)
        self.setProperty("size", "28")
        self.setFixedHeight(28)
        self.setTextMargins(20, 0, 0, 0)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def event(self, event: QEvent) -> bool:
        """Let Esc clear the field first; in an empty field it stops the sound, as elsewhere."""
        return bool(self.text() and keeps(event, {Qt.Key.Key_Escape})) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.text() and event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        box = QRectF(7, 0, 18, self.height())
        paint_icon(QPainter(self), "magnifying-glass", box, self._theme.ink2, 14)
