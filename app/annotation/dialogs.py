"""What is asked about tiers: files and names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog

from app.recordings.open_recordings import PREFIX

if TYPE_CHECKING:
    from app.shell.window import Window

TEXTGRIDS = "TextGrids (*.TextGrid *.textgrid *.txt)"
ANY = "All files (*)"


def ask_open(window: Window) -> None:
    """Ask for the TextGrid to open."""
    name, _ = QFileDialog.getOpenFileName(window, "Open a TextGrid", _folder(window), f"{TEXTGRIDS};;{ANY}")
    if name:
        window.on.tier_editor.open(name)


def ask_save(window: Window) -> None:
    """Ask where the TextGrid goes, beginning with where it came from; labelling then goes on."""
    tiers = window.stack.tiers
    labelling = tiers.editor.at is not None or tiers.hasFocus()
    tiers.editor.finish()
    group = window.on.tier_editor.saved
    wanted = group.kept.file if group else ""
    if not wanted and group and group.key:
        wanted = str(window.on.recordings.path_of(group.key).with_suffix(".TextGrid"))
    wanted = wanted or str(window.places.folder / "out.TextGrid")
    whose = group.key.removeprefix(PREFIX) if group and group.key else "the output"
    title = f"Save the TextGrid of {whose}"
    name, _ = QFileDialog.getSaveFileName(window, title, wanted, f"{TEXTGRIDS};;{ANY}")
    if labelling:
        tiers.setFocus(Qt.FocusReason.OtherFocusReason)
    if not name:
        return
    window.places.used(name)
    window.on.tier_editor.save(name if Path(name).suffix else f"{name}.TextGrid")


def _folder(window: Window) -> str:
    shown = window.on.tier_editor.shown
    if shown is not None and shown.file:
        return str(Path(shown.file).parent)
    recent = window.on.preferences.values.recent
    return str(Path(recent[0]).parent) if recent else ""


def ask_new(window: Window) -> None:
    """Ask for the names of new tiers."""
    from widgets.tiers.new_tiers_dialog import NewTiersDialog

    dialog = NewTiersDialog(window)
    dialog.set_look(window.look)
    dialog.tiers_wanted.connect(window.on.tier_editor.new_tiers)
    window.asks.keep(dialog)


def ask_name(
    window: Window, title: str, text: str, use: Callable[[str], object], what: str = "Name:"
) -> None:
    """Ask for the name of a tier, or for another text."""
    name, given = QInputDialog.getText(window, title, what, text=text)
    if given:
        use(name)
