"""`phonoscope layers`: every layer of a network as sounds, arrays, a table and a record."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.cli.model import drawn, name_assumptions, note, opened
from app.cli.outputs import MODEL, request_of, show_progress, tell_resumed
from core.answers.long_hearing import LongPlan, PartStore, long_plan
from core.export.layers import LayerExport, write_layers
from core.export.record import point_drive
from core.families.card import Card
from core.faults import Fault
from core.files.atomic import folder_for
from core.files.versions import versions
from core.networks.reductions import MEAN
from core.processes.hearing_tasks import hear_parts
from core.processes.workers import HereWorkers
from core.provenance import Origin
from core.recordings.streamed_sound import StreamedSound, streamed_sound
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track


def run(asked: Namespace) -> int:
    """Run the requested network and write its layers to `asked.out`."""
    if asked.network is not None:
        _check(asked)
    model = opened(asked)
    if asked.network is None:
        asked.network = next(iter(model.card.networks))
        _check(asked)
    model.spec(asked.network)  # names the networks that exist, if this one does not
    done = _generate(model, asked) if asked.network == "G" else _listen(model, asked)
    _write(done, model.card, folder_for(asked.out))
    shutil.rmtree(_parts_folder(asked), ignore_errors=True)
    for sentence in done.notes:
        note(sentence)
    name_assumptions(model.card)
    return 0


def _check(asked: Namespace) -> None:
    """Raise Fault for options that would have no effect."""
    if asked.network == "G" and asked.sound is not None:
        raise Fault("A generator takes no sound.", "Add --network D or --network Q.")
    if asked.network != "G" and asked.sound is None:
        raise Fault(
            f"--network {asked.network} needs --sound FILE.",
            "The generator's own output is the out.wav that layers writes.",
        )
    point = (asked.seed, asked.code, asked.point, asked.changes or None)
    if asked.network != "G" and any(option is not None for option in point):
        raise Fault(
            f"{asked.network} is not driven by a latent point.", "Omit --seed, --code, --set and --point."
        )


def _generate(model: Any, asked: Namespace) -> LayerExport:
    from core.probing.forward import generate

    card: Card = model.card
    wanted = drawn(asked, card.layout)
    tracks = generate(model, wanted.point)
    drive = point_drive(card.layout, wanted.point, wanted.seed, wanted.code, wanted.changes)
    notes = () if card.sounds else ("the output is not a sound, so no WAV was written",)
    return LayerExport("G", Path(asked.out).resolve().name, drive, tracks, notes=notes)


def _listen(model: Any, asked: Namespace) -> LayerExport:
    from core.probing.forward import input_channels, input_rate_hz, input_samples, listen
    from core.processes.engine_tasks import sound_digest

    path = Path(asked.sound)
    rate_hz = input_rate_hz(model, asked.network)
    if input_channels(model, asked.network) == 1 and input_samples(model, asked.network) is None:
        read = streamed_sound(path, rate_hz, _parts_folder(asked))
        plan = long_plan(model.spec(asked.network), len(read.samples))
        if plan is not None:
            return _listen_long(model, asked, read, plan)
    samples, axis, steps = _read(path, rate_hz, input_channels(model, asked.network))
    samples, more = fitted(samples, input_samples(model, asked.network) or len(samples), axis)
    digest = sound_digest(samples, rate_hz)
    tracks, logits = listen(model, asked.network, samples, digest)
    digest_of_network = next(iter(tracks.values())).origin.checkpoint
    return _heard(asked, tracks, logits, digest, digest_of_network, (*steps, *more), len(samples) / rate_hz)


def _heard(
    asked: Namespace,
    tracks: Mapping[str, Track],
    logits: NDArray[np.float32],
    digest: str,
    network_digest: str,
    steps: tuple[str, ...],
    lasts_s: float,
) -> LayerExport:
    """Return what a network made of a sound, ready to be written."""
    path = Path(asked.sound)
    said = f"{path.name}: {', '.join(steps)}" if steps else f"{path.name}: used as it is"
    sound = {"file": path.name, "digest": digest, "steps": list(steps)}
    drive: dict[str, Any] = {"network_digest": network_digest, "sound": sound}
    if logits.ndim == 1:
        drive["logits"] = logits.tolist()
    return LayerExport(asked.network, path.name, drive, tracks, logits, (said,), Range(0.0, lasts_s))


def _parts_folder(asked: Namespace) -> Path:
    return Path(asked.out) / ".parts"


def _listen_long(model: Any, asked: Namespace, read: StreamedSound, plan: LongPlan) -> LayerExport:
    """Hear a long sound part by part, going on where an earlier run ended."""
    from core.processes.engine_tasks import sound_digest

    spec, path = model.spec(asked.network), Path(asked.sound)
    digest, own = sound_digest(read.samples, spec.rate_hz), model.network(asked.network).digest
    answers = dict(model.card.answers)
    store = PartStore(_parts_folder(asked), request_of([digest, own, answers, versions()]), plan)
    tell_resumed(path.name, store, plan, spec.rate_hz)
    workers = HereWorkers({MODEL: model})
    try:
        for done in hear_parts(workers, MODEL, asked.network, read.samples, plan, store):
            show_progress(path.name, done, len(plan.parts))
    except KeyboardInterrupt:
        raise Fault("The run was stopped.", "Run the same command again to go on.") from None
    heard = store.heard(spec)
    origin = Origin(own, model.card.family, asked.network, digest, answers=tuple(sorted(answers.items())))
    tracks = {
        name: Track(name, values, heard.axes[name], origin=origin.of(layer=name, reduction=MEAN.name))
        for name, values in heard.curves.items()
    }
    return _heard(asked, tracks, heard.answer.logits, digest, own, read.notes, read.axis.duration_s)


def _read(path: Path, rate_hz: float, channels: int) -> tuple[NDArray[np.float32], TimeAxis, tuple[str, ...]]:
    """Read a sound: [samples], or [samples, channels] if both the network and the file have several."""
    from core.recordings.sound_file import look_at, read_sound

    if channels == 1:
        return read_sound(path, rate_hz)
    if look_at(path).channels != channels:
        samples, axis, steps = read_sound(path, rate_hz)
        return samples, axis, (*steps, f"given to each of the network's {channels} channels")
    parts = [read_sound(path, rate_hz, channel) for channel in range(1, channels + 1)]
    _, axis, steps = parts[0]
    kept = tuple(step for step in steps if not step.startswith("channel "))
    return np.stack([samples for samples, _, _ in parts], 1), axis, kept


def fitted(
    samples: NDArray[np.float32], n: int, axis: TimeAxis
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Return `samples` cut or zero-padded at the end to `n`, and a description of what was done."""
    have = len(samples)
    if have > n:
        return samples[:n], (f"cut to its first {n / axis.rate_hz:.6g} s of {axis.duration_s:.6g} s",)
    if have < n:
        padded = np.concatenate([samples, np.zeros((n - have, *samples.shape[1:]), np.float32)])
        return padded, (f"padded with zeros from {axis.duration_s:.6g} s to {n / axis.rate_hz:.6g} s",)
    return samples, ()


def _write(done: LayerExport, card: Card, folder: Path) -> None:
    """Write every file and print its name."""
    files = write_layers(done, card, folder)
    if done.logits is not None and done.logits.ndim == 1:
        print("logits", *(f"{value:.6g}" for value in done.logits))
    print(f"{folder}: {', '.join(files)}")
