"""Small multiples: the course of every map, in the colour of its cluster."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from core.signals.axis import Range
from widgets.drawing.lines import draw_line
from widgets.maps.heat_picture import blocks
from widgets.maps.maps_view import HeatView, MapRow, TimeView
from widgets.plots.area import Margins, PlotArea
from widgets.theme.praat_numbers import four_digits
from widgets.theme.theme import font

LEAST_PX, MOST_PX = 64.0, 176.0
SHAPE = 0.45  # the height of a tile as a share of its width
WORDS_PX = 13.0


class MultiplesArea(PlotArea):
    """A tile per map in the order of the rows; a click emits `row_wanted(channel)` and `play_wanted`."""

    row_wanted = Signal(int)
    play_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__(Margins(left=12, top=8, right=12, bottom=8))
        self.view: HeatView | None = None
        self._window = Range(0.0, 1.0)
        for part in (self.across, self.up, self.box):
            part.hide()

    def show_view(self, view: HeatView | None) -> None:
        """Show other maps."""
        self.view = view
        self.update()

    def show_time(self, time: TimeView) -> None:
        """Show another range of time."""
        if time.visible != self._window:
            self._window = time.visible
            self.update()

    def tiles(self) -> list[tuple[MapRow, QRectF]]:
        """Return every map with its tile, as many as fit and at least of a legible size."""
        if self.view is None or not self.view.rows:
            return []
        room = QRectF(12, 8, self.size().width() - 24, self.size().height() - 16)
        count = len(self.view.rows)
        width = math.sqrt(room.width() * room.height() / count / SHAPE)
        columns = max(1, math.ceil(room.width() / min(max(width, LEAST_PX), MOST_PX)))
        wide = room.width() / columns
        high = max(wide * SHAPE, min(room.height() / math.ceil(count / columns), wide * SHAPE))
        found = [
            (
                one,
                QRectF(
                    room.left() + k % columns * wide, room.top() + k // columns * high, wide - 6, high - 6
                ),
            )
            for k, one in enumerate(self.view.rows)
        ]
        return [(one, tile) for one, tile in found if tile.top() < room.bottom() - high / 2]

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        for one, tile in self.tiles():
            if tile.contains(event.pos()):
                self.row_wanted.emit(one.channel)
                self.play_wanted.emit(one.channel)
        event.accept()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        theme, view = self.theme, self.view
        painter.fillRect(QRectF(0, 0, self.size().width(), self.size().height()), theme.panel)
        tiles = self.tiles()
        if view is None or not tiles:
            return
        means, first, each = blocks(view.maps, self._window, round(tiles[0][1].width()))
        times = (
            view.maps.axis.start_s
            + (first + (np.arange(len(means)) + 0.5) * each - 0.5) / view.maps.axis.rate_hz
        )
        for one, tile in tiles:
            self._paint_tile(painter, one, tile, times, means[:, one.channel].astype(np.float64), view)
        if len(tiles) < len(view.rows):
            painter.setPen(theme.ink3)
            painter.setFont(font(11))
            left = f"{len(view.rows) - len(tiles)} more maps below: enlarge the window"
            room = QRectF(12, self.size().height() - 16, self.size().width() - 24, 14)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, left)

    def _paint_tile(
        self,
        painter: QPainter,
        one: MapRow,
        tile: QRectF,
        times: np.ndarray,
        values: np.ndarray,
        view: HeatView,
    ) -> None:
        theme = self.theme
        painter.fillRect(tile, theme.plot)
        painter.setPen(QPen(theme.accent if one.channel == view.selected else theme.line2, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(tile)
        share = one.cluster / max(1, view.cluster_count - 1)
        colour = theme.step(share) if one.cluster >= 0 else theme.curve
        plot = tile.adjusted(3, WORDS_PX, -3, -3)
        low, high = min(0.0, float(np.min(values, initial=0.0))), max(one.most, 1e-30)
        low = -high if low < 0 else 0.0
        xs = plot.left() + (times - self._window.start_s) / self._window.length_s * plot.width()
        ys = plot.bottom() - (values - low) / (high - low) * plot.height()
        painter.save()
        painter.setClipRect(tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_line(painter, xs, ys, colour if one.sounds else theme.ghost, 1.0)
        painter.restore()
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        room = QRectF(tile.left() + 3, tile.top() + 1, tile.width() - 6, WORDS_PX)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, f"{one.channel + 1}")
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, four_digits(one.most))
