"""Visibility of the dock beside the stack."""

from __future__ import annotations

from app.base.preference_store import PreferenceStore


class DockVisibility:
    """Shows the dock as chosen; until the user chooses, if the window is wide enough."""

    def __init__(self, preferences: PreferenceStore) -> None:
        self._preferences = preferences
        self.is_wide = True

    @property
    def shown(self) -> bool:
        """Whether the dock is visible beside the stack."""
        chosen = self._preferences.values.dock
        return self.is_wide if chosen is None else chosen

    def toggle(self) -> None:
        """Show or hide the dock."""
        self._preferences.change(dock=not self.shown)
