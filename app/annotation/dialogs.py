"""The dialogs of tiers: files and names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from app.annotation.tier_editor import TierEditor
from app.base.dialog_host import DialogHost
from app.recordings.open_recordings import OpenRecordings
from widgets.tiers.tiers import Tiers

KINDS = "TextGrids (*.TextGrid *.textgrid *.txt);;All files (*)"


def ask_open(host: DialogHost, tier_editor: TierEditor) -> None:
    """Ask for the TextGrid to open."""
    shown = tier_editor.shown
    folder = str(Path(shown.file).parent) if shown is not None and shown.file else ""
    name = host.ask_open("Open a TextGrid", KINDS, folder)
    if name:
        tier_editor.open(name)


def ask_save(host: DialogHost, tier_editor: TierEditor, recordings: OpenRecordings, tiers: Tiers) -> None:
    """Ask where to save the TextGrid, starting from its file; labelling continues afterwards."""
    labelling = tiers.editor.at is not None or tiers.hasFocus()
    tiers.editor.finish()
    group = tier_editor.saved
    wanted = group.kept.file if group else ""
    if not wanted and group and group.key:
        wanted = str(recordings.path_of(group.key).with_suffix(".TextGrid"))
    whose = group.key.id if group and group.key else "the output"
    name, _ = host.ask_save(f"Save the TextGrid of {whose}", wanted or "out.TextGrid", KINDS)
    if labelling:
        tiers.setFocus(Qt.FocusReason.OtherFocusReason)
    if name:
        tier_editor.save(name if Path(name).suffix else f"{name}.TextGrid")


def ask_new(host: DialogHost, tier_editor: TierEditor) -> None:
    """Ask for the names of new tiers."""
    from widgets.tiers.new_tiers_dialog import NewTiersDialog

    dialog = NewTiersDialog(host.parent)
    dialog.tiers_wanted.connect(tier_editor.new_tiers)
    host.show(dialog)
