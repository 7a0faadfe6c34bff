"""The spectral slices of all layers over one another, each ended at its own Nyquist frequency."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.controls.dialog import SmallDialog
from widgets.plots.legend import LegendEntry, PlacedEntry, apart, height, paint, placed
from widgets.theme.control_paint import Words
from widgets.theme.praat_numbers import short, signed
from widgets.theme.theme import LIGHT, Look, font

LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 45, 27, 2, 22
LEGEND_LEFT_PX, LEGEND_RIGHT_PX, NAMES_PX = 12, 8, 14
LOW_DB, HIGH_DB, STEP_DB = -60.0, 7.0, 20.0
HEIGHT_PX = 252
# The output's line is its own; the others', the highest Nyquist frequency first, are told by their dashes.
DASHES = ((), (5.0, 2.0), (2.0, 2.0), (6.0, 2.0, 1.5, 2.0), (6.0, 2.0, 1.5, 2.0, 1.5, 2.0), (1.0, 3.0))


@dataclass(frozen=True)
class Slice:
    """One layer's slice: levels in dB below its own highest, over frequency; `main` is the output's."""

    title: str
    frequencies_hz: NDArray[np.float64]
    levels_db: NDArray[np.float64]
    nyquist_hz: float
    main: bool = False
    active: bool = False


@dataclass(frozen=True)
class SliceView:
    """What the plot shows: slices, the marks of the formants and whose they are, the highest frequency.

    Slices that are `stale` are of a place or of curves from before, and greyed.
    """

    slices: tuple[Slice, ...] = ()
    formants_hz: tuple[float, ...] = ()
    high_hz: float = 5000.0
    reason: str = ""
    stale: bool = False
    formants_of: str = ""  # where they are not the output's
    without: tuple[str, ...] = ()  # layers that have no slice here


class SlicePlot(QWidget):
    """Paints a view; holds nothing else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Look = LIGHT
        self._view = SliceView()
        self._laid: list[PlacedEntry] | None = None
        self.setAccessibleName("Spectral slice")
        self.setToolTip(
            "0 dB is each layer's highest level above 50 Hz. A line ends at its layer's Nyquist frequency."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_view(self, view: SliceView) -> None:
        """Show these slices."""
        self._view, self._laid = view, None
        peaks = (f"{one.title} to {short(one.nyquist_hz)} Hz" for one in view.slices)
        self.setAccessibleDescription(view.reason or ", ".join(peaks))
        self.update()

    def fade(self) -> None:
        """Grey the slices until the new ones have come."""
        if not self._view.stale:
            self._view, self._laid = replace(self._view, stale=True), None
            self.update()

    @property
    def view(self) -> SliceView:
        return self._view

    def set_look(self, look: Look) -> None:
        self._look, self._laid = look, None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._laid = None
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(384, HEIGHT_PX)

    # --- geometry -------------------------------------------------------------------------------

    @property
    def plot(self) -> QRectF:
        """The place of the plot inside the widget: the legend is above it, the formants' names below."""
        top = TOP_PX + round(height(self._legend))
        names = NAMES_PX if self._view.formants_hz else 0
        return QRectF(self.rect()).adjusted(LEFT_PX, top, -RIGHT_PX, -BOTTOM_PX - names)

    @property
    def _legend(self) -> list[PlacedEntry]:
        """Give the names of the lines and their places, laid out once for a view, a look and a width."""
        if self._laid is None:
            self._laid = self._lay_out()
        return self._laid

    def _lay_out(self) -> list[PlacedEntry]:
        """Give the names of the lines: the output's first, then by falling Nyquist frequency."""
        view = self._view
        order = sorted(view.slices, key=lambda one: (not one.main, _falling(one)))
        entries = [LegendEntry(one.title, self._pen(one), strong=one.active) for one in order]
        if view.formants_of and np.isfinite(view.formants_hz).any():
            entries.append(LegendEntry(f"F1–F{len(view.formants_hz)} of {view.formants_of}"))
        if view.without:
            entries.append(LegendEntry(f"none of {', '.join(view.without)}: too few samples", bare=True))
        return placed(entries, LEGEND_LEFT_PX, self.width() - LEGEND_RIGHT_PX)

    def x_of(self, frequency_hz: float) -> float:
        return self.plot.left() + frequency_hz / self._view.high_hz * self.plot.width()

    def y_of(self, level_db: float) -> float:
        return self.plot.top() + (HIGH_DB - level_db) / (HIGH_DB - LOW_DB) * self.plot.height()

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.plot, self._look.plot)
        painter.translate(0, TOP_PX)
        paint(painter, self._legend, self._look)
        painter.resetTransform()
        self._paint_grid(painter)
        painter.setClipRect(self.plot)
        for one in sorted(self._view.slices, key=lambda one: (one.main, one.nyquist_hz)):
            self._paint_slice(painter, one)
        painter.setClipping(False)
        self._paint_ends(painter)
        self._paint_formants(painter)
        painter.setPen(self._look.line2)
        painter.drawRect(self.plot.adjusted(0, 0, -1, -1))
        if self._view.reason:
            painter.setFont(font(11))
            painter.setPen(self._look.ink3)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.plot.adjusted(16, 0, -16, 0), flags, self._view.reason)

    def _paint_grid(self, painter: QPainter) -> None:
        look, plot = self._look, self.plot
        painter.setFont(font(11, numbers=True))
        levels = np.arange(LOW_DB, HIGH_DB, STEP_DB)
        for level in levels:
            y = round(self.y_of(level))
            if level > LOW_DB:
                painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), look.grid)
            painter.setPen(look.ink3)
            words = f"{signed(f'{level:.0f}')} dB" if level == 0 else signed(f"{level:.0f}")
            place = QRectF(0, min(y - 8.0, plot.bottom() - 14), LEFT_PX - 6, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        for hertz in np.arange(0.0, self._view.high_hz + 1, _step(self._view.high_hz)):
            x = round(self.x_of(hertz))
            if 0 < hertz < self._view.high_hz:
                painter.fillRect(QRectF(x, plot.top(), 1, plot.height()), look.grid)
            painter.setPen(look.ink3)
            below = QRectF(x - 30, self.height() - BOTTOM_PX + 4, 60, 16)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, short(hertz))

    def _paint_slice(self, painter: QPainter, one: Slice) -> None:
        kept = one.frequencies_hz <= min(one.nyquist_hz, self._view.high_hz * 1.02)
        x = self.x_of(0.0) + one.frequencies_hz[kept] / self._view.high_hz * self.plot.width()
        y = self.plot.top() + (HIGH_DB - one.levels_db[kept]) / (HIGH_DB - LOW_DB) * self.plot.height()
        x, y = thinned(x, y, round(self.plot.width()))
        line = QPolygonF([QPointF(*place) for place in zip(x.tolist(), y.tolist(), strict=True)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen(one))
        painter.drawPolyline(line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _pen(self, one: Slice) -> QPen:
        """Give the output its colour and weight, the others their dashes."""
        if self._view.stale:
            return QPen(self._look.line2, 1.0)
        if one.main:
            return QPen(self._look.sound, 1.5)
        pen = QPen(self._look.curve, 1.5 if one.active else 1.0)
        others = sorted((other for other in self._view.slices if not other.main), key=_falling)
        if dashes := DASHES[[id(other) for other in others].index(id(one)) % len(DASHES)]:
            pen.setDashPattern(dashes)
        return pen

    def _paint_ends(self, painter: QPainter) -> None:
        """Mark where a layer's frequencies end, with its name beside the line where there is room."""
        plot, metrics, free_from = self.plot, QFontMetrics(font(11)), self.plot.left()
        painter.setFont(font(11))
        ends = sorted((one for one in self._view.slices if one.nyquist_hz < self._view.high_hz),
                      key=lambda one: one.nyquist_hz)  # fmt: skip
        edges = [self.x_of(one.nyquist_hz) for one in ends] + [plot.right()]
        for place, one in enumerate(ends):
            x = round(edges[place])
            self._dotted(painter, x, self._look.ink3)
            words = f"{one.title} ends"
            room = QRectF(x + 4, plot.top() + 3, metrics.horizontalAdvance(words) + 2, 16)
            if x >= free_from and room.right() <= edges[place + 1]:
                painter.setPen(self._look.ink2)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
                free_from = room.right()

    def _dotted(self, painter: QPainter, x: float, colour: QColor) -> None:
        pen = QPen(colour, 1)
        pen.setDashPattern((1, 3))
        painter.setPen(pen)
        painter.drawLine(QPointF(x, self.plot.top()), QPointF(x, self.plot.bottom()))

    def _paint_formants(self, painter: QPainter) -> None:
        """Mark the formants at the lower edge, each with its name below it, where no line goes."""
        look, bottom, face = self._look, self.plot.bottom(), font(11)
        marks = [
            (f"F{number}", self.x_of(hertz))
            for number, hertz in enumerate(self._view.formants_hz, 1)
            if np.isfinite(hertz) and 0 < hertz < self._view.high_hz
        ]
        painter.setFont(face)
        width = QFontMetrics(face).horizontalAdvance("F0") + 2.0
        middles = apart([x for _, x in marks], width, self.plot.right() + width / 2)
        for (words, x), middle in zip(marks, middles, strict=True):
            painter.fillRect(QRectF(x - 3, bottom - 9, 6, 8), look.plot)  # a halo, also over dense lines
            painter.fillRect(QRectF(x - 1, bottom - 7, 2, 6), look.formant)
            painter.setPen(look.ink2)
            room = QRectF(middle - width / 2 - 4, bottom, width + 8, NAMES_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


def _falling(one: Slice) -> tuple[float, str]:
    """Order slices by falling Nyquist frequency."""
    return (-one.nyquist_hz, one.title)


def _step(high_hz: float) -> float:
    """Give the distance of the frequency ticks: about five of them."""
    return next(
        step for step in (50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 1e9) if high_hz / step <= 6
    )


def thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give at most about `most` stretches with their extremes: a minute's slice has a million bins."""
    share = x.size // max(1, most)
    if share < 3:
        return x, y
    blocks = y[: x.size // share * share].reshape(-1, share)
    ends = np.stack((blocks.min(axis=1), blocks.max(axis=1)), axis=1)
    ends[1::2] = ends[1::2, ::-1]  # up and down in turn, so that neighbours join
    return np.repeat(x[: blocks.size : share], 2), ends.ravel()


class SliceDialog(SmallDialog):
    """The spectral slices, large, in a window of their own that follows the cursor and the selection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Spectral slice", parent)
        self.words = Words("", 11, 400, "ink2")
        self.plot = SlicePlot()
        self.body.addWidget(self.words)
        self.body.addWidget(self.plot, 1)
        self.add_buttons((), (("Close", self.accept),))
        self.resize(900, 520)

    def show_view(self, view: SliceView, words: str) -> None:
        """Show these slices."""
        self.words.setText(words)
        self.plot.show_view(view)
