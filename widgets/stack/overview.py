"""The whole sound in a strip, with a frame around the visible window that can be dragged and resized."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from core.signals.axis import Range
from core.signals.track import Track
from widgets.drawing.curves import curve_rows, paint_curve, whole_extremes
from widgets.drawing.lane import Marks
from widgets.drawing.lines import draw_text
from widgets.theme.theme import LIGHT, Theme, font
from widgets.timeline.columns import Columns

STRIP_PX = 32
GRIP_PX = 6.0
HANDLE_W_PX, HANDLE_H_PX = 6.0, 14.0


class Overview(QWidget):
    """Shows the window within the whole sound; dragging its frame requests another window."""

    range_wanted = Signal(Range)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(STRIP_PX + 8)
        self.setMouseTracking(True)
        self.setAccessibleName("Overview of the whole sound")
        self._theme = LIGHT
        self._columns: Columns | None = None
        self._whole = Range(0.0, 1.0)
        self._marks = Marks()
        self._track: Track | None = None
        self._playhead_s: float | None = None
        self._picture: QPixmap | None = None
        self._held: tuple[str, float, Range] | None = None

    def show_time(self, columns: Columns, whole: Range, marks: Marks, track: Track | None) -> None:
        """Show another window, whole range, cursor or sound."""
        told = (columns, whole, marks, track)
        if told == (self._columns, self._whole, self._marks, self._track):
            return
        place = (columns.left_px, columns.width_px)
        old = self._columns and (self._columns.left_px, self._columns.width_px)
        if place != old or whole != self._whole or track is not self._track:
            self._picture = None
        self._columns, self._whole, self._marks, self._track = told
        self.update()

    def set_playhead(self, time_s: float | None) -> None:
        if time_s != self._playhead_s:
            self._playhead_s = time_s
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._picture = theme, None
        self.update()

    @property
    def _all(self) -> Columns:
        """The columns of the whole sound in the strip."""
        assert self._columns is not None
        return Columns(self._whole, self._columns.left_px, self._columns.width_px)

    def _frame(self) -> QRectF:
        assert self._columns is not None
        window = self._columns.window
        left, right = self._all.x(window.start_s), self._all.x(window.end_s)
        return QRectF(left, 4, max(2.0, right - left), STRIP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.chrome)
            if self._columns is None:
                return
            strip = QRectF(self._columns.left_px, 4, self._columns.width_px, STRIP_PX)
            painter.drawPixmap(strip.topLeft(), self._drawn(strip))
            frame = self._frame()
            self._paint_marks(painter, strip)
            shade = QColor(theme.chrome)
            shade.setAlphaF(0.66)
            painter.fillRect(QRectF(strip.left(), 4, frame.left() - strip.left(), STRIP_PX), shade)
            painter.fillRect(QRectF(frame.right(), 4, strip.right() - frame.right(), STRIP_PX), shade)
            painter.setPen(QPen(theme.line, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(strip.adjusted(0.5, 0.5, -0.5, -0.5))
            self._paint_frame(painter, frame)
            times = self._whole.length_s / max(self._columns.window.length_s, 1e-9)
            text = f"{times:.1f} ×" if times < 100 else f"{times:.0f} ×"
            place = QPointF(strip.right() + 6, strip.center().y())
            draw_text(painter, place, text, font(11, numbers=True), theme.ink2)

    def _drawn(self, strip: QRectF) -> QPixmap:
        """Return the waveform of the whole sound, painted once per sound and width."""
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap(round(strip.width() * ratio), round(strip.height() * ratio))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(self._theme.plot)
            if self._track is not None:
                self._paint_track(self._picture, self._track, strip)
        return self._picture

    def _paint_track(self, picture: QPixmap, track: Track, strip: QRectF) -> None:
        low, high = whole_extremes(track)
        low, high = min(low, 0.0), max(high, 0.0)
        if not high > low:
            return
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = curve_rows((low, high), QRectF(0, 0, strip.width(), strip.height()))
        columns = Columns(self._whole, 0.0, strip.width())
        paint_curve(painter, track, columns, rows, self._theme.sound, dots=False)
        painter.end()

    def _paint_marks(self, painter: QPainter, strip: QRectF) -> None:
        columns, theme = self._all, self._theme
        if self._marks.selection is not None:
            left, right = columns.x(self._marks.selection.start_s), columns.x(self._marks.selection.end_s)
            painter.fillRect(QRectF(left, strip.top(), right - left, strip.height()), theme.sel)
        elif self._marks.cursor_s is not None:
            x = columns.line_x(self._marks.cursor_s)
            painter.setPen(QPen(theme.cursor, 1))
            painter.drawLine(QLineF(x, strip.top(), x, strip.bottom()))
        if self._playhead_s is not None and self._whole.contains(self._playhead_s):
            x = columns.line_x(self._playhead_s)
            painter.setPen(QPen(theme.ink, 1))
            painter.drawLine(QLineF(x, strip.top(), x, strip.bottom()))

    def _paint_frame(self, painter: QPainter, frame: QRectF) -> None:
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pen = QPen(theme.accent, 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(frame.adjusted(1, 1, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.plot)
        painter.setPen(QPen(theme.accent, 1.5))
        for x in (frame.left() + 1, frame.right() - 1):
            handle = QRectF(
                x - HANDLE_W_PX / 2, frame.center().y() - HANDLE_H_PX / 2, HANDLE_W_PX, HANDLE_H_PX
            )
            painter.drawRoundedRect(handle, 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _part_at(self, x_px: float) -> str:
        """Name the part of the frame under the pointer: an edge, its inside, or outside."""
        frame = self._frame()
        near_left, near_right = abs(x_px - frame.left()) <= GRIP_PX, abs(x_px - frame.right()) <= GRIP_PX
        if near_left or near_right:
            left_first = abs(x_px - frame.left()) < abs(x_px - frame.right())
            return "start" if left_first else "end"
        return "inside" if frame.left() < x_px < frame.right() else "outside"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._columns is None or event.button() != Qt.MouseButton.LeftButton:
            return
        x, window = event.position().x(), self._columns.window
        part = self._part_at(x)
        if part == "outside":
            window = window.moved(self._all.time_s(x) - window.middle_s).within(self._whole)
            self._wish(window)
            part = "inside"
        self._held = (part, x, window)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._columns is None:
            return
        x = event.position().x()
        if self._held is None:
            edge = self._part_at(x) in ("start", "end")
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor)
            return
        part, from_x, window = self._held
        by_s = (x - from_x) / self._all.px_per_s
        self._wish(self._dragged(part, window, by_s))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def _dragged(self, part: str, window: Range, by_s: float) -> Range:
        """Return the window after one of its edges, or the whole window, was dragged."""
        if part == "inside":
            return window.moved(by_s).within(self._whole)
        least = self._whole.length_s / 2000
        if part == "start":
            start = min(max(window.start_s + by_s, self._whole.start_s), window.end_s - least)
            return Range(start, window.end_s)
        end = max(min(window.end_s + by_s, self._whole.end_s), window.start_s + least)
        return Range(window.start_s, end)

    def _wish(self, window: Range) -> None:
        if self._columns is not None and window != self._columns.window:
            self.range_wanted.emit(window)
