"""The heat map of all feature maps of a layer, with the head of every row and its r."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneHoverEvent, QGraphicsSceneMouseEvent

from core.signals.axis import Range
from widgets.drawing.lines import draw_dotted
from widgets.maps.heat_picture import HeatPicture, heat_picture, is_signed
from widgets.maps.maps_view import LETTERS, CutMark, HeatView, MapRow, TimeView
from widgets.maps.marks import TimeMarks
from widgets.maps.time_box import NO_TIME, TimeBox
from widgets.plots.area import Margins, PlotArea
from widgets.theme.praat_numbers import NONE, four_digits, signed
from widgets.theme.ramps import diverging, sequential
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import AXIS_PX, HEADER_PX

NOTE_PX = 18
HEADS_PX = round(HEADER_PX + AXIS_PX)
TEXT_PX = 9.0  # the least height of a row with text
LETTER_X, BAR_X, NUMBER_RIGHT, MUTE_X, SOLO_X, PLAY_X = 6, 21, 62, 70, 86, 102
ACT_PX = 15
LEAST_ROWS = 4.0
MARGINS = Margins(left=HEADS_PX, top=NOTE_PX, right=round(AXIS_PX), bottom=0)


class HeatItem(pg.GraphicsObject):
    """The pixels of the heat map; one row is one unit high, from the top down."""

    def __init__(self, area: HeatArea) -> None:
        super().__init__()
        self._area = area
        self._picture: tuple[object, HeatPicture] | None = None

    def forget(self) -> None:
        """Make the picture again."""
        self._picture = None
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        view = self._area.view
        if view is None:
            return QRectF()
        extent = view.maps.axis.extent
        return QRectF(extent.start_s, 0, extent.length_s, len(view.rows))

    def picture(self, width_px: int) -> HeatPicture | None:
        """Return the picture of the visible columns, kept until something changes."""
        view, window, theme = self._area.view, self._area.box.time.visible, self._area.theme
        if view is None or not view.rows:
            return None
        key = (window, width_px, theme.name)
        if self._picture is None or self._picture[0] != key:
            order = np.array([row.channel for row in view.rows], np.intp)
            self._picture = key, heat_picture(view.maps, order, window, width_px, theme)
        return self._picture[1]

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        made = self.picture(round(self._area.box.width()))
        if made is not None and made.image.width():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(made.place, made.image)


class HeatArea(PlotArea):
    """Emits `field_wanted(channel, "muted" | "soloed")`, `row_wanted(channel)` and `play_wanted(channel)`.

    `cut_wanted(key, Range)` follows a handle of a cut that was dragged.
    """

    box_class = TimeBox
    box: TimeBox
    field_wanted = Signal(int, str)
    row_wanted = Signal(int)
    play_wanted = Signal(int)
    pointed = Signal(float, int)

    def __init__(self) -> None:
        super().__init__(MARGINS)
        self.view: HeatView | None = None
        self._rows = (0.0, 1.0)
        self._hover = -1
        self.across.hide()
        self.up.hide()
        self.box.invertY(True)
        self._item = HeatItem(self)
        self.box.addItem(self._item, ignoreBounds=True)
        self._cuts = CutItem(self)
        self._marks = TimeMarks(self)
        self.setAcceptHoverEvents(True)
        self.box.clicked.connect(self._clicked)
        self.box.pointed.connect(self._point)
        self.box.rows_wanted.connect(self.zoom_rows)
        self.box.rows_moved.connect(lambda notches: self.move_rows(notches * 0.1))

    # --- what is shown --------------------------------------------------------------------------

    def show_view(self, view: HeatView | None) -> None:
        """Show other maps, or the same in another order."""
        count = len(view.rows) if view is not None else 0
        before = len(self.view.rows) if self.view is not None else -1
        self.view = view
        self._item.forget()
        if count != before:
            self._set_rows(0.0, float(count))
        self._cuts.update()
        self.update()

    def show_time(self, time: TimeView) -> None:
        """Show another range of time, cursor or selection."""
        moved = time.visible != self.box.time.visible
        self.box.time = time
        if moved:
            self._item.forget()
        self._show_range()
        self._marks.show_time(time, self.box.geometry())
        self._cuts.update()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._item.forget()
        self._marks.set_theme(theme)
        self._cuts.update()

    def _show_range(self) -> None:
        window = self.box.time.visible
        self.box.setRange(xRange=(window.start_s, window.end_s), yRange=self._rows, padding=0)

    def _set_whole(self, stays: bool) -> None:
        """Keep the range: it is the stack's, not the plot's own."""
        self._show_range()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._item.forget()
        self._marks.show_time(self.box.time, self.box.geometry())

    @property
    def above_px(self) -> float:
        return NOTE_PX

    # --- rows -----------------------------------------------------------------------------------

    def _set_rows(self, first: float, last: float) -> None:
        self._rows = first, max(last, first + 1.0)
        self._show_range()
        self.update()

    def zoom_rows(self, notches: float, around: float) -> None:
        """Show fewer rows per upward notch; the row under the mouse stays in place."""
        count = float(len(self.view.rows)) if self.view is not None else 1.0
        first, last = self._rows
        length = min(max((last - first) * 1.25**-notches, min(LEAST_ROWS, count)), count)
        share = (around - first) / (last - first)
        self._move_to(around - share * length, length, count)

    def move_rows(self, share: float) -> None:
        """Scroll by a share of the visible rows."""
        count = float(len(self.view.rows)) if self.view is not None else 1.0
        first, last = self._rows
        self._move_to(first + share * (last - first), last - first, count)

    def _move_to(self, first: float, length: float, count: float) -> None:
        first = min(max(first, 0.0), count - length)
        self._set_rows(first, first + length)

    @property
    def row_px(self) -> float:
        """The height of a row."""
        first, last = self._rows
        return self.box.height() / (last - first)

    @property
    def seen_rows(self) -> range:
        """The rows that are at least partly visible."""
        count = len(self.view.rows) if self.view is not None else 0
        return range(max(0, math.floor(self._rows[0])), min(count, math.ceil(self._rows[1])))

    def row_rect(self, row: int) -> QRectF:
        """Return the band of a row over the whole width, in pixels of the area."""
        top = self.box.geometry().top() + (row - self._rows[0]) * self.row_px
        return QRectF(0, top, self.size().width(), self.row_px)

    def row_at(self, y_px: float) -> int:
        """Return the row at a height in pixels of the area, −1 for none."""
        plot = self.box.geometry()
        row = math.floor(self._rows[0] + (y_px - plot.top()) / self.row_px)
        inside = plot.top() <= y_px < plot.bottom() and self.view is not None
        return row if inside and self.view is not None and 0 <= row < len(self.view.rows) else -1

    # --- mouse ----------------------------------------------------------------------------------

    def _row(self, row: int) -> MapRow | None:
        found = self.view is not None and 0 <= row < len(self.view.rows)
        return self.view.rows[row] if found and self.view is not None else None

    def _clicked(self, time_s: float, row: float) -> None:
        found = self._row(math.floor(row))
        if found is not None:
            self.row_wanted.emit(found.channel)
            self.play_wanted.emit(found.channel)

    def _point(self, time_s: float, row: float) -> None:
        found = self._row(math.floor(row)) if math.isfinite(row) else None
        self._set_hover(math.floor(row) if found is not None else -1)
        self.pointed.emit(time_s if found is not None else math.nan, found.channel if found else -1)

    def _set_hover(self, row: int) -> None:
        if row != self._hover:
            self._hover = row
            self.update()

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._set_hover(self.row_at(event.pos().y()))

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._set_hover(-1)

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """A click on a head mutes, solos or plays its map; elsewhere in the row it chooses it."""
        found = self._row(self.row_at(event.pos().y()))
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x = event.pos().x()
        if MUTE_X <= x < MUTE_X + ACT_PX:
            self.field_wanted.emit(found.channel, "muted")
        elif SOLO_X <= x < SOLO_X + ACT_PX:
            self.field_wanted.emit(found.channel, "soloed")
        else:
            self.row_wanted.emit(found.channel)
            self.play_wanted.emit(found.channel)
        event.accept()

    # --- painting -------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        theme, plot = self.theme, self.box.geometry()
        painter.fillRect(QRectF(0, 0, self.size().width(), self.size().height()), theme.chrome)
        painter.fillRect(plot, theme.plot)
        if self.view is None:
            return
        self._paint_note(painter, plot, self.view)
        painter.save()
        painter.setClipRect(QRectF(0, plot.top(), self.size().width(), plot.height()))
        self._paint_heads(painter, self.view)
        painter.restore()

    def _paint_note(self, painter: QPainter, plot: QRectF, view: HeatView) -> None:
        theme = self.theme
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        room = QRectF(plot.left(), 0, plot.width(), NOTE_PX)
        made = self._item.picture(round(self.box.width()))
        each = made.samples if made is not None else 1
        means = f", means over {four_digits(1e3 * each * view.maps.axis.step_s)} ms" if each > 1 else ""
        painter.drawText(room, left, f"{view.title}. Activation{means}, each row by its own maximum")
        painter.drawText(QRectF(0, 0, NUMBER_RIGHT, NOTE_PX), right, "Map")
        painter.drawText(QRectF(MUTE_X, 0, 60, NOTE_PX), left, "M  S")
        painter.drawText(QRectF(0, 0, HEADS_PX - 6, NOTE_PX), right, "Max.")
        self._paint_scale(painter, plot, is_signed(view.maps))
        if view.has_r:
            painter.setPen(theme.ink2)
            painter.drawText(
                QRectF(plot.right(), 0, AXIS_PX, NOTE_PX), Qt.AlignmentFlag.AlignCenter, "−1  r  1"
            )

    def _paint_scale(self, painter: QPainter, plot: QRectF, both: bool) -> None:
        colours = (diverging if both else sequential)(self.theme)
        bar = QRectF(plot.right() - 92, 5, 72, 8)
        for x in range(72):
            painter.fillRect(
                QRectF(bar.left() + x, bar.top(), 1, bar.height()), QColor(int(colours[x * 255 // 71]))
            )
        painter.setPen(QPen(self.theme.line2, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.setPen(self.theme.ink2)
        words = ("−1", "1") if both else ("0", "1")
        for room, text in ((bar.left() - 20, words[0]), (bar.right() + 4, words[1])):
            painter.drawText(QRectF(room, 0, 16, NOTE_PX), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_heads(self, painter: QPainter, view: HeatView) -> None:
        texts, theme = self.row_px >= TEXT_PX, self.theme
        every = 1 if texts else max(1, math.ceil(12 / self.row_px))
        for row in self.seen_rows:
            one, rect = view.rows[row], self.row_rect(row)
            if one.channel == view.selected or row == self._hover:
                ground = theme.accent_weak if one.channel == view.selected else theme.hover
                painter.fillRect(QRectF(0, rect.top(), HEADS_PX, rect.height()), ground)
            if one.cluster >= 0:
                share = one.cluster / max(1, view.cluster_count - 1)
                painter.fillRect(QRectF(BAR_X, rect.top(), 5, rect.height() + 0.5), theme.step(share))
            if view.has_r:
                self._paint_r(painter, one, rect)
            if row % every == 0:
                self._paint_head(painter, one, rect, row == self._hover, texts)
        self._paint_letters(painter, view)

    def _paint_head(self, painter: QPainter, one: MapRow, rect: QRectF, hovered: bool, texts: bool) -> None:
        theme = self.theme
        painter.setFont(font(11, numbers=True))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextDontClip
        painter.setPen(theme.ink if one.sounds else theme.ink3)
        room = rect if texts else QRectF(0, rect.top(), rect.width(), 12)
        painter.drawText(QRectF(0, room.top(), NUMBER_RIGHT, room.height()), right, f"{one.channel + 1}")
        for x, letter, on in ((MUTE_X, "M", one.muted), (SOLO_X, "S", one.soloed)):
            if on or hovered:
                painter.setFont(font(11, 600 if on else 400))
                painter.setPen(theme.accent if on else theme.ink3)
                place = QRectF(x, room.top(), ACT_PX, room.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, letter)
        if hovered and texts:
            painter.setPen(theme.ink2)
            place = QRectF(PLAY_X, room.top(), ACT_PX, room.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, "▶")
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        words = four_digits(one.most)
        if math.isfinite(one.distance):
            words = f"{one.distance:.3f} · {words}"
        painter.drawText(QRectF(0, room.top(), HEADS_PX - 6, room.height()), right, words)

    def _paint_letters(self, painter: QPainter, view: HeatView) -> None:
        """Write a cluster's letter at the first of its rows that are visible, with a line above it."""
        before = -1
        for row in self.seen_rows:
            one = view.rows[row]
            if one.cluster < 0 or one.cluster == before:
                continue
            rect, before = self.row_rect(row), one.cluster
            painter.setFont(font(11, 600))
            painter.setPen(self.theme.ink)
            place = QRectF(LETTER_X, max(rect.top(), self.box.geometry().top()), 12, 13)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, LETTERS[one.cluster]
            )
            if row:
                painter.setPen(QPen(self.theme.line2, 1))
                painter.drawLine(QLineF(0, rect.top(), self.size().width(), rect.top()))

    def _paint_r(self, painter: QPainter, one: MapRow, rect: QRectF) -> None:
        plot = self.box.geometry()
        middle = plot.right() + AXIS_PX / 2
        if math.isfinite(one.r):
            wide = one.r * (AXIS_PX / 2 - 8)
            bar = QRectF(min(middle, middle + wide), rect.top(), abs(wide), rect.height())
            inset = min(2.0, rect.height() / 5)
            painter.fillRect(
                bar.adjusted(0, inset, 0, -inset), self.theme.curve if one.sounds else self.theme.ghost
            )
        painter.setPen(QPen(self.theme.line2, 1))
        painter.drawLine(QLineF(middle, rect.top(), middle, rect.bottom()))


