"""The line of steps below a sweep: its legend, and where one goes through the steps."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.sweep.sweep_views import SweepView
from widgets.theme.control_paint import paint_field
from widgets.theme.praat_numbers import signed
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import LIGHT, Theme, font

ASIDE_PX = 24
LINE_PX = 26.0
NAME_PX = 44.0
_KEYS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -5, Qt.Key.Key_PageUp: 5, Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000,
}  # fmt: skip


class Scrubber(QWidget):
    """The steps as coloured squares; emits `step_wanted(step)` for a click, a drag or a key, `set_wanted` for
    Enter.
    """

    step_wanted = Signal(int)
    set_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._view: SweepView | None = None
        self.setAccessibleName("Step of the sweep")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Click or drag through the steps; arrow keys go one by one, Enter sets the knobs.")

    def show_sweep(self, view: SweepView) -> None:
        self._view = view
        self.setAccessibleDescription(f"{view.name} = {view.words[view.current]}")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 58)

    # --- places ---------------------------------------------------------------------------------

    def x_of(self, place: float) -> float:
        """Return the pixel of a value on the line."""
        view = self._view
        assert view is not None
        low, high = min(view.places), max(view.places)
        share = (place - low) / (high - low) if high > low else 0.5
        return ASIDE_PX + min(max(share, 0.0), 1.0) * (self.width() - 2 * ASIDE_PX)

    def step_at(self, x: float) -> int:
        """Return the step that is closest to a pixel."""
        view = self._view
        assert view is not None
        return min(range(len(view.places)), key=lambda step: abs(self.x_of(view.places[step]) - x))

    # --- the mouse and the keys -----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        if self._view is None:
            return
        step = self.step_at(event.position().x())
        if step != self._view.current:
            self.step_wanted.emit(step)

    def event(self, event: object) -> bool:
        return keeps(event, tuple(_KEYS)) or super().event(event)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view, key = self._view, Qt.Key(event.key())
        if view is None:
            event.ignore()
        elif key in _KEYS:
            order = sorted(range(len(view.places)), key=lambda step: view.places[step])
            here = order.index(view.current) + _KEYS[key]
            self.step_wanted.emit(order[min(max(here, 0), len(order) - 1)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.set_wanted.emit()
        else:
            event.ignore()

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        view, theme = self._view, self._theme
        if view is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.line2, 2))
            painter.drawLine(QPointF(ASIDE_PX, LINE_PX), QPointF(self.width() - ASIDE_PX, LINE_PX))
            self._paint_steps(painter, view)
            self._paint_drawn(painter, view)
            if self.hasFocus():
                paint_field(
                    painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), theme, None, None, focus=True
                )

    def _paint_steps(self, painter: QPainter, view: SweepView) -> None:
        theme, taken = self._theme, -1e9
        side = 8.0 if len(view.places) < 60 else 4.0
        known = view.layers[0].tracks if view.layers else ()
        for step in sorted(range(len(view.places)), key=lambda step: view.places[step]):
            x, is_current = self.x_of(view.places[step]), step == view.current
            square = QRectF(x - side / 2, LINE_PX - side / 2, side, side)
            if is_current:
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(theme.panel)
                painter.drawEllipse(QPointF(x, LINE_PX), 8.0, 8.0)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            else:
                colour = theme.step(view.shares[step])
                waits = step < len(known) and known[step] is None
                painter.fillRect(square, theme.line2 if waits else colour)
            taken = self._paint_name(painter, view, step, x, taken)

    def _paint_name(self, painter: QPainter, view: SweepView, step: int, x: float, taken: float) -> float:
        """Write a step's name if there is room; return where the room is taken up to."""
        theme, is_current = self._theme, step == view.current
        face = font(11, 600 if is_current else 400, numbers=True)
        words, metrics = signed(view.words[step]), QFontMetrics(face)
        width = metrics.horizontalAdvance(words)
        near = not is_current and abs(x - self.x_of(view.places[view.current])) < width + 6
        if x - width / 2 < taken or near:
            return taken
        painter.setFont(face)
        painter.setPen(theme.ink if is_current else theme.ink3)
        painter.drawText(
            QRectF(x - width / 2 - 2, NAME_PX - 8, width + 4, 16), Qt.AlignmentFlag.AlignCenter, words
        )
        return x + width / 2 + 10

    def _paint_drawn(self, painter: QPainter, view: SweepView) -> None:
        """Mark the value of the frozen draw by a triangle above the line."""
        if view.drawn is None or not min(view.places) <= view.drawn <= max(view.places):
            return
        theme, x = self._theme, self.x_of(view.drawn)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink2)
        painter.drawPolygon(QPolygonF([QPointF(x - 4, 6), QPointF(x + 4, 6), QPointF(x, 12)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        words = f"drawn {signed(f'{view.drawn:.2f}')}"
        width = painter.fontMetrics().horizontalAdvance(words)
        left = x + 8 if x + 8 + width < self.width() else x - 8 - width
        painter.drawText(QRectF(left, 0, width + 2, 16), Qt.AlignmentFlag.AlignVCenter, words)
