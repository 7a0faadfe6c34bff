"""The list of latent knobs, painted as one surface, so that a thousand cost as little as twenty."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from core.latent import Layout, Point
from widgets.icons import paint_icon
from widgets.knob_rows import Shown, scale_of, shown_rows
from widgets.look import LIGHT, Look, font
from widgets.number_field import NumberField
from widgets.numbers import exact_text, number_text
from widgets.paint import paint_dot, paint_field
from widgets.slider import REST_MS, SMALL, Linear, Steps, paint_slider

ROW_PX, GAP_PX = 24, 10
DOT_X, PIN_X, NAME_X, LINE_X, LINE_PX, VALUE_RIGHT, RESET_X = 6, 19, 32, 68, 92, 211, 223
_TURNS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
_RESETS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_EDITS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)


class KnobList(QAbstractScrollArea):
    """All z knobs: drag, wheel on the chosen row, arrow keys, or type a value.

    Emits `value_wanted(index, value, final)`, `reset_wanted(index)` and `pins_wanted(frozenset)`.
    """

    value_wanted = Signal(int, float, bool)
    reset_wanted = Signal(int)
    pins_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Look = LIGHT
        self._layout, self._names = Layout(0), ()
        self._values: tuple[float, ...] = ()
        self._drawn: tuple[float, ...] = ()
        self._pins: frozenset[int] = frozenset()
        self._search = ""
        self._shown = Shown((), ())
        self._row, self._hover, self._hover_x = 0, -1, 0.0
        self._drag: tuple[int, float, float, Linear] | None = None
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
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Latent z")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(ROW_PX)

    # --- what is shown --------------------------------------------------------------------------

    def show_layout(self, layout: Layout) -> None:
        """Show another model's knobs, none pinned."""
        self._layout, self._names = layout, layout.names()
        self._values = self._drawn = (0.0,) * layout.size
        self._pins = frozenset()
        self._row = 0
        self._finish()
        self._arrange()

    def show_point(self, point: Point, drawn: Point) -> None:
        """Show a point's values and mark those that differ from the draw; only changed rows repaint."""
        if drawn.z != self._drawn or len(point.z) != len(self._values):
            self._values, self._drawn = point.z, drawn.z
            self._arrange() if "c" in self._search else self.viewport().update()
            return
        if point.z is self._values:
            return
        changed = [i for i, (a, b) in enumerate(zip(point.z, self._values, strict=True)) if a != b]
        self._values = point.z
        if self._search and self._drag is None:
            self._arrange()
        for index in changed:
            self._update_row(index)

    def show_pins(self, pins: frozenset[int]) -> None:
        """Show which knobs are pinned to the top."""
        if pins != self._pins:
            self._pins = pins
            self._arrange()

    def show_search(self, search: str) -> None:
        """Show only the knobs that fit a search."""
        if search != self._search:
            self._search = search
            self._row = 0
            self._arrange()

    def set_look(self, look: Look) -> None:
        self._look = look
        self.viewport().update()

    @property
    def shown(self) -> Shown:
        """The entries on show."""
        return self._shown

    def _arrange(self) -> None:
        """Choose the rows anew, and the scroll bar's length with them; the current knob stays current."""
        current = self._current()
        self._shown = shown_rows(self._layout, self._search, self._pins, self._is_changed)
        rows = self._shown.all
        self._row = rows.index(current) if current in rows else min(self._row, max(len(rows) - 1, 0))
        self._set_range()
        self.viewport().update()

    def _set_range(self) -> None:
        height = self._top(len(self._shown.all)) + 4
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())

    def _is_changed(self, index: int) -> bool:
        return self._values[index] != self._drawn[index]

    def _current(self) -> int:
        rows = self._shown.all
        return rows[self._row] if 0 <= self._row < len(rows) else -1

    # --- geometry -------------------------------------------------------------------------------

    def _top(self, row: int) -> int:
        """Give a row's upper edge before scrolling; a line stands between pinned rows and the others."""
        pinned = len(self._shown.pinned)
        return row * ROW_PX + (GAP_PX if 0 < pinned <= row else 0)

    def row_rect(self, row: int) -> QRect:
        """Give a row's place in the viewport."""
        return QRect(0, self._top(row) - self.verticalScrollBar().value(), self.viewport().width(), ROW_PX)

    def line_rect(self, row: int) -> QRectF:
        """Give the place of a row's slider line in the viewport."""
        extra = max(0, self.viewport().width() - RESET_X - 12)
        return QRectF(LINE_X, self.row_rect(row).top(), LINE_PX + extra, ROW_PX)

    def _shift(self) -> int:
        """Give how far value and reset stand to the right in a panel wider than the usual one."""
        return max(0, self.viewport().width() - RESET_X - 12)

    def _row_at(self, y: float) -> int:
        place = int(y) + self.verticalScrollBar().value()
        gap = self._top(len(self._shown.pinned)) if self._shown.pinned else 0
        row = place // ROW_PX if place < gap else (place - (GAP_PX if self._shown.pinned else 0)) // ROW_PX
        inside = 0 <= row < len(self._shown.all) and self.row_rect(row).contains(1, int(y))
        return row if inside else -1

    def _update_row(self, index: int) -> None:
        rows = self._shown.all
        if index in rows:
            self.viewport().update(self.row_rect(rows.index(index)))

    def _scale(self, index: int) -> Linear:
        if self._drag is not None and self._drag[0] == index:
            return self._drag[3]
        return scale_of(self._layout, index in self._pins, self._values[index], self._drawn[index])

    def sizeHint(self) -> QSize:
        return QSize(240, 12 * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 4 * ROW_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_range()

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._look.panel)
        rows = self._shown.all
        if not rows:
            self._paint_nothing(painter)
        for row in range(len(rows)):
            rect = self.row_rect(row)
            if rect.bottom() < event.rect().top():
                continue
            if rect.top() > event.rect().bottom():
                break
            self._paint_row(painter, row, rows[row], QRectF(rect))
        if self._shown.pinned and self._shown.others:
            y = self.row_rect(len(self._shown.pinned)).top() - GAP_PX // 2
            painter.fillRect(QRectF(12, y, self.viewport().width() - 24, 1), self._look.line)

    def _paint_nothing(self, painter: QPainter) -> None:
        painter.setFont(font(11))
        painter.setPen(self._look.ink3)
        words = f"No knob fits “{self._search}”." if self._layout.size else ""
        painter.drawText(
            QRectF(12, 4, self.viewport().width() - 24, ROW_PX), Qt.AlignmentFlag.AlignVCenter, words
        )

    def _paint_row(self, painter: QPainter, row: int, index: int, rect: QRectF) -> None:
        look, changed, hovered = self._look, self._is_changed(index), row == self._hover
        current = row == self._row and self.hasFocus()
        if hovered or (self._drag is not None and self._drag[0] == index):
            painter.fillRect(rect, look.hover)
        if current:
            paint_field(painter, rect.adjusted(1, 0, -1, 0), look, None, None, focus=True)
        if changed:
            paint_dot(painter, QPointF(DOT_X, rect.center().y()), look)
        self._paint_marks(painter, index, rect, hovered, changed)
        painter.setFont(font(12, 400, numbers=True))
        painter.setPen(look.ink)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(QRectF(NAME_X, rect.top(), 40, ROW_PX), middle, self._names[index])
        painter.setFont(font(12, 500 if changed else 400, numbers=True))
        painter.setPen(look.ink if changed else look.ink2)
        value = QRectF(LINE_X, rect.top(), VALUE_RIGHT - LINE_X + self._shift(), ROW_PX)
        text = number_text(self._values[index])
        line = self.line_rect(row)
        width = painter.fontMetrics().horizontalAdvance(text)
        if value.right() - width < line.right() + 6:
            line.setRight(value.right() - width - 8)
        painter.drawText(value, middle | Qt.AlignmentFlag.AlignRight, text)
        drawn = self._drawn[index] if changed else None
        paint_slider(painter, look, line, self._scale(index), self._values[index], drawn=drawn, dress=SMALL)

    def _paint_marks(self, painter: QPainter, index: int, rect: QRectF, hovered: bool, changed: bool) -> None:
        look = self._look
        if index in self._pins or hovered:
            name = "push-pin-fill" if index in self._pins else "push-pin"
            ink = look.ink if hovered and abs(self._hover_x - PIN_X) < 10 else look.ink2
            paint_icon(painter, name, QRectF(PIN_X - 9, rect.top(), 18, ROW_PX), ink, 12)
        if changed:
            x = RESET_X + self._shift()
            ink = look.ink if hovered and self._hover_x > x - 10 else look.ink2
            paint_icon(painter, "arrow-counter-clockwise", QRectF(x - 9, rect.top(), 18, ROW_PX), ink, 12)

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
        """Close a turn: one final wish with the last value, if anything was turned."""
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
        """Make a row the current one and bring it into sight."""
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

    def _tell(self) -> None:
        """Say the current knob and its value to who listens instead of looking."""
        index = self._current()
        if index >= 0:
            self.setAccessibleDescription(f"{self._names[index]}, {number_text(self._values[index])}")

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
        """Take hold of a handle; beside it, the handle comes to the pointer first."""
        scale = self._scale(index)
        self._drag = (index, x, scale.place(self._values[index]), scale)
        if abs(x - line.left() - scale.place(self._values[index]) * line.width()) > half:
            place = (x - line.left()) / line.width()
            self._drag = (index, x, place, scale)
            self._ask(index, scale.value(place))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag is None:
            self._point_at(self._row_at(event.position().y()), x)
            return
        index, from_x, place, scale = self._drag
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        place_now = place + (x - from_x) / self.line_rect(0).width() * (0.1 if fine else 1.0)
        if fine:
            self._drag = (index, x, place_now, scale)
        self._ask(index, scale.value(place_now))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            index, self._drag = self._drag[0], None
            self._finish()
            self._update_row(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self.line_rect(0).right() + 8 < x < RESET_X + self._shift() - 10:
            self._edit(self._row_at(event.position().y()))
        else:
            self.mousePressEvent(event)

    def _point_at(self, row: int, x: float) -> None:
        before, self._hover, self._hover_x = self._hover, row, x
        for changed in {before, row} - {-1}:
            self.viewport().update(self.row_rect(changed))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(-1, 0.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the chosen knob when the pointer rests on its slider; otherwise scroll."""
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, index = Qt.Key(event.key()), self._current()
        if index < 0:
            super().keyPressEvent(event)
        elif key in _TURNS:
            self._ask(index, self._steps.turned(self._values[index], _TURNS[key], event.modifiers()))
        elif key in _MOVES:
            self._move(self._row + _MOVES[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move(0 if key == Qt.Key.Key_Home else len(self._shown.all) - 1)
        elif key in _RESETS:
            self._reset(index)
        elif key in _EDITS:
            self._edit(self._row)
        elif key in (Qt.Key.Key_P, Qt.Key.Key_Space):
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

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        if event.type() == QEvent.Type.Leave:
            self._point_at(-1, 0.0)
        return super().viewportEvent(event)

    def _show_tip(self, at: QPoint, at_screen: QPoint) -> None:
        row = self._row_at(at.y())
        if row < 0:
            QToolTip.hideText()
            return
        index = self._shown.all[row]
        scale = self._scale(index)
        lines = [f"{self._names[index]} = {exact_text(self._values[index])}"]
        if self._is_changed(index):
            lines.append(f"drawn {exact_text(self._drawn[index])}")
        lines.append(
            f"slider {number_text(scale.low, 0)} to {number_text(scale.high, 0)}; any number may be typed"
        )
        QToolTip.showText(at_screen, "\n".join(lines), self.viewport())
