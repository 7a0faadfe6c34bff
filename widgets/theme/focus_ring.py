"""The ring around the focused area."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from widgets.theme.theme import LIGHT, Look


class FocusRing(QWidget):
    """The accent ring around the focused area; it ignores the mouse."""

    WIDTH_PX = 2

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = LIGHT
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        inner = self.rect().adjusted(self.WIDTH_PX, self.WIDTH_PX, -self.WIDTH_PX, -self.WIDTH_PX)
        self.setMask(QRegion(self.rect()) - QRegion(inner))
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(self._look.accent, 2 * self.WIDTH_PX))
        painter.drawRect(self.rect())
