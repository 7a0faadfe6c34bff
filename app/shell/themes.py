"""Light or dark: the colours of everything on screen."""

from __future__ import annotations

from typing import Any

from psygnal import Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.base.dialog_host import DialogHost
from app.base.preference_store import PreferenceStore
from widgets.theme import theme
from widgets.theme.theme import Theme


class Themes:
    """Gives every widget and open dialog the chosen colours; `changed` carries them."""

    changed = Signal(Theme)

    def __init__(self, preferences: PreferenceStore, host: DialogHost) -> None:
        self._preferences = preferences
        self._host = host
        self._widgets: list[Any] = []

    @property
    def theme(self) -> Theme:
        """The current colours."""
        return self._host.theme

    def add(self, *widgets: QWidget) -> None:
        """Set the colours of these widgets now, unless they have been added before, and at every change."""
        new: list[Any] = [one for one in widgets if hasattr(one, "set_theme") and one not in self._widgets]
        self._widgets += new
        for widget in new:
            widget.set_theme(self.theme)

    def use(self, name: str, remember: bool = True) -> None:
        """Use the light or dark colours, or with "system" those of the desktop."""
        if remember:
            self._preferences.change(theme=name)
        self._host.theme = theme.named(name)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, self.theme)
        dialogs = (one for one in self._host.parent.findChildren(QWidget) if one.isWindow())
        for widget in (*self._widgets, *dialogs):
            if hasattr(widget, "set_theme"):
                widget.set_theme(self.theme)  # type: ignore[attr-defined]
        self.changed.emit(self.theme)
