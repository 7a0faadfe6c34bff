"""Proposed locations of files: the folder last used, or the one of what is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.session.lane_key import Key
from core.session.lane_names import file_stem
from core.session.session import Session


class FileLocations:
    """Knows the folder for the next file dialog; after opening something else it is that one's folder.

    `recording_path` returns the file of a recording's lane, None for another lane; `has_own_model` says
    whether the open model is the user's own, not the built-in one.
    """

    def __init__(
        self,
        session: Session,
        recording_path: Callable[[Key | None], Path | None],
        has_own_model: Callable[[], bool],
    ) -> None:
        self._session = session
        self._recording_path = recording_path
        self._has_own_model = has_own_model
        self._used: Path | None = None
        session.card_changed.connect(self.forget)

    def forget(self) -> None:
        """Start beside what is open again."""
        self._used = None

    def used(self, path: str | Path, folder: bool = False) -> None:
        """Start here the next time."""
        self._used = Path(path) if folder else Path(path).parent

    @property
    def folder(self) -> Path:
        """The folder last used, or that of the active recording or checkpoint, or the user's."""
        found = self._used or self._beside()
        return found if found is not None and found.is_dir() else Path.home()

    def _beside(self) -> Path | None:
        session = self._session
        keys = (session.active, *(lane.key for lane in session.lanes))
        paths = {key: path for key in keys if (path := self._recording_path(key)) is not None}
        if paths and (session.card is None or session.active in paths):
            return next(iter(paths.values())).parent
        if session.card is None or not self._has_own_model():
            return None
        path = Path(session.card.path)
        return path if path.is_dir() else path.parent

    def name_of(self, key: Key | None, ending: str = "") -> str:
        """Return a file name for a lane, without a suffix, that never equals a recording's own file."""
        recording = self._recording_path(key)
        named = file_stem(self._session.models, key) if key is not None else "sound"
        stem = recording.stem if recording is not None else named
        return f"{stem}{ending or ('_copy' if recording is not None else '')}"
