"""The ring around the focused area."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from widgets.theme.theme import LIGHT, Theme


class FocusRing(QWidget):
    """The accent ring around the focused area; it ignores the mouse."""

    WIDTH_PX = 2

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        inner = self.rect().adjusted(self.WIDTH_PX, self.WIDTH_PX, -self.WIDTH_PX, -self.WIDTH_PX)
        self.setMask(QRegion(self.rect()) - QRegion(inner))
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(QPen(self._theme.accent, 2 * self.WIDTH_PX))
            painter.drawRect(self.rect())
