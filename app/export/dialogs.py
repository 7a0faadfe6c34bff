"""The dialogs for saving sounds and layers."""

from __future__ import annotations

from pathlib import Path

from app.base.dialog_host import DialogHost
from app.export.save import FileExport
from core.faults import Fault
from core.session.session import Session


def ask_sound_file(session: Session, host: DialogHost, file_export: FileExport) -> None:
    """Ask where to save the active lane's sound."""
    kinds = "WAV, as published (*.wav);;Praat text Sound, own rate and true start (*.Sound)"
    stem = host.locations.name_of(session.active)
    name, kind = host.ask_save("Save the lane's sound", f"{stem}.wav", kinds)
    if name:
        host.guard(lambda: file_export.save_sound(_of_kind(name, kind)))


def ask_selected_sound(session: Session, host: DialogHost, file_export: FileExport) -> None:
    """Ask where to save the selected part of the active lane, and with which times."""
    kinds = (
        "WAV, as published, from 0 (*.wav)",
        "Praat text Sound, own rate, times preserved (*.Sound)",
        "Praat text Sound, own rate, time from 0 (*.Sound)",
    )
    stem = host.locations.name_of(session.active, "_selected")
    name, kind = host.ask_save("Save selected sound", f"{stem}.wav", ";;".join(kinds))
    if name:
        from_zero = kind == kinds[2]
        host.guard(lambda: file_export.save_selected(_of_kind(name, kind), from_zero))


def ask_layers_folder(host: DialogHost, file_export: FileExport) -> None:
    """Ask for the folder to write all layers to."""
    name = host.ask_save_folder("Save all layers to a folder")
    if name:
        host.guard(lambda: file_export.save_layers(Path(name)))


def _of_kind(name: str, kind: str) -> Path:
    """Return a path with the suffix of the chosen kind of sound.

    Raises Fault if that is another, existing file, which the user was not asked about.
    """
    given, ending = Path(name), ".Sound" if "Praat" in kind else ".wav"
    bare = given.with_suffix("") if given.suffix.lower() in (".sound", ".wav") else given
    path = given if given.suffix.lower() == ending.lower() else bare.with_name(bare.name + ending)
    if path != given and path.exists():
        raise Fault(f"“{path.name}” already exists; nothing was written.", "Choose another name.")
    return path
