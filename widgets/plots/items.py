"""The contents of an area: curves and dots, sized in pixels on screen and to scale on paper."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from widgets.drawing.dots import draw_dots
from widgets.drawing.lines import finite_runs, polygon
from widgets.theme.theme import LIGHT, Theme

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Stroke:
    """A line style: its colour in a theme, its width in pixels, its dashes in multiples of the width."""

    colour: Callable[[Theme], QColor]
    width_px: float = 1.0
    dashes: tuple[float, ...] = ()

    def pen(self, theme: Theme) -> QPen:
        made = QPen(self.colour(theme), self.width_px)
        if self.dashes:
            made.setDashPattern(self.dashes)
        return made


class CurveItem(pg.PlotCurveItem):
    """A line through points of increasing x, float64 [n] each, broken where y is NaN.

    It is drawn in pixels of its view box, not in data units: pyqtgraph's own pens keep their width in device
    dots, which makes them hairlines in a picture with 300 dots per inch.
    """

    def __init__(self, x: Values, y: Values, stroke: Stroke) -> None:
        super().__init__(x, y, connect="finite")
        self.xs, self.ys, self.stroke = x, y, stroke
        self.set_theme(LIGHT)

    def set_theme(self, theme: Theme) -> None:
        self._own_pen = self.stroke.pen(theme)
        self.setPen(pg.mkPen(self._own_pen.color(), width=self.stroke.width_px))

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        x, y = self._in_pixels(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._own_pen)
        most = round(box_of(self).width())
        for run in finite_runs(y):
            xs, ys = thinned(x[run], y[run], max(1, most * (run.stop - run.start) // y.size))
            if xs.size == 1:  # a line of one point would be invisible
                painter.drawEllipse(QPointF(xs[0], ys[0]), 1.0, 1.0)
            painter.drawPolyline(polygon(xs, ys))

    def _in_pixels(self, painter: QPainter) -> tuple[Values, Values]:
        """Return the visible points in pixels of the view box, and set the painter to those."""
        (left, right), _ = box_of(self).viewRange()
        first, last = np.searchsorted(self.xs, (left, right))
        seen = slice(max(0, int(first) - 1), int(last) + 1)
        return to_box_pixels(self, painter, self.xs[seen], self.ys[seen])


class DotItem(pg.ScatterPlotItem):
    """Round dots at points, float64 [n] each, of one colour and size."""

    def __init__(self, x: Values, y: Values, colour: Callable[[Theme], QColor], size_px: float) -> None:
        super().__init__(x, y, size=size_px, pen=None, symbol="o", antialias=True)
        self.xs, self.ys = x, y
        self._colour, self._size_px, self._printed = colour, size_px, colour(LIGHT)
        self.set_theme(LIGHT)

    def set_theme(self, theme: Theme) -> None:
        self._printed = self._colour(theme)
        self.setBrush(pg.mkBrush(self._printed))

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        """Paint stamps on the screen, circles to scale in a picture."""
        if self._exportOpts is False:
            super().paint(painter, option, widget)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_dots(painter, *to_box_pixels(self, painter, self.xs, self.ys), self._printed, self._size_px)
        painter.setPen(Qt.PenStyle.NoPen)


def box_of(item: pg.GraphicsObject) -> pg.ViewBox:
    """Return the view box that an item was added to."""
    found = item.getViewBox()
    assert isinstance(found, pg.ViewBox)
    return found


def to_box_pixels(item: pg.GraphicsObject, painter: QPainter, x: Values, y: Values) -> tuple[Values, Values]:
    """Return points in pixels of an item's view box, and set the painter to those."""
    to_box = item.itemTransform(box_of(item))[0]
    painter.setTransform(to_box.inverted()[0], True)
    return x * to_box.m11() + to_box.dx(), y * to_box.m22() + to_box.dy()


def thinned(x: Values, y: Values, most: int) -> tuple[Values, Values]:
    """Return about `most` stretches at most, with their extremes: a minute's slice has a million bins."""
    share = x.size // max(1, most)
    if share < 3:
        return x, y
    blocks = y[: x.size // share * share].reshape(-1, share)
    ends = np.sort(np.stack((blocks.argmin(axis=1), blocks.argmax(axis=1)), axis=1), axis=1)
    kept = (ends + np.arange(blocks.shape[0])[:, None] * share).ravel()
    return x[kept], y[kept]
