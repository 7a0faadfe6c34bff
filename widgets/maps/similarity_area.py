"""The layer compared with itself: time against time, with the labelled intervals and how alike they are."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from core.signals.axis import Range
from widgets.maps.heat_area import HEADS_PX, NOTE_PX
from widgets.maps.maps_view import TimeView
from widgets.plots.area import Margins, PlotArea
from widgets.theme.praat_numbers import NONE, signed
from widgets.theme.ramps import sequential
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import AXIS_PX, Columns

MOST_PAIRS = 12
ROW_PX = 15.0


@dataclass(frozen=True, eq=False)
class SimilarityView:
    """Similarities float32 [frames, frames] from `start_s` on, a frame every `step_s`, NaN where undefined.

    `intervals` are those of a tier, with their labels; `pairs` are how alike each two of them are, float64
    [intervals, intervals]. `of` says what was compared.
    """

    values: NDArray[np.float32]
    start_s: float
    step_s: float
    of: str
    intervals: tuple[tuple[Range, str], ...] = ()
    pairs: NDArray[np.float64] | None = None


class SimilarityArea(PlotArea):
    """Time runs to the right, in the stack's columns, and down; the intervals are listed at the left."""

    def __init__(self) -> None:
        super().__init__(Margins(left=HEADS_PX, top=NOTE_PX, right=round(AXIS_PX), bottom=0))
        self.view: SimilarityView | None = None
        self._window = Range(0.0, 1.0)
        self._image: tuple[object, QImage] | None = None
        for part in (self.across, self.up, self.box):
            part.hide()

    def show_view(self, view: SimilarityView | None) -> None:
        """Show another comparison."""
        self.view = view
        self._image = None
        self.update()

    def show_time(self, time: TimeView) -> None:
        """Show another range of time, in both directions."""
        if time.visible != self._window:
            self._window = time.visible
            self.update()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._image = None

    @property
    def plot(self) -> QRectF:
        """The place of the picture."""
        size = self.size()
        return QRectF(HEADS_PX, NOTE_PX, size.width() - HEADS_PX - AXIS_PX, max(1.0, size.height() - NOTE_PX))

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        theme, view, plot = self.theme, self.view, self.plot
        painter.fillRect(QRectF(0, 0, self.size().width(), self.size().height()), theme.chrome)
        painter.fillRect(plot, theme.plot)
        if view is None or not view.values.size:
            return
        columns = Columns(self._window, plot.left(), plot.width())
        down = Columns(self._window, plot.top(), plot.height())
        painter.save()
        painter.setClipRect(plot)
        begin, length = view.start_s - view.step_s / 2, view.step_s * len(view.values)
        place = QRectF(columns.x(begin), down.x(begin), length * columns.px_per_s, length * down.px_per_s)
        painter.drawImage(place, self._picture(view))
        self._paint_intervals(painter, view, columns, down)
        painter.restore()
        self._paint_words(painter, view)

    def _picture(self, view: SimilarityView) -> QImage:
        """Return the similarities from 0 to 1 in the colours of a map; undefined ones are the plot's."""
        if self._image is None or self._image[0] is not view:
            shares = np.clip(np.nan_to_num(view.values, nan=0.0), 0.0, 1.0)
            pixels = np.ascontiguousarray(sequential(self.theme)[(shares * 255 + 0.5).astype(np.uint8)])
            height, width = pixels.shape
            image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
            self._image = view, image
        return self._image[1]

    def _paint_intervals(
        self, painter: QPainter, view: SimilarityView, columns: Columns, down: Columns
    ) -> None:
        painter.setPen(QPen(self.theme.cursor, 1, Qt.PenStyle.DotLine))
        for window, _ in view.intervals:
            for time_s in (window.start_s, window.end_s):
                x, y = columns.line_x(time_s), down.x(time_s)
                painter.drawLine(QLineF(x, down.left_px, x, down.right_px))
                painter.drawLine(QLineF(columns.left_px, y, columns.right_px, y))

    def _paint_words(self, painter: QPainter, view: SimilarityView) -> None:
        theme, left = self.theme, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        note = f"Self-similarity of {view.of}: cosine at two times, from 0 (light) to 1"
        painter.drawText(QRectF(HEADS_PX, 0, self.plot.width(), NOTE_PX), left, note)
        painter.setPen(theme.ink)
        for row, words in enumerate(pair_words(view)):
            painter.drawText(QRectF(8, NOTE_PX + row * ROW_PX, HEADS_PX - 12, ROW_PX), left, words)


def pair_words(view: SimilarityView) -> list[str]:
    """Return the pairs of intervals, the most alike first, each with its similarity."""
    if view.pairs is None:
        return ["No labelled interval", "in the chosen tier"]
    names = [label for _, label in view.intervals]
    found = [
        (float(view.pairs[a, b]), f"{names[a]} – {names[b]}")
        for a in range(len(names))
        for b in range(a + 1, len(names))
    ]
    found.sort(key=lambda pair: (np.isnan(pair[0]), -pair[0] if np.isfinite(pair[0]) else 0.0))
    more = [f"{len(found) - MOST_PAIRS} more pairs"] if len(found) > MOST_PAIRS else []
    shown = [f"{NONE if np.isnan(r) else signed(f'{r:.3f}')}  {words}" for r, words in found[:MOST_PAIRS]]
    return ["Intervals, by similarity", *shown, *more]
