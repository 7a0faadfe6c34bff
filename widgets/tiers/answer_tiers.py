"""The letters or phones that networks say, in tiers of points above those of TextGrids; nobody edits them."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from widgets.drawing.lane import Marks
from widgets.drawing.lines import draw_solid, draw_text
from widgets.theme.praat_numbers import seconds
from widgets.theme.theme import LIGHT, Theme, font
from widgets.tiers.painting import paint_tier, paint_tier_count
from widgets.timeline.columns import AXIS_PX, HEADER_PX, Columns
from widgets.timeline.pointer import Pointer
from widgets.timeline.tier_views import ANSWER_PX, AnswerTier

NEAR_PX = 12.0
HEAD_PX = 8


class AnswerTiers(QWidget):
    """Paints tiers of letters over the stack's columns; hidden while there are none.

    A click on a letter emits `letter_wanted` with the tier's key and the letter's place, and puts the cursor
    on its frame; elsewhere it puts the cursor there. Dragging selects.
    """

    letter_wanted = Signal(object, int)
    cursor_wanted = Signal(float)
    selection_wanted = Signal(object)
    wheeled = Signal(QWheelEvent, float)
    pointed = Signal(float, str)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, parent: QWidget | None = None, travel_px: float = 4.0) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName("Letters by the network")
        self._theme = LIGHT
        self._columns: Columns | None = None
        self._marks = Marks()
        self._playhead_s: float | None = None
        self._pointer = Pointer(self, travel_px)
        self._pointer.selection_wanted.connect(self.selection_wanted)
        self.shown: tuple[AnswerTier, ...] = ()
        self.setFixedHeight(0)
        self.hide()

    # --- showing ------------------------------------------------------------------------------

    def show_time(self, columns: Columns, marks: Marks, answers: tuple[AnswerTier, ...]) -> None:
        """Show other tiers, or the same ones over other columns or with another cursor."""
        if (columns, marks, answers) == (self._columns, self._marks, self.shown):
            return
        self._columns, self._marks, self.shown = columns, marks, answers
        height = ANSWER_PX * len(answers)
        if height != self.height() or self.isHidden() != (height == 0):
            self.setFixedHeight(height)
            self.setVisible(height > 0)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self.update()

    def set_playhead(self, time_s: float | None) -> None:
        """Move the play head; only the columns it leaves and enters are repainted."""
        for place in (self._playhead_s, time_s):
            if place is not None and self._columns is not None and self._columns.window.contains(place):
                x = math.floor(self._columns.x(place))
                self.update(x - HEAD_PX // 2, 0, HEAD_PX + 1, self.height())
        self._playhead_s = time_s

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), self._theme.chrome)
            if self._columns is None:
                return
            for row, answer in enumerate(self.shown):
                self._paint_row(painter, row, answer, self._columns)
            if self._playhead_s is not None and self._columns.window.contains(self._playhead_s):
                x = math.floor(self._columns.x(self._playhead_s)) + 0.5
                line = QLineF(x, 0, x, self.height())
                draw_solid(painter, line, self._theme.ink, 1.5, self._theme.halo)

    def _paint_row(self, painter: QPainter, row: int, answer: AnswerTier, columns: Columns) -> None:
        theme, plot = self._theme, self.plot(row)
        paint_tier(painter, plot, answer.tier, columns, theme, self._marks, chosen=True, circled=False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.line2, 1))
        painter.drawLine(QLineF(0, plot.bottom() + 0.5, self.width(), plot.bottom() + 0.5))
        for x in (plot.left() - 0.5, plot.right() + 0.5):
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        self._paint_name(painter, QRectF(0, plot.top(), plot.left() - 6, plot.height()), answer)
        right = QRectF(plot.right(), plot.top(), AXIS_PX, plot.height())
        paint_tier_count(painter, right, answer.tier, theme, self._marks)

    def _paint_name(self, painter: QPainter, rect: QRectF, answer: AnswerTier) -> None:
        theme, y = self._theme, rect.center().y()
        name = draw_text(painter, QPointF(9, y), answer.tier.name, font(12, 600), theme.ink)
        left, face = name.right() + 8, font(11)
        words = QFontMetrics(face).elidedText(
            answer.aside, Qt.TextElideMode.ElideRight, int(max(0.0, rect.right() - left))
        )
        draw_text(painter, QPointF(left, y), words, face, theme.ink3)

    # --- mouse --------------------------------------------------------------------------------

    def plot(self, row: int) -> QRectF:
        """Return the plot of a tier, without header, axis and lower border."""
        columns = self._columns
        left, width = (columns.left_px, columns.width_px) if columns else (HEADER_PX + AXIS_PX, 1.0)
        return QRectF(left, row * ANSWER_PX, width, ANSWER_PX - 1)

    def letter_at(self, place: QPointF) -> tuple[AnswerTier, int] | None:
        """Return the letter under the mouse: its tier and its place in it; None beside all letters."""
        row, columns = int(place.y()) // ANSWER_PX, self._columns
        if columns is None or not 0 <= row < len(self.shown) or not self.plot(row).contains(place):
            return None
        answer = self.shown[row]
        index = answer.tier.nearest(columns.time_s(place.x()))
        near = index >= 0 and abs(columns.x(answer.tier.times[index]) - place.x()) <= NEAR_PX
        return (answer, index) if near else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        columns, place = self._columns, event.position()
        if columns is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if not columns.left_px <= place.x() <= columns.right_px:
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        press = self._pointer.press_shift if shift else self._pointer.press
        found = None if shift else self.letter_at(place)
        press(place.x(), columns, self._marks.cursor_s, self._marks.selection)
        if shift:
            return
        time_s = columns.time_s(place.x()) if found is None else found[0].tier.times[found[1]]
        self.cursor_wanted.emit(float(time_s))
        if found is not None:
            self.letter_wanted.emit(found[0].key, found[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        columns = self._columns
        if columns is None:
            return
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pointer.move(event.position().x(), columns, self._marks.selection)
            return
        found, time_s = self.letter_at(event.position()), columns.time_s(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        words = [f"Pointer {seconds(time_s)} s"]
        if found is not None:
            tier, index = found[0].tier, found[1]
            words.append(f"{tier.labels[index]} at {seconds(float(tier.times[index]))} s")
        self.pointed.emit(time_s, "  ".join(words))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release()

    def leaveEvent(self, event: object) -> None:
        self.pointed.emit(math.nan, "")

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheeled.emit(event, event.position().x())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = event.pos().y() // ANSWER_PX
        if 0 <= row < len(self.shown):
            found = self.letter_at(QPointF(event.pos()))
            if found is not None:
                self.cursor_wanted.emit(float(found[0].tier.times[found[1]]))
            self.menu_wanted.emit(self.shown[row].key, event.globalPos())
