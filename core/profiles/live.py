"""Profiles while they are computed, as tasks for the background engine, which keeps the sums between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Cancelled, Fault
from core.phonemes.pronunciation import Pronouncer
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask
from core.profiles.clusters import Linkage, Metric, Tree, silhouettes, tree
from core.profiles.corpus_sums import Excerpts
from core.profiles.grouping import corpus_of
from core.profiles.probes import Probe, probe
from core.profiles.profile_set import ProfileSet, Weights
from core.profiles.run import ProfileRun
from core.profiles.settings import ProfileSettings
from core.profiles.topography import Layout, placed

if TYPE_CHECKING:
    from core.families.model import Model

Floats = NDArray[np.float32]
CHUNK_S = 1.0
KEPT = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Whose profiles, over which recordings, in which groups, and how; `pronunciations` is the file of the
    network for words that are not in the dictionary.
    """

    model: ModelId
    network: str
    folder: str
    groups: str
    settings: ProfileSettings
    pronunciations: str = ""


_KEPT: dict[Question, ProfileRun] = {}
"""The last few runs, so that the tasks of one question go on with the same sums."""


def run_of(question: Question, models: Mapping[ModelId, Model]) -> ProfileRun:
    """Return the run that answers a question, begun or new. Raises Fault if its corpus cannot be used."""
    model = models[question.model]
    found = _KEPT.pop(question, None)
    if found is None or found.network_digest != model.network(question.network).digest:
        corpus = corpus_of(Path(question.folder), question.groups)
        words = Pronouncer(Path(question.pronunciations) if question.pronunciations else None)
        found = ProfileRun(model, question.network, corpus, question.settings, pronouncer=words)
    _KEPT[question] = found
    while len(_KEPT) > KEPT:
        _KEPT.pop(next(iter(_KEPT)))
    return found


@dataclass(frozen=True)
class Progress:
    """How far a question is answered: recordings heard and in all, the groups' events, and remarks."""

    done: int
    total: int
    counts: Mapping[str, int]
    notes: tuple[str, ...]
    layers: tuple[str, ...]
    window_s: float
    seconds_each: float


@dataclass(frozen=True)
class HearTask(ModelTask):
    """Hears recordings for about a second, at least one, and returns the progress."""

    question: Question
    seconds: float = CHUNK_S

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.question.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> Progress:
        run = run_of(self.question, models)
        begun_s, before = monotonic(), run.done
        while not run.over and (run.done == before or monotonic() - begun_s < self.seconds):
            run.step(cancelled=stop)
        each = (monotonic() - begun_s) / max(1, run.done - before)
        notes = (*run.corpus.notes, *run.sums.notes)
        total = len(run.corpus.recordings)
        return Progress(run.done, total, run.counts(), notes, run.ear.layers, run.window_s, each)


@dataclass(frozen=True, slots=True)
class Look:
    """Which layer is looked at, and how its groups and units are compared and placed."""

    layer: str = ""
    weights: Weights = "uniform"
    plain: bool = False
    metric: Metric = "cosine"
    linkage: Linkage = "average"
    layout: Layout = "SOM"


@dataclass(frozen=True, eq=False)
class LayerFigures:
    """What the page shows of one layer.

    `profiles` [groups, units, time] minus the mean over groups unless plain; `curves`, `low` and `high`
    [groups, time] of all units; `sounds` [groups, bands, frames] the mean input; `places` [units, 2] on the
    map; `order` the units by likeness. `silhouettes` has a row (groups, manner, place) for each of `layers`.
    `patterns` [units, bands, taps] are what the units of the first layer have learnt, where it hears a
    spectrogram.
    """

    layer: str
    layers: tuple[str, ...]
    groups: tuple[str, ...]
    counts: tuple[int, ...]
    left_out: tuple[str, ...]
    step_s: float
    profiles: Floats
    curves: Floats
    low: Floats
    high: Floats
    sounds: Floats
    agreement: tuple[float, float]
    shift_s: float
    flat: int
    tree: Tree | None
    places: NDArray[np.float64]
    order: NDArray[np.intp]
    excerpts: Excerpts
    files: tuple[str, ...]
    silhouettes: NDArray[np.float64]
    notes: tuple[str, ...] = field(default=())
    patterns: Floats | None = None

    @property
    def centre(self) -> int:
        """The step of time 0."""
        return self.profiles.shape[2] // 2

    @property
    def at_zero(self) -> Floats:
        """The profiles at the aligned step [groups, units]."""
        return self.profiles[:, :, self.centre]


@dataclass(frozen=True)
class FiguresTask(ModelTask):
    """Returns what is to be shown of one layer, from the recordings heard so far."""

    question: Question
    look: Look

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.question.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> LayerFigures:
        run = run_of(self.question, models)
        return figures_of(run, run.profiles(), self.look)


