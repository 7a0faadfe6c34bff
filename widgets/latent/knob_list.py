"""The list of latent knobs with its controls: mouse, wheel, keys and typed numbers."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.networks.latent import LatentLayout
from widgets.controls.number_field import NumberField
from widgets.controls.scales import Steps
from widgets.controls.slider import REST_MS, SMALL
from widgets.latent.knob_paint import NAME_X, RESET_X, ROW_PX, VALUE_RIGHT
from widgets.latent.knob_view import KnobView
from widgets.theme.shortcut_override import keeps

_TURNS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
_RESETS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_EDITS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_PINS = (Qt.Key.Key_P, Qt.Key.Key_Space)
_OWN_KEYS = frozenset((*_TURNS, *_MOVES, *_RESETS, *_EDITS, *_ENDS, *_PINS))


class KnobList(KnobView):
    """All z knobs: drag, use the wheel on the chosen row, press arrow keys, or type a value.

    Emits `value_wanted(index, value, final)`, `reset_wanted(index)` and `pins_wanted(frozenset)`.
    """

    value_wanted = Signal(int, float, bool)
    reset_wanted = Signal(int)
    pins_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from: tuple[float, float] = (0.0, 0.0)  # where a drag began: pixel, and place on the line
        self._turned: tuple[int, float] | None = None
        self._scrolled_s = 0.0
        self._steps = Steps()
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._finish)
        self._editor = NumberField("Value", parent=self.viewport())
        self._editor.hide()
        self._editor.editingFinished.connect(self._close_editor)
        self._editor.given_up.connect(self._close_editor)
        self._editor.value_wanted.connect(self._typed)
        self._editing = -1

    def show_layout(self, layout: LatentLayout) -> None:
        self._rest.stop()
        self._turned = self._held = None
        super().show_layout(layout)

    # --- wishes ---------------------------------------------------------------------------------

    def _ask(self, index: int, value: float) -> None:
        value = self._steps.rounded(value)
        if value == self._values[index]:
            return
        if self._turned and self._turned[0] != index:
            self._finish()
        self._turned = (index, value)
        self._values = (*self._values[:index], value, *self._values[index + 1 :])
        self._update_row(index)
        self._tell()
        self.value_wanted.emit(index, value, False)

    def _finish(self) -> None:
        """End a change: emit one final request with the last value, if anything was changed."""
        self._rest.stop()
        turned, self._turned = self._turned, None
        if turned is not None:
            self.value_wanted.emit(turned[0], turned[1], True)

    def _toggle_pin(self, index: int) -> None:
        self.pins_wanted.emit(self._pins ^ {index})

    def _reset(self, index: int) -> None:
        if self._is_changed(index):
            self.reset_wanted.emit(index)

    def _move(self, row: int) -> None:
        """Make a row the current one and scroll to it."""
        rows = self._shown.all
        if not rows:
            return
        before, self._row = self._row, min(max(row, 0), len(rows) - 1)
        bar, top = self.verticalScrollBar(), self._top(self._row)
        low = top + ROW_PX - self.viewport().height()
        bar.setValue(min(max(bar.value(), low), top))
        for changed in (before, self._row):
            self.viewport().update(self.row_rect(changed))
        self._tell()

    # --- typing ---------------------------------------------------------------------------------

    def _edit(self, row: int, first: str = "") -> None:
        rows = self._shown.all
        if not 0 <= row < len(rows):
            return
        self._move(row)
        self._editing = rows[row]
        rect = self.row_rect(row)
        self._editor.setGeometry(VALUE_RIGHT + self._shift() - 62, rect.top(), 68, ROW_PX)
        self._editor.setAccessibleName(f"Value of {self._names[self._editing]}")
        self._editor.show_value(self._values[self._editing])
        self._editor.show()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if first:
            self._editor.clear()
            self._editor.insert(first)

    def _typed(self, value: float) -> None:
        index, self._editing = self._editing, -1
        if index >= 0 and value != self._values[index]:
            self.value_wanted.emit(index, value, True)

    def _close_editor(self) -> None:
        if not self._editor.property("bad"):
            self._editor.hide()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row, x = self._row_at(event.position().y()), event.position().x()
        if row < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        self._move(row)
        index = self._shown.all[row]
        line, half = self.line_rect(row), SMALL.handle_px / 2
        if x < NAME_X - 2:
            self._toggle_pin(index)
        elif x > RESET_X + self._shift() - 10:
            self._reset(index)
        elif line.left() - half - 2 <= x <= line.right() + half + 2:
            self._grip(index, x, line, half)

    def _grip(self, index: int, x: float, line: QRectF, half: float) -> None:
        """Grab a handle; a press beside it first moves the handle to the pointer."""
        scale = self._scale(index)
        self._held = (index, scale)
        place = scale.place(self._values[index])
        if abs(x - line.left() - place * line.width()) > half:
            place = (x - line.left()) / line.width()
            self._ask(index, scale.value(place))
        self._from = (x, place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._held is None:
            self._point_at(self._row_at(event.position().y()), x)
            return
        index, scale = self._held
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        from_x, place = self._from
        place += (x - from_x) / self.line_rect(0).width() * (0.1 if fine else 1.0)
        if fine:  # so that releasing Shift does not make the handle jump
            self._from = (x, place)
        self._ask(index, scale.value(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            index, self._held = self._held[0], None
            self._finish()
            self._update_row(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self.line_rect(0).right() + 8 < x < RESET_X + self._shift() - 10:
            self._edit(self._row_at(event.position().y()))
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(-1, 0.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the chosen knob if the pointer is over its slider; otherwise scroll."""
        row = self._row_at(event.position().y())
        line = self.line_rect(0)
        on_line = line.left() - 6 <= event.position().x() <= VALUE_RIGHT + self._shift()
        scrolling = monotonic() - self._scrolled_s < REST_MS / 1000
        if not (self.hasFocus() and row == self._row and on_line) or scrolling:
            self._scrolled_s = monotonic()
            super().wheelEvent(event)
            return
        index = self._current()
        notches = (event.angleDelta().y() or event.angleDelta().x()) / 120
        self._ask(index, self._steps.turned(self._values[index], notches, event.modifiers()))
        self._rest.start()

    def event(self, event: QEvent) -> bool:
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, index = Qt.Key(event.key()), self._current()
        if index < 0:
            super().keyPressEvent(event)
        elif key in _TURNS:
            self._ask(index, self._steps.turned(self._values[index], _TURNS[key], event.modifiers()))
        elif key in _MOVES:
            self._move(self._row + _MOVES[key])
        elif key in _ENDS:
            self._move(0 if key == Qt.Key.Key_Home else len(self._shown.all) - 1)
        elif key in _RESETS:
            self._reset(index)
        elif key in _EDITS:
            self._edit(self._row)
        elif key in _PINS:
            self._toggle_pin(index)
        elif event.text() and event.text() in "0123456789-+.,−":
            self._edit(self._row, event.text())
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _TURNS and not event.isAutoRepeat():
            self._finish()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._tell()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._finish()
        self.viewport().update()
