"""The traces of a waterfall: each step's curve on its own line, hiding those behind it."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from core.signals.track import Track
from widgets.drawing.lines import finite_runs, polygon
from widgets.plots.items import CurveItem, Stroke, box_of, thinned
from widgets.theme.theme import Theme

Values = NDArray[np.float64]
ROWS_HIGH = 1.8  # how many lines the largest trace covers when there are few steps
SPARSE_PX = 4.0  # samples further apart than this are shown as dots
DOT_PX = 3.0


class TraceItem(CurveItem):
    """A step's curve; below it the surface of the plot hides the traces that lie behind."""

    def __init__(self, x: Values, y: Values, base: float, stroke: Stroke) -> None:
        super().__init__(x, y, stroke)
        self.base = base

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._surface = theme.plot

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        floor = box_of(self).height()
        x, y = self._in_pixels(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = round(box_of(self).width())
        for run in finite_runs(y):
            xs, ys = thinned(x[run], y[run], max(1, most * (run.stop - run.start) // y.size))
            self._hide(painter, xs, ys, floor)
            painter.setPen(self._own_pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polygon(xs, ys))
            self._dots(painter, xs, ys)

    def _hide(self, painter: QPainter, xs: Values, ys: Values, floor: float) -> None:
        """Cover what lies below the curve: the traces in front are drawn later."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._surface)
        painter.drawPolygon(
            polygon(np.concatenate((xs[:1], xs, xs[-1:])), np.concatenate(([floor], ys, [floor])))
        )

    def _dots(self, painter: QPainter, xs: Values, ys: Values) -> None:
        """Show each sample of a sparse curve."""
        if xs.size > 1 and (xs[-1] - xs[0]) / (xs.size - 1) < SPARSE_PX:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._own_pen.color())
        for place_x, place_y in zip(xs.tolist(), ys.tolist(), strict=True):
            painter.drawEllipse(QPointF(place_x, place_y), DOT_PX / 2, DOT_PX / 2)


def gain_of(tracks: tuple[Track | None, ...]) -> float:
    """Return how many lines of a waterfall a value of 1 is high, one gain for all steps of a layer.

    With many steps the traces may cover more lines, up to an eighth of them.
    """
    known = [track.samples for track in tracks if track is not None]
    high = max((float(np.nanmax(one, initial=0.0)) for one in known), default=0.0)
    low = min((float(np.nanmin(one, initial=0.0)) for one in known), default=0.0)
    rows = max(ROWS_HIGH, len(tracks) / 8)
    return rows / (high - low) if high > low else 1.0


def peak_of(samples: NDArray[np.float32]) -> float:
    """Return the largest absolute value, 0 where none is finite."""
    known = np.abs(samples[np.isfinite(samples)])
    return float(known.max()) if known.size else 0.0


def round_below(value: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not above a value.

    >>> round_below(0.7), round_below(3.0), round_below(0.02)
    (0.5, 2.0, 0.02)
    """
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return next(k * power for k in (5.0, 2.0, 1.0) if k * power <= value * (1 + 1e-9))


def step_stroke(share: float, is_current: bool) -> Stroke:
    """Return the line of a step: in its colour, the current one in ink and wider."""
    colour: Callable[[Theme], QColor] = (lambda theme: theme.ink) if is_current else _step_colour(share)
    return Stroke(colour, 1.5 if is_current else 1.1)


def _step_colour(share: float) -> Callable[[Theme], QColor]:
    return lambda theme: theme.step(share)
