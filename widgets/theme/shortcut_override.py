"""Keys that a widget handles although they are shortcuts of the window."""

from __future__ import annotations

from collections.abc import Container, Iterable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit


def keeps(event: QEvent, keys: Container[int]) -> bool:
    """Claim a key before the window's shortcuts; Qt sends this event before each key press."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() not in keys:
        return False
    event.accept()
    return True


def keeps_standard(event: QEvent, acts: Iterable[QKeySequence.StandardKey]) -> bool:
    """Claim keys such as Copy before the window's shortcuts."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if not any(map(event.matches, acts)):
        return False
    event.accept()
    return True


class OwnLine(QLineEdit):
    """An inline editor: Enter accepts, Esc emits `left`, and no key reaches other widgets."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # keys typed into the field are not commands
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
        event.accept()  # otherwise the Enter that closes the field would reopen it in the widget below
