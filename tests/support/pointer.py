"""The mouse moved by events sent to the widget.

Qt's own test mouse sets the cursor of the system instead. The move that follows may come late, twice or not
at all, and carries no button.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

LEFT = Qt.MouseButton.LeftButton
NO_BUTTON = Qt.MouseButton.NoButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def hover(widget: QWidget, at: QPoint | QPointF) -> None:
    """Move the mouse to a place of a widget, without a button pressed."""
    _move(widget, at, NO_BUTTON, NO_KEYS)


def drag(widget: QWidget, at: QPoint | QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Move the mouse to a place of a widget, with the left button held."""
    _move(widget, at, LEFT, keys)


def _move(
    widget: QWidget, at: QPoint | QPointF, held: Qt.MouseButton, keys: Qt.KeyboardModifier = NO_KEYS
) -> None:
    place = QPointF(at)
    event = QMouseEvent(QEvent.Type.MouseMove, place, widget.mapToGlobal(place), NO_BUTTON, held, keys)
    QApplication.sendEvent(widget, event)
