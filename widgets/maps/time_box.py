"""A view box over time that answers the mouse as the lanes of the stack do."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import (
    QGraphicsSceneHoverEvent,
    QGraphicsSceneMouseEvent,
    QGraphicsSceneWheelEvent,
)

from core.signals.axis import Range
from widgets.maps.maps_view import TimeView
from widgets.plots.area import ZoomBox
from widgets.timeline.columns import Columns
from widgets.timeline.pointer import Pointer

NO_TIME = TimeView(Range(0.0, 1.0), Range(0.0, 1.0))


class TimeBox(ZoomBox):
    """Emits requests about time; `clicked` and `pointed` carry a point in seconds and rows.

    Ctrl + wheel zooms time, with Shift it zooms the rows (`rows_wanted`, a factor and the row under the
    mouse); the wheel scrolls.
    """

    clicked = Signal(float, float)
    pointed = Signal(float, float)
    rows_wanted = Signal(float, float)
    rows_moved = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.time, self.pointer = NO_TIME, Pointer(self)
        self._pressed = QPointF()
        self.setAcceptHoverEvents(True)

    @property
    def columns(self) -> Columns:
        """The time columns in pixels of the box."""
        return Columns(self.time.visible, 0.0, max(1.0, self.width()))

    def place(self, at: QPointF) -> tuple[float, float]:
        """Return the seconds and the row at a point in pixels of the box."""
        found = self.mapToView(at)
        return self.columns.time_s(at.x()), found.y()

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._pressed = event.pos()
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        press = self.pointer.press_shift if shift else self.pointer.press
        press(event.pos().x(), self.columns, self.time.cursor_s, self.time.selection)
        event.accept()

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        self.pointer.move(event.pos().x(), self.columns, self.time.selection)

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        moved = (event.pos() - self._pressed).manhattanLength()
        self.pointer.release()
        if moved < self.pointer.travel_px:
            self.clicked.emit(*self.place(event.pos()))

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Take a second click as a click; zooming is the stack's."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        notches, modifiers = event.delta() / 120, event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if control and modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.rows_wanted.emit(notches, self.place(event.pos())[1])
        elif control:
            self.pointer.zoom(notches, event.pos().x(), self.columns, self.time.whole)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.rows_moved.emit(-notches)
        else:
            self.pointer.scroll(-notches, self.columns, self.time.whole)
        event.accept()

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.pointed.emit(*self.place(event.pos()))

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.pointed.emit(math.nan, math.nan)
