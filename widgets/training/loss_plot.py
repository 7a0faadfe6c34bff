"""One curve over training steps, with its name and its last value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.drawing.lines import draw_line, draw_text
from widgets.theme.praat_numbers import short
from widgets.theme.theme import LIGHT, Look, font

HEIGHT_PX = 84
DOT_PX = 3


class LossPlot(QWidget):
    """One curve over the steps, with its name and its last value."""

    def __init__(self, name: str, unit: str) -> None:
        super().__init__()
        self._name, self._unit, self._look = name, unit, LIGHT
        self._points: tuple[tuple[int, float], ...] = ()
        self._floor: float | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(name)

    def show_points(self, points: tuple[tuple[int, float], ...], floor: float | None = None) -> None:
        """Show a curve, and a level to compare it with."""
        self._points, self._floor = points, floor
        self.update()

    def set_look(self, look: Look) -> None:
        """Use other colours."""
        self._look = look
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self._look
        room = QRectF(0, 20, self.width(), self.height() - 24)
        painter.fillRect(room, look.plot)
        draw_text(painter, QRectF(0, 0, 1, 16).center(), self._name, font(11, 500), look.ink)
        if not self._points:
            draw_text(painter, room.center(), "Nothing yet", font(11), look.ink3, "centre")
            return
        last = f"{short(self._points[-1][1])} {self._unit}".strip()
        place = QRectF(self.width() - 1, 0, 1, 16).center()
        draw_text(painter, place, last, font(11, 500, numbers=True), look.ink2, "right")
        self._paint_curve(painter, room)

    def _paint_curve(self, painter: QPainter, room: QRectF) -> None:
        steps, values = (np.array(row, np.float64) for row in zip(*self._points, strict=True))
        levels = np.append(values, [] if self._floor is None else [self._floor])
        low, high = float(min(0.0, levels.min())), float(levels.max())
        span, length = (high - low) or 1.0, (steps[-1] - steps[0]) or 1.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

        def y(value: np.ndarray) -> np.ndarray:
            return room.bottom() - 2 - (value - low) / span * (room.height() - 4)

        if self._floor is not None:
            ends = np.array([room.left(), room.right()])
            draw_line(painter, ends, y(np.full(2, self._floor)), self._look.edge, 1)
        if len(steps) == 1:  # a line of one point is not seen
            painter.setBrush(self._look.accent)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(QPointF(room.left() + DOT_PX, float(y(values)[0]) + DOT_PX), DOT_PX, DOT_PX)
            return
        draw_line(
            painter,
            room.left() + (steps - steps[0]) / length * room.width(),
            y(values),
            self._look.accent,
            1.5,
        )
