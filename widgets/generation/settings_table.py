"""The settings of a search as a heat table, with the best, median and worst marked, and the noise floor."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from widgets.generation.generation_views import CellView, SettingsView
from widgets.theme.control_paint import paint_field
from widgets.theme.praat_numbers import signed
from widgets.theme.ramps import sequential
from widgets.theme.theme import LIGHT, Theme, font

LEFT_PX, TOP_PX, CELL_PX, ROW_PX, GAP_PX = 64, 68, 56, 42, 8
NARROWEST_PX = 44
STRIP_PX = 54


class SettingsTable(QWidget):
    """Emits `setting_wanted(steps, rate, penalty)` as places in the grid, from 0."""

    setting_wanted = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._view = SettingsView()
        self._current: tuple[int, int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Settings of the search")
        self.setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_view(self, view: SettingsView) -> None:
        """Show the table."""
        changed = (view.steps, view.rates, view.penalties) != (
            self._view.steps, self._view.rates, self._view.penalties
        )  # fmt: skip
        self._view = view
        if changed:
            self._current = None
            self.updateGeometry()
        shown = next((cell for cell in view.cells if cell.shown), None)
        self.setAccessibleDescription(shown.tip if shown else view.empty_words)
        self.update()

    @property
    def view(self) -> SettingsView:
        return self._view

    # --- places -----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        rows = max(1, len(self._view.rates))
        columns = max(1, len(self._view.steps) * len(self._view.penalties))
        gaps = GAP_PX * max(0, len(self._view.steps) - 1)
        return QSize(LEFT_PX + columns * CELL_PX + gaps + 16, TOP_PX + rows * ROW_PX + STRIP_PX + 12)

    def minimumSizeHint(self) -> QSize:
        columns = max(1, len(self._view.steps) * len(self._view.penalties))
        return QSize(LEFT_PX + columns * NARROWEST_PX + 24, self.sizeHint().height())

    def _cell_px(self) -> float:
        columns = max(1, len(self._view.steps) * len(self._view.penalties))
        room = self.width() - LEFT_PX - 16 - GAP_PX * max(0, len(self._view.steps) - 1)
        return min(72.0, max(NARROWEST_PX, room / columns))

    def place(self, key: tuple[int, int, int]) -> QRectF:
        """Return the rectangle of a cell."""
        step, rate, penalty = key
        wide = self._cell_px()
        x = LEFT_PX + (step * len(self._view.penalties) + penalty) * wide + step * GAP_PX
        return QRectF(x, TOP_PX + rate * ROW_PX, wide, ROW_PX)

    def _at(self, at: QPointF) -> CellView | None:
        return next((cell for cell in self._view.cells if self.place(cell.key).contains(at)), None)

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint_heads(painter)
            if not self._view.cells:
                return
            colours = self._colours()
            for cell in self._view.cells:
                self._paint_cell(painter, cell, colours.get(cell.key))
            self._paint_strip(painter)

    def _paint_heads(self, painter: QPainter) -> None:
        theme, view = self._theme, self._view
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        middle = Qt.AlignmentFlag.AlignCenter
        painter.setFont(font(13, 600))
        painter.setPen(theme.ink)
        painter.drawText(QRectF(12, 6, self.width() - 24, 20), left, view.title)
        wide = painter.fontMetrics().horizontalAdvance(view.title)
        painter.setFont(font(11))
        painter.setPen(theme.ink3)
        painter.drawText(QRectF(24 + wide, 6, self.width() - wide - 36, 20), left, view.formula)
        if not view.cells:
            painter.setPen(theme.ink3)
            painter.drawText(
                QRectF(12, 34, self.width() - 24, 80), left | Qt.TextFlag.TextWordWrap, view.empty_words
            )
            return
        painter.drawText(QRectF(12, TOP_PX - 20, LEFT_PX - 16, 18), left, "rate")
        for k, steps in enumerate(view.steps):
            first, last = self.place((k, 0, 0)), self.place((k, 0, len(view.penalties) - 1))
            painter.setFont(font(11, 600, numbers=True))
            painter.setPen(theme.ink)
            painter.drawText(
                QRectF(first.left(), 28, last.right() - first.left(), 18),
                middle,
                f"{steps} step{'s' * (steps != 1)}",
            )
            painter.setPen(theme.line2)
            painter.drawLine(QPointF(first.left(), 47), QPointF(last.right(), 47))
            painter.setFont(font(11, numbers=True))
            painter.setPen(theme.ink2)
            for j, penalty in enumerate(view.penalties):
                words = f"λ {penalty:g}" if j == 0 else f"{penalty:g}"
                cell = self.place((k, 0, j))
                painter.drawText(QRectF(cell.left(), TOP_PX - 20, cell.width(), 18), middle, words)
        for j, rate in enumerate(view.rates):
            cell = self.place((0, j, 0))
            painter.drawText(QRectF(12, cell.top(), LEFT_PX - 16, ROW_PX), left, f"{rate:g}")

    def _known(self) -> list[tuple[tuple[int, int, int], float]]:
        return [(cell.key, cell.value) for cell in self._view.cells if cell.value is not None]

    def _colours(self) -> dict[tuple[int, int, int], QColor]:
        """Return each cell's colour, by the logarithm of its distance: pale is near."""
        known = self._known()
        if not known:
            return {}
        ramp, least = sequential(self._theme), 1e-12
        values = np.log10(np.maximum([value for _, value in known], least))
        low, high = float(values.min()), float(values.max())
        shares = (values - low) / (high - low) if high > low else np.zeros(len(values))
        return {
            key: QColor.fromRgb(int(ramp[round(float(share) * 235) + 8]))
            for (key, _), share in zip(known, shares, strict=True)
        }

    def _paint_cell(self, painter: QPainter, cell: CellView, fill: QColor | None) -> None:
        theme, place = self._theme, self.place(cell.key)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(place.adjusted(0, 0, -1, -1), fill or theme.plot_off)
        dark = fill is not None and _lightness(fill) < 0.5
        ink = (theme.on_accent if theme.name != "dark" else theme.ink) if dark else theme.ink
        if theme.name == "dark" and fill is not None:
            ink = QColor("#FFFFFF") if dark else QColor("#0B1517")
        painter.setPen(ink)
        marked = bool(cell.mark)
        painter.setFont(font(12, 600 if marked else 400, numbers=True))
        upper = QRectF(place.left(), place.top() + 4, place.width(), 18) if marked else place
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, cell.words)
        if marked:
            painter.setFont(font(11))
            lower = QRectF(place.left(), place.top() + 20, place.width(), 16)
            painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, cell.mark)
        if cell.below:
            painter.fillRect(QRectF(place.right() - 9, place.top() + 4, 5, 5), ink)
        if cell.shown:
            painter.setPen(QPen(theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place.adjusted(1, 1, -2, -2))
        if self.hasFocus() and self._current == cell.key:
            paint_field(painter, place.adjusted(2, 2, -3, -3), theme, None, None, focus=True)

    def _paint_strip(self, painter: QPainter) -> None:
        """Draw every setting on one logarithmic line, with the noise floor: how many there are, and where."""
        theme, view = self._theme, self._view
        known = [value for _, value in self._known() if value > 0]
        top = TOP_PX + len(view.rates) * ROW_PX + 8
        left, right = LEFT_PX, self.place((len(view.steps) - 1, 0, len(view.penalties) - 1)).right()
        strip = QRectF(left, top, right - left, 16)
        if known:
            painter.setFont(font(11))
            painter.setPen(theme.ink3)
            painter.drawText(
                QRectF(12, top, LEFT_PX - 16, 16), Qt.AlignmentFlag.AlignVCenter, f"all {len(known)}"
            )
            painter.fillRect(strip, theme.plot)
            painter.setPen(theme.line2)
            painter.drawRect(strip.adjusted(0, 0, -1, -1))
            self._paint_ticks(painter, strip, known)
        painter.setFont(font(11))
        painter.setPen(theme.ink2)
        words = QRectF(12, strip.bottom() + 18, self.width() - 20, 18)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, view.floor_words)

    def _paint_ticks(self, painter: QPainter, strip: QRectF, known: list[float]) -> None:
        theme, floor = self._theme, self._view.floor
        ends = [*known, *([floor] if floor else [])]
        low, high = math.floor(math.log10(min(ends))), math.ceil(math.log10(max(ends)))
        high = max(high, low + 1)

        def across(value: float) -> float:
            return strip.left() + (math.log10(value) - low) / (high - low) * strip.width()

        if floor:
            painter.fillRect(
                QRectF(strip.left() + 1, strip.top() + 1, across(floor) - strip.left() - 1, 14),
                theme.plot_off,
            )
            painter.setPen(QPen(theme.ink, 1))
            painter.drawLine(QPointF(across(floor), strip.top()), QPointF(across(floor), strip.bottom()))
        painter.setPen(QPen(theme.curve, 2))
        for value in known:
            painter.drawLine(
                QPointF(across(value), strip.top() + 4), QPointF(across(value), strip.bottom() - 4)
            )
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink3)
        stride = max(1, (high - low) // 5)
        for power in range(low, high + 1, stride):
            x = across(10.0**power)
            words = signed(f"{10.0**power:g}")
            room = QRectF(min(x - 30, self.width() - 62), strip.bottom() + 1, 60, 16)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    # --- wishes -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = cell.key
            self.setting_wanted.emit(*cell.key)
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), cell.tip if cell else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        key = Qt.Key(event.key())
        view = self._view
        if view.cells and key in moves:
            step, rate, penalty = self._current or view.cells[0].key
            down, across = moves[key]
            column = min(
                max(step * len(view.penalties) + penalty + across, 0),
                len(view.steps) * len(view.penalties) - 1,
            )
            rate = min(max(rate + down, 0), len(view.rates) - 1)
            self._current = (column // len(view.penalties), rate, column % len(view.penalties))
            self.update()
        elif self._current is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.setting_wanted.emit(*self._current)
        else:
            super().keyPressEvent(event)


def _lightness(colour: QColor) -> float:
    return (0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()) / 255
