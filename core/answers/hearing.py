"""Running a network over a whole recording: at once, in windows, or stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.answers.label_scores import LabelScores, label_scores
from core.answers.windows import Window, can_be_cut, windows
from core.families.registry import Model
from core.faults import Fault
from core.networks.runner import Cancel
from core.networks.spec import FeaturesOutput, NetworkSpec, SoundDrive
from core.probing.drive import Sound
from core.probing.forward import probe
from core.probing.model_id import ModelId
from core.probing.request import Probed, ProbeRequest
from core.signals.axis import TimeAxis

Array = NDArray[np.float32]
MOST_S = 1800.0  # of a network that must hear it at once: its layers are in memory
WINDOW_S = 60.0


@dataclass(frozen=True, eq=False)
class HeardSound:
    """What a network made of a recording: its answer, and each layer's curve.

    Curves are float32 [samples], of a network that takes a fixed length [stretches, samples]; `axes` are
    those of the layers (in the first stretch).
    """

    answer: LabelScores
    curves: Mapping[str, Array]
    axes: Mapping[str, TimeAxis]


def hear(model: Model, network: str, samples: Array, digest: str, cancelled: Cancel = None) -> HeardSound:
    """Run a network that sound drives over samples at its own rate.

    Raises Cancelled between layers, and Fault for a sound that is too short or too long, or for a generator.
    """
    spec = model.spec(network)
    n = spec.drive.n if isinstance(spec.drive, SoundDrive) else None
    if n is None and len(samples) > 2 * WINDOW_S * spec.rate_hz and can_be_cut(spec):
        return _in_windows(model, spec, samples, digest, cancelled)
    _check_length(len(samples) / spec.rate_hz)
    done = [_probed(model, network, part, digest, cancelled) for part in _stretches(samples, n)]
    axes = {name: track.axis for name, track in done[0].tracks.items()}
    rows = np.concatenate([np.atleast_2d(_logits(one)) for one in done])
    last = done[0].tracks[list(axes)[-1]].axis if isinstance(spec.output, FeaturesOutput) else None
    axis = (done[0].frames or last) if n is None else TimeAxis.of_sound(spec.rate_hz / n, len(done))
    if axis is None:  # a network that takes any sound and answers once
        axis = TimeAxis.of_sound(spec.rate_hz / max(1, len(samples)), 1)
    curves = {
        name: done[0].tracks[name].samples
        if n is None
        else np.stack([one.tracks[name].samples for one in done])
        for name in axes
    }
    return HeardSound(label_scores(spec.output, rows, axis), curves, axes)


def _in_windows(
    model: Model, spec: NetworkSpec, samples: Array, digest: str, cancelled: Cancel
) -> HeardSound:
    """Run a network over a long sound in windows, and join what they give."""
    whole = spec.for_length(len(samples))
    parts: dict[str, list[Array]] = {name: [] for name in _names(spec)}
    for window in windows(spec, len(samples), int(WINDOW_S * spec.rate_hz)):
        part, last = samples[window.first : window.last], window.keep_to == len(samples)
        for name, rows in window_rows(model, spec, part, window, last, cancelled, digest).items():
            parts[name].append(rows)
    infos = {info.name: info.axis for info in whole.infos()}
    joined = {name: np.concatenate(part) for name, part in parts.items()}
    answer = whole.answer()
    assert answer is not None
    scores = label_scores(spec.output, joined.pop(answer.name), answer.axis)
    return HeardSound(scores, joined, infos)


def window_rows(
    model: Model,
    spec: NetworkSpec,
    samples: Array,
    window: Window,
    last: bool,
    cancelled: Cancel = None,
    digest: str = "",
) -> dict[str, Array]:
    """Run a network over the samples of a window; return the rows that count, by layer, the answer too.

    The `last` window keeps all rows to its end.
    """
    done = _probed(model, spec.role, samples, digest, cancelled)
    rows: dict[str, Array] = {}
    for name, (step, _) in zip(_names(spec), spec.places(), strict=True):
        found = done.tracks[name].samples if name in done.tracks else _logits(done)
        first = (window.keep - window.first) // int(step)
        count = len(found) if last else (window.keep_to - window.keep) // int(step)
        rows[name] = found[first : first + count]
    return rows


def stretch_rows(
    model: Model, spec: NetworkSpec, samples: Array, length: int, cancelled: Cancel = None
) -> dict[str, Array]:
    """Run a network over consecutive stretches of its fixed length; return a row for each, by layer."""
    done = [_probed(model, spec.role, part, "", cancelled) for part in _stretches(samples, length)]
    rows = {name: np.stack([one.tracks[name].samples for one in done]) for name in done[0].tracks}
    rows[spec.layers[-1].name] = np.concatenate([np.atleast_2d(_logits(one)) for one in done])
    return rows


def _names(spec: NetworkSpec) -> tuple[str, ...]:
    return tuple(layer.name for layer in spec.layers)


def _probed(model: Model, network: str, samples: Array, digest: str, cancelled: Cancel) -> Probed:
    return probe(model, ProbeRequest(ModelId(""), network, Sound(samples, digest)), cancelled)


def _check_length(lasts_s: float) -> None:
    """Raise Fault for a sound whose layers would not fit into memory."""
    if lasts_s > MOST_S:
        raise Fault(
            f"The sound lasts {lasts_s / 60:.0f} minutes; this network hears at most {MOST_S / 60:.0f} at "
            "once, because each of its answers depends on the whole sound.",
            "Cut it into parts.",
        )


def _stretches(samples: Array, n: int | None) -> Iterator[Array]:
    """Yield consecutive stretches of `n` samples; the last is filled up with zeros when it runs."""
    if n is None:
        yield samples
        return
    for first in range(0, max(1, len(samples)), n):
        yield samples[first : first + n]


def _logits(done: Probed) -> Array:
    return np.empty((0, 0), np.float32) if done.logits is None else done.logits
