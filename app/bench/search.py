"""A search for sounds that drive a unit: a step against bare torch, snapshots against runs, first tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from app.bench.figures import Figure, Yardstick
from app.models.built_in import built_in_model
from core.families.model import Model
from core.families.registry import open_model
from core.faults import Fault
from core.frontends.tensors import tensor
from core.generation.chain import Chain, chain_of
from core.generation.frechet import full
from core.generation.grid import Grid
from core.generation.latent_prior import LatentPrior
from core.generation.search import Search
from core.generation.tasks import AdvanceTask, ExamplesTask, Pair
from core.generation.trajectory import Course, advanced, begun
from core.generation.unit import parse_unit
from core.probing.model_id import ModelId

RESTARTS, STEPS, ROUNDS = 50, 2, 4
STEP, SNAPSHOTS, FIRST_S, FRECHET_MS = 1.1, 0.65, 2.0, 50.0
COURSE = Course(1, 0.1, 0.01)
SMALL = Grid((2, 10, 20), (0.1,), (0.01,), 2, signs=(1,))


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure with the built-in generator and its Q network; `path` is not used."""
    del path
    file = built_in_model()
    if file is None:
        raise Fault("No model ships with this copy of Phonoscope.", "Search with one of your own.")
    model = open_model(file)
    prior = LatentPrior(model.card.layout)
    _first_tiles(file)  # the first one imports torch and Praat, which the window does beforehand
    yield Figure(
        "first_tiles",
        tuple(1000 * _first_tiles(file) for _ in range(2)),
        "ms",
        1.0,
        Yardstick("2 s", (FIRST_S * 1000,)),
    )
    chain = chain_of(model, model, parse_unit(model.spec("Q"), "c1"))
    rounds = max(2, round(share * ROUNDS))
    yield Figure("search_step_of_50", tuple(_steps(chain, prior, rounds)), "x", STEP)
    yield Figure(
        "published_grid_by_snapshots", tuple(_snapshots(chain, prior) for _ in range(2)), "x", SNAPSHOTS
    )
    one, other = np.random.default_rng(0).standard_normal((2, 50, 1024))
    full(one, other)
    took = tuple(1000 * _seconds(lambda: full(one, other)) for _ in range(5))
    yield Figure("frechet_50_by_50_in_1024", took, "ms", 1.0, Yardstick("50 ms", (FRECHET_MS,)))


def _first_tiles(file: Path) -> float:
    """Return the time from two closed networks to six tiles with pictures and Praat's measures."""
    ids = ModelId("prior"), ModelId("target")

    def run() -> None:
        opened: dict[ModelId, Model] = {name: open_model(file) for name in ids}
        target = opened[ids[1]]
        unit = parse_unit(target.spec("Q"), "c1")
        pair = Pair(ids[0], ids[1], unit, LatentPrior(target.card.layout))
        start = begun(pair.latent, COURSE, 6, 1)
        found = AdvanceTask(pair, start, 1).run(opened, lambda: False)
        ExamplesTask(pair, found.best, tuple(range(6))).run(opened, lambda: False)

    return _seconds(run)


def _steps(chain: Chain, prior: LatentPrior, rounds: int) -> Iterator[float]:
    """Yield our steps relative to a bare loop of torch over the same batch, measured alternately."""
    start = begun(prior, COURSE, RESTARTS, 1)
    ours = replace(start)
    advanced(ours, chain.responses, prior, 1)
    for _ in range(rounds):
        bare_s = _seconds(lambda: _bare(chain, start.z, STEPS))
        yield _seconds(lambda: advanced(ours, chain.responses, prior, STEPS)) / bare_s


def _bare(chain: Chain, z: np.ndarray, steps: int) -> None:
    import torch

    moved = tensor(z.copy()).requires_grad_(True)
    adam = torch.optim.Adam([moved], COURSE.rate)
    for _ in range(steps):
        adam.zero_grad()
        loss = COURSE.penalty * moved.square().sum() - chain.responses(moved).sum()
        loss.backward()  # pyright: ignore[reportUnknownMemberType]
        adam.step()  # pyright: ignore[reportUnknownMemberType]
        with torch.no_grad():
            moved.clamp_(-1, 1)


def _snapshots(chain: Chain, prior: LatentPrior) -> float:
    """Return one trajectory with snapshots relative to a run for each number of steps."""

    def run(grid: Grid) -> None:
        search = Search(prior, grid)
        while (following := search.next(1000)) is not None:
            search.put(advanced(following[0], chain.responses, prior, following[1]))

    apart_s = sum(_seconds(lambda steps=steps: run(replace(SMALL, steps=(steps,)))) for steps in SMALL.steps)
    return _seconds(lambda: run(SMALL)) / apart_s


def _seconds(run: Callable[[], object]) -> float:
    start_s = perf_counter()
    run()
    return perf_counter() - start_s
