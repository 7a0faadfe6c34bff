"""The tiers below the lanes: labelled intervals and points over the stack's columns of time."""

from __future__ import annotations

import math

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
from widgets.tiers_paint import chosen_index, paint_tier, paint_tier_count, paint_tier_header, tier_font
from widgets.tiers_places import Grip, Places
from widgets.tiers_view import MOST_PX, NO_TIERS, Row, TiersView, rows

SNAP_PX, HEAD_PX = 5.0, 8
SCROLL_BAR_PX = 10
_COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


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
        self._view = NO_TIERS
        self._columns: Columns | None = None
        self._marks = Marks()
        self._playhead_s: float | None = None
        self._held: Grip | None = None
        self._held_s = 0.0
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
        row = self.places.row(self._view.chosen) if self.places else None
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

    @property
    def places(self) -> Places | None:
        """Where the tiers stand now; None before anything was shown."""
        if self._columns is None:
            return None
        return Places(self._view, self._columns, self._marks, self._scroll.value())

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, places = QPainter(self), self._look, self.places
        seen = QRectF(event.rect())
        if places is None:
            painter.fillRect(seen, look.chrome)
            return
        columns = places.columns
        whole = columns.left_px <= seen.left() and seen.right() <= columns.right_px
        if not whole:
            painter.fillRect(seen, look.chrome)
        painter.setClipRect(seen)
        for row in rows(self._view.tiers):
            plot = places.plot(row)
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
        places, at = self.places, event.position()
        row = places.row_at(at.y()) if places else None
        if event.button() != Qt.MouseButton.LeftButton or places is None or row is None:
            return
        self.editor.finish()
        if row.place != self._view.chosen:
            self.tier_wanted.emit(row.place)
        circle = places.circle_at(at)
        if circle is not None:
            self.boundary_wanted.emit(*circle)
        elif places.plot(row).contains(at):
            self._press(event, row, places)

    def _press(self, event: QMouseEvent, row: Row, places: Places) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        x, tier = event.position().x(), self._view.tiers[row.place]
        self._held, self._together = places.grip_at(event.position()), shift
        if self._held is not None:
            self._held_s = float(tier.times[self._held.index])
            self.cursor_wanted.emit(self._held_s)
            return
        press = self._pointer.press_shift if shift else self._pointer.press
        press(x, places.columns, self._marks.cursor_s, self._marks.selection)
        if not shift:
            self._choose(tier, places.columns.time_s(x))

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
            self._drag(event, columns, self._held)
        elif self._pointer.is_held:
            self._pointer.move(event.position().x(), columns, self._marks.selection)

    def _hover(self, at: QPointF) -> None:
        places = self.places
        shape, words = Qt.CursorShape.ArrowCursor, ""
        if places is not None and places.circle_at(at) is not None:
            shape, words = Qt.CursorShape.PointingHandCursor, "Add a boundary here"
        elif places is not None and places.grip_at(at) is not None:
            shape, words = Qt.CursorShape.SplitHCursor, "Drag; with Shift all boundaries at this time"
        self.setCursor(shape)
        self.setToolTip(words)

    def _drag(self, event: QMouseEvent, columns: Columns, held: Grip) -> None:
        tiers, window = self._view.tiers, columns.window
        time_s = min(max(columns.time_s(event.position().x()), window.start_s), window.end_s)
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            old_s = tiers[held.place].times[held.index]
            skip = {held.place, *coincident(tiers, old_s)} if self._together else {held.place}
            time_s = snapped(tiers, time_s, SNAP_PX / columns.px_per_s, frozenset(skip))
        if time_s != self._held_s:
            self._held_s = time_s
            self.move_wanted.emit(held.place, held.index, time_s, self._together, False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        held, self._held = self._held, None
        self._pointer.release()
        if held is not None:
            self.move_wanted.emit(held.place, held.index, self._held_s, self._together, True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        places, at = self.places, event.position()
        row = places.row_at(at.y()) if places else None
        if places is None or row is None or places.grip_at(at) is not None:
            return
        tier, time_s = self._view.tiers[row.place], places.columns.time_s(at.x())
        index = tier.index_at(time_s) if tier.is_interval else tier.nearest(time_s)
        if index is not None and index >= 0 and places.plot(row).contains(at):
            self.edit(row.place, index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheeled.emit(event, event.position().x())
        event.accept()

    # --- labels -------------------------------------------------------------------------------

    def edit(self, place: int, index: int, typed: str = "") -> None:
        """Open the field for a label, with what was already typed behind it."""
        if self.places is not None and not self._view.elsewhere:
            tier = self._view.tiers[place]
            room = self.places.room(place, index)
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
