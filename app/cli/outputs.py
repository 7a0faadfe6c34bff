"""`phonoscope outputs`: what a network says about recordings, and its layers."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from app.cli.model import name_assumptions, note, opened
from core.export.answers import AnswerExport, files_of, write_answers
from core.families.card import Card
from core.faults import Fault
from core.files.atomic import folder_for
from core.files.versions import versions


def run(asked: Namespace) -> int:
    """Run the network over every sound that `asked.out` has no complete answer for yet."""
    sounds = sounds_in(Path(asked.sound))
    model = opened(asked)
    network = hearing_network(model.card, asked.network)
    folder = folder_for(asked.out)
    from core.measures.items import distinct_names

    stems = [Path(name).with_suffix("").as_posix().replace("/", "-") for name in distinct_names(sounds)]
    failed = 0
    for number, (path, stem) in enumerate(zip(sounds, stems, strict=True), 1):
        try:
            said = _one(model, network, path, stem, folder, asked.lens)
        except Fault as fault:
            if len(sounds) == 1:
                raise
            failed += 1
            note(f"{path.name} is skipped: {fault}")
            continue
        print(f"{number}/{len(sounds)} {path.name}: {said}", flush=True)
    name_assumptions(model.card)
    if failed == len(sounds):
        raise Fault("The network could hear none of these sounds.", "See the message about each.")
    return 0


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


def _one(model: Any, network: str, path: Path, stem: str, folder: Path, with_lens: bool) -> str:
    """Answer for one sound, or report the answer that is there from the same network, sound and settings."""
    about = _about(model, network, path) | ({"lens": True} if with_lens else {})
    known = _known(folder, stem, about)
    if known is not None:
        return f"{known} (kept from before)"
    from core.answers.hearing import hear
    from core.answers.lens import lens
    from core.probing.forward import input_rate_hz
    from core.processes.engine_tasks import sound_digest
    from core.recordings.sound_file import read_sound

    rate_hz = input_rate_hz(model, network)
    samples, axis, steps = read_sound(path, rate_hz)
    for step in steps:
        note(f"{path.name}: {step}")
    heard = hear(model, network, samples, sound_digest(samples, rate_hz))
    layers = lens(model, network, samples) if with_lens else {}
    export = AnswerExport(path.name, stem, axis.duration_s, heard, {**about, "steps": list(steps)}, layers)
    return write_answers(export, folder)


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
