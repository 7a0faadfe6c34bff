"""The status bar: what the mouse does here, what is under the pointer, and whether work is in progress."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from widgets.theme.control_paint import ShortWords, Surface, Words, pass_theme
from widgets.theme.copy_value import HINT, copy_numbers
from widgets.theme.theme import Theme

HEIGHT_PX = 24
READ_OUT = "Pointer"
SPACE_PX = 12
POINTER_X = 436 - SPACE_PX  # the pointer's numbers begin under the left edge of the plots


class StatusBar(Surface):
    """Three texts on one line of 24 px."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.setFixedHeight(HEIGHT_PX)
        self._help = ShortWords("", 11, 400, "ink2")
        self._pointer = ShortWords("", 11, 400, "ink")
        self._state = Words("", 11, 400, "ink2")
        self._help.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        for words, name in ((self._help, "Help"), (self._pointer, "Pointer"), (self._state, "State")):
            words.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            words.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_PX, 1, SPACE_PX, 0)
        row.setSpacing(SPACE_PX)
        row.addWidget(self._help)
        row.addWidget(self._pointer, 1)
        row.addWidget(self._state)

    def show_help(self, words: str) -> None:
        """Show what the mouse and the keys do here, or what has just been done."""
        self._say(self._help, words)

    def show_pointer(self, words: str) -> None:
        """Show the numbers under the pointer; the last ones stay, dimmed, so that a click can copy them."""
        has_numbers = bool(words) or self._pointer.text().startswith(READ_OUT)
        self._pointer.set_ink("ink" if words else "ink3")
        if words or not has_numbers:
            self._say(self._pointer, words)
        clickable = self._pointer.text().startswith(READ_OUT)
        hand = Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
        self._pointer.setCursor(hand)
        self._pointer.setToolTip(f"{HINT} these numbers" if clickable else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        words = self._pointer.text()
        at_pointer = self._pointer.geometry().contains(event.position().toPoint())
        if at_pointer and words.startswith(READ_OUT):
            self.show_help(copy_numbers(words.removeprefix(READ_OUT).strip()))

    def show_state(self, words: str) -> None:
        """Show whether work is in progress."""
        self._say(self._state, words)

    def _say(self, place: Words, words: str) -> None:
        if place.text() != words:
            place.setText(words)
            place.setAccessibleDescription(words)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        """Let a long help take the room that the other texts leave."""
        wanted_px, pointer_px = (
            words.fontMetrics().horizontalAdvance(words.text()) + 2 for words in (self._help, self._pointer)
        )
        room_px = self.width() - 4 * SPACE_PX - pointer_px - self._state.sizeHint().width()
        self._help.setFixedWidth(max(POINTER_X - SPACE_PX, min(wanted_px, room_px)))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self.width(), 1, self._theme.line2)
