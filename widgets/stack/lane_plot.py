"""The plot of a lane with its two axes, cached as a picture, with marks and play head on top."""

from __future__ import annotations

import math
from collections.abc import Hashable

from PySide6.QtCore import QEvent, QLineF, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from core.signals.axis import Range
from widgets.drawing.bracket import BRACKET_PX, paint_bracket
from widgets.drawing.channel_image import channel_rows, channel_words
from widgets.drawing.classifier import class_at, class_words
from widgets.drawing.curve_legend import LegendEntry, legend_entries
from widgets.drawing.curves import Limits
from widgets.drawing.lane import NO_LIMITS, Marks, lane_parts, paint_marks, paint_plot
from widgets.drawing.lines import draw_solid
from widgets.drawing.margins import left_labels, paint_left_axis, paint_right_axis, right_labels, value_at
from widgets.drawing.overlay_cache import OverlayLayer
from widgets.drawing.overlays import frequency_rows
from widgets.drawing.scores import score_words
from widgets.drawing.spectrogram import grey_at
from widgets.stack.gain_field import SIZE_PX, GainField
from widgets.theme.copy_value import HINT, copy_number
from widgets.theme.praat_numbers import activation, four_digits, seconds, signed
from widgets.theme.theme import LIGHT, Theme
from widgets.timeline.columns import AXIS_PX, HEADER_PX, Columns
from widgets.timeline.lane_views import LaneView

COMPUTING_AFTER_MS = 150
HEAD_PX = 8


