"""The user's preferences while the program runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from psygnal import Signal

from core.session.preferences import Preferences


class PreferenceStore:
    """Holds the current preferences; `changed` is emitted after every change."""

    changed = Signal()

    def __init__(self, values: Preferences | None = None) -> None:
        self.values = values or Preferences()

    def change(self, **values: Any) -> None:
        """Change some preferences; setting the same values emits nothing."""
        before = self.values
        self.values = replace(before, **values)
        if self.values != before:
            self.changed.emit()
