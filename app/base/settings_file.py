"""The settings file: written whenever a preference changes, so that no crash loses one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from app.base.context import Context
from core.faults import Fault
from core.session.preferences import Preferences, save_changes


class SettingsFile:
    """Writes the latest preferences off the window's thread; a fault is told once, until writing works."""

    def __init__(self, context: Context, path: Path) -> None:
        self._preferences, self._clock = context.preferences, context.clock
        self._jobs, self._messages = context.jobs, context.messages
        self._path = path
        self._written = context.preferences.values
        self._told: Fault | None = None
        self._preferences.changed.connect(self._changed)

    def _changed(self) -> None:
        self._jobs.follow("settings", self._clock.in_turn(self._write), self._done, self._failed)

    def _write(self) -> None:
        now = self._preferences.values
        if now is not self._written:
            save_changes(self._written, now, self._path)
            self._written: Preferences = now

    def _done(self, done: None) -> None:
        self._told = None

    def _failed(self, fault: Fault) -> None:
        if self._told is None:
            self._messages.faulted.emit(fault)
        self._told = fault

    def close(self) -> None:
        """Wait until the preferences are on disk, as far as they can be written."""
        self._preferences.changed.disconnect(self._changed)
        with suppress(Fault):  # told when the preference was changed; the window is gone
            self._clock.in_turn(self._write).result()
