"""A sweep's measures as one long table: a row for each draw, step, layer and measure."""

from __future__ import annotations

import csv
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from core.analyses.measures import MEASURES
from core.faults import Cancelled
from core.files.atomic import atomic
from core.files.table import digits
from core.measures.plan import MeasurementPlan
from core.signals.track import Track
from core.sweeps.scalar import Scalar, scalars

Tracks = Mapping[str, Track]
FEW = 24  # for fewer steps than this, starting more processes takes longer than measuring


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one draw, measured."""

    item: int
    step: int
    found: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    item: int
    step: int
    tracks: Tracks
    plan: MeasurementPlan
    layers: tuple[str, ...]
    output: str


def _measured(task: _Task) -> Step:
    return Step(task.item, task.step, scalars(task.tracks, task.plan, task.layers, task.output))


def measured(
    steps: Iterable[tuple[int, int, Tracks]],
    count: int,
    plan: MeasurementPlan,
    layers: Sequence[str] = (),
    output: str = "out",
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Step]:
    """Measure each (item, step, tracks) and yield the results in order, with a process for each core.

    `count` is the number of steps to come. Raises Cancelled between steps.
    """
    tasks = (_Task(item, step, tracks, plan, tuple(layers), output) for item, step, tracks in steps)
    if count < FEW:
        yield from _until(map(_measured, tasks), cancelled)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
        yield from _until(_ahead(pool, tasks), cancelled)


def _ahead(pool: ProcessPoolExecutor, tasks: Iterable[_Task]) -> Iterator[Step]:
    """Keep a few tasks per process in hand, so that memory does not grow with the number of steps."""
    waiting: list[Future[Step]] = []
    for task in tasks:
        waiting.append(pool.submit(_measured, task))
        if len(waiting) > 4 * (os.cpu_count() or 1):
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _until(steps: Iterator[Step], cancelled: Callable[[], bool]) -> Iterator[Step]:
    for step in steps:
        if cancelled():
            raise Cancelled
        yield step


def columns(variables: Sequence[str]) -> tuple[str, ...]:
    """Return the heads of the table; each variable that moves has a column of its own."""
    return ("model", "item", "seed", "step", *variables, "layer", "measure", "value", "unit")


def write_table(
    path: Path,
    model: str,
    seeds: Sequence[int | None],
    values: Sequence[Mapping[str, float]],
    steps: Iterable[Step],
) -> dict[tuple[str, str], str]:
    """Write the rows as they arrive; return the refusals by layer and measure.

    `values` holds each step's latent values by variable. Items and steps are counted from 1 in the table.
    """
    refusals: dict[tuple[str, str], str] = {}
    names = tuple(values[0])
    with atomic(path) as draft, draft.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(columns(names))
        for one in steps:
            seed = seeds[one.item]
            head = (model, one.item + 1, "" if seed is None else seed, one.step + 1)
            latent = [f"{values[one.step][name]:.9g}" for name in names]
            for found in one.found:
                if found.refusal:
                    refusals.setdefault((found.layer, found.measure), found.refusal)
                    continue
                row = (found.layer, found.measure, digits(found.value), MEASURES[found.measure].unit)
                table.writerow((*head, *latent, *row))
    return refusals
