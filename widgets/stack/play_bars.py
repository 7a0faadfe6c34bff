"""Praat's three grey bars: every rectangle plays the time range it covers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from core.signals.axis import Range
from widgets.drawing.lane import Marks, marked_times
from widgets.drawing.lines import draw_text
from widgets.stack.ruler import paint_bar, seconds_within
from widgets.theme.praat_numbers import seconds
from widgets.theme.theme import LIGHT, Theme, font
from widgets.timeline.columns import AXIS_PX, HEADER_PX, Columns

BAR_PX = 20
TOP_PX = 5
AIR_PX = 4
PITCH_PX = BAR_PX - 1  # borders are shared
HEIGHT_PX = TOP_PX + 2 * PITCH_PX + BAR_PX + 2


@dataclass(frozen=True)
class PlayBar:
    """One rectangle: its place, what it plays, and its text."""

    rect: QRectF
    played: Range
    words: str
    says: str


def pieces(columns: Columns, whole: Range, marks: Marks) -> list[PlayBar]:
    """Return the rectangles of all three bars, from the upper left to the lower right."""
    return [*_cut_pieces(columns, marks), *_window_pieces(columns, whole), _whole_piece(columns, whole)]


def _bar(left: float, right: float, row: int) -> QRectF:
    return QRectF(left, TOP_PX + row * PITCH_PX, right - left, BAR_PX)


def _cut_pieces(columns: Columns, marks: Marks) -> list[PlayBar]:
    """The visible part, split at the cursor or at the edges of the selection."""
    window = columns.window
    cuts = [time_s for time_s in marked_times(marks) if window.start_s < time_s < window.end_s]
    edges = [window.start_s, *cuts, window.end_s]
    places = [columns.left_px, *(columns.line_x(time_s) - 0.5 for time_s in cuts), columns.right_px - 1]
    return [
        PlayBar(_bar(places[k], places[k + 1] + 1, 0), played, seconds(played.length_s), "Play this part")
        for k, played in enumerate(Range(a, b) for a, b in itertools.pairwise(edges))
    ]


def _window_pieces(columns: Columns, whole: Range) -> list[PlayBar]:
    """The window, and the times before and after it in the margins."""
    window = columns.window
    words = f"Visible part {seconds(window.length_s)} seconds"
    found = [PlayBar(_bar(columns.left_px, columns.right_px, 1), window, words, "Play the window")]
    if _is_before(columns, whole):
        before = Range(whole.start_s, window.start_s)
        rect = _bar(columns.left_px - AXIS_PX, columns.left_px + 1, 1)
        found.insert(0, PlayBar(rect, before, seconds(before.length_s), "Play what comes before the window"))
    if _is_after(columns, whole):
        after = Range(window.end_s, whole.end_s)
        rect = _bar(columns.right_px - 1, columns.right_px + AXIS_PX, 1)
        found.append(PlayBar(rect, after, seconds(after.length_s), "Play what comes after the window"))
    return found


def _whole_piece(columns: Columns, whole: Range) -> PlayBar:
    """The whole sound; it extends into the margin on a side where there is more than the window."""
    left = columns.left_px - (AXIS_PX if _is_before(columns, whole) else 0.0)
    right = columns.right_px + (AXIS_PX if _is_after(columns, whole) else 0.0)
    words = f"Total duration {seconds(whole.length_s)} seconds"
    return PlayBar(_bar(left, right, 2), whole, words, "Play the whole sound")


def _is_before(columns: Columns, whole: Range) -> bool:
    return columns.window.start_s > whole.start_s + 5e-7


def _is_after(columns: Columns, whole: Range) -> bool:
    return columns.window.end_s < whole.end_s - 5e-7


class PlayBars(QWidget):
    """The bars with their names and keys; a click plays a time range."""

    play_wanted = Signal(Range)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        self.setMouseTracking(True)
        self.setAccessibleName("Play bars: parts, window, whole sound")
        self._theme = LIGHT
        self._columns: Columns | None = None
        self._whole = Range(0.0, 1.0)
        self._marks = Marks()
        self._pieces: list[PlayBar] = []
        self._hovered: PlayBar | None = None
        self._cut = False

    def set_cut(self, cut: bool) -> None:
        """Draw a line at the top if the lanes above are cut off."""
        if cut != self._cut:
            self._cut = cut
            self.update()

    def show_time(self, columns: Columns, whole: Range, marks: Marks) -> None:
        """Show other columns, another whole range, cursor or selection."""
        if (columns, whole, marks) != (self._columns, self._whole, self._marks):
            self._columns, self._whole, self._marks = columns, whole, marks
            self._pieces = pieces(columns, whole, marks)
            self._hovered = None
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.chrome)
            if self._cut:
                painter.fillRect(0, 0, self.width(), 1, theme.line2)
            self._paint_names(painter)
            for piece in self._pieces:
                paint_bar(painter, piece.rect, theme, piece is self._hovered)
            for piece in self._pieces:
                self._paint_words(painter, piece)
            if self._columns is not None:
                self._paint_window_times(painter, self._columns)

    def _paint_names(self, painter: QPainter) -> None:
        first = "Selection" if self._marks.selection else "From cursor"
        for row, (name, key) in enumerate(((first, "Tab"), ("Window", "Shift+Tab"), ("Whole sound", ""))):
            y = TOP_PX + row * PITCH_PX + BAR_PX / 2
            draw_text(painter, QPointF(8, y), name, font(11), self._theme.ink2)
            draw_text(painter, QPointF(HEADER_PX - 8, y), key, font(11), self._theme.ink3, "right")

    def _paint_words(self, painter: QPainter, piece: PlayBar) -> None:
        """Draw a piece's text, or only its length with fewer decimals if it does not fit."""
        room_px, number = piece.rect.width() - 2 * AIR_PX, font(12, numbers=True)
        fits = QFontMetricsF(number).horizontalAdvance(piece.words) <= room_px
        if not fits:
            number = font(11, numbers=True)
        text = piece.words if fits else seconds_within(piece.played.length_s, room_px, number)
        draw_text(painter, piece.rect.center(), text, number, self._theme.ink, "centre")

    def _paint_window_times(self, painter: QPainter, columns: Columns) -> None:
        """Paint the two ends of the window in blue inside the second bar, if there is space."""
        if columns.width_px < 380:
            return
        y = TOP_PX + PITCH_PX + BAR_PX / 2
        number, colour = font(12, numbers=True), self._theme.bar_time
        draw_text(painter, QPointF(columns.left_px + 8, y), seconds(columns.window.start_s), number, colour)
        place = QPointF(columns.right_px - 8, y)
        draw_text(painter, place, seconds(columns.window.end_s), number, colour, "right")

    def _piece_at(self, event: QMouseEvent) -> PlayBar | None:
        return next((piece for piece in self._pieces if piece.rect.contains(event.position())), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._piece_at(event))

    def leaveEvent(self, event: object) -> None:
        self._hover(None)

    def _hover(self, piece: PlayBar | None) -> None:
        if piece is not self._hovered:
            self._hovered = piece
            self.setToolTip(piece.says if piece else "")
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        piece = self._piece_at(event)
        if piece is not None and event.button() == Qt.MouseButton.LeftButton:
            self.play_wanted.emit(piece.played)
