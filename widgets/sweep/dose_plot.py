"""A measure against a latent value: a line for each layer or variable, with bands of one standard deviation.

Bands of more than a few sets of equals would hide each other, so those are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from widgets.drawing.lines import draw_dotted
from widgets.plots.area import ZOOM_HINT, AreaWords, Ends, Margins, PlotArea, PlotItem
from widgets.plots.band_item import BandItem
from widgets.plots.items import CurveItem, DotItem, Stroke
from widgets.plots.view import PlotView
from widgets.sweep.dose_views import DoseLine, DoseView
from widgets.theme.theme import Theme, font

MARGINS = Margins(left=48, top=20, right=56, bottom=20, title=8)
DASHES: tuple[tuple[float, ...], ...] = ((), (4.0, 2.0), (1.5, 1.5), (6.0, 2.0, 1.5, 2.0))
MOST_NAMED = 8
MOST_BANDS = 3
INSIDE_PX, DOT_PX = 8.0, 6.0


class DoseArea(PlotArea):
    """The area: names at the ends of the lines, the current step, and the draw."""

    def __init__(self) -> None:
        super().__init__(MARGINS, grid=True)
        self._view = DoseView()

    def show_dose(self, view: DoseView) -> None:
        """Show the lines."""
        self._view = view
        colours = [_colour(view, k) for k in range(len(view.lines))]
        items: list[PlotItem] = []
        for line, colour in zip(view.lines, colours, strict=True):
            few = not _by_step(view) or len(view.lines) <= MOST_BANDS
            if few and np.isfinite(line.spread).any():
                items.append(BandItem(line.places, line.mean, line.spread, colour))
        for k, (line, colour) in enumerate(zip(view.lines, colours, strict=True)):
            items.append(CurveItem(line.places, line.mean, Stroke(colour, 1.5, _dashes(view, k))))
            known = np.isfinite(line.mean)
            items.append(DotItem(line.places[known], line.mean[known], colour, DOT_PX))
        self.show_words(AreaWords("", "", "", view.across, "", "" if view.lines else view.note))
        self.show_items(items)
        across = [line.places for line in view.lines]
        up = [edge for line in view.lines for edge in _edges(line)]
        self.show_range(_ends(across), _ends(up), INSIDE_PX)
        self.update()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        super().paint(painter, option, widget)
        view, box = self._view, self.box.mapRectToParent(self.box.rect())
        painter.setFont(font(11))
        painter.setPen(self.theme.ink2)
        painter.drawText(QPointF(8, 14), view.unit)
        self._paint_places(painter, view, box)
        self._paint_names(painter, view, box)

    def _x_of(self, place: float, box: QRectF) -> float:
        return box.left() + self.box.mapFromView(QPointF(place, 0.0)).x()

    def _paint_places(self, painter: QPainter, view: DoseView, box: QRectF) -> None:
        """Mark the current step by a line, and the draw by a dotted one with its name above."""
        if view.drawn is not None and view.lines:
            x = self._x_of(view.drawn, box)
            if box.left() < x < box.right():
                draw_dotted(painter, QLineF(round(x), box.top(), round(x), box.bottom()), self.theme.ink3)
                room = QRectF(x - 40, box.top() - 16, 80, 14)
                painter.setPen(self.theme.ink2)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "drawn")
        if view.current is not None and view.lines:
            x = self._x_of(view.current, box)
            if box.left() <= x <= box.right():
                painter.setPen(QPen(self.theme.accent, 1.5))
                painter.drawLine(QLineF(x, box.top(), x, box.bottom()))

    def _paint_names(self, painter: QPainter, view: DoseView, box: QRectF) -> None:
        """Write each line's name at its end, the names 14 px apart."""
        ends = [(self._end_of(line, box), k) for k, line in enumerate(view.lines[:MOST_NAMED])]
        taken = box.top() - 14
        for y, k in sorted((y, k) for y, k in ends if y is not None):
            taken = max(taken + 14, y)
            line = view.lines[k]
            face = font(11, 600 if line.is_output else 400)
            painter.setFont(face)
            painter.setPen(
                _colour(view, k)(self.theme) if line.is_output or _by_step(view) else self.theme.ink
            )
            room = QRectF(box.right() + 5, taken - 8, MARGINS.right - 6, 16)
            words = QFontMetrics(face).elidedText(line.name, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)

    def _end_of(self, line: DoseLine, box: QRectF) -> float | None:
        known = np.flatnonzero(np.isfinite(line.mean))
        if not known.size:
            return None
        last = known[int(np.argmax(line.places[known]))]
        y = box.top() + self.box.mapFromView(QPointF(0.0, float(line.mean[last]))).y()
        return min(max(y, box.top()), box.bottom())


class DosePlot(PlotView):
    """The plot as a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.area = DoseArea()
        self.add_area(self.area)
        self.setToolTip(ZOOM_HINT)
        self.setAccessibleName("Dose-response")

    def sizeHint(self) -> QSize:
        return QSize(384, 330)

    def show_dose(self, view: DoseView) -> None:
        self.area.show_dose(view)
        self.setAccessibleDescription(", ".join(line.name for line in view.lines))


def _by_step(view: DoseView) -> bool:
    """Return whether the lines are a set of equals, which colours tell apart, and no layers."""
    return not any(line.is_output for line in view.lines) and len(view.lines) > 1


def _colour(view: DoseView, place: int) -> Callable[[Theme], QColor]:
    if view.lines[place].is_output:
        return lambda theme: theme.sound
    if not _by_step(view):
        return lambda theme: theme.curve
    share = place / max(1, min(len(view.lines), MOST_NAMED) - 1)
    if place >= MOST_NAMED:
        return lambda theme: theme.line2
    return lambda theme: theme.step(share)


def _dashes(view: DoseView, place: int) -> tuple[float, ...]:
    if _by_step(view):
        return ()
    others = [k for k, line in enumerate(view.lines) if not line.is_output]
    return () if view.lines[place].is_output else DASHES[others.index(place) % len(DASHES)]


def _edges(line: DoseLine) -> tuple[np.ndarray, np.ndarray]:
    spread = np.nan_to_num(line.spread)
    return line.mean - spread, line.mean + spread


def _ends(rows: list[np.ndarray]) -> Ends:
    """Return the range that covers all values, NaN where there is none."""
    known = np.concatenate([row[np.isfinite(row)] for row in rows]) if rows else np.empty(0)
    if not known.size:
        return (float("nan"), float("nan"))
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)
