"""Whether the dock stands beside the stack."""

from __future__ import annotations

from app.base.preference_store import PreferenceStore


class DockVisibility:
    """Shows the dock as chosen; until somebody chooses, where the window is wide enough."""

    def __init__(self, preferences: PreferenceStore) -> None:
        self._preferences = preferences
        self.is_wide = True

    @property
    def shown(self) -> bool:
        """Whether the stack has the dock beside it."""
        chosen = self._preferences.values.dock
        return self.is_wide if chosen is None else chosen

    def toggle(self) -> None:
        """Show the dock where it is hidden, hide it where it is shown."""
        self._preferences.change(dock=not self.shown)
