"""Which recording the networks hear that make no sound themselves."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from psygnal import Signal

from app.base.context import Context
from app.models.sound_driven import SoundDriven
from app.recordings.open_recordings import OpenRecordings
from core.faults import Fault
from core.probing.model_id import ModelId
from core.recordings.sound_file import is_sound_file, look_at
from core.session.lane_key import LOGITS, Key, LaneKey, RecordingKey
from core.session.lanes import keys_of
from core.session.session import Snapshot

AT_ONCE = 50  # headers of files that are read together

Length = float | Fault


class InputChoice:
    """Lets every network without a generator hear the recording in use, as soon as both are open.

    A recording that is opened is heard by the model in focus, and by models that hear nothing yet. Recordings
    can also be taken from folders, one in the place of the one before. `changed` is emitted for other
    recordings to choose from.
    """

    changed = Signal()

    def __init__(self, context: Context, recordings: OpenRecordings, sound_driven: SoundDriven) -> None:
        self._session = context.session
        self._clock = context.clock
        self._jobs = context.jobs
        self._messages = context.messages
        self._recordings = recordings
        self._sound_driven = sound_driven
        self._browsed: RecordingKey | None = None  # taken from a folder, and closed when the next one is
        self._wanted: Path | None = None
        self._waiting: set[ModelId] = set()  # models whose recording was closed
        self.folders: dict[Path, tuple[Path, ...]] = {}
        self.folder: Path | None = None  # None: the open recordings
        self.lengths: dict[Path, Length] = {}
        self._session.card_changed.connect(lambda: self.take_up(self._session.model))
        self._session.snapshot_changed.connect(self._follow)
        recordings.opened.connect(self._opened)

    # --- what is there ---------------------------------------------------------------------------

    @property
    def open_recordings(self) -> tuple[RecordingKey, ...]:
        """The recordings on screen, from top to bottom."""
        tracks = self._session.shown.tracks
        found = (key for key in keys_of(self._session.lanes) if isinstance(key, RecordingKey))
        return tuple(key for key in found if key in tracks)

    @property
    def outputs(self) -> tuple[LaneKey, ...]:
        """The sounds that open generators make."""
        session = self._session
        found = (session.output_of(model) for model, card in session.models.items() if card.sounds)
        return tuple(key for key in found if key is not None and key in session.shown.tracks)

    def is_hearing(self, model: ModelId) -> bool:
        """Return whether a model can only hear, because it has no generator."""
        card = self._session.models.get(model)
        return card is not None and card.generator is None and bool(card.input_rates_hz)

    def heard_by(self, model: ModelId) -> Key | None:
        """Return what drives the first network of a model, None while nothing does."""
        sources = (self._sound_driven.source_of(key) for key in self._answers(model))
        return next((source for source in sources if source is not None), None)

    def _answers(self, model: ModelId) -> list[LaneKey]:
        card = self._session.models.get(model)
        return [LaneKey(model, name, LOGITS) for name in (card.input_rates_hz if card is not None else ())]

    # --- what is heard ---------------------------------------------------------------------------

    def take_up(self, model: ModelId, source: RecordingKey | None = None, ask: bool = True) -> None:
        """Let the networks of a model hear a recording; of several, the active one or the first."""
        session, there = self._session, self.open_recordings
        if not self.is_hearing(model):
            return
        active = session.active if session.active in there else None
        source = source or (active if isinstance(active, RecordingKey) else next(iter(there), None))
        if source is not None:
            self._waiting.discard(model)
            for key in self._answers(model):
                self._sound_driven.take_up(key.network, source, model, ask)
        self.changed.emit()

    def _opened(self, key: RecordingKey) -> None:
        for model in tuple(self._session.models):
            if model == self._session.model or self.heard_by(model) is None:
                self.take_up(model, key, ask=False)  # its samples are announced next
        before, self._browsed = self._browsed, key if self._is_wanted(key) else None
        self._wanted = None
        if before is not None and before != key and self._browsed is not None:
            self._recordings.close(before)
        if self._browsed is not None:
            self._show_whole(key)
        self.changed.emit()

    def _is_wanted(self, key: RecordingKey) -> bool:
        return self._wanted is not None and self._recordings.file_path(key) == self._wanted

    def _follow(self, before: Snapshot, after: Snapshot) -> None:
        """Hear another recording in the place of one that was closed, and again one that comes back."""
        if before.lanes == after.lanes:
            return
        there = self.open_recordings
        for model in tuple(self._session.models):
            source = self.heard_by(model)
            gone = isinstance(source, RecordingKey) and source not in keys_of(after.lanes)
            if there and (gone or model in self._waiting):
                self.take_up(model, there[0])
            elif gone and self.is_hearing(model):
                self._waiting.add(model)
                self._sound_driven.let_go(model)
        self.changed.emit()

    # --- what is chosen --------------------------------------------------------------------------

    def choose(self, id: str) -> None:
        """Let the model in focus hear an open recording, or open a file of the folder for it to hear."""
        output = next((key for key in self.outputs if output_id(key) == id), None)
        if output is not None:
            for key in self._answers(self._session.model):
                self._sound_driven.listen(key.network, output, key.model)
            self.changed.emit()
            return
        if self.folder is None:
            self._use(RecordingKey(id))
            return
        path = Path(id)
        known = next((key for key in self.open_recordings if self._recordings.file_path(key) == path), None)
        if known is not None:
            self._use(known)
            return
        self._wanted = path
        self._recordings.open(path)

    def _use(self, key: RecordingKey) -> None:
        self.take_up(self._session.model, key)
        self._session.set_active(key)
        self._show_whole(key)

    def _show_whole(self, key: RecordingKey) -> None:
        """Show the recording that was chosen, from its start to its end."""
        session = self._session
        extent = session.shown.tracks[key].axis.extent
        session.set_range(extent)
        session.set_cursor(extent.start_s, placed=False)

    def use_folder(self, folder: Path | None) -> None:
        """Take recordings from a folder, or with None from those that are open."""
        self.folder = folder
        self.changed.emit()
        if folder is not None and folder not in self.folders:
            future = self._clock.work(lambda: sounds_in(folder))
            self._jobs.follow(("sounds in", folder), future, partial(self._listed, folder))

    def _listed(self, folder: Path, found: tuple[Path, ...]) -> None:
        self.folders[folder] = found
        if not found:
            self._messages.noted.emit(f"“{folder.name}” holds no sound files")
        self.changed.emit()
        self._measure(found)

    def _measure(self, left: tuple[Path, ...]) -> None:
        """Read how long the files are, some at a time."""
        now, rest = left[:AT_ONCE], left[AT_ONCE:]
        if not now or self._recordings.has_left():
            return

        def arrived(found: dict[Path, Length]) -> None:
            self.lengths |= found
            self.changed.emit()
            self._clock.post(lambda: self._measure(rest))

        self._jobs.follow(("lengths", now[0]), self._clock.work(lambda: lengths(now)), arrived)


def output_id(key: LaneKey) -> str:
    """Return how the panel names the output of a generator, apart from all files."""
    return f"{key.model}\n{key.layer}"


def sounds_in(folder: Path) -> tuple[Path, ...]:
    """Return the sound files of a folder and of those inside it, in order.

    Raises Fault if it cannot be read.
    """
    try:
        return tuple(sorted(path for path in folder.rglob("*") if is_sound_file(path)))
    except OSError as flaw:
        raise Fault(f"“{folder.name}” cannot be read: {flaw.strerror}.", "Choose another folder.") from flaw


def lengths(paths: tuple[Path, ...]) -> dict[Path, Length]:
    """Return how long sound files are, in seconds; for one that cannot be read, why."""
    found: dict[Path, Length] = {}
    for path in paths:
        try:
            found[path] = look_at(path).axis.duration_s
        except Fault as fault:
            found[path] = fault
    return found
