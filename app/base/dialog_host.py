"""Dialogs, as services open them over the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from psygnal import Signal
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QWidget

from app.base.context import Context
from app.base.file_locations import FileLocations
from core.faults import Fault
from widgets.controls.dialog import fit_to_screen
from widgets.theme import theme
from widgets.theme.number_text import read_number
from widgets.theme.theme import Theme


class DialogHost:
    """Opens dialogs over the window in its colours; `opened` carries each one.

    A cancelled dialog changes nothing, and a fault in handling an answer is shown.
    """

    opened = Signal(QWidget)

    def __init__(self, context: Context, locations: FileLocations, parent: QWidget) -> None:
        self._messages = context.messages
        self._preferences = context.preferences
        self.locations = locations
        self.parent = parent
        self.theme: Theme = theme.LIGHT

    def show(self, dialog: QDialog) -> None:
        """Open a dialog without blocking the window; it is deleted when it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if hasattr(dialog, "set_theme"):
            dialog.set_theme(self.theme)  # type: ignore[attr-defined]
        fit_to_screen(dialog)
        self.opened.emit(dialog)
        dialog.show()

    def guard(self, action: Callable[[], object]) -> None:
        """Run an action, and show a fault instead of raising it."""
        try:
            action()
        except Fault as fault:
            self._messages.faulted.emit(fault)

    def note(self, words: str) -> None:
        """Show a sentence in the status bar instead of a dialog that would be empty."""
        self._messages.noted.emit(words)

    # --- files ------------------------------------------------------------------------------

    def ask_open(self, title: str, kinds: str, folder: str = "") -> str:
        """Ask for a file to read, starting beside the last one opened; return "" if cancelled."""
        name, _ = QFileDialog.getOpenFileName(self.parent, title, folder or self.last_folder, kinds)
        return name

    def ask_open_folder(self, title: str) -> str:
        """Ask for a folder to read; return "" if cancelled."""
        return QFileDialog.getExistingDirectory(self.parent, title, self.last_folder)

    @property
    def last_folder(self) -> str:
        """The folder of the last file opened, or ""."""
        recent = self._preferences.values.recent
        return str(Path(recent[0]).parent) if recent else ""

    def ask_save(self, title: str, name: str, kinds: str) -> tuple[str, str]:
        """Ask where to write a file called `name`; return its path ("" if cancelled) and its kind.

        A name that is a whole path starts there instead of in the folder used last.
        """
        path, kind = QFileDialog.getSaveFileName(self.parent, title, str(self.locations.folder / name), kinds)
        if path:
            self.locations.used(path)
        return path, kind

    def ask_save_folder(self, title: str) -> str:
        """Ask for a folder to write into; return "" if cancelled."""
        name = QFileDialog.getExistingDirectory(self.parent, title, str(self.locations.folder))
        if name:
            self.locations.used(name, folder=True)
        return name

    # --- words and numbers --------------------------------------------------------------------

    def ask_text(self, title: str, label: str, use: Callable[[str], object], text: str = "") -> None:
        """Ask for a text and pass it on."""
        answer, given = QInputDialog.getText(self.parent, title, label, text=text)
        if given:
            self.guard(lambda: use(answer))

    def ask_choice(
        self, title: str, label: str, choices: Sequence[str], use: Callable[[int], object]
    ) -> None:
        """Ask for one of several texts, and pass on its index."""
        answer, given = QInputDialog.getItem(self.parent, title, label, choices, 0, False)
        if given and answer in choices:
            self.guard(lambda: use(choices.index(answer)))

    def ask_number(self, title: str, label: str, now: str, use: Callable[[float], object]) -> None:
        """Ask for a number, in any usual notation, and pass it on."""
        self.ask_text(title, label, lambda text: use(read_number(text)), now)

    def ask_count(self, title: str, label: str, most: int, use: Callable[[int], object]) -> None:
        """Ask for a whole number from 1 to `most` and pass it on."""
        number, given = QInputDialog.getInt(self.parent, title, label, 1, 1, most)
        if given:
            self.guard(lambda: use(number))
