"""The mouse over the plots: Praat's clicks and drags, plus the wheel."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal

from core.signals.axis import Range
from widgets.timeline.columns import Columns

SCROLL_SHARE = 0.1
ZOOM_PER_NOTCH = 1.25
SHORTEST_S = 0.0002


class Pointer(QObject):
    """Turns presses, drags and wheel events over the columns into requests about time."""

    cursor_wanted = Signal(float)
    selection_wanted = Signal(object)
    range_wanted = Signal(Range)

    def __init__(self, parent: QObject | None = None, travel_px: float = 4.0) -> None:
        super().__init__(parent)
        self.travel_px = travel_px
        self._anchor_s: float | None = None
        self._pressed_px = 0.0
        self._dragging = False

    def press(self, x_px: float, columns: Columns, cursor_s: float | None, selection: Range | None) -> None:
        """Set the cursor; a selection would begin here."""
        time_s = _clipped(columns, x_px)
        self._anchor_s, self._pressed_px, self._dragging = time_s, x_px, False
        if selection is not None or time_s != cursor_s:
            self.cursor_wanted.emit(time_s)

    def press_shift(
        self, x_px: float, columns: Columns, cursor_s: float | None, selection: Range | None
    ) -> None:
        """With Shift: move the nearest edge of the selection, or select from the cursor."""
        time_s = _clipped(columns, x_px)
        if selection is not None:
            self._anchor_s = selection.end_s if time_s < selection.middle_s else selection.start_s
        else:
            self._anchor_s = time_s if cursor_s is None else cursor_s
        self._pressed_px, self._dragging = x_px, True
        self._select_to(time_s, selection)

    def move(self, x_px: float, columns: Columns, selection: Range | None) -> None:
        """Select while dragging, after a millimetre, within the window."""
        if self._anchor_s is None:
            return
        self._dragging = self._dragging or abs(x_px - self._pressed_px) >= self.travel_px
        if self._dragging:
            self._select_to(_clipped(columns, x_px), selection)

    def release(self) -> None:
        self._anchor_s, self._dragging = None, False

    @property
    def is_held(self) -> bool:
        return self._anchor_s is not None

    def _select_to(self, time_s: float, selection: Range | None) -> None:
        assert self._anchor_s is not None
        wanted = Range(min(self._anchor_s, time_s), max(self._anchor_s, time_s))
        if wanted.length_s > 0 and wanted != selection:
            self.selection_wanted.emit(wanted)

    def scroll(self, notches: float, columns: Columns, whole: Range) -> None:
        """Move the window by a tenth of its length per notch; downwards or rightwards is later."""
        window = columns.window
        self._wish(window.moved(notches * SCROLL_SHARE * window.length_s).within(whole), window)

    def zoom(self, notches: float, x_px: float, columns: Columns, whole: Range) -> None:
        """Show less time per upward notch; the time under the pointer stays in place."""
        window = columns.window
        length = window.length_s * ZOOM_PER_NOTCH**-notches
        length = min(max(length, SHORTEST_S), whole.length_s)
        pivot_s = _clipped(columns, x_px)
        self._wish(window.scaled(length / window.length_s, pivot_s).within(whole), window)

    def pinch(self, growth: float, x_px: float, columns: Columns, whole: Range) -> None:
        """Zoom at the pointer by the growth of a pinch gesture."""
        if growth > -1:
            self.zoom(math.log1p(growth) / math.log(ZOOM_PER_NOTCH), x_px, columns, whole)

    def _wish(self, wanted: Range, window: Range) -> None:
        if wanted != window:
            self.range_wanted.emit(wanted)


def _clipped(columns: Columns, x_px: float) -> float:
    """Return the time under the pointer, clipped to the window."""
    window = columns.window
    return min(max(columns.time_s(x_px), window.start_s), window.end_s)
