"""A thin slider for any value, controlled by mouse, wheel and keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.controls.scales import Scale, Steps
from widgets.theme.control_paint import paint_field
from widgets.theme.number_text import number_text
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import LIGHT, Theme

REST_MS = 300  # the wheel counts as at rest after this time
_KEYS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
    Qt.Key.Key_Minus: -1, Qt.Key.Key_Plus: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SliderStyle:
    """The sizes of a painted slider: diameter of the handle, width of its ring, height of the zero tick."""

    handle_px: float = 14.0
    ring_px: float = 2.0
    tick_px: float = 9.0


WIDE, SMALL = SliderStyle(), SliderStyle(10.0, 2.0, 9.0)


def paint_slider(
    painter: QPainter,
    theme: Theme,
    line: QRectF,
    scale: Scale,
    value: float,
    *,
    origin: float | None = 0.0,
    drawn: float | None = None,
    dress: SliderStyle = WIDE,
    free: bool = True,
) -> None:
    """Paint a slider along the middle of a rectangle, filled from `origin` (None: from the left end).

    `drawn` marks the value before the change with a small ring.
    """
    y = line.center().y()
    accent = theme.accent if free else theme.edge
    zero_x = line.left() if origin is None else line.left() + scale.place(origin) * line.width()
    at_x = line.left() + scale.place(value) * line.width()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(line.left(), y - 1, line.width(), 1.5), theme.line2)
    if abs(at_x - zero_x) > dress.handle_px / 2:
        if origin is not None:
            painter.fillRect(
                QRectF(round(zero_x), round(y - dress.tick_px / 2), 1, dress.tick_px), theme.ink3
            )
        left, right = sorted((zero_x, at_x))
        painter.fillRect(QRectF(left, y - 1, right - left, 2), accent)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if drawn is not None:
        _paint_ring(
            painter, QPointF(line.left() + scale.place(drawn) * line.width(), y), 6, 1, theme.ink3, theme
        )
    _paint_ring(painter, QPointF(at_x, y), dress.handle_px, dress.ring_px, accent, theme)


def _paint_ring(
    painter: QPainter, centre: QPointF, size_px: float, pen_px: float, colour: QColor, theme: Theme
) -> None:
    painter.setPen(QPen(colour, pen_px))
    painter.setBrush(theme.plot)
    radius = (size_px - pen_px) / 2
    painter.drawEllipse(centre, radius, radius)


class Slider(QWidget):
    """A slider for one value; emits `value_wanted(value, final)`, with final False during a drag."""

    value_wanted = Signal(float, bool)

    def __init__(
        self,
        name: str,
        scale: Scale,
        *,
        origin: float | None = 0.0,
        steps: Steps | None = None,
        unit: str = "",
        dress: SliderStyle = WIDE,
        bounded: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._name, self._unit, self._dress = name, unit, dress
        self._scale, self._origin = scale, origin
        self._steps = steps or Steps()
        self._value = 0.0
        self._drawn: float | None = None
        self._bounded, self._turning = bounded, False
        self._from: tuple[float, float] = (0.0, 0.0)
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._finish)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_scale(self, scale: Scale) -> None:
        """Show another range of values."""
        if scale != self._scale:
            self._scale = scale
            self.update()

    def show_value(self, value: float, drawn: float | None = None) -> None:
        """Show a value, and a ring at the value it had before it was changed."""
        if (value, drawn) != (self._value, self._drawn):
            self._value, self._drawn = value, drawn
            self.setAccessibleDescription(f"{number_text(value, self._steps.decimals)} {self._unit}".strip())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 24)

    def _line(self) -> QRectF:
        inset = self._dress.handle_px / 2 + 1
        return QRectF(inset, 0, self.width() - 2 * inset, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self.hasFocus():
                paint_field(painter, QRectF(self.rect()), self._theme, None, None, focus=True)
            paint_slider(
                painter, self._theme, self._line(), self._scale, self._value,
                origin=self._origin, drawn=self._drawn, dress=self._dress, free=self.isEnabled(),
            )  # fmt: skip

    # --- wishes ---------------------------------------------------------------------------------

    def _ask(self, value: float) -> None:
        value = self._steps.rounded(value)
        if value != self._value:
            self._turning = True
            self._value = value
            self.update()
            self.value_wanted.emit(value, False)

    def _finish(self) -> None:
        """End a change, so that it is one undo step; does nothing if nothing was changed."""
        self._rest.stop()
        if self._turning:
            self._turning = False
            self.value_wanted.emit(self._value, True)

    @property
    def turning(self) -> bool:
        """Whether a change has begun and is not yet final."""
        return self._turning

    def _nearest(self, value: float) -> float:
        """Keep keys and wheel of a bounded slider within its scale; a value already outside may return."""
        if not self._bounded:
            return value
        ends = sorted((self._scale.value(0.0), self._scale.value(1.0), self._value))
        return min(max(value, ends[0]), ends[-1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        line = self._line()
        x = event.position().x()
        handle_x = line.left() + self._scale.place(self._value) * line.width()
        if abs(x - handle_x) > self._dress.handle_px / 2:
            self._ask(self._scale.value((x - line.left()) / line.width()))
        self._from = (x, self._scale.place(self._value))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            x, place = self._from
            moved = (event.position().x() - x) / self._line().width() * fine
            if fine < 1:
                self._from = (event.position().x(), place + moved)
            self._ask(self._scale.value(place + moved))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._finish()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        notches = event.angleDelta().y() / 120 or event.angleDelta().x() / 120
        self._ask(self._nearest(self._steps.turned(self._value, notches, event.modifiers())))
        self._rest.start()

    def event(self, event: QEvent) -> bool:
        return keeps(event, _KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _KEYS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        self._ask(self._nearest(self._steps.turned(self._value, way, event.modifiers())))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._finish()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._finish()
        super().focusOutEvent(event)
