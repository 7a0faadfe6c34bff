"""The view of the latent knobs, painted as one surface: a thousand cost as little as twenty."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from core.networks.latent import LatentLayout, Point
from widgets.controls.scales import Linear
from widgets.latent.knob_paint import GAP_PX, LINE_PX, LINE_X, RESET_X, ROW_PX, Knob, paint_knob
from widgets.latent.knob_rows import KnobRow, scale_of, shown_rows
from widgets.theme.number_text import exact_text, number_text
from widgets.theme.theme import LIGHT, Theme, font


class KnobView(QAbstractScrollArea):
    """All z knobs of a layout at a point; `KnobList` adds the controls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._layout, self._names = LatentLayout(0), ()
        self._values: tuple[float, ...] = ()
        self._drawn: tuple[float, ...] = ()
        self._pins: frozenset[int] = frozenset()
        self._search = ""
        self._shown = KnobRow((), ())
        self._row, self._hover, self._hover_x = 0, -1, 0.0
        self._held: tuple[int, Linear] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Latent z")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(ROW_PX)

    # --- what is shown --------------------------------------------------------------------------

    def show_layout(self, layout: LatentLayout) -> None:
        """Show another model's knobs, none pinned."""
        self._layout, self._names = layout, layout.names()
        self._values = self._drawn = (0.0,) * layout.size
        self._pins = frozenset()
        self._row = 0
        self._arrange()

    def show_point(self, point: Point, drawn: Point) -> None:
        """Show a point's values and mark those that differ from the draw; only changed rows are repainted."""
        if drawn.z != self._drawn or len(point.z) != len(self._values):
            self._values, self._drawn = point.z, drawn.z
            self._arrange() if "c" in self._search else self.viewport().update()
            return
        if point.z is self._values:
            return
        changed = [i for i, (a, b) in enumerate(zip(point.z, self._values, strict=True)) if a != b]
        self._values = point.z
        if self._search and self._held is None:
            self._arrange()
        for index in changed:
            self._update_row(index)

    def show_pins(self, pins: frozenset[int]) -> None:
        """Show which knobs are pinned to the top."""
        if pins != self._pins:
            self._pins = pins
            self._arrange()

    def show_search(self, search: str) -> None:
        """Show only the knobs that match a search."""
        if search != self._search:
            self._search = search
            self._row = 0
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.viewport().update()

    @property
    def shown(self) -> KnobRow:
        """The visible entries."""
        return self._shown

    def _arrange(self) -> None:
        """Select the rows again and adjust the scroll bar; the current knob stays current."""
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
        """Return a row's upper edge before scrolling; a line separates pinned rows from the others."""
        pinned = len(self._shown.pinned)
        return row * ROW_PX + (GAP_PX if 0 < pinned <= row else 0)

    def row_rect(self, row: int) -> QRect:
        """Return a row's rectangle in the viewport."""
        return QRect(0, self._top(row) - self.verticalScrollBar().value(), self.viewport().width(), ROW_PX)

    def line_rect(self, row: int) -> QRectF:
        """Return the rectangle of a row's slider line in the viewport."""
        extra = max(0, self.viewport().width() - RESET_X - 12)
        return QRectF(LINE_X, self.row_rect(row).top(), LINE_PX + extra, ROW_PX)

    def _shift(self) -> int:
        """Return how far value and reset are moved to the right in a panel wider than the default."""
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
        if self._held is not None and self._held[0] == index:
            return self._held[1]
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
        painter.fillRect(event.rect(), self._theme.panel)
        rows = self._shown.all
        if not rows:
            self._paint_nothing(painter)
        for row, index in enumerate(rows):
            rect = self.row_rect(row)
            if rect.top() > event.rect().bottom():
                break
            if rect.bottom() >= event.rect().top():
                paint_knob(painter, self._theme, QRectF(rect), self._knob(row, index))
        if self._shown.pinned and self._shown.others:
            y = self.row_rect(len(self._shown.pinned)).top() - GAP_PX // 2
            painter.fillRect(QRectF(12, y, self.viewport().width() - 24, 1), self._theme.line)

    def _knob(self, row: int, index: int) -> Knob:
        return Knob(
            self._names[index],
            self._values[index],
            self._drawn[index],
            self._scale(index),
            pinned=index in self._pins,
            current=row == self._row and self.hasFocus(),
            held=self._held is not None and self._held[0] == index,
            pointer_x=self._hover_x if row == self._hover else None,
            shift_px=self._shift(),
        )

    def _paint_nothing(self, painter: QPainter) -> None:
        painter.setFont(font(11))
        painter.setPen(self._theme.ink3)
        words = f"No knob matches “{self._search}”." if self._layout.size else ""
        room = QRectF(12, 4, self.viewport().width() - 24, ROW_PX)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    def _tell(self) -> None:
        """Report the current knob and its value to screen readers."""
        index = self._current()
        if index >= 0:
            self.setAccessibleDescription(f"{self._names[index]}, {number_text(self._values[index])}")

    # --- the pointer ----------------------------------------------------------------------------

    def _point_at(self, row: int, x: float) -> None:
        before, self._hover, self._hover_x = self._hover, row, x
        for changed in {before, row} - {-1}:
            self.viewport().update(self.row_rect(changed))

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
            f"slider {number_text(scale.low, 0)} to {number_text(scale.high, 0)}; you can type any number"
        )
        QToolTip.showText(at_screen, "\n".join(lines), self.viewport())
