"""Where files are proposed to go: the folder last used, else beside what is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.recordings.open_recordings import PREFIX

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window


class FileLocations:
    """Knows the folder in which the next file is asked for; opening something else begins beside it."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self._used: Path | None = None
        instrument.session.card_changed.connect(self._forget)
        instrument.recordings.opened.connect(lambda key: self._forget())

    def _forget(self) -> None:
        self._used = None

    def used(self, path: str | Path, folder: bool = False) -> None:
        """Begin there the next time."""
        self._used = Path(path) if folder else Path(path).parent

    @property
    def folder(self) -> Path:
        """The folder last used, else that of the active recording or of the checkpoint, else the user's."""
        found = self._used or self._beside()
        return found if found is not None and found.is_dir() else Path.home()

    def _beside(self) -> Path | None:
        session = self._on.session
        keys = [key for key in (session.active, *(lane.key for lane in session.lanes)) if self._is_file(key)]
        if keys and (session.card is None or keys[0] == session.active):
            return self._on.recordings.path_of(keys[0]).parent
        if session.card is None or self._on.model_loader.is_demo:
            return None
        path = Path(session.card.path)
        return path if path.is_dir() else path.parent

    def _is_file(self, key: str) -> bool:
        return key.startswith(PREFIX) and self._on.recordings.file_of(key) is not None

    def name_of(self, key: str, ending: str = "") -> str:
        """Give a file's name for a lane, without a suffix; a recording's own file is never meant by it."""
        stem = Path(key.removeprefix(PREFIX)).stem if key.startswith(PREFIX) else key
        return f"{stem}{ending or ('_copy' if key.startswith(PREFIX) else '')}"


def ask_file(window: Window, title: str, name: str, kinds: str) -> tuple[str, str]:
    """Ask where to write a file called `name`; give its path, "" where nothing was chosen, and its kind."""
    places = window.places
    path, kind = QFileDialog.getSaveFileName(window, title, str(places.folder / name), kinds)
    if path:
        places.used(path)
    return path, kind


def ask_folder(window: Window, title: str) -> str:
    """Ask for the folder to write into, "" where none was chosen."""
    name = QFileDialog.getExistingDirectory(window, title, str(window.places.folder))
    if name:
        window.places.used(name, folder=True)
    return name
