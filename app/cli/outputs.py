"""`phonoscope outputs`: what a network says about recordings, and its layers."""

from __future__ import annotations

import hashlib
import shutil
import sys
from argparse import Namespace
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from app.cli.model import name_assumptions, note, opened
from core.answers.long_hearing import LongPlan, PartStore, long_plan
from core.export.answers import AnswerExport, files_of, write_answers
from core.families.card import Card
from core.faults import Fault
from core.files.atomic import folder_for
from core.files.versions import versions
from core.probing.model_id import ModelId
from core.processes.hearing_tasks import HearWhole, hear_parts
from core.processes.workers import Workers, workers_for

MODEL = ModelId("network")


@dataclass(frozen=True)
class _Sound:
    """A sound to be heard: its number, path, the base of its files' names, and what its answer depends on."""

    number: int
    path: Path
    stem: str
    about: Mapping[str, Any]


def run(asked: Namespace) -> int:
    """Run the network over every sound that `asked.out` has no complete answer for yet."""
    sounds = sounds_in(Path(asked.sound))
    model = opened(asked)
    network = hearing_network(model.card, asked.network)
    with workers_for(asked.cluster, {MODEL: model}) as workers:
        hearing = _Hearing(model, network, sounds, folder_for(asked.out), asked.lens, workers)
        try:
            hearing.run()
        except KeyboardInterrupt:
            raise Fault("The run was stopped.", "Run the same command again to go on.") from None
    name_assumptions(model.card)
    if hearing.failed == len(sounds):
        raise Fault("The network could hear none of these sounds.", "See the message about each.")
    return 0


class _Hearing:
    """Runs a network over sounds: short ones each at once, long ones in parts."""

    def __init__(
        self, model: Any, network: str, sounds: list[Path], folder: Path, lens: bool, workers: Workers
    ) -> None:
        self._model, self._network, self._folder, self._lens = model, network, folder, lens
        self._sounds, self._workers = sounds, workers
        self.failed = 0

    def run(self) -> None:
        """Hear all of them, and write each answer as soon as it is there."""
        waiting: deque[tuple[_Sound, Any]] = deque()
        for outcome in self._workers.outcomes(self._tasks(waiting)):
            sound, read = waiting.popleft()
            if isinstance(outcome, Fault):
                self._failed(sound.path, outcome)
            else:
                heard, lens = outcome
                self._write(sound, read, heard, lens)

    def _tasks(self, waiting: deque[tuple[_Sound, Any]]) -> Iterator[Any]:
        """Yield a task for each short sound that has no answer yet; a long one is heard here, in between."""
        for sound in self._pending():
            try:
                read = self._read(sound)
                plan = self._plan(read)
                if plan is not None and not self._lens:
                    self._hear_long(sound, read, plan)
                    continue
            except Fault as fault:
                self._failed(sound.path, fault)
                continue
            waiting.append((sound, read))
            yield HearWhole(MODEL, self._network, read.samples, self._lens)

    def _pending(self) -> Iterator[_Sound]:
        """Yield the sounds without a complete answer by the same network, and name the others."""
        from core.measures.items import distinct_names

        names = distinct_names(self._sounds)
        stems = [Path(name).with_suffix("").as_posix().replace("/", "-") for name in names]
        for number, (path, stem) in enumerate(zip(self._sounds, stems, strict=True), 1):
            try:
                about = _about(self._model, self._network, path) | ({"lens": True} if self._lens else {})
            except Fault as fault:
                self._failed(path, fault)
                continue
            known = _known(self._folder, stem, about)
            if known is None:
                yield _Sound(number, path, stem, about)
            else:
                self._say(number, path, f"{known} (kept from before)")

    def _read(self, sound: _Sound) -> Any:
        from core.probing.forward import input_rate_hz
        from core.recordings.streamed_sound import streamed_sound

        rate_hz = input_rate_hz(self._model, self._network)
        read = streamed_sound(sound.path, rate_hz, self._parts_folder(sound))
        for step in read.notes:
            note(f"{sound.path.name}: {step}")
        return read

    def _plan(self, read: Any) -> LongPlan | None:
        return long_plan(self._model.spec(self._network), len(read.samples))

    def _parts_folder(self, sound: _Sound) -> Path:
        return self._folder / f".{sound.stem}.parts"

    def _hear_long(self, sound: _Sound, read: Any, plan: LongPlan) -> None:
        """Hear a long sound part by part, going on where an earlier run ended."""
        spec = self._model.spec(self._network)
        request = request_of([sound.about, plan.n])
        store = PartStore(self._parts_folder(sound), request, plan)
        tell_resumed(sound.path.name, store, plan, spec.rate_hz)
        for done in hear_parts(self._workers, MODEL, self._network, read.samples, plan, store):
            show_progress(sound.path.name, done, len(plan.parts))
        self._write(sound, read, store.heard(spec), {})

    def _write(self, sound: _Sound, read: Any, heard: Any, lens: Any) -> None:
        about = {**sound.about, "steps": list(read.notes)}
        export = AnswerExport(sound.path.name, sound.stem, read.axis.duration_s, heard, about, lens)
        self._say(sound.number, sound.path, write_answers(export, self._folder))
        shutil.rmtree(self._parts_folder(sound), ignore_errors=True)

    def _say(self, number: int, path: Path, said: str) -> None:
        print(f"{number}/{len(self._sounds)} {path.name}: {said}", flush=True)

    def _failed(self, path: Path, fault: Fault) -> None:
        """Name a sound that could not be heard; if it is the only one, that is the end."""
        if len(self._sounds) == 1:
            raise fault
        self.failed += 1
        note(f"{path.name} is skipped: {fault}")


