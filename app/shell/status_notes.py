"""Notes in the status bar: each is about one action, and goes with the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from app.base.context import Context
from app.base.player import PlayerLike
from app.playback.playback import Playback
from widgets.shell.status_bar import StatusBar

ACTIONS = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress)


class StatusNotes(QObject):
    """Shows notes, and removes each before the next key or button press takes effect."""

    def __init__(
        self,
        context: Context,
        player: PlayerLike,
        playback: Playback,
        status: StatusBar,
        hint: Callable[[], str],
    ) -> None:
        super().__init__(status)
        self._player = player
        self._playback = playback
        self._status = status
        self._hint = hint
        context.messages.noted.connect(status.show_help)

    def watch(self, widget: QWidget) -> None:
        """Count presses in this window, too, as next actions."""
        widget.installEventFilter(self)

    def forget(self) -> None:
        """Show what holds regardless of the last action: what plays, or what the mouse does here."""
        self._status.show_help(self._playback.words if self._player.playing else self._hint())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch for presses where they arrive first, which exists once the window is visible."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.windowHandle().installEventFilter(self)
        elif event.type() in ACTIONS and not isinstance(watched, QWidget):
            self.forget()
        return False
