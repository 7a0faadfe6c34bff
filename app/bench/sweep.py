"""Sweeps: the first trace and all of them in the engine's process, many items, and their analyses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.generate import product_of, ratios
from app.bench.model import DIM, multiply_adds
from app.bench.yardsticks import FORWARD, PRAAT, torch_forward
from core.probing.model_id import ModelId
from core.signals.track import Track

GRID = "z11=-15:5:2"  # Beguš & Zhou 2022, figures 9 and 13: 11 steps
FIRST, ALL, BULK, ANALYSES = 1.5, 12.0, 1.3, 2.0  # the limits
STEPS_AT_ONCE = 40  # of one draw, as CDEV sweeps them
ITEMS = 200
MEASURES = ("f0", "intensity", "f1", "f2", "f3")


def figures(path: Path, share: float = 1.0, dim: int = DIM) -> Iterator[Figure]:
    """Measure a sweep at a knob's side, a bulk run beside a matrix product, and its analyses beside Praat."""
    rounds = max(2, round(20 * share))
    plain = Yardstick(FORWARD, milliseconds(torch_forward(path, rounds)))
    first_s, all_s = _in_engine(path, rounds)
    yield Figure("sweep_first_trace", milliseconds(first_s), "ms", FIRST, plain)
    yield Figure("sweep_of_11_steps", milliseconds(all_s), "ms", ALL, plain)
    yield Figure("sweep_bulk", _bulk(path, max(2, round(6 * share)), dim), "x", BULK)
    yield _analyses(path, max(8, round(ITEMS * share)))


def _in_engine(path: Path, rounds: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the times until the first step and until all steps have arrived, in seconds."""
    from core.networks.latent import draw
    from core.probing.drive import LatentPoints
    from core.probing.request import ProbeRequest
    from core.processes.engine import ProcessEngine
    from core.sweeps.grid import grid_of

    engine, model = ProcessEngine(), ModelId("bench")
    try:
        card = engine.open(model, path).result()
        grid = grid_of([GRID], card.layout)
        found: list[tuple[float, float]] = []
        for seed in range(rounds + 1):
            points = grid.points(draw(card.layout, seed))
            start_s = perf_counter()
            asked = [
                engine.probe(ProbeRequest(model, "G", LatentPoints((point,))), key=("sweep", k))
                for k, point in enumerate(points)
            ]
            asked[0].result()
            first_s = perf_counter() - start_s
            for one in asked:
                one.result()
            found.append((first_s, perf_counter() - start_s))
    finally:
        engine.close()
    warm = found[1:]
    return tuple(one for one, _ in warm), tuple(every for _, every in warm)


def _bulk(path: Path, rounds: int, dim: int) -> tuple[float, ...]:
    """Return ratios of one draw's sweep, with every layer's average, to as many bare multiply-adds."""
    from core.families.registry import open_model
    from core.networks.latent import draw
    from core.probing.forward import generate_many
    from core.sweeps.grid import grid_of

    model = open_model(path, {})
    values = ",".join(f"{value:g}" for value in np.linspace(-12.5, 12.5, STEPS_AT_ONCE))
    points = grid_of([f"z11={values}"], model.card.layout).points(draw(model.card.layout, 0))
    product = product_of(STEPS_AT_ONCE * multiply_adds(dim))
    return ratios(lambda: generate_many(model, points, layers=True), product, rounds)


def _analyses(path: Path, count: int) -> Figure:
    """Compare the analyses of many items with Praat's bare calls, shared by all processors."""
    from core.families.registry import open_model
    from core.measures.plan import plan_of
    from core.networks.latent import draw
    from core.probing.forward import generate
    from core.sweeps.sweep_table import measured

    model = open_model(path, {})
    items = [generate(model, draw(model.card.layout, seed)) for seed in range(min(count, 40))]
    kept = [{name: one[name] for name in ("conv4", "out")} for one in items]
    steps = [(k, 0, kept[k % len(kept)]) for k in range(count)]
    plan = plan_of(MEASURES, 1)
    start_s = perf_counter()
    for _ in measured(steps, count, plan, ("conv4", "out")):
        pass
    ours_s = perf_counter() - start_s
    bare_s = sum(_bare(kept[k % len(kept)]) for k in range(count)) / (os.cpu_count() or 1)
    beside = Yardstick(f"{PRAAT}, shared by all processors", milliseconds([bare_s / count] * 2))
    return Figure("sweep_analyses", milliseconds([ours_s / count] * 2), "ms", ANALYSES, beside)


def _bare(tracks: Mapping[str, Track]) -> float:
    """Return the time of parselmouth's own calls for both layers, in seconds."""
    import parselmouth

    start_s = perf_counter()
    for track in tracks.values():
        rate_hz = track.axis.rate_hz
        sound = parselmouth.Sound(track.samples.astype(np.float64), rate_hz)
        ceiling_hz = min(5500.0, rate_hz / 2)
        for call in _calls(sound, ceiling_hz):
            call()
    return perf_counter() - start_s


def _calls(sound: Any, ceiling_hz: float) -> tuple[Callable[[], object], ...]:
    return (
        lambda: sound.to_pitch(pitch_floor=75.0, pitch_ceiling=450.0),
        lambda: sound.to_intensity(),
        lambda: sound.to_formant_burg(maximum_formant=ceiling_hz),
    )
