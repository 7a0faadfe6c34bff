"""The tiers below the lanes: labelled intervals and points over the stack's columns of time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QPushButton, QScrollBar, QWidget

from core.annotation import Tier
from core.annotation_edit import coincident, snapped
from widgets.columns import AXIS_PX, HEADER_PX, Columns
from widgets.look import LIGHT, Look
from widgets.paint_lane import Marks
from widgets.paint_line import draw_solid
from widgets.pointer import Pointer
from widgets.tiers_editor import LabelEditor
from widgets.tiers_paint import (
    chosen_index,
    circles,
    paint_tier,
    paint_tier_count,
    paint_tier_header,
    tier_font,
)
from widgets.tiers_view import MOST_PX, Row, TiersView, rows

GRAB_PX, CIRCLE_GRAB_PX, SNAP_PX, HEAD_PX = 4.0, 6.0, 5.0, 8
SCROLL_BAR_PX = 10
_COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True)
class Grip:
    """A boundary or point under the mouse: its tier and its place on it."""

    place: int
    index: int


class Tiers(QWidget):
    """Shows a TiersView and tells what the user wishes of it."""

    tier_wanted = Signal(int)
    cursor_wanted = Signal(float)
    selection_wanted = Signal(object)
    boundary_wanted = Signal(int, float)
    move_wanted = Signal(int, int, float, bool, bool)
    label_wanted = Signal(int, int, str)
    copy_wanted = Signal()
    wheeled = Signal(QWheelEvent, float)

    def __init__(self, parent: QWidget | None = None, travel_px: float = 4.0) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Tiers")
        self._look = LIGHT
        self._view = TiersView()
        self._columns: Columns | None = None
        self._marks = Marks()
        self._playhead_s: float | None = None
        self._grip: Grip | None = None
        self._held: Grip | None = None
        self._together = False
        self._pointer = Pointer(self, travel_px)
        self._pointer.selection_wanted.connect(self.selection_wanted)
        self.editor = LabelEditor(self)
        self.editor.written.connect(self.label_wanted)
        self.editor.closed.connect(lambda: self.setFocus(Qt.FocusReason.OtherFocusReason))
        self._make_parts()
        self.setFixedHeight(0)
        self.hide()

    def _make_parts(self) -> None:
        self.copy_button = QPushButton("Copy here", self)
        self.copy_button.setToolTip("These tiers belong to another point; put a copy of them at this one")
        self.copy_button.setStyleSheet("padding: 0; min-width: 0; min-height: 0; font-size: 11px")
        self.copy_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.copy_button.clicked.connect(self.copy_wanted)
        self.copy_button.hide()
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.valueChanged.connect(lambda _value: self.update())
        self._scroll.hide()

    # --- showing ------------------------------------------------------------------------------

    def show_time(self, columns: Columns, marks: Marks, view: TiersView) -> None:
        """Show other tiers, or the same ones over other columns or with another cursor."""
        if (columns, marks, view) == (self._columns, self._marks, self._view):
            return
        self._leave_editor(view, marks != self._marks or columns != self._columns)
        turned = view.chosen != self._view.chosen
        self._columns, self._marks, self._view = columns, marks, view
        self._lay_out()
        if turned:
            self._scroll_to_chosen()
        self.update()

    def _leave_editor(self, view: TiersView, moved: bool) -> None:
        """Write the label when something else is chosen; give it up where its interval is gone."""
        at = self.editor.at
        if at is None:
            return
        before = self._view.tiers[at[0]]
        if at[0] >= len(view.tiers) or view.tiers[at[0]].times != before.times:
            self.editor.give_up()
        elif moved:
            self.editor.finish()

    def _lay_out(self) -> None:
        """Be as high as the tiers, up to a height from which on they scroll."""
        total = sum(row.height_px for row in rows(self._view.tiers))
        height = min(max(total - 1, 0), MOST_PX)  # the last border is the bars' edge
        if height != self.height() or self.isHidden() != (height == 0):
            self.setFixedHeight(height)
            self.setVisible(height > 0)
        self._scroll.setVisible(total > height + 1)
        self._scroll.setRange(0, total - height)
        self._scroll.setPageStep(height)
        self.copy_button.setVisible(bool(self._view.elsewhere))
        self.copy_button.setToolTip(f"{self._view.elsewhere}; put a copy of them at this point")

    def _scroll_to_chosen(self) -> None:
        row = self._row(self._view.chosen)
        if row is not None:
            low, high = row.top_px + row.height_px - self.height(), row.top_px
            self._scroll.setValue(min(max(self._scroll.value(), low), high))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scroll.setGeometry(self.width() - SCROLL_BAR_PX, 0, SCROLL_BAR_PX, self.height())
        self.copy_button.setGeometry(QRect(round(HEADER_PX) - 4, 3, round(AXIS_PX), 22))

    def set_look(self, look: Look) -> None:
        """Use other colours."""
        self._look = look
        self.editor.set_look(look)
        self.update()

    def set_playhead(self, time_s: float | None) -> None:
        """Move the play head; only the columns it leaves and enters are painted."""
        for place in (self._playhead_s, time_s):
            if place is not None and self._columns is not None and self._columns.window.contains(place):
                x = math.floor(self._columns.x(place))
                self.update(x - HEAD_PX // 2, 0, HEAD_PX + 1, self.height())
        self._playhead_s = time_s

    # --- places -------------------------------------------------------------------------------

    def _row(self, place: int) -> Row | None:
        return next((row for row in rows(self._view.tiers) if row.place == place), None)

    def _plot(self, row: Row) -> QRectF:
        """Give the plot of a tier, without header, axes and lower border."""
        assert self._columns is not None
        top = row.top_px - self._scroll.value()
        return QRectF(self._columns.left_px, top, self._columns.width_px, row.height_px - 1)

    def _row_at(self, y_px: float) -> Row | None:
        y = y_px + self._scroll.value()
        found = (row for row in rows(self._view.tiers) if row.top_px <= y < row.top_px + row.height_px)
        return next(found, None)

    def grip_at(self, place: QPointF) -> Grip | None:
        """Give the boundary or point that a press would take hold of."""
        row, columns = self._row_at(place.y()), self._columns
        if row is None or columns is None or self._view.elsewhere or not self._plot(row).contains(place):
            return None
        tier = self._view.tiers[row.place]
        index = tier.nearest(columns.time_s(place.x()))
        if index < 0 or not tier.may_move(index):
            return None
        near = abs(columns.x(tier.times[index]) - place.x()) <= GRAB_PX
        return Grip(row.place, index) if near else None

    def circle_at(self, place: QPointF) -> tuple[int, float] | None:
        """Give the tier and the time of the circle under the mouse."""
        row, columns = self._row_at(place.y()), self._columns
        if row is None or columns is None or self._view.elsewhere:
            return None
        for centre, time_s in circles(self._view.tiers[row.place], columns, self._marks, self._plot(row)):
            if (place - centre).manhattanLength() <= CIRCLE_GRAB_PX + 2:
                return row.place, time_s
        return None

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, columns = QPainter(self), self._look, self._columns
        seen = QRectF(event.rect())
        if columns is None:
            painter.fillRect(seen, look.chrome)
            return
        whole = columns.left_px <= seen.left() and seen.right() <= columns.right_px
        if not whole:
            painter.fillRect(seen, look.chrome)
        painter.setClipRect(seen)
        for row in rows(self._view.tiers):
            plot = self._plot(row)
            if plot.bottom() + 1 >= seen.top() and plot.top() <= seen.bottom():
                self._paint_row(painter, row, plot, columns, not whole)
        self._paint_playhead(painter, columns)

    def _paint_row(
        self, painter: QPainter, row: Row, plot: QRectF, columns: Columns, with_sides: bool
    ) -> None:
        look, view = self._look, self._view
        tier, chosen = view.tiers[row.place], row.place == view.chosen
        paint_tier(painter, plot, tier, columns, look, self._marks, chosen, bool(view.elsewhere))
        painter.setPen(QPen(look.line2, 1))
        painter.drawLine(QLineF(0, plot.bottom() + 0.5, self.width(), plot.bottom() + 0.5))
        if with_sides:
            for x in (plot.left() - 0.5, plot.right() + 0.5):
                painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
            header = QRectF(0, plot.top(), HEADER_PX, plot.height())
            paint_tier_header(painter, header, row.place, tier, look, chosen)
            right = QRectF(plot.right(), plot.top(), AXIS_PX, plot.height())
            paint_tier_count(painter, right, tier, look, self._marks)
        if chosen and self.hasFocus():
            painter.setPen(QPen(look.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1, plot.top() + 1, plot.right() + AXIS_PX - 2, plot.height() - 2))

    def _paint_playhead(self, painter: QPainter, columns: Columns) -> None:
        if self._playhead_s is not None and columns.window.contains(self._playhead_s):
            x = math.floor(columns.x(self._playhead_s)) + 0.5
            draw_solid(painter, QLineF(x, 0, x, self.height()), self._look.ink, 1.5, self._look.halo)

    # --- mouse --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row, columns = self._row_at(event.position().y()), self._columns
        if event.button() != Qt.MouseButton.LeftButton or row is None or columns is None:
            return
        self.editor.finish()
        circle = self.circle_at(event.position())
        if row.place != self._view.chosen:
            self.tier_wanted.emit(row.place)
        if circle is not None:
            self.boundary_wanted.emit(*circle)
        elif self._plot(row).contains(event.position()):
            self._press(event, row, columns)

    def _press(self, event: QMouseEvent, row: Row, columns: Columns) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._held = self.grip_at(event.position())
        if self._held is not None:
            self._together = shift
            if not shift:
                self.cursor_wanted.emit(float(self._view.tiers[row.place].times[self._held.index]))
            return
        x = event.position().x()
        if shift:
            self._pointer.press_shift(x, columns, self._marks.cursor_s, self._marks.selection)
            return
        self._pointer.press(x, columns, self._marks.cursor_s, self._marks.selection)
        self._choose(self._view.tiers[row.place], columns.time_s(x))

    def _choose(self, tier: Tier, time_s: float) -> None:
        """Select the interval under a time, or put the cursor there where there is none."""
        index = tier.index_at(time_s) if tier.is_interval else None
        if index is None:
            self.cursor_wanted.emit(time_s)
            return
        wanted = tier.range_of(index)
        if wanted != self._marks.selection:
            self.selection_wanted.emit(wanted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        columns = self._columns
        if columns is None:
            return
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(event.position())
        elif self._held is not None:
            self._drag(event, columns, final=False)
        elif self._pointer.is_held:
            self._pointer.move(event.position().x(), columns, self._marks.selection)

    def _hover(self, place: QPointF) -> None:
        self._grip = self.grip_at(place)
        if self.circle_at(place) is not None:
            shape, words = Qt.CursorShape.PointingHandCursor, "Add a boundary here"
        elif self._grip is not None:
            shape, words = Qt.CursorShape.SplitHCursor, "Drag; with Shift all boundaries at this time"
        else:
            shape, words = Qt.CursorShape.ArrowCursor, ""
        self.setCursor(shape)
        self.setToolTip(words)

    def _drag(self, event: QMouseEvent, columns: Columns, final: bool) -> None:
        assert self._held is not None
        held, tiers = self._held, self._view.tiers
        window = columns.window
        time_s = min(max(columns.time_s(event.position().x()), window.start_s), window.end_s)
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            old_s = tiers[held.place].times[held.index]
            skip = {held.place, *coincident(tiers, old_s)} if self._together else {held.place}
            time_s = snapped(tiers, time_s, SNAP_PX / columns.px_per_s, frozenset(skip))
        self.move_wanted.emit(held.place, held.index, time_s, self._together, final)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        held, self._held = self._held, None
        self._pointer.release()
        if held is not None:
            tier = self._view.tiers[held.place]
            self.move_wanted.emit(held.place, held.index, float(tier.times[held.index]), self._together, True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        if row is None or self._columns is None or self.grip_at(event.position()) is not None:
            return
        tier = self._view.tiers[row.place]
        time_s = self._columns.time_s(event.position().x())
        index = tier.index_at(time_s) if tier.is_interval else tier.nearest(time_s)
        if index is not None and index >= 0:
            self.edit(row.place, index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheeled.emit(event, event.position().x())
        event.accept()

    def leaveEvent(self, event: object) -> None:
        self._grip = None

    # --- labels -------------------------------------------------------------------------------

    def edit(self, place: int, index: int, typed: str = "") -> None:
        """Open the field for a label, with what was already typed behind it."""
        row = self._row(place)
        if row is None or self._columns is None or self._view.elsewhere:
            return
        tier, plot = self._view.tiers[place], self._plot(row)
        seen = tier.range_of(index).cut(self._columns.window)
        room = QRectF(plot.left(), plot.top(), 0, plot.height())
        room.setLeft(self._columns.x(seen.start_s))
        room.setRight(self._columns.x(seen.end_s))
        self.editor.open_at(place, index, room, tier.labels[index], typed, tier_font(tier))

    def edit_chosen(self, typed: str = "") -> None:
        """Open the field for the chosen interval or point."""
        if 0 <= self._view.chosen < len(self._view.tiers):
            index = chosen_index(self._view.tiers[self._view.chosen], self._marks)
            if index is not None:
                self.edit(self._view.chosen, index, typed)

    def insert(self, letters: str) -> None:
        """Put letters where the label is being written, or behind the chosen interval's label."""
        if self.editor.at is not None:
            self.editor.insert(letters)
        else:
            self.edit_chosen(letters)

    def event(self, event: QEvent) -> bool:
        """Claim what is typed, before the window's one-letter commands get it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _typed(event):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _typed(event):
            self.edit_chosen(event.text())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()


def _typed(event: QKeyEvent) -> bool:
    """Tell whether a key press writes something."""
    return bool(event.text()) and event.text().isprintable() and not event.modifiers() & _COMMAND_KEYS
