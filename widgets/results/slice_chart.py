"""The plot of spectral slices: each line ends at its own Nyquist frequency, with the formants marked
below.
"""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.plots import legend
from widgets.plots.area import ZOOM_HINT, AreaWords, Margins, PlotArea
from widgets.plots.items import CurveItem, Stroke
from widgets.plots.view import PlotView
from widgets.results.slice_views import Slice, SliceView
from widgets.theme.theme import Theme, font

MARGINS = Margins(left=45, top=2, right=27, bottom=22)
LEGEND_LEFT_PX, LEGEND_RIGHT_PX, NAMES_PX = 12, 8, 14
LOW_DB, HIGH_DB = -60.0, 7.0
# The output has its own line style; the others, from the highest Nyquist frequency down, differ in their
# dashes.
DASHES = ((), (5.0, 2.0), (2.0, 2.0), (6.0, 2.0, 1.5, 2.0), (6.0, 2.0, 1.5, 2.0, 1.5, 2.0), (1.0, 3.0))
MAIN, OTHER, STALE = attrgetter("sound"), attrgetter("curve"), attrgetter("line2")
MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip


def strokes(view: SliceView) -> dict[str, Stroke]:
    """Return every slice's line style by title: the output has its colour and weight, the others dashes."""
    if view.stale:
        return {one.title: Stroke(STALE) for one in view.slices}
    found = {one.title: Stroke(MAIN, 1.5) for one in view.slices if one.main}
    others = sorted((one for one in view.slices if not one.main), key=_falling)
    for place, one in enumerate(others):
        width_px = 1.5 if one.active else 1.0
        found[one.title] = Stroke(OTHER, width_px, DASHES[place % len(DASHES)])
    return found


def entries(view: SliceView) -> list[legend.LegendEntry]:
    """Return the legend's entries: the output first, then by falling Nyquist frequency."""
    lines, order = strokes(view), sorted(view.slices, key=lambda one: (not one.main, _falling(one)))
    found = [legend.LegendEntry(one.title, lines[one.title], strong=one.active) for one in order]
    if view.formants_of and np.isfinite(view.formants_hz).any():
        found.append(legend.LegendEntry(f"F1–F{len(view.formants_hz)} of {view.formants_of}"))
    if view.without:
        found.append(legend.LegendEntry(f"none of {', '.join(view.without)}: too few samples", bare=True))
    return found


def _falling(one: Slice) -> tuple[float, str]:
    """Return the sort key for falling Nyquist frequency."""
    return (-one.nyquist_hz, one.title)


class SliceArea(PlotArea):
    """Levels over frequency, with the legend above and the formants' names between plot and axis numbers."""

    def __init__(self) -> None:
        super().__init__(MARGINS, grid=True)
        self.view = SliceView()
        self.legend: list[legend.PlacedEntry] = []
        self.up.unit_at_zero = "dB"
        self.across.setTickDensity(2.0)
        self._marks = SliceMarks(self)

    def show_view(self, view: SliceView) -> None:
        """Show these slices."""
        self.view, lines = view, strokes(view)
        self.show_words(AreaWords(inside=view.reason))
        drawn = sorted(view.slices, key=lambda one: (one.main, one.nyquist_hz))
        self.show_items([_curve(one, view.high_hz, lines[one.title]) for one in drawn])
        self.show_range((0.0, view.high_hz), (LOW_DB, HIGH_DB))
        self._marks.update()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._marks.set_theme(theme)

    @property
    def above_px(self) -> float:
        return MARGINS.top + round(legend.height(self.legend))

    @property
    def below_px(self) -> float:
        return float(NAMES_PX) if self.view.formants_hz else 0.0

    def _place(self) -> None:
        self.legend = legend.placed(entries(self.view), LEGEND_LEFT_PX, self.size().width() - LEGEND_RIGHT_PX)
        super()._place()

    def x_of(self, frequency_hz: float) -> float:
        """Return the x of a frequency, in pixels of the area."""
        return self.box.mapToParent(self.box.mapFromView(QPointF(frequency_hz, 0.0))).x()

    def y_of(self, level_db: float) -> float:
        """Return the y of a level, in pixels of the area."""
        return self.box.mapToParent(self.box.mapFromView(QPointF(0.0, level_db))).y()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        super().paint(painter, option, widget)
        painter.save()
        painter.translate(0, MARGINS.top)
        legend.paint(painter, self.legend, self._theme)
        painter.restore()


