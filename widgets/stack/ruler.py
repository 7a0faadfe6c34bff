"""The strip with the cursor or selection, and the time ruler below it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from core.signals.axis import Range
from widgets.drawing.lane import Marks, marked_times
from widgets.drawing.lines import draw_dotted, draw_text
from widgets.theme.copy_value import HINT, copy_number
from widgets.theme.praat_numbers import seconds, signed
from widgets.theme.theme import LIGHT, Theme, font
from widgets.timeline.columns import AXIS_PX, Columns, time_ticks

STRIP_PX, RULER_PX = 28, 16
BUTTON_TOP_PX, BUTTON_PX = 4, 21
BESIDE_PX = 6  # between the button and its times; half of it near the edge


@dataclass(frozen=True)
class EdgeTime:
    """The time of an edge of the selection: its text and its place."""

    time_s: float
    text: str
    face: QFont
    place: QRectF


def selection_words(selection: Range) -> str:
    """Return a duration and its inverse as Praat prints them: "0.150718 (6.635 / s)".

    For a long duration, the inverse has as many decimals as it needs to be meaningful.
    """
    length = selection.length_s
    if length <= 0:
        return seconds(length)
    decimals = max(3, 2 - math.floor(math.log10(1 / length))) if length > 100 else 3
    return f"{seconds(length)} ({1 / length:.{decimals}f} / s)"


def seconds_within(time_s: float, room_px: float, face: QFont) -> str:
    """Return a time with six decimals, or as many as fit; "" if none fits."""
    found = (signed(f"{time_s:.{decimals}f}") for decimals in range(6, 0, -1))
    return next((text for text in found if _width(text, face) <= room_px), "")


def selection_rect(columns: Columns, selection: Range) -> QRectF:
    """Return the place of the button over the visible part of a selection."""
    seen = selection.cut(columns.window)
    left, right = columns.line_x(seen.start_s) - 0.5, columns.line_x(seen.end_s) + 0.5
    return QRectF(left, BUTTON_TOP_PX, max(1.0, right - left), BUTTON_PX)


def is_visible(columns: Columns, selection: Range) -> bool:
    """Return whether part of a selection lies in the window."""
    window = columns.window
    return selection.end_s > window.start_s and selection.start_s < window.end_s


def paint_strip(
    painter: QPainter, columns: Columns, theme: Theme, marks: Marks, hovered: bool = False
) -> None:
    """Paint the cursor's time, or the selection's button between its two times."""
    if marks.selection is not None and is_visible(columns, marks.selection):
        _paint_button(painter, columns, theme, marks.selection, hovered)
    elif marks.selection is None and marks.cursor_s is not None and columns.window.contains(marks.cursor_s):
        place = QPointF(columns.x(marks.cursor_s), STRIP_PX / 2)
        draw_text(
            painter, place, seconds(marks.cursor_s), font(13, 500, numbers=True), theme.cursor, "centre"
        )


def _paint_button(painter: QPainter, columns: Columns, theme: Theme, selection: Range, hovered: bool) -> None:
    rect = selection_rect(columns, selection)
    paint_bar(painter, rect, theme, hovered)
    words = (selection_words(selection), seconds(selection.length_s), f"{selection.length_s:.3f}")
    painter.setFont(font(12, numbers=True))
    metrics = painter.fontMetrics()
    text = next((word for word in words if metrics.horizontalAdvance(word) < rect.width() - 6), "")
    draw_text(painter, rect.center(), text, painter.font(), theme.ink, "centre")
    middle = rect.center().y()
    for edge in edge_times(columns, selection):
        if columns.window.contains(edge.time_s):
            draw_text(painter, QPointF(edge.place.left(), middle), edge.text, edge.face, theme.cursor)


def edge_times(columns: Columns, selection: Range) -> tuple[EdgeTime, EdgeTime]:
    """Return the times beside the button; the right one stays on the right axis, smaller if necessary."""
    face, rect = font(12, 500, numbers=True), selection_rect(columns, selection)
    room_px, end_px = columns.right_px + AXIS_PX - rect.right(), _width(seconds(selection.end_s), face)
    roomy = end_px <= room_px - 2 * BESIDE_PX
    air_px, last_face = (BESIDE_PX, face) if roomy else (BESIDE_PX / 2, font(11, 500, numbers=True))
    first = seconds(selection.start_s)
    last = seconds_within(selection.end_s, room_px - air_px - 1, last_face)
    left = rect.left() - BESIDE_PX - _width(first, face)
    return (
        EdgeTime(selection.start_s, first, face, QRectF(left, 0, _width(first, face), STRIP_PX)),
        EdgeTime(
            selection.end_s,
            last,
            last_face,
            QRectF(rect.right() + air_px, 0, _width(last, last_face), STRIP_PX),
        ),
    )


def _width(text: str, face: QFont) -> float:
    return QFontMetricsF(face).horizontalAdvance(text)


def strip_times(columns: Columns, marks: Marks) -> list[tuple[float, QRectF]]:
    """Return the places of the times in the strip: of the cursor, or beside the selection's button."""
    selection, found = marks.selection, list[tuple[float, QRectF]]()
    if selection is not None:
        found = [(edge.time_s, edge.place) for edge in edge_times(columns, selection)]
    elif marks.cursor_s is not None:
        width = _width(seconds(marks.cursor_s), font(13, 500, numbers=True))
        found = [(marks.cursor_s, QRectF(columns.x(marks.cursor_s) - width / 2, 0, width, STRIP_PX))]
    return [one for one in found if columns.window.contains(one[0])]


