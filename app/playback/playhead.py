"""The play head: follows the player while it plays, and turns the page with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from app.shell.window import Window

FRAME_MS = 16


class Playhead:
    """Asks the player where it is, once a frame, only while something plays."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._timer = QTimer(window, interval=FRAME_MS)
        self._timer.timeout.connect(self._step)
        self._last_s: float | None = None

    def watch(self) -> None:
        """Begin or end the watch as the player begins or ends."""
        self._last_s = None
        if self._window.on.player.playing:
            self._timer.start()
        else:
            self._timer.stop()
            self._window.stack.set_playhead(None)

    def _step(self) -> None:
        on = self._window.on
        time_s = on.player.position_s
        self._window.stack.set_playhead(time_s if on.playback.keys else None)
        if time_s is None:
            if not on.player.playing:
                self.watch()
            return
        if self._last_s not in (None, time_s):
            on.playback.heard()
        self._last_s = time_s
        if not on.playback.keys:
            return  # what plays stands in no lane
        visible = on.session.visible
        if on.preferences.values.follow and not visible.contains(time_s) and not on.player.looping:
            on.session.set_range(visible.moved(time_s - visible.start_s), remember=False)
