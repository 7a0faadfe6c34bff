"""The play head: follows the player, and turns the page."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from app.base.context import Context
from app.base.player import PlayerLike
from app.playback.playback import Playback
from widgets.stack.stack import Stack

FRAME_MS = 16


class Playhead:
    """Reads the player's position once per frame, only during playback."""

    def __init__(self, context: Context, player: PlayerLike, playback: Playback, stack: Stack) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._player = player
        self._playback = playback
        self._stack = stack
        self._timer = QTimer(stack, interval=FRAME_MS)
        self._timer.timeout.connect(self.step)
        self._last_s: float | None = None

    def watch(self) -> None:
        """Start or stop following as the player starts or stops."""
        self._last_s = None
        if self._player.playing:
            self._timer.start()
        else:
            self._timer.stop()
            self._stack.set_playhead(None)

    def step(self) -> None:
        """Show where the player is at this moment."""
        time_s = self._player.position_s
        self._stack.set_playhead(time_s if self._playback.keys else None)
        if time_s is None:
            if not self._player.playing:
                self.watch()
            return
        if self._last_s not in (None, time_s):
            self._playback.heard()
        self._last_s = time_s
        if self._playback.keys:  # otherwise the sound is in no lane
            self._turn_page(time_s)

    def _turn_page(self, time_s: float) -> None:
        visible = self._session.visible
        follows = self._preferences.values.follow and not self._player.looping
        if follows and not visible.contains(time_s):
            self._session.set_range(visible.moved(time_s - visible.start_s), remember=False)