def figures_of(run: ProfileRun, found: ProfileSet, look: Look) -> LayerFigures:
    """Return what is to be shown of one layer, the last but one if none is chosen.

    Raises Fault if no group has enough events.
    """
    names = tuple(found.layers)
    chosen = look.layer if look.layer in names else names[max(0, len(names) - 2)] if names else ""
    layer = found.layers.get(chosen)
    if layer is None or not layer.groups:
        least = found.settings.least
        raise Fault(f"No group has {least} events yet.", "Wait, or use more recordings.")
    values = layer.means() if look.plain else layer.contrasts(look.weights)
    groups, rows = layer.names, list(layer.groups.values())
    agreement = np.array([(one.agreement_before, one.agreement_after) for one in rows])
    return LayerFigures(
        layer=chosen,
        layers=names,
        groups=groups,
        counts=tuple(one.count for one in rows),
        left_out=found.left_out,
        step_s=layer.step_s,
        profiles=values.astype(np.float32),
        curves=_stacked([one.curve for one in rows]),
        low=_stacked([one.low for one in rows]),
        high=_stacked([one.high for one in rows]),
        sounds=_stacked([one.sound for one in rows]),
        agreement=(float(agreement[:, 0].mean()), float(agreement[:, 1].mean())),
        shift_s=float(np.mean([one.shift_s for one in rows])),
        flat=sum(one.flat for one in rows),
        tree=tree(values.reshape(len(values), -1), groups, look.metric, look.linkage),
        places=_places(values[:, :, layer.centre].T, look.layout),
        order=by_likeness(values),
        excerpts=layer.excerpts,
        files=tuple(str(one.path) for one in run.corpus.recordings),
        silhouettes=_silhouettes(found, look.metric),
        notes=(*run.corpus.notes, *found.notes),
        patterns=patterns_of(run, chosen),
    )


def patterns_of(run: ProfileRun, layer: str) -> Floats | None:
    """Return the kernels of a first layer that hears a spectrogram, [units, bands, taps]; None otherwise."""
    first = run.ear.spec.layers[0]
    layers: Mapping[str, object] = getattr(run.ear.module, "layers", {})
    weight: Any = getattr(layers[first.name], "weight", None) if first.name in layers else None
    bands = run.ear.drive.frontend.channels
    if layer != first.name or bands < 2 or weight is None or weight.ndim != 3 or weight.shape[2] != bands:
        return None
    kernels: NDArray[np.float32] = weight.detach().numpy()
    return kernels.transpose(0, 2, 1).astype(np.float32)


def _stacked(rows: list[NDArray[np.float64]]) -> Floats:
    return np.stack(rows).astype(np.float32)


def _places(features: NDArray[np.float64], layout: Layout) -> NDArray[np.float64]:
    if len(features) < 3:
        return np.full((len(features), 2), 0.5)
    return placed(features, layout)


def by_likeness(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the units of profiles [groups, units, time] in an order in which neighbours are alike."""
    units = values.transpose(1, 0, 2).reshape(values.shape[1], -1)
    if len(units) < 3:
        return np.arange(len(units))
    centred = units - units.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    first = centred @ axes[:2].T
    return np.argsort(np.arctan2(first[:, -1], first[:, 0]), kind="stable")


def _silhouettes(found: ProfileSet, metric: Metric) -> NDArray[np.float64]:
    rows = [silhouettes(layer.vectors, found.sampled, metric) for layer in found.layers.values()]
    return np.array([(one.groups, one.manner, one.place) for one in rows])


@dataclass(frozen=True, slots=True)
class Probes:
    """How well each layer tells groups apart on unseen speakers, the bare input, and shuffled labels."""

    layers: tuple[str, ...]
    scores: tuple[float, ...]
    heard: float
    shuffled: float
    by_speaker: bool


@dataclass(frozen=True)
class ProbeTask(ModelTask):
    """Probes every layer, and the bare input."""

    question: Question

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.question.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> Probes:
        run = run_of(self.question, models)
        found = run.profiles()
        speakers = [run.corpus.recordings[place].speaker for place in found.spoken]
        told: list[Probe] = []
        for vectors in (found.heard, *(layer.vectors for layer in found.layers.values())):
            if stop():
                raise Cancelled
            told.append(probe(vectors, found.sampled, speakers, found.spoken))
        bare, *rest = told
        shuffled = float(np.mean([one.shuffled for one in told]))
        scores = tuple(one.score for one in rest)
        return Probes(tuple(found.layers), scores, bare.score, shuffled, bare.by_speaker)


@dataclass(frozen=True)
class WriteTask(ModelTask):
    """Writes everything about the recordings heard so far into a folder; returns the number of groups."""

    question: Question
    look: Look
    folder: str

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.question.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> int:
        from core.profiles.all_files import write_all

        run = run_of(self.question, models)
        found = run.profiles()
        write_all(found, run.corpus, Path(self.folder), self.look.plain, self.look.weights)
        return len(found.counts) - len(found.left_out)
