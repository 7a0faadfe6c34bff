"""`phonoscope profiles`: a network's responses averaged over everything that shares a sound."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.model import name_assumptions, note, opened
from app.cli.outputs import hearing_network
from app.models.built_in import built_in_pronunciations
from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.files.versions import versions
from core.probing.model_id import ModelId
from core.processes.workers import Workers, workers_for
from core.profiles.part_task import PartTask

if TYPE_CHECKING:
    from core.profiles.collect import RecordingPart
    from core.profiles.exports import ExampleFolder
    from core.profiles.profile_set import ProfileSet
    from core.profiles.run import ProfileRun


MODEL = ModelId("profiles")


def run(asked: Namespace) -> int:
    """Hear the corpus, from where an earlier run was stopped, and write everything about its groups."""
    from core.phonemes.pronunciation import Pronouncer
    from core.profiles.all_files import write_all
    from core.profiles.exports import ExampleFolder
    from core.profiles.grouping import corpus_of
    from core.profiles.run import ProfileRun

    settings = _settings(asked)
    corpus = corpus_of(Path(asked.folder), asked.groups)
    for words in corpus.notes:
        note(words)
    model = opened(asked)
    network = hearing_network(model.card, asked.network)
    out = folder_for(asked.out)
    layers = () if asked.layers in ("", "all") else tuple(asked.layers.split(","))
    pronouncer = Pronouncer(built_in_pronunciations())
    profiling = ProfileRun(model, network, corpus, settings, layers, out, pronouncer)
    folder = ExampleFolder(out / "inntrospect", profiling.ear.layers) if asked.arrays else None
    with workers_for(asked.cluster, {MODEL: model}) as workers:
        _hear(profiling, folder, workers, asked.arrays)
    found = profiling.profiles()
    _check(found)
    write_all(found, profiling.corpus, out, asked.plain, asked.weights)
    if folder is not None:
        folder.finish(found)
    origin = _record(out, asked, model.card, network, profiling, found)
    if not asked.no_figures:
        from app.cli.profile_figures import write_figures

        write_figures(profiling, found, asked.groups, asked.plain, asked.weights, out / "figures", origin)
    profiling.forget()
    name_assumptions(model.card)
    used = [group for group in found.counts if group not in found.left_out]
    print(f"{out}: {len(used)} groups in {len(found.layers)} layers")
    return 0


def _settings(asked: Namespace) -> Any:
    from core.profiles.settings import ProfileSettings

    given = {
        name: value
        for name, value in (("align", asked.align), ("mask", asked.mask), ("keep", asked.keep))
        if value is not None
    }
    return ProfileSettings.of(asked.method, window_s=asked.window, least=asked.least, **given)


def _hear(profiling: ProfileRun, folder: ExampleFolder | None, workers: Workers, arrays: int) -> None:
    """Hear all recordings that are left; a stop keeps what was heard."""
    total = len(profiling.corpus.recordings)
    if profiling.done:
        print(f"goes on after {profiling.done} of {total} recordings", flush=True)
    try:
        for found in workers.outcomes(_tasks(profiling, arrays if folder is not None else 0)):
            _one(profiling, folder, profiling.take(found), total)
    except KeyboardInterrupt:
        profiling.save()
        note(f"stopped after {profiling.done} of {total} recordings; the same command goes on")
        raise
    profiling.save()


def _tasks(profiling: ProfileRun, arrays: int) -> Iterator[PartTask]:
    """Yield a task for each recording that is left; the first `arrays` events also give their examples."""
    words = str(built_in_pronunciations() or "")
    recordings = profiling.corpus.recordings
    for number in range(profiling.done, len(recordings)):
        wanted = sum(profiling.counts().values()) < arrays
        yield PartTask(
            MODEL, profiling.ear.spec.role, profiling.ear.layers, profiling.settings, recordings[number],
            number, wanted, words,
        )  # fmt: skip


def _one(profiling: ProfileRun, folder: ExampleFolder | None, part: RecordingPart | None, total: int) -> None:
    """Tell what a recording gave, and write its examples."""
    number = profiling.done - 1
    name = profiling.corpus.recordings[number].name
    if part is None:
        note(profiling.sums.notes[-1])
        return
    if folder is not None and part.examples:
        folder.put(number, part.groups, part.examples)
    many = "event" if len(part.groups) == 1 else "events"
    print(f"{number + 1}/{total} {name}: {len(part.groups)} {many}", flush=True)


def _check(found: ProfileSet) -> None:
    """Name the groups that are too small; raise Fault if none, or a single one, is left."""
    used = [group for group in found.counts if group not in found.left_out]
    if found.left_out:
        note(f"left out, fewer than {found.settings.least} events: {', '.join(found.left_out)}")
    if len(used) < 2:
        raise Fault(
            f"{len(used) or 'No'} group has {found.settings.least} or more events, so nothing can be "
            f"compared: {', '.join(f'{group} {count}' for group, count in found.counts.items()) or 'none'}.",
            "Use more recordings, or a smaller --least.",
        )
    flat = [
        name for name, layer in found.layers.items() if sum(one.flat for one in layer.groups.values()) > 0
    ]
    if flat:
        note(f"some examples have a flat gradient and stay where they are, in {', '.join(flat)}")


def _record(
    out: Path, asked: Namespace, card: Any, network: str, profiling: ProfileRun, found: ProfileSet
) -> str:
    """Write what everything depends on, and what was left out; return it as JSON."""
    told = {
        "title": card.title, "family": card.family, "network": network,
        "network_digest": profiling.network_digest, "groups": asked.groups, "plain": asked.plain,
        "weights": asked.weights, "settings": found.settings.plain(), "window_s": profiling.window_s,
        "recordings": len(profiling.corpus.recordings), "left_out": list(found.left_out),
        "notes": [*profiling.corpus.notes, *found.notes], "versions": versions(),
    }  # fmt: skip
    with atomic(out / "profiles.json") as draft:
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return json.dumps(told, ensure_ascii=False)
