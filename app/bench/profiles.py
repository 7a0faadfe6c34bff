"""The cost of profiles: beside a bare PyTorch loop that computes the same gradients, and of their figures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from app.bench.analyses import voice
from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.recogniser import write_recogniser

UTTERANCES, LASTS_S, EVENTS = 150, 3.0, 11
LOOP, MAP_MS, TREES_MS = 1.2, 2000.0, 500.0
UNITS, GROUPS, LAYERS = 250, 40, 11
BARE = "the same in a bare PyTorch loop"
AGREED = "what was agreed"


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure profiles of a recogniser of the size that ships; `path` is not used."""
    del path
    with tempfile.TemporaryDirectory(prefix="phonoscope-") as folder:
        times, bare = _utterances(Path(folder), max(3, round(share * UTTERANCES)))
    yield Figure(
        "profiles_of_an_utterance", milliseconds(times), "ms", LOOP, Yardstick(BARE, milliseconds(bare))
    )
    rounds = max(2, round(share * 5))
    chance = np.random.default_rng(0)
    units = chance.standard_normal((UNITS, GROUPS))
    yield _agreed("map_of_250_units", MAP_MS, rounds, lambda: _map(units))
    layers = [chance.standard_normal((GROUPS, UNITS)) for _ in range(LAYERS)]
    yield _agreed("trees_and_silhouettes", TREES_MS, rounds, lambda: _trees(layers))


def _agreed(name: str, limit_ms: float, rounds: int, compute: Callable[[], object]) -> Figure:
    """Return how long a computation takes beside the time that it may take; the first one only warms up."""
    compute()
    return Figure(
        name, milliseconds(_timed(compute) for _ in range(rounds)), "ms", 1.0, Yardstick(AGREED, (limit_ms,))
    )


def _timed(compute: Callable[[], object]) -> float:
    begun = perf_counter()
    compute()
    return perf_counter() - begun


def _map(units: Any) -> object:
    from core.profiles.topography import placed

    return placed(units)


def _trees(layers: Sequence[Any]) -> object:
    from core.profiles.clusters import distances_of, silhouette, tree

    names = tuple(f"g{k}" for k in range(GROUPS))
    classes = [f"c{k % 5}" for k in range(GROUPS)]
    return [(tree(rows, names), silhouette(distances_of(rows), classes)) for rows in layers]


def _utterances(folder: Path, count: int) -> tuple[list[float], list[float]]:
    """Return the times of utterances with gradients through all layers, and of a bare loop beside them."""
    import soundfile

    from core.families.registry import open_model
    from core.profiles.capture import Ear, independent
    from core.profiles.collect import part_of, window_s
    from core.profiles.corpus_sums import CorpusSums
    from core.profiles.events import Event, Recording
    from core.profiles.settings import ProfileSettings

    ear = Ear(open_model(write_recogniser(folder)), "recogniser")
    samples = voice(16000.0, round(LASTS_S * 16000)).samples
    soundfile.write(folder / "voice.wav", samples, 16000, subtype="FLOAT")
    places = np.linspace(0.2, LASTS_S - 0.2, EVENTS).tolist()
    events = tuple(Event(f"g{k % 5}", at_s - 0.05, at_s + 0.05, at_s) for k, at_s in enumerate(places))
    recording, settings = Recording(folder / "voice.wav", "voice.wav", "", events), ProfileSettings()
    apart_s = max(ear.field_s, (ear.field_s + window_s(ear, settings)) / 2)
    passes = independent(events, apart_s)
    sums = CorpusSums()
    ours: list[float] = []
    bare: list[float] = []
    for number in range(count):
        ours.append(_timed(lambda number=number: sums.add(part_of(ear, recording, number, settings), number)))
        bare.append(_timed(lambda: _bare(ear.module, samples, len(passes))))
    return ours[1:], bare[1:]


def _bare(module: Any, samples: Any, passes: int) -> None:
    """Compute the same forward run and as many backward ones, and nothing else."""
    import torch

    with torch.no_grad():
        features = module.features(torch.from_numpy(samples[None].copy()))
    features = features.requires_grad_()
    maps = [found for _, found in module.walk_features(features)]
    for k in range(passes):
        torch.autograd.grad(maps[-1][0, 10 + k].max(), maps, retain_graph=True)
