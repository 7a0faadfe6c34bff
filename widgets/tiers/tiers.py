"""The tiers below the lanes: requests from clicking, dragging and typing."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.annotation.editing import coincident, snapped
from core.annotation.tiers import Tier
from core.annotation.trigraphs import with_letters
from widgets.drawing.lane import Marks
from widgets.theme.praat_numbers import seconds
from widgets.theme.theme import Theme
from widgets.tiers.canvas import TiersCanvas
from widgets.tiers.hit_test import Grip, TierPlaces
from widgets.tiers.label_editor import LabelEditor
from widgets.tiers.painting import chosen_index, tier_font
from widgets.timeline.columns import HEADER_PX, Columns
from widgets.timeline.pointer import Pointer
from widgets.timeline.tier_views import Row, TiersView

SNAP_PX = 5.0
_COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class Tiers(TiersCanvas):
    """Shows a TiersView and emits the user's requests."""

    tier_wanted = Signal(int)
    cursor_wanted = Signal(float)
    selection_wanted = Signal(object)
    boundary_wanted = Signal(int, float)
    move_wanted = Signal(int, int, float, bool, bool)
    move_given_up = Signal(int, int)
    label_wanted = Signal(int, int, str)
    copy_wanted = Signal()
    wheeled = Signal(QWheelEvent, float)
    pointed = Signal(float, str)
    menu_wanted = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None, travel_px: float = 4.0) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Tiers")
        self._held: Grip | None = None
        self._held_s = self._from_s = 0.0
        self._together = False
        self._pointer = Pointer(self, travel_px)
        self._pointer.selection_wanted.connect(self.selection_wanted)
        self.copy_button.clicked.connect(self.copy_wanted)
        self.editor = LabelEditor(self)
        self.editor.written.connect(self.label_wanted)
        self.editor.closed.connect(lambda: self.setFocus(Qt.FocusReason.OtherFocusReason))

    def show_time(self, columns: Columns, marks: Marks, view: TiersView) -> None:
        """Show other tiers, or the same ones over other columns or with another cursor."""
        self._leave_editor(view, (marks, columns) != (self._marks, self._columns))
        super().show_time(columns, marks, view)

    def _leave_editor(self, view: TiersView, moved: bool) -> None:
        """Write the label when something else is chosen; cancel if its interval no longer exists."""
        at = self.editor.at
        if at is None:
            return
        before = self._view.tiers[at[0]]
        if at[0] >= len(view.tiers) or view.tiers[at[0]].times != before.times:
            self.editor.cancel()
        elif moved:
            self.editor.finish()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        super().set_theme(theme)
        self.editor.set_theme(theme)

    # --- mouse --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        places, at = self.places, event.position()
        row = places.row_at(at.y()) if places else None
        if places is None or row is None:
            return
        self.editor.finish()
        if event.button() != Qt.MouseButton.LeftButton:
            self._choose_under(row, places, at)
            return
        if row.place != self._view.chosen:
            self.tier_wanted.emit(row.place)
        circle = places.circle_at(at)
        if circle is not None:
            self.boundary_wanted.emit(*circle)
        elif places.plot(row).contains(at):
            self._press(event, row, places)

    def _choose_under(self, row: Row, places: TierPlaces, at: QPointF) -> None:
        """Choose what is under the mouse for a context menu, unless it is already chosen."""
        if row.place != self._view.chosen:
            self.tier_wanted.emit(row.place)
        time_s, selection = places.columns.time_s(at.x()), self._marks.selection
        if places.plot(row).contains(at) and not (selection and selection.contains(time_s)):
            self._choose(self._view.tiers[row.place], time_s)

    def _press(self, event: QMouseEvent, row: Row, places: TierPlaces) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        x, tier = event.position().x(), self._view.tiers[row.place]
        self._held, self._together = places.grip_at(event.position()), shift
        if self._held is not None:
            self._held_s = self._from_s = float(tier.times[self._held.index])
            self.cursor_wanted.emit(self._held_s)
            return
        press = self._pointer.press_shift if shift else self._pointer.press
        press(x, places.columns, self._marks.cursor_s, self._marks.selection)
        if not shift:
            self._choose(tier, places.columns.time_s(x))

    def _choose(self, tier: Tier, time_s: float) -> None:
        """Select the interval at a time, or put the cursor there if there is none."""
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
            shape, words = Qt.CursorShape.SplitHCursor, "Drag; Shift+drag moves all boundaries at this time"
        row = places.row_at(at.y()) if places is not None else None
        if row is not None and at.x() < HEADER_PX:
            words = self._view.told(row.place)
        self.setCursor(shape)
        self.setToolTip(words)
        if places is not None:
            self.pointed.emit(places.columns.time_s(at.x()), self._pointer_text(places, at))

    def _pointer_text(self, places: TierPlaces, at: QPointF) -> str:
        """Describe what is under the pointer: its time, its label, and its duration."""
        row = places.row_at(at.y())
        if row is None or not places.plot(row).contains(at):
            return ""
        tier, time_s = self._view.tiers[row.place], places.columns.time_s(at.x())
        index = tier.index_at(time_s) if tier.is_interval else None
        words = [f"Pointer {seconds(time_s)} s"]
        if index is not None:
            words += [with_letters(tier.labels[index]), f"{seconds(tier.range_of(index).length_s)} s"]
        return "  ".join(word for word in words if word)

    def leaveEvent(self, event: object) -> None:
        self.pointed.emit(math.nan, "")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def _drag(self, event: QMouseEvent, columns: Columns, held: Grip) -> None:
        window = columns.window
        time_s = min(max(columns.time_s(event.position().x()), window.start_s), window.end_s)
        if not self._together:  # otherwise it would drag along what it snaps to; it snaps on release
            time_s = self._snapped(event, columns, held, time_s)
        if time_s != self._held_s:
            self._held_s = time_s
            self.move_wanted.emit(held.place, held.index, time_s, self._together, False)
        self.pointed.emit(time_s, f"Pointer {seconds(time_s)} s")

    def _snapped(self, event: QMouseEvent, columns: Columns, held: Grip, time_s: float) -> float:
        """Return a nearby boundary of another tier; with Ctrl, the time itself."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return time_s
        tiers = self._view.tiers
        along = coincident(tiers, tiers[held.place].times[held.index]) if self._together else ()
        return snapped(tiers, time_s, SNAP_PX / columns.px_per_s, frozenset({held.place, *along}))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        held, self._held = self._held, None
        self._pointer.release()
        if held is not None:
            if self._together and self._columns is not None and self._held_s != self._from_s:
                self._held_s = self._snapped(event, self._columns, held, self._held_s)
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
        """Open the field for a label, followed by what was already typed."""
        if self.places is not None and not self._view.is_away(place):
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
        """Insert letters into the open label field, or append them to the chosen label."""
        if self.editor.at is not None:
            self.editor.insert(letters)
        else:
            self.edit_chosen(letters)

    def event(self, event: QEvent) -> bool:
        """Claim typed text, and Esc during a drag, before the window's commands get them."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and (_typed(event) or self._ends_drag(event)):
            event.accept()
        return super().event(event)

    def _ends_drag(self, event: QKeyEvent) -> bool:
        return self._held is not None and event.key() == Qt.Key.Key_Escape

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._held is not None and self._ends_drag(event):
            held, self._held = self._held, None
            self.move_given_up.emit(held.place, held.index)
        elif _typed(event):
            self.edit_chosen(event.text())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()


def _typed(event: QKeyEvent) -> bool:
    """Return whether a key press types text."""
    return bool(event.text()) and event.text().isprintable() and not event.modifiers() & _COMMAND_KEYS
