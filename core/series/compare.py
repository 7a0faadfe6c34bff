"""The layers of two checkpoints at the same latent point, and their differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.families.card import Answer
from core.families.registry import Model, open_model
from core.faults import Fault
from core.probing.drive import LatentPoints
from core.probing.forward import probe
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.probing.surgery import LayerEdit
from core.processes.engine_tasks import ModelTask, Stop
from core.signals.track import Track

KEPT_OPEN = 4  # checkpoints of a series, so that a slider goes back and forth quickly


@dataclass(frozen=True, eq=False)
class ComparedLayer:
    """One layer of both networks; the difference, other − own, is None where their axes differ.

    `share` is the RMS of the difference as a share of the RMS of the own curve.
    """

    name: str
    own: Track
    other: Track | None
    difference: Track | None
    share: float


@dataclass(frozen=True, eq=False)
class Compared:
    """All layers of both networks, from the output down, and what the other checkpoint is."""

    layers: tuple[ComparedLayer, ...]
    digest: str
    path: str


@dataclass(frozen=True)
class CompareTask(ModelTask):
    """Run the generator of an open model, and that of another checkpoint, at the same points."""

    model: ModelId
    path: str
    drive: LatentPoints
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    edits: tuple[LayerEdit, ...] = ()

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The open model."""
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> Compared:
        """Open the other checkpoint and compare: see `compared`."""
        return compared(models[self.model], opened(self.path, self.answers), self.drive, self.edits, stop)


def opened(path: str, answers: Mapping[str, Answer]) -> Model:
    """Open a checkpoint with the answers of another; the last few stay open until they are written anew."""
    return _opened(path, _written_ns(Path(path)), tuple(sorted(answers.items())))


@lru_cache(maxsize=KEPT_OPEN)
def _opened(path: str, written_ns: int, answers: tuple[tuple[str, Answer], ...]) -> Model:
    known = dict(answers)
    questions = open_model(Path(path), {}).card.questions if known else ()
    return open_model(Path(path), {one.name: known[one.name] for one in questions if one.name in known})


def _written_ns(path: Path) -> int:
    for file in (path, path.with_name(path.name + ".index")):
        if file.exists():
            return file.stat().st_mtime_ns
    return 0


def compared(
    own: Model,
    other: Model,
    drive: LatentPoints,
    edits: tuple[LayerEdit, ...] = (),
    stop: Stop = lambda: False,
) -> Compared:
    """Run both generators at the same points. Raises Fault if the other takes other latent vectors."""
    mine, theirs = own.card.layout, other.card.layout
    if other.card.generator is None:
        raise Fault("The other checkpoint has no generator.", "Choose one of a generator.")
    if mine.size != theirs.size:
        raise Fault(
            f"The other checkpoint takes {theirs.size} latent values, this one {mine.size}.",
            "Compare checkpoints of one kind of network.",
        )
    ours, others = (_tracks(model, drive, edits, stop) for model in (own, other))
    layers = tuple(_layer(name, track, others.get(name)) for name, track in reversed(ours.items()))
    return Compared(layers, other.card.digest, other.card.path)


def _tracks(model: Model, drive: LatentPoints, edits: tuple[LayerEdit, ...], stop: Stop) -> dict[str, Track]:
    return dict(probe(model, ProbeRequest(ModelId(""), "G", drive, edits=edits), stop).tracks)


def _layer(name: str, own: Track, other: Track | None) -> ComparedLayer:
    if other is None or other.axis != own.axis:
        return ComparedLayer(name, own, other, None, float("nan"))
    change = other.samples - own.samples
    size = float(np.sqrt(np.mean(np.square(own.samples, dtype=np.float64))))
    moved = float(np.sqrt(np.mean(np.square(change, dtype=np.float64))))
    difference = replace(other, name=f"{name}, difference", samples=change)
    return ComparedLayer(name, own, other, difference, moved / size if size else float("nan"))
