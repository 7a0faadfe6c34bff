"""Tiers kept between starts: those of points by checkpoint, those of recordings by their sound."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from filelock import Timeout
from psygnal import Signal

from app.annotation.textgrid_files import TextGridFiles
from app.base.context import Context
from app.recordings.open_recordings import OpenRecordings
from core.annotation.corpus import textgrid_of
from core.annotation.store import adopt, default_path, read_annotations, write_changes
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.tiers import Annotation, Annotations, OwnedAnnotation, annotation_for, put
from core.faults import Fault
from core.files.atomic import folder_for
from core.files.locks import lock_beside, unlock
from core.networks.latent import Point
from core.recordings.identity import lasting
from core.session.lane_key import RecordingKey
from core.session.session import Snapshot

PATIENCE_S = 5.0


@dataclass(frozen=True)
class StoredTiers:
    """The stored tiers of a recording, and a fault if its TextGrid has others.

    `in_file` holds the contents of their file, if it was read.
    """

    kept: OwnedAnnotation | None = None
    fault: Fault | None = None
    in_file: Annotation | None = None


class Autosave:
    """Stores every change of the tiers, and restores them with their point or recording.

    While `held`, as during a drag, nothing is written. `arrived` carries the digest of a recording whose
    tiers have been restored.
    """

    arrived = Signal(str)

    def __init__(self, context: Context, recordings: OpenRecordings, files: TextGridFiles) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._recordings = recordings
        self._files = files
        self.held = False
        self._last: Future[None] | None = None  # the last writing that was asked for
        self._unwritten: dict[Path, Annotations] = {}
        self._written: dict[Path, Annotations] = {}  # of this window; another may have written other tiers
        self._known: dict[
            Path, Annotations
        ] = {}  # contents of the files: an empty file never hides one that was not read
        self._sounds: Annotations = ()  # those of recordings outlive the model beside them
        self._window = secrets.token_hex(4)  # by this a window recognises its own tiers on disk
        self._told: set[str] = set()
        self._closed = False
        self._session.card_changed.connect(self._new_model)
        self._session.model_closed.connect(lambda model: self._let_go())
        self._session.snapshot_changed.connect(self._changed)
        recordings.opened.connect(self.recording_opened)
        files.written.connect(self.saved)

    # --- to the disk ----------------------------------------------------------------------------

    def _changed(self, before: Snapshot, after: Snapshot) -> None:
        if after.tiers != before.tiers:
            self.write_down()

    def write_down(self) -> None:
        """Store the tiers once a drag is over; only the latest are written."""
        annotations = self._session.snapshot.tiers
        self._sounds = tuple(kept for kept in annotations if kept.sound)
        if self.held:
            return
        for path, part in self._parts(annotations).items():
            if part != self._known.get(path, ()):
                self._known[path] = self._unwritten[path] = part
                self._write_soon(path)

    def _parts(self, annotations: Annotations) -> dict[Path, Annotations]:
        """Return the contents of each file; known owners may have no tiers left."""
        found: dict[Path, Annotations] = dict.fromkeys(self._known, ())
        for path, digest in self._models().items():
            found[path] = tuple(kept for kept in annotations if not kept.sound and kept.checkpoint == digest)
        for sound in {kept.sound for kept in annotations if kept.sound}:
            found[default_path(sound)] = tuple(kept for kept in annotations if kept.sound == sound)
        return found

    def _models(self) -> dict[Path, str]:
        """Return the files of the open models' tiers, each with the digest of its checkpoint."""
        return {default_path(card.digest): card.digest for card in self._session.models.values()}

    def _let_go(self) -> None:
        """Write no more to the file of a model that is not open: its tiers are no longer here."""
        mine = {*self._models(), *(default_path(kept.sound) for kept in self._sounds)}
        self._known = {path: annotations for path, annotations in self._known.items() if path in mine}

    def _write_soon(self, path: Path) -> None:
        self._last = self._clock.in_turn(partial(self._write, path))
        self._jobs.follow("annotations", self._last, lambda done: None)

    def _write(self, path: Path) -> None:
        annotations = self._unwritten.get(path)
        if annotations is None:
            return
        with _alone(path):
            said = write_changes(path, self._written.get(path, ()), annotations, self._window)
        self._written[path] = annotations
        if said:
            self._clock.post(lambda: self._tell(said))
        newest = self._unwritten.pop(path, annotations)
        if newest is not annotations:  # added by the window's thread meanwhile; the next turn writes it
            self._unwritten.setdefault(path, newest)

    def _tell(self, said: tuple[str, ...]) -> None:
        """Report once for each file that its contents are kept elsewhere."""
        for words in said:
            if words not in self._told and not self._closed:
                self._told.add(words)
                self._messages.noted.emit(words)

    def unwritten(self) -> tuple[Annotations, Fault | None]:
        """Write what is not on disk yet; return the tiers that cannot be written, and why.

        Tiers whose TextGrid holds them are not lost.
        """
        fault: Fault | None = None
        for path in tuple(self._unwritten):
            try:
                self._clock.in_turn(partial(self._write, path)).result()
            except Fault as why:
                fault = why
        left = tuple(kept for own in self._unwritten.values() for kept in own)
        return tuple(kept for kept in left if not self._files.is_saved(kept)), fault

    def close(self) -> None:
        """Wait until everything is on disk."""
        self._closed = True
        if self._last is not None:
            wait([self._last])

    def saved(self, saved: OwnedAnnotation, file: str) -> None:
        """Remember where tiers were saved, so that the next Save starts there, whatever is undone."""

        def at_its_file(kept: OwnedAnnotation) -> OwnedAnnotation:
            same = kept.owner == saved.owner and kept.file == saved.file
            return replace(kept, file=file) if same else kept

        self._everywhere(lambda tiers: tuple(map(at_its_file, tiers)))

    # --- and back -------------------------------------------------------------------------------

    def _new_model(self) -> None:
        """Restore the tiers made with this checkpoint, beside those of the recordings."""
        session = self._session
        if session.card is None:
            return
        digest, path = session.card.digest, default_path(session.card.digest)
        size, alone = len(session.point.z), len(session.models) == 1
        self._let_go()
        if not alone and any(kept.checkpoint == digest for kept in session.snapshot.tiers):
            return  # a copy of it is open already, and its tiers are here
        waiting = self._unwritten.get(path)
        if alone:
            self._known = {default_path(kept.sound): (kept,) for kept in self._sounds}
        self._known[path] = waiting or ()
        others = self._sounds if alone else session.snapshot.tiers
        annotations = (*others, *(waiting or ()))
        if annotations:
            session.history.replace(replace(session.snapshot, tiers=annotations))
            session.set_tier(0)
        if waiting is None:
            self._written[path] = ()
            said: list[str] = []

            def read() -> tuple[Annotations, list[str]]:
                return read_annotations(path, size, "", said.append, digest), said

            self._jobs.follow(
                ("tiers of a model", session.model),
                self._clock.in_turn(read),
                lambda found: self._models_arrived(digest, *found),
            )

    def _models_arrived(self, digest: str, own: Annotations, said: list[str]) -> None:
        """Show the tiers of a model's points; what was annotated before they came goes before them."""
        session, path = self._session, default_path(digest)
        if path not in self._models():
            return
        for words in said:
            self._messages.noted.emit(words)
        if not own:
            return
        if path not in self._unwritten and not self._written.get(path):
            self._written[path] = self._known[path] = _missing(own, session.snapshot.tiers)
        self._everywhere(lambda tiers: (*_missing(own, tiers), *tiers))
        self._files.look_into(own)
        if session.tier < 0:
            session.set_tier(0)

    def _everywhere(self, change: Callable[[Annotations], Annotations]) -> None:
        """Change the tiers in the whole undo history, without a step."""
        session = self._session
        before = session.snapshot
        session.history.everywhere(lambda moment: replace(moment, tiers=change(moment.tiers)))
        session.snapshot_changed.emit(before, session.snapshot)

    def recording_opened(self, key: RecordingKey) -> None:
        """Restore the tiers of a recording: as they were left, or from the TextGrid beside it."""
        track, beside = self._session.shown.tracks[key], self._recordings.path_of(key)
        digest = track.origin.sound
        sound = lasting(digest)
        if not sound or annotation_for(self._session.snapshot.tiers, sound) is not None:
            return
        waiting = self._unwritten.get(default_path(sound), ())
        future = self._clock.in_turn(lambda: brought(digest, beside, waiting))
        self._jobs.follow(("tiers", key), future, lambda found: self._arrived(sound, found))

    def _arrived(self, sound: str, found: StoredTiers) -> None:
        kept, session = found.kept, self._session
        if found.fault is not None:
            self._messages.faulted.emit(found.fault)
        if kept is None or annotation_for(session.snapshot.tiers, sound) is not None:
            return
        if found.in_file is None:
            self._files.look_into((kept,))
        else:
            self._files.holds(kept, found.in_file)
            if found.in_file is kept.annotation and found.fault is None:
                self._messages.noted.emit(f"{Path(kept.file).name} was opened with it.")
        self._known[default_path(sound)] = (kept,)
        if default_path(sound) not in self._unwritten:
            self._written[default_path(sound)] = (kept,)
        self._sounds = put(self._sounds, kept)
        self._everywhere(lambda tiers: put(tiers, kept))
        self.arrived.emit(sound)
        if session.tier < 0:
            session.set_tier(0)


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Keep other windows from writing a file between reading and writing it; no window waits forever."""
    folder_for(path.parent)
    try:
        lock = lock_beside(path, PATIENCE_S)
    except Timeout:
        lock = None
    try:
        yield
    finally:
        if lock is not None:
            unlock(lock)


def _missing(annotations: Annotations, among: Annotations) -> Annotations:
    """Return the tiers whose owners have none among the others."""
    there = {kept.owner for kept in among}
    return tuple(kept for kept in annotations if kept.owner not in there)


def brought(digest: str, recording: Path, waiting: Annotations = ()) -> StoredTiers:
    """Return the stored tiers of a recording; those made here take precedence over its TextGrid.

    A TextGrid that cannot be read is reported and hides nothing.
    """
    sound = lasting(digest)
    adopt(digest)
    said: list[str] = []
    mine = next(iter(waiting or read_annotations(default_path(sound), 0, sound, said.append)), None)
    path = textgrid_of(recording, recording.parent)
    if path is None:
        return StoredTiers(mine, _fault(*said))
    try:
        read = read_textgrid(path)
    except Fault as fault:
        return StoredTiers(mine, _fault(*said, fault.sentence, hint=fault.hint))
    theirs = OwnedAnnotation(Point(()), read.annotation, str(path), read.style, sound)
    if mine is None:
        return StoredTiers(theirs, _fault(*said, *read.notes), read.annotation)
    its_file = read.annotation if mine.file == str(path) else None
    if textgrid_bytes(mine.annotation, mine.style) == textgrid_bytes(read.annotation, mine.style):
        return StoredTiers(mine, _fault(*said), its_file)
    differs = f"{path.name} holds other tiers than those kept here."
    return StoredTiers(mine, _fault(*said, differs, hint="To use them, choose Open TextGrid."), its_file)


def _fault(*said: str, hint: str = "") -> Fault | None:
    return Fault(" ".join(said), hint) if said else None