class CutItem(pg.GraphicsObject):
    """The cuts over the heat map: hatched over their range and their maps, with what was done in a word."""

    def __init__(self, area: HeatArea) -> None:
        super().__init__(area)
        self._area = area
        self.setZValue(50)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._area.size().width(), self._area.size().height())

    def shape(self):
        from PySide6.QtGui import QPainterPath

        return QPainterPath()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        view = self._area.view
        if view is None or not view.cuts:
            return
        painter.save()
        painter.setClipRect(self._area.box.geometry())
        for cut in view.cuts:
            self._paint_cut(painter, view, cut)
        painter.restore()

    def _paint_cut(self, painter: QPainter, view: HeatView, cut: CutMark) -> None:
        theme, plot = self._area.theme, self._area.box.geometry()
        columns = replace(self._area.box.columns, left_px=plot.left())
        left, right = columns.x(cut.window.start_s), columns.x(cut.window.end_s)
        brush = QBrush(theme.line2, Qt.BrushStyle.BDiagPattern)
        bands = [
            self._area.row_rect(row)
            for row in self._area.seen_rows
            if not cut.channels or view.rows[row].channel in cut.channels
        ]
        for band in bands:
            room = QRectF(left, band.top(), right - left, band.height() + 0.5)
            painter.fillRect(room, theme.plot)
            painter.fillRect(room, brush)
        for x in (left, right):
            draw_dotted(painter, QLineF(x, plot.top(), x, plot.bottom()), theme.cursor)
        if bands:
            middle = QPointF((left + right) / 2, (bands[0].top() + bands[-1].bottom()) / 2)
            self._paint_words(painter, cut.words, middle)

    def _paint_words(self, painter: QPainter, words: str, middle: QPointF) -> None:
        painter.setFont(font(11, 600))
        width = painter.fontMetrics().horizontalAdvance(words) + 10
        room = QRectF(middle.x() - width / 2, middle.y() - 8, width, 16)
        painter.fillRect(room, self._area.theme.plot)
        painter.setPen(self._area.theme.cursor)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


def r_words(r: float) -> str:
    """Return r with four decimals.

    >>> r_words(0.89734), r_words(float("nan"))
    ('r 0.8973', 'r –')
    """
    return f"r {signed(f'{r:.4f}')}" if math.isfinite(r) else f"r {NONE}"


__all__ = ["NO_TIME", "HeatArea", "Range", "r_words"]
