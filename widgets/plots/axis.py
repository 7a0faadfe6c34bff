"""An axis of a plot: round numbers in the window's style, with as many digits as they need to differ."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from widgets.theme.praat_numbers import signed
from widgets.theme.theme import LIGHT, Theme, font

BEYOND_PX = 30  # how far the number of a tick at the end of an axis may extend beyond it
LIFT_PX = 4.0
LONGEST_PLAIN = 1e6  # from here up, and below a hundred-thousandth, numbers have an exponent


def tick_words(values: Sequence[float], spacing: float) -> list[str]:
    """Return the numbers of ticks, all with the decimals that their spacing needs.

    >>> tick_words([0.0, 0.05, 0.1], 0.05), tick_words([-1000.0, 0.0, 1000.0], 1000.0)
    (['0.00', '0.05', '0.10'], ['−1000', '0', '1000'])
    >>> tick_words([0.0, 2e-06], 1e-06), tick_words([1e7, 1.05e7], 500000.0)
    (['0', '2e−06'], ['1.00e+07', '1.05e+07'])
    """
    power = math.floor(math.log10(spacing) + 1e-9)
    largest = max((abs(value) for value in values), default=0.0)
    if power < -5 or largest >= LONGEST_PLAIN:
        digits = max(0, math.floor(math.log10(largest)) - power) if largest > 0 else 0
        return [signed(f"{value:.{digits}e}") if value else "0" for value in values]
    return [signed(f"{value + 0.0:.{max(0, -power)}f}") for value in values]


def _face() -> QFont:
    return font(11, numbers=True)


class NumberAxis(pg.AxisItem):
    """The axis at one side ("left", "bottom") of an area; `grid` draws lines at its ticks."""

    def __init__(self, side: str, size_px: int, grid: bool) -> None:
        self._across = side == "bottom"
        super().__init__(side, pen=QPen(Qt.PenStyle.NoPen), maxTickLength=0)
        self._theme: Theme = LIGHT
        self.unit_at_zero = ""
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickFont=_face(), maxTickLevel=0, tickAlpha=255,
            autoExpandTextSpace=False, tickTextOffset=6 - 2 * self._across,
        )  # fmt: skip
        self.setGrid(255 if grid else False)
        self.setZValue(-200)  # the grid lies below the view box, whose z is -100
        (self.setHeight if self._across else self.setWidth)(size_px)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setTextPen(theme.ink3)
        self.setTickPen(QPen(theme.grid, 1))

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the numbers of ticks; `unit_at_zero`, if set, follows the 0."""
        words = tick_words([value * scale for value in values], spacing * scale)
        unit = f" {self.unit_at_zero}" if self.unit_at_zero else ""
        return [one + unit if value == 0 else one for one, value in zip(words, values, strict=True)]

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        """Draw the ticks directly, so that text stays text in a saved picture."""
        painter.save()
        painter.setFont(_face())
        specs = self.generateDrawSpecs(painter)
        if specs is not None:
            _, ticks, texts = specs
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._paint_grid(painter, ticks)
            painter.setPen(self.textPen())
            for room, _, text in texts:
                painter.drawText(self._inside(room), _CENTRE if self._across else _RIGHT, text)
        painter.restore()

    def _paint_grid(self, painter: QPainter, ticks: Sequence[tuple[QPen, pg.Point, pg.Point]]) -> None:
        """Draw the lines of the grid, except at the edge of the plot, where its frame is."""
        box = self.linkedView()
        if not self.grid or box is None:
            return
        plot = box.mapRectToItem(self, box.rect())
        for pen, start, _ in ticks:
            painter.setPen(pen)
            if self._across and plot.left() + 1 < start.x() < plot.right() - 1:
                painter.drawLine(QLineF(start.x(), plot.top(), start.x(), plot.bottom()))
            if not self._across and plot.top() + 1 < start.y() < plot.bottom() - 1:
                painter.drawLine(QLineF(plot.left(), start.y(), plot.right(), start.y()))

    def boundingRect(self) -> QRectF:
        """Return the space of the grid and of the numbers at both ends, which extend beyond the axis."""
        aside, above = (BEYOND_PX, 0) if self._across else (0, BEYOND_PX)
        return super().boundingRect().adjusted(-aside, -above, aside, above)

    def _inside(self, room: QRectF) -> QRectF:
        """Return the space of a tick's number, with the lowest one raised clear of the other axis's
        numbers.
        """
        if self._across:
            return room.adjusted(-2, -1, 2, 3)
        return room.adjusted(-2, -3, 0, 3).translated(
            0, min(0.0, max(-LIFT_PX, self.height() - 1 - room.bottom()))
        )


_CENTRE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip)
