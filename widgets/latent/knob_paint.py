"""The painting of one latent knob: mark, pin, name, slider, value, reset."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from widgets.controls.scales import Linear
from widgets.controls.slider import SMALL, paint_slider
from widgets.theme.control_paint import paint_dot, paint_field
from widgets.theme.icons import paint_icon
from widgets.theme.number_text import number_text
from widgets.theme.theme import Theme, font

ROW_PX, GAP_PX = 24, 10
DOT_X, PIN_X, NAME_X, LINE_X, LINE_PX, VALUE_RIGHT, RESET_X = 6, 19, 32, 68, 92, 211, 223


@dataclass(frozen=True, slots=True)
class Knob:
    """The content of a row; `pointer_x` is None without the pointer, `shift_px` widens the slider."""

    name: str
    value: float
    drawn: float
    scale: Linear
    pinned: bool = False
    current: bool = False
    held: bool = False
    pointer_x: float | None = None
    shift_px: int = 0

    @property
    def changed(self) -> bool:
        return self.value != self.drawn


def paint_knob(painter: QPainter, theme: Theme, rect: QRectF, knob: Knob) -> None:
    """Paint a knob into its row."""
    if knob.pointer_x is not None or knob.held:
        painter.fillRect(rect, theme.hover)
    if knob.current:
        paint_field(painter, rect.adjusted(1, 0, -1, 0), theme, None, None, focus=True)
    if knob.changed:
        paint_dot(painter, QPointF(DOT_X, rect.center().y()), theme)
    _paint_marks(painter, theme, rect, knob)
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.setFont(font(12, 400, numbers=True))
    painter.setPen(theme.ink)
    painter.drawText(QRectF(NAME_X, rect.top(), 40, ROW_PX), middle, knob.name)
    painter.setFont(font(12, 500 if knob.changed else 400, numbers=True))
    painter.setPen(theme.ink if knob.changed else theme.ink2)
    value = QRectF(LINE_X, rect.top(), VALUE_RIGHT - LINE_X + knob.shift_px, ROW_PX)
    text = number_text(knob.value)
    painter.drawText(value, middle | Qt.AlignmentFlag.AlignRight, text)
    line = QRectF(LINE_X, rect.top(), LINE_PX + knob.shift_px, ROW_PX)
    line.setRight(min(line.right(), value.right() - painter.fontMetrics().horizontalAdvance(text) - 8))
    drawn = knob.drawn if knob.changed else None
    paint_slider(painter, theme, line, knob.scale, knob.value, drawn=drawn, dress=SMALL)


def _paint_marks(painter: QPainter, theme: Theme, rect: QRectF, knob: Knob) -> None:
    """Paint the pin and the reset arrow, the one under the pointer in full colour."""
    pointer_x = -100.0 if knob.pointer_x is None else knob.pointer_x
    reset_x = RESET_X + knob.shift_px
    for shown, name, x in (
        (knob.pinned, "push-pin-fill", PIN_X),
        (knob.pointer_x is not None and not knob.pinned, "push-pin", PIN_X),
        (knob.changed, "arrow-counter-clockwise", reset_x),
    ):
        if shown:
            ink = theme.ink if abs(pointer_x - x) < 10 else theme.ink2
            paint_icon(painter, name, QRectF(x - 9, rect.top(), 18, ROW_PX), ink, 13)
