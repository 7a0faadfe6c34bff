"""Running a network over a whole recording: in one go, or stretch by stretch if it takes a fixed length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.answers.label_scores import LabelScores, label_scores
from core.families.registry import Model
from core.faults import Fault
from core.networks.runner import Cancel
from core.networks.spec import SoundDrive
from core.probing.drive import Sound
from core.probing.forward import probe
from core.probing.model_id import ModelId
from core.probing.request import Probed, ProbeRequest
from core.signals.axis import TimeAxis

Array = NDArray[np.float32]
MOST_S = 600.0  # all layers of a run are in memory


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
    lasts_s = len(samples) / spec.rate_hz
    if lasts_s > MOST_S:
        raise Fault(
            f"The sound lasts {lasts_s / 60:.0f} minutes; a network hears at most {MOST_S / 60:.0f} at once.",
            "Cut it into parts.",
        )
    n = spec.drive.n if isinstance(spec.drive, SoundDrive) else None
    done = [
        probe(model, ProbeRequest(ModelId(""), network, Sound(part, digest)), cancelled)
        for part in _stretches(samples, n)
    ]
    axes = {name: track.axis for name, track in done[0].tracks.items()}
    rows = np.concatenate([np.atleast_2d(_logits(one)) for one in done])
    axis = done[0].frames if n is None else TimeAxis.of_sound(spec.rate_hz / n, len(done))
    if axis is None:  # a network that takes any sound and answers once
        axis = TimeAxis.of_sound(spec.rate_hz / max(1, len(samples)), 1)
    curves = {
        name: done[0].tracks[name].samples
        if n is None
        else np.stack([one.tracks[name].samples for one in done])
        for name in axes
    }
    return HeardSound(label_scores(spec.output, rows, axis), curves, axes)


def _stretches(samples: Array, n: int | None) -> Iterator[Array]:
    """Yield consecutive stretches of `n` samples; the last is filled up with zeros when it runs."""
    if n is None:
        yield samples
        return
    for first in range(0, max(1, len(samples)), n):
        yield samples[first : first + n]


def _logits(done: Probed) -> Array:
    return np.empty((0, 0), np.float32) if done.logits is None else done.logits