def paint_bar(painter: QPainter, rect: QRectF, theme: Theme, hovered: bool = False) -> None:
    """Paint one of Praat's grey play rectangles."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.edge, 1))
    painter.setBrush(theme.bar_hover if hovered else theme.bar)
    painter.drawRect(rect.adjusted(0, 0, -1, -1))


def paint_ruler(painter: QPainter, rect: QRectF, columns: Columns, theme: Theme) -> None:
    """Paint round times, centred over their columns, with a gap in any line behind a number."""
    ticks, decimals = time_ticks(columns)
    number = font(11, numbers=True)
    for tick_s in ticks:
        text = signed(f"{tick_s:.{decimals}f}")
        width = _width(text, number) + 4
        place = QPointF(columns.x(tick_s), rect.center().y())
        painter.fillRect(QRectF(place.x() - width / 2, rect.top(), width, rect.height() - 1), theme.chrome)
        draw_text(painter, place, text, number, theme.ink3, "centre")


def paint_triangle(painter: QPainter, x: float, bottom: float, colour: QColor) -> None:
    """Paint the play head's triangle, with its tip on a column."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    corners = [QPointF(x - 4.5, bottom - 6), QPointF(x + 4.5, bottom - 6), QPointF(x, bottom)]
    painter.drawPolygon(QPolygonF(corners))


class Ruler(QWidget):
    """Times over the columns; a click on the selection's button plays it, a click on a time copies it."""

    play_wanted = Signal(Range)
    pointed = Signal(float, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(STRIP_PX + RULER_PX)
        self.setMouseTracking(True)
        self.setAccessibleName("Ruler: cursor and selection")
        self._theme = LIGHT
        self._columns: Columns | None = None
        self._marks = Marks()
        self._playhead_s: float | None = None
        self._hovered = False

    def show_time(self, columns: Columns, marks: Marks) -> None:
        """Show other columns, or another cursor or selection."""
        if (columns, marks) != (self._columns, self._marks):
            self._columns, self._marks = columns, marks
            self.update()

    def set_playhead(self, time_s: float | None) -> None:
        if time_s != self._playhead_s:
            self._playhead_s = time_s
            self.update(0, STRIP_PX, self.width(), RULER_PX)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.chrome)
            painter.setPen(QPen(theme.line2, 1))
            painter.drawLine(QLineF(0, self.height() - 0.5, self.width(), self.height() - 0.5))
            if self._columns is None:
                return
            self._paint_marks(painter, self._columns)
            paint_ruler(painter, QRectF(0, STRIP_PX - 1, self.width(), RULER_PX - 1), self._columns, theme)
            self._paint_playhead(painter, self._columns)
            paint_strip(painter, self._columns, theme, self._marks, self._hovered)

    def _paint_marks(self, painter: QPainter, columns: Columns) -> None:
        top = BUTTON_TOP_PX + BUTTON_PX if self._marks.selection else STRIP_PX
        for time_s in marked_times(self._marks):
            if columns.window.contains(time_s):
                x = columns.line_x(time_s)
                draw_dotted(painter, QLineF(x, top, x, self.height()), self._theme.cursor)

    def _paint_playhead(self, painter: QPainter, columns: Columns) -> None:
        if self._playhead_s is not None and columns.window.contains(self._playhead_s):
            x = math.floor(columns.x(self._playhead_s)) + 0.5
            paint_triangle(painter, x, self.height() - 1, self._theme.ink)

    def _time_at(self, event: QMouseEvent) -> str:
        """Return the time under the mouse (cursor or edge of the selection), "" if there is none."""
        if self._columns is None:
            return ""
        return next(
            (f"{seconds(time_s)} s" for time_s, rect in strip_times(self._columns, self._marks)
             if rect.contains(event.position())), "",
        )  # fmt: skip

    def _on_button(self, event: QMouseEvent) -> bool:
        selection = self._marks.selection
        if selection is None or self._columns is None or not is_visible(self._columns, selection):
            return False
        return selection_rect(self._columns, selection).contains(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hovered(self._on_button(event))
        words = "" if self._hovered else self._time_at(event)
        self.setCursor(Qt.CursorShape.PointingHandCursor if words else Qt.CursorShape.ArrowCursor)
        if not self._hovered:
            self.setToolTip(f"{HINT} {words}" if words else "")

    def leaveEvent(self, event: object) -> None:
        self._set_hovered(False)

    def _set_hovered(self, hovered: bool) -> None:
        if hovered != self._hovered:
            self._hovered = hovered
            self.setToolTip("Play the selection" if hovered else "")
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._on_button(event) and self._marks.selection:
            self.play_wanted.emit(self._marks.selection)
        elif event.button() == Qt.MouseButton.LeftButton and (words := self._time_at(event)):
            self.pointed.emit(math.nan, copy_number(words))
