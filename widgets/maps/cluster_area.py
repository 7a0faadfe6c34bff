"""The means of the clusters, one thin lane each, in the clusters' colours."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from widgets.maps.heat_area import BAR_X, HEADS_PX, LETTER_X, MUTE_X, SOLO_X, r_words
from widgets.maps.maps_view import LETTERS, ClusterRow, TimeView
from widgets.maps.marks import TimeMarks
from widgets.maps.time_box import TimeBox
from widgets.plots.area import Margins, PlotArea
from widgets.plots.items import CurveItem, Stroke
from widgets.theme.praat_numbers import four_digits
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import AXIS_PX

CLUSTER_PX = 26
MARGINS = Margins(left=HEADS_PX, top=0, right=round(AXIS_PX), bottom=0)


class ClusterArea(PlotArea):
    """One cluster; emits `field_wanted(cluster, "muted" | "soloed")` and `play_wanted(cluster)`."""

    box_class = TimeBox
    box: TimeBox
    field_wanted = Signal(int, str)
    play_wanted = Signal(int)

    def __init__(self, row: ClusterRow, share: float) -> None:
        super().__init__(MARGINS)
        self.row, self._share = row, share
        self.across.hide()
        self.up.hide()
        self._marks = TimeMarks(self)
        values = row.mean.samples.astype(np.float64)
        self.show_items([CurveItem(row.mean.axis.times(), values, Stroke(lambda theme: theme.step(share)))])
        low, high = float(np.nanmin(values, initial=0.0)), float(np.nanmax(values, initial=0.0))
        self._ends = (low, high if high > low else low + 1.0)

    def show_time(self, time: TimeView) -> None:
        """Show another range of time, cursor or selection."""
        self.box.time = time
        self._set_whole(False)
        self._marks.show_time(time, self.box.geometry())

    def _set_whole(self, stays: bool) -> None:
        if not hasattr(self, "row"):  # the base class sizes itself before there is a row
            return
        window, (low, high) = self.box.time.visible, self._ends
        air = 0.08 * (high - low)
        self.box.setRange(xRange=(window.start_s, window.end_s), yRange=(low - air, high + air), padding=0)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._marks.show_time(self.box.time, self.box.geometry())

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._marks.set_theme(theme)

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Mute, solo or play the maps of the cluster."""
        x = event.pos().x()
        if MUTE_X <= x < MUTE_X + 15:
            self.field_wanted.emit(self.row.cluster, "muted")
        elif SOLO_X <= x < SOLO_X + 15:
            self.field_wanted.emit(self.row.cluster, "soloed")
        else:
            self.play_wanted.emit(self.row.cluster)
        event.accept()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        theme, size, plot = self.theme, self.size(), self.box.geometry()
        whole = QRectF(0, 0, size.width(), size.height())
        painter.fillRect(whole, theme.chrome)
        painter.fillRect(plot, theme.plot)
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(QLineF(0, 0.5, size.width(), 0.5))
        painter.fillRect(QRectF(BAR_X, 1, 5, size.height() - 1), theme.step(self._share))
        middle = Qt.AlignmentFlag.AlignCenter
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(font(12, 600))
        painter.setPen(theme.ink)
        painter.drawText(QRectF(LETTER_X, 0, 12, size.height()), middle, LETTERS[self.row.cluster])
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        painter.drawText(QRectF(0, 0, 62, size.height()), right, f"{self.row.count}")
        for x, letter in ((MUTE_X, "M"), (SOLO_X, "S")):
            painter.drawText(QRectF(x, 0, 15, size.height()), middle, letter)
        painter.drawText(QRectF(0, 0, HEADS_PX - 6, size.height()), right, four_digits(self._ends[1]))
        painter.drawText(QRectF(plot.right(), 0, AXIS_PX - 3, size.height()), right, r_words(self.row.r))
