"""A band between two curves, for a spread around a line."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter

from widgets.drawing.lines import finite_runs, polygon
from widgets.plots.items import CurveItem, Stroke, Values, box_of, to_box_pixels
from widgets.theme.theme import Theme

OPACITY = 0.16


class BandItem(CurveItem):
    """The surface from y - spread to y + spread, float64 [n] each, with gaps where either is NaN."""

    def __init__(self, x: Values, y: Values, spread: Values, colour: Callable[[Theme], QColor]) -> None:
        self._spread = spread
        super().__init__(x, y + spread, Stroke(colour))

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        fill = QColor(self._own_pen.color())
        fill.setAlphaF(OPACITY)
        to_box = self.itemTransform(box_of(self))[0]  # before the painter is set to pixels
        x, high = to_box_pixels(self, painter, self.xs, self.ys)
        low = (self.ys - 2 * self._spread) * to_box.m22() + to_box.dy()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        for run in finite_runs(high + low):
            both = np.concatenate((x[run], x[run][::-1])), np.concatenate((high[run], low[run][::-1]))
            painter.drawPolygon(polygon(*both))
        painter.setBrush(Qt.BrushStyle.NoBrush)
