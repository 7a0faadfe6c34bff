"""The cursor and the selection over a plot whose columns are those of the stack."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from widgets.drawing.lines import draw_dotted
from widgets.maps.maps_view import TimeView
from widgets.theme.theme import LIGHT, Theme
from widgets.timeline.columns import Columns


class TimeMarks(pg.GraphicsObject):
    """Painted over everything in a plot: `place` is its box in pixels of the parent."""

    def __init__(self, parent: pg.GraphicsWidget) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._time: TimeView | None = None
        self._place = QRectF()
        self.setZValue(100)
        self.setAcceptHoverEvents(False)

    def show_time(self, time: TimeView, place: QRectF) -> None:
        """Show other marks, in another place."""
        self.prepareGeometryChange()
        self._time, self._place = time, place
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def shape(self):  # nothing here takes the mouse from the plot below
        from PySide6.QtGui import QPainterPath

        return QPainterPath()

    def boundingRect(self) -> QRectF:
        return self._place

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        time, place, theme = self._time, self._place, self._theme
        if time is None or place.width() <= 0:
            return
        columns = Columns(time.visible, place.left(), place.width())
        painter.save()
        painter.setClipRect(place)
        if time.selection is not None and not theme.is_print:
            seen = time.selection.cut(time.visible)
            left, right = columns.line_x(seen.start_s) + 0.5, columns.line_x(seen.end_s) + 0.5
            if seen.length_s > 0:
                painter.fillRect(QRectF(left, place.top(), right - left, place.height()), theme.sel)
        for time_s in marked(time):
            if time.visible.contains(time_s):
                x = columns.line_x(time_s)
                draw_dotted(painter, QLineF(x, place.top(), x, place.bottom()), theme.cursor)
        painter.restore()


def marked(time: TimeView) -> tuple[float, ...]:
    """Return the times with a dotted line: both edges of the selection, or the cursor."""
    if time.selection is not None:
        return (time.selection.start_s, time.selection.end_s)
    return () if time.cursor_s is None else (time.cursor_s,)