class LanePlot(QWidget):
    """Paints one lane over the stack's columns and reports the pointer's time and frequency."""

    pressed = Signal(float, bool, object)
    moved = Signal(float)
    released = Signal()
    pointed = Signal(float, str)
    pinched = Signal(float, float)
    wheeled = Signal(QWheelEvent, float)
    menu_wanted = Signal(QPoint)
    gain_wanted = Signal(object, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.installEventFilter(self)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.theme = LIGHT
        self.lane = LaneView("", "")
        self.columns: Columns | None = None
        self.marks = Marks()
        self._shared: Limits = NO_LIMITS
        self.picture: QPixmap | None = None
        self._overlays = OverlayLayer()
        self.editor: GainField | None = None
        self._playhead_s: float | None = None
        self.bracket: Range | None = None
        self._late = False
        self._lateness = QTimer(self, singleShot=True, interval=COMPUTING_AFTER_MS)
        self._lateness.timeout.connect(lambda: self._set_late(True))

    def show_lane(self, lane: LaneView, columns: Columns, marks: Marks, shared: Limits) -> None:
        """Show another lane, window, cursor or selection; pictures that are still valid are kept."""
        own = columns.moved(HEADER_PX)
        if (lane, own, shared) != (self.lane, self.columns, self._shared):
            self.picture = None
            self.update()
        if marks != self.marks:
            self.update()
        self.lane, self.columns, self.marks, self._shared = lane, own, marks, shared
        self._watch_lateness()

    def _watch_lateness(self) -> None:
        if self.lane.computing and not self._late and not self._lateness.isActive():
            self._lateness.start()
        if not self.lane.computing:
            self._lateness.stop()
            self._set_late(False)

    def _set_late(self, late: bool) -> None:
        if late != self._late:
            self._late = late
            self.update(0, 0, self.width(), 3)

    def set_theme(self, theme: Theme) -> None:
        self.theme, self.picture = theme, None
        self.update()

    def show_bracket(self, window: Range | None) -> None:
        """Mark a stretch of time at the lower edge: what belongs to the sample under the pointer."""
        if window != self.bracket:
            self.bracket = window
            self.update(0, self.height() - BRACKET_PX - 2, self.width(), BRACKET_PX + 2)

    def set_playhead(self, time_s: float | None) -> None:
        """Move the play head; only the columns it leaves and enters are repainted."""
        for place in (self._playhead_s, time_s):
            if place is not None and self.columns is not None and self.columns.window.contains(place):
                x = math.floor(self.columns.x(place))
                self.update(x - HEAD_PX // 2, 0, HEAD_PX + 1, self.height())
        self._playhead_s = time_s

    def resizeEvent(self, event: object) -> None:
        self.picture = None

    @property
    def plot_rect(self) -> QRectF:
        """The plot without its axes."""
        return QRectF(AXIS_PX, 0, self.columns.width_px if self.columns else 1.0, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:  # ended after an exception too, or Qt would end the program
            self._paint(painter, event)

    def _paint(self, painter: QPainter, event: QPaintEvent) -> None:
        theme = self.theme
        if self.columns is None:
            painter.fillRect(event.rect(), theme.chrome)
            return
        rect = self.plot_rect
        seen = QRectF(event.rect())
        if seen.left() < rect.left() or seen.right() > rect.right():
            self._paint_axes(painter, rect, self.columns)
        painter.setClipRect(seen.intersected(rect))
        painter.drawPixmap(rect.topLeft(), self._painted(rect, self.columns))
        paint_marks(painter, rect, self.lane, self.columns, theme, self.marks)
        if self.bracket is not None:
            paint_bracket(painter, rect, self.bracket, self.columns, theme)
        if self._late:
            painter.fillRect(QRectF(rect.left(), 0, rect.width(), 2), theme.accent)
        self._paint_playhead(painter, rect, self.columns)

    def _painted(self, rect: QRectF, columns: Columns) -> QPixmap:
        """Return the cached picture of everything but the marks, repainted only after a change."""
        if self.picture is None:
            ratio = self.devicePixelRatioF()
            self.picture = QPixmap(math.ceil(rect.width() * ratio), math.ceil(rect.height() * ratio))
            self.picture.setDevicePixelRatio(ratio)
            place = QRectF(0, 0, rect.width(), rect.height())
            own = columns.moved(AXIS_PX)
            with QPainter(self.picture) as painter:
                paint_plot(painter, place, self.lane, own, self.theme, self._shared, self._overlays)
        return self.picture

    def _paint_axes(self, painter: QPainter, rect: QRectF, columns: Columns) -> None:
        theme = self.theme
        left = QRectF(0, 0, rect.left(), rect.height())
        right = QRectF(rect.right(), 0, self.width() - rect.right(), rect.height())
        for side in (left, right):
            painter.fillRect(side, theme.chrome)
        painter.setPen(QPen(theme.line2, 1))
        for x in (rect.left() - 0.5, rect.right() + 0.5):
            painter.drawLine(QLineF(x, 0, x, rect.height()))
        paint_left_axis(painter, left, self.lane, columns, theme, self.marks, self._shared)
        paint_right_axis(painter, right, self.lane, theme, self.marks)

    def _paint_playhead(self, painter: QPainter, rect: QRectF, columns: Columns) -> None:
        if self._playhead_s is None or self.lane.classifier or not columns.window.contains(self._playhead_s):
            return
        x = math.floor(columns.x(self._playhead_s)) + 0.5
        draw_solid(painter, QLineF(x, rect.top(), x, rect.bottom()), self.theme.ink, 1.5, self.theme.halo)

    # --- mouse --------------------------------------------------------------------------------

    def _frequency_at(self, y_px: float) -> float | None:
        """Return the frequency at a height, None outside the spectrogram."""
        analysis = lane_parts(self.lane, self.plot_rect)[1]
        if analysis is None or not analysis.top() <= y_px <= analysis.bottom():
            return None
        return frequency_rows(self.lane, analysis).value(y_px)

    def _value_at(self, place: QPointF) -> str:
        """Return the value next to the plot under the mouse, which a click copies."""
        rect, columns = self.plot_rect, self.columns
        if columns is None or rect.left() <= place.x() <= rect.right():
            return ""
        if place.x() > rect.right():
            return value_at(right_labels(rect, self.lane, self.theme, self.marks), place)
        return value_at(left_labels(rect, self.lane, columns, self.theme, self.marks, self._shared), place)

    def _class_at(self, place: QPointF) -> str:
        """Return the class under the mouse with its probability and logit, "" for none."""
        output = self.lane.classifier
        one = class_at(self.plot_rect, output, place) if output is not None else None
        return class_words(one) if one is not None else ""

    def _legend_at(self, place: QPointF) -> LegendEntry | None:
        """Return the line of the legend under the mouse; a click on it opens the curve's gain."""
        curve_rect = lane_parts(self.lane, self.plot_rect)[0]
        return next((one for one in legend_entries(curve_rect, self.lane) if one.place.contains(place)), None)

    def edit_gain_of(self, key: Hashable) -> None:
        """Open the field of a curve's gain, if the legend names it."""
        entries = legend_entries(lane_parts(self.lane, self.plot_rect)[0], self.lane)
        for entry in entries:
            if entry.curve.key == key:
                self.edit_gain(entry)

    def edit_gain(self, entry: LegendEntry) -> None:
        """Open a field over a line of the legend."""
        curve = entry.curve
        top = round(entry.place.center().y()) - SIZE_PX[1] // 2
        place = QRect(round(entry.gain_px), max(top, 0), *SIZE_PX)
        self.editor = GainField(curve.gain, place, self, f"Gain of {curve.name}")
        self.editor.accepted.connect(lambda gain: self.gain_wanted.emit(curve.key, gain))
        self.editor.closed.connect(self._drop_editor)

    def _drop_editor(self) -> None:
        self.editor = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if event.button() != Qt.MouseButton.LeftButton or self.columns is None:
            return
        words, entry = self._value_at(place), self._legend_at(place)
        if entry is not None:
            self.edit_gain(entry)
        elif words:
            self.pointed.emit(math.nan, copy_number(words))
        elif self.plot_rect.contains(place):
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.pressed.emit(place.x() + HEADER_PX, shift, self._frequency_at(place.y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(place.x() + HEADER_PX)
        else:
            words, entry = self._value_at(place), self._legend_at(place)
            acts = bool(words) or entry is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if acts else Qt.CursorShape.ArrowCursor)
            said = f"{HINT} {words}" if words else self._class_at(place)
            self.setToolTip(f"{entry.curve.label}\nClick to change its gain" if entry else said)
        if self.columns is not None and self.plot_rect.contains(place):
            time_s = self.columns.time_s(place.x())
            self.pointed.emit(time_s, self._pointer_text(time_s, place.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheeled.emit(event, event.position().x() + HEADER_PX)
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the lane's own events for a pinch.

        An `event` written in Python would pass an exception of `paintEvent` through PySide's C++ code, which
        then ends the program.
        """
        zooming = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == zooming:
            self.pinched.emit(event.value(), event.position().x() + HEADER_PX)
            return True
        return False

    def leaveEvent(self, event: object) -> None:
        self.pointed.emit(math.nan, "")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def _pointer_text(self, time_s: float, y_px: float) -> str:
        """Describe the point under the mouse: its time, and its value or its frequency and level."""
        if self.lane.classifier is not None:
            return ""
        frequency = self._frequency_at(y_px)
        words = [f"Pointer {seconds(time_s)} s"]
        if not self.lane.measurable:
            return "  ".join(filter(None, (*words, self._told_at(time_s, y_px))))
        if frequency is None:
            if self.lane.curves:
                words.append(activation(self.lane.curves[0].track.at(time_s)))
        else:
            words.append(f"{four_digits(frequency)} Hz")
            image = self.lane.spectrogram
            grey = grey_at(image, time_s, frequency) if image is not None else math.nan
            if math.isfinite(grey) and grey > 0:
                words.append(signed(f"{(grey - 1) * self.lane.spectrogram_range_db:.1f} dB"))
        return "  ".join(words)

    def _told_at(self, time_s: float, y_px: float) -> str:
        """Return what a network takes or says at a point."""
        image, scores = self.lane.channel_image, self.lane.scores
        if image is not None:
            return channel_words(image, time_s, channel_rows(image, self.plot_rect).value(y_px))
        return score_words(scores, time_s) if scores is not None else ""
