"""What stands in the window until its panels are there: the same areas, empty."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.theme.theme import LIGHT, Theme, font

MENU_PX, TOOLBAR_PX, STATUS_PX, LEFT_PX = 32, 40, 24, 240


class FirstPicture(QWidget):
    """The window's empty areas; `painted` is emitted after they were painted for the first time."""

    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._is_painted = False

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, size = self._theme, self.size()
        top, bottom = MENU_PX + TOOLBAR_PX, size.height() - STATUS_PX
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.chrome)
            painter.fillRect(QRect(0, top, LEFT_PX, bottom - top), theme.panel)
            painter.fillRect(QRect(LEFT_PX, top, size.width() - LEFT_PX, bottom - top), theme.plot)
            painter.setPen(theme.line)
            for y_px in (top, bottom):
                painter.drawLine(0, y_px, size.width(), y_px)
            painter.drawLine(LEFT_PX, top, LEFT_PX, bottom)
            painter.setPen(theme.ink3)
            painter.setFont(font(13))
            middle = QRect(LEFT_PX, top, size.width() - LEFT_PX, bottom - top)
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, "Starting …")
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()
