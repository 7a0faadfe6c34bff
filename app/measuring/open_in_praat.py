"""Praat in the loop: write a layer for it, start Praat, and keep what the user saves there."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.annotation.tier_editor import TierEditor
from app.base.context import Context
from app.models.latent_driven import LatentDriven
from core.analyses.time_shift import own_track
from core.faults import Fault
from core.session.lane_key import Key, LaneKey
from core.session.lane_names import text_in_files

if TYPE_CHECKING:
    from core.annotation.tiers import OwnedAnnotation
    from core.signals.track import Track

PRAATS = ("praat", "Praat", "/Applications/Praat.app/Contents/MacOS/Praat")

State = frozenset[tuple[str, int, int]]
"""The files of a folder, each with its size and its time of modification."""

Launch = Callable[[list[str]], Any]


class PraatExchange:
    """Opens lanes in Praat, and knows the folders written for it."""

    def __init__(self, context: Context, latent_driven: LatentDriven, tier_editor: TierEditor) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._latent_driven = latent_driven
        self._tier_editor = tier_editor
        self._as_written: dict[Path, State | None] = {}
        self._praats: list[Any] = []

    def new(self) -> Path:
        """Make a folder to write to."""
        folder = Path(tempfile.mkdtemp(prefix="phonoscope-"))
        self._as_written[folder] = None
        return folder

    def written(self, folder: Path) -> None:
        """Remember the state of a folder when it is handed to Praat."""
        self._as_written[folder] = state_of(folder)

    def started(self, praat: Any) -> None:
        """Keep a Praat process until it has ended."""
        self._praats = [one for one in self._praats if one.poll() is None] + [praat]

    def take_away(self, folder: Path) -> None:
        """Remove a folder, unless something in it was saved since it was handed to Praat."""
        as_written = self._as_written.pop(folder)
        if as_written is None or as_written == state_of(folder):
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Remove the folders in which nothing was saved."""
        for folder in tuple(self._as_written):
            self.take_away(folder)

    def open(self, key: Key | None, launch: Launch | None = None) -> None:
        """Open a layer in Praat at its own rate and true times, with its tiers: a recording's own, or those
        of the present point.

        Raises Fault if there is nothing to open, or no Praat.
        """
        from core.files.praat_sound import check_length

        track = self._session.shown.tracks.get(key) if key is not None else None
        if (
            key is None
            or track is None
            or (
                isinstance(key, LaneKey)
                and key.is_generated
                and key not in self._latent_driven.layers_of(key.model)
            )
        ):
            raise Fault("This lane has no curve yet.", "Wait until it is computed.")
        check_length(track)
        words, own = [find_praat(), "--open"], own_track(track)  # the same times as its tiers
        stem = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in text_in_files(key))
        kept, folder = self._tier_editor.annotation_of(key), self.new()

        def written(files: list[Path]) -> None:
            self.written(folder)
            try:
                self.started((launch or _launch)([*words, *map(str, files)]))
            except Fault as fault:
                failed(fault)
            else:
                self._messages.noted.emit(f"Opened {stem} in Praat; what you save in {folder} stays there")

        def failed(fault: Fault) -> None:
            self.take_away(folder)
            self._messages.faulted.emit(fault)

        self._messages.noted.emit(f"Writing {stem} for Praat…")
        future = self._clock.work(lambda: _write(folder / stem, own, kept))
        self._jobs.follow(f"praat {folder}", future, written, failed)


def state_of(folder: Path) -> State:
    """Return the state of a folder, by which a change or a new file is noticed."""
    found = ((file, file.stat()) for file in folder.rglob("*"))
    return frozenset((str(file), said.st_size, said.st_mtime_ns) for file, said in found)


def find_praat() -> str:
    """Return the path of Praat. Raises Fault if it is not installed."""
    for name in PRAATS:
        if found := shutil.which(name):
            return found
    raise Fault("Praat was not found on this computer.", "Install it, so that the command praat starts it.")


def _write(stem: Path, track: Track, kept: OwnedAnnotation | None) -> list[Path]:
    """Write the sound and, if there are any, its tiers."""
    from core.annotation.textgrid import write_textgrid
    from core.files.praat_sound import write_praat_sound

    files = [stem.with_name(f"{stem.name}.Sound")]
    write_praat_sound(files[0], track)
    if kept is not None:
        files.append(stem.with_name(f"{stem.name}.TextGrid"))
        write_textgrid(files[1], kept.annotation, kept.style)
    return files


def _launch(words: list[str]) -> Any:
    with contextlib.suppress(OSError):
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    raise Fault(f"Praat could not be started: {words[0]}.", "Start it yourself and open the saved sound.")
