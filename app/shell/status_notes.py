"""The status line's note: it is about one action, and goes with the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.shell.window import Window

HINTS = {"stack": "Drag selects · Shift-click moves the nearest edge · grey bars play"}
ACTIONS = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress)


class StatusNotes(QObject):
    """Shows notes, and takes each away before the next press of a key or button is acted upon."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        window.on.messages.noted.connect(window.status.show_help)
        self.watch(window)

    def watch(self, widget: QWidget) -> None:
        """Let what is pressed in a window, too, be a next action."""
        widget.installEventFilter(self)

    def forget(self) -> None:
        """Say what is true whatever was done last: what plays, else what the mouse does here."""
        on = self._window.on
        self._window.status.show_help(
            on.playback.words if on.player.playing else HINTS.get(self._window.page, "")
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Listen where presses arrive first; that place is there once the window is shown."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.windowHandle().installEventFilter(self)
        elif event.type() in ACTIONS and not isinstance(watched, QWidget):
            self.forget()
        return False
