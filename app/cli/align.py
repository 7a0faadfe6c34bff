"""`phonoscope align`: transcripts as word and phone tiers, along the letters of a recogniser."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.cli.model import name_assumptions, note, opened
from app.cli.outputs import hearing_network
from app.models.built_in import built_in_pronunciations
from core.faults import Fault
from core.files.atomic import folder_for

if TYPE_CHECKING:
    from core.align.aligning import Aligned
    from core.phonemes.pronunciation import Pronouncer
    from core.train.letters.transcripts import Transcribed


def run(asked: Namespace) -> int:
    """Align every transcribed recording that `asked.out` has no TextGrid for yet."""
    from core.phonemes.pronunciation import Pronouncer
    from core.train.letters.transcripts import find_transcribed

    listed, skipped = find_transcribed(Path(asked.folder), asked.tier or "")
    for one in skipped:
        note(f"{one.name} is skipped: {one.reason}")
    parts = [one.name for one in listed if one.within is not None]
    if parts:
        note(f"{len(parts)} parts of long recordings are skipped: align recordings of up to 20 s")
    listed = [one for one in listed if one.within is None]
    if not listed:
        raise Fault(f"“{asked.folder}” holds no recording with a transcript.", "See --help.")
    model = opened(asked)
    network = hearing_network(model.card, asked.network)
    out = folder_for(asked.out)
    pronouncer = Pronouncer(built_in_pronunciations())
    distances = _align_all(listed, model, network, out, pronouncer, Path(asked.folder))
    name_assumptions(model.card)
    _tell(distances)
    return 0


def _align_all(
    listed: Sequence[Transcribed], model: Any, network: str, out: Path, pronouncer: Pronouncer, folder: Path
) -> dict[str, list[float]]:
    distances: dict[str, list[float]] = {"words": [], "phones": []}
    failed = 0
    for number, one in enumerate(listed, 1):
        path = out / _place(one.sound, folder)
        if path.exists():
            print(f"{number}/{len(listed)} {one.name}: kept from before", flush=True)
            continue
        try:
            said = _one(one, model, network, path, pronouncer, distances)
        except Fault as fault:
            failed += 1
            note(f"{one.name} is skipped: {fault}")
            continue
        print(f"{number}/{len(listed)} {one.name}: {said}", flush=True)
    if failed == len(listed):
        raise Fault("No recording could be aligned.", "See the message about each.")
    return distances


def _place(sound: Path, folder: Path) -> Path:
    inside = sound.relative_to(folder) if folder in sound.parents else Path(sound.name)
    return inside.with_suffix(".TextGrid")


def _one(
    one: Transcribed,
    model: Any,
    network: str,
    path: Path,
    pronouncer: Pronouncer,
    distances: dict[str, list[float]],
) -> str:
    from core.align.aligning import align, tier_of
    from core.annotation.textgrid import write_textgrid
    from core.annotation.tiers import Annotation
    from core.answers.hearing import hear
    from core.probing.forward import input_rate_hz
    from core.processes.engine_tasks import sound_digest
    from core.recordings.sound_file import read_sound

    rate_hz = input_rate_hz(model, network)
    samples, axis, _ = read_sound(one.sound, rate_hz)
    heard = hear(model, network, samples, sound_digest(samples, rate_hz))
    found = align(heard.answer, one.text, pronouncer, axis.duration_s)
    tiers = tuple(
        tier_of(spans, name, axis.duration_s)
        for name, spans in (("words", found.words), ("phones", found.phones))
    )
    folder_for(path.parent)
    write_textgrid(path, Annotation(tiers, 0.0, axis.duration_s))
    _compare(one.sound, tiers, distances)
    return _words(found)


def _words(found: Aligned) -> str:
    told = f"{len(found.words)} words, {len(found.phones)} phones"
    return f"{told}; not in the dictionary: {', '.join(found.guessed)}" if found.guessed else told


def _compare(sound: Path, tiers: Sequence[Any], distances: dict[str, list[float]]) -> None:
    """Measure how far boundaries are from those of a TextGrid beside the recording, if it has the tiers."""
    from core.align.aligning import boundary_distances
    from core.annotation.corpus import textgrid_of
    from core.annotation.textgrid import read_textgrid
    from core.profiles.grouping import tier_named

    grid = textgrid_of(sound, sound.parent)
    if grid is None:
        return
    try:
        given = read_textgrid(grid).annotation.tiers
    except Fault as fault:
        note(str(fault))
        return
    for tier in tiers:
        right = tier_named(given, tier.name)
        if right is not None and right.is_interval:
            distances[tier.name] += boundary_distances(tier, right)


def _tell(distances: dict[str, list[float]]) -> None:
    for name, found in distances.items():
        if found:
            middle, near = np.median(found), np.mean(np.array(found) <= 0.02)
            told = (
                f"{name}: boundaries lie {1000 * middle:.0f} ms (median) from those of the TextGrids beside"
            )
            print(f"{told} the recordings, {near:.0%} within 20 ms, of {len(found)}")