def request_of(about: Any) -> str:
    """Return the hash of everything that a result depends on."""
    return hashlib.sha256(msgspec.json.encode(about)).hexdigest()


def tell_resumed(name: str, store: PartStore, plan: LongPlan, rate_hz: float) -> None:
    """Say how much of a long sound an earlier run has heard, if it has."""
    if store.done:
        note(f"{name}: goes on after {plan.parts[store.done - 1].keep_to / rate_hz / 60:.0f} min")


def show_progress(name: str, done: int, of: int) -> None:
    """Report progress within a long sound on one line of a terminal."""
    if sys.stderr.isatty():
        end = "" if done < of else "\n"
        print(f"\r{name}: {100 * done // of} %", end=end, file=sys.stderr, flush=True)


def sounds_in(path: Path) -> list[Path]:
    """Return a sound file, or the sound files of a folder in order. Raises Fault if there are none."""
    from core.recordings.sound_file import is_sound_file

    if not path.exists():
        raise Fault(f"There is no “{path}”.", "Name a sound file, or a folder of them.")
    found = sorted(one for one in path.iterdir() if is_sound_file(one)) if path.is_dir() else [path]
    if not found:
        raise Fault(f"“{path}” holds no sound files.", "Name a sound file, or a folder of them.")
    return found


def hearing_network(card: Card, asked: str | None) -> str:
    """Return the requested network, or the first that sound drives. Raises Fault if there is none."""
    hearing = list(card.input_rates_hz)
    if asked is not None and asked in hearing:
        return asked
    if not hearing:
        raise Fault(f"“{card.title}” is a generator: it hears no sound.", "Choose a network that does.")
    if asked is not None:
        raise Fault(
            f"This checkpoint has no network {asked} that hears sound.", f"It has {', '.join(hearing)}."
        )
    return hearing[0]


def _about(model: Any, network: str, path: Path) -> dict[str, Any]:
    """Return everything that the answer depends on, JSON-ready."""
    card: Card = model.card
    return {
        "title": card.title,
        "family": card.family,
        "network": network,
        "network_digest": model.network(network).digest,
        "answers": dict(card.answers),
        "file": path.name,
        "file_digest": _file_digest(path),
        "versions": versions(),
    }


def _file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as flaw:
        raise Fault(
            f"“{path.name}” cannot be read: {flaw.strerror}.", "Check that you may open it."
        ) from None


def _known(folder: Path, stem: str, about: Mapping[str, Any]) -> str | None:
    """Return what an earlier run said, if its record is complete and of the same network and sound."""
    *others, record = files_of(stem)
    try:
        found = msgspec.json.decode((folder / record).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    same = all(
        found.get(name) == msgspec.json.decode(msgspec.json.encode(value)) for name, value in about.items()
    )
    there = all((folder / name).is_file() for name in others[1:])
    return str(found.get("said", "")) if same and there else None