def _curve(one: Slice, high_hz: float, stroke: Stroke) -> CurveItem:
    """Return the line of a slice, which ends at its layer's Nyquist frequency."""
    kept = one.frequencies_hz <= min(one.nyquist_hz, high_hz * 1.02)
    return CurveItem(one.frequencies_hz[kept], one.levels_db[kept], stroke)


class SliceMarks(pg.GraphicsObject):
    """The marks over the lines: the layers' Nyquist frequencies and the formants."""

    def __init__(self, area: SliceArea) -> None:
        super().__init__(area)
        self._area, self._theme = area, area.theme
        area.box.sigRangeChanged.connect(lambda *_: self.update())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area.rect()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        plot = self._area.box.geometry()
        self._paint_ends(painter, plot)
        self._paint_formants(painter, plot)

    def _paint_ends(self, painter: QPainter, plot: QRectF) -> None:
        """Mark the layers' Nyquist frequencies, with their names beside the lines if there is room."""
        metrics, free_from = QFontMetrics(font(11)), plot.left()
        painter.setFont(font(11))
        ends = sorted(
            (one for one in self._area.view.slices if one.nyquist_hz < self._area.view.high_hz),
            key=lambda one: one.nyquist_hz,
        )
        edges = [self._area.x_of(one.nyquist_hz) for one in ends] + [plot.right()]
        for place, one in enumerate(ends):
            x = float(round(edges[place]))
            if not plot.left() < x < plot.right():
                continue
            self._dotted(painter, x, plot)
            words = f"{one.title} ends"
            room = QRectF(x + 4, plot.top() + 3, metrics.horizontalAdvance(words) + 2, 16)
            if x >= free_from and room.right() <= min(edges[place + 1], plot.right()):
                painter.setPen(self._theme.ink2)
                painter.drawText(room, MIDDLE, words)
                free_from = room.right()

    def _dotted(self, painter: QPainter, x: float, plot: QRectF) -> None:
        pen = QPen(self._theme.ink3, 1)
        pen.setDashPattern((1, 3))
        painter.setPen(pen)
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_formants(self, painter: QPainter, plot: QRectF) -> None:
        """Mark the formants at the lower edge, each with its name below, clear of the lines."""
        theme, bottom, face = self._theme, plot.bottom(), font(11)
        marks = [
            (f"F{number}", x)
            for number, hertz in enumerate(self._area.view.formants_hz, 1)
            if np.isfinite(hertz) and plot.left() < (x := self._area.x_of(hertz)) < plot.right()
        ]
        painter.setFont(face)
        width = QFontMetrics(face).horizontalAdvance("F0") + 2.0
        middles = apart([x for _, x in marks], width, plot.right() + width / 2)
        for (words, x), middle in zip(marks, middles, strict=True):
            painter.fillRect(QRectF(x - 3, bottom - 9, 6, 8), theme.plot)  # a halo, also over dense lines
            painter.fillRect(QRectF(x - 1, bottom - 7, 2, 6), theme.formant)
            painter.setPen(theme.ink2)
            painter.drawText(QRectF(middle - width / 2 - 4, bottom, width + 8, NAMES_PX), MIDDLE, words)


def apart(places: Sequence[float], width: float, right: float) -> list[float]:
    """Return the centres of labels of one width near their places, in order and without overlap.

    >>> apart([10.0, 14.0, 60.0], 12.0, 100.0)
    [10.0, 22.0, 60.0]
    >>> apart([10.0, 96.0, 98.0], 12.0, 100.0)
    [10.0, 88.0, 100.0]
    """
    found: list[float] = []
    for x in places:
        found.append(max(x, found[-1] + width) if found else x)
    return [min(x, right - width * (len(found) - 1 - k)) for k, x in enumerate(found)]


class SliceChart(PlotView):
    """Shows the spectral slices in one area."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = SliceArea()
        self.add_area(self.area)
        self.setAccessibleName("Spectral slice")
        self.setToolTip(
            "0 dB is each layer's highest level above 50 Hz. A line ends at its layer's Nyquist frequency. "
            + ZOOM_HINT
        )

    def show_view(self, view: SliceView) -> None:
        """Show these slices."""
        self.area.show_view(view)
