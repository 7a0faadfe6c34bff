"""A sweep on the disk: sounds, `layers.npz`, `sweep.csv`, and `sweep.json`, which can run it again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from core.export.record import assumed, layer_facts, write_json
from core.families.card import Card
from core.faults import Cancelled
from core.files.atomic import folder_for
from core.files.npz import write_arrays
from core.files.versions import versions
from core.files.wav import write_wav
from core.measures.plan import MeasurementPlan
from core.processes.workers import HereWorkers, Workers
from core.signals.track import Track
from core.sweeps.array_store import ArrayStore
from core.sweeps.courses import Courses
from core.sweeps.sweep import GENERATOR, Sweep, check_layers, run_items, run_steps, tracks_of
from core.sweeps.sweep_table import measured, write_table

MOST_SOUNDS = 500  # more sounds than anybody listens to would fill the disk
Progress = Callable[[str, int, int], None]
Stop = Callable[[], bool]


def _never() -> bool:
    return False


def _silent(what: str, done: int, of: int) -> None:
    del what, done, of


@dataclass(frozen=True, eq=False)
class Drawable:
    """What the figures of a sweep show: each step of the first draw, and the measures over all draws."""

    card: Card
    sweep: Sweep
    steps: tuple[Mapping[str, Track], ...]
    courses: Courses


Files = dict[str, str]
Draw = Callable[[Drawable, Path], Files]
"""Draws figures into a folder and returns the files with what they are."""


def _no_figures(shown: Drawable, folder: Path) -> Files:
    del shown, folder
    return {}


@dataclass(frozen=True)
class SweepRequest:
    """What to run and to measure; `layers` limits what is measured, not what is computed."""

    sweep: Sweep
    plan: MeasurementPlan
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """The files, and one sentence for each thing a reader should know."""

    files: tuple[str, ...]
    notes: tuple[str, ...]


def write_sweep(
    model: Any,
    asked: SweepRequest,
    folder: Path,
    progress: Progress = _silent,
    cancelled: Stop = _never,
    draw: Draw = _no_figures,
    workers: Workers | None = None,
) -> Written:
    """Run a sweep and write everything about it; `sweep.json` comes last, after the figures of `draw`.

    One draw is run a step at a time, many are run in batches and resumed where a killed run ended; by
    `workers` that hold the model as `GENERATOR`, by default here. Raises Cancelled, and Fault if the folder
    cannot be written or a layer does not exist.
    """
    workers = workers or HereWorkers({GENERATOR: model}, cancelled)
    card: Card = model.card
    check_layers(card, asked.layers)
    folder = folder_for(folder)
    run = _write_one if len(asked.sweep.draws) == 1 else _write_many
    courses = Courses(len(asked.sweep.grid))
    files, refusals, steps = run(model, asked, folder, courses, progress, cancelled, workers)
    files |= draw(Drawable(card, asked.sweep, steps, courses), folder)
    notes = _notes(card, asked, refusals)
    write_json(folder / "sweep.json", sweep_record(card, asked, files, refusals))
    return Written((*files, "sweep.json"), notes)


Refusals = Mapping[tuple[str, str], str]
Run = tuple[Files, Refusals, tuple[Mapping[str, Track], ...]]
"""What was written, what was refused, and the steps of the first draw."""


def _write_one(
    model: Any, asked: SweepRequest, folder: Path, courses: Courses, progress: Progress, cancelled: Stop,
    workers: Workers,
) -> Run:  # fmt: skip
    """Run one draw along the knob's own way."""
    import numpy as np

    card, count = model.card, len(asked.sweep.grid)
    steps: list[Mapping[str, Track]] = []
    for tracks in run_steps(workers, asked.sweep):
        steps.append(tracks)
        progress("step", len(steps), count)
    arrays = {name: np.stack([step[name].samples for step in steps]) for name in steps[0]}
    write_arrays(folder / "layers.npz", arrays)
    files = {"layers.npz": "native rates, float32 [step, samples]"}
    if card.sounds:
        files |= _write_sounds(folder, asked.sweep, (((0, k, step) for k, step in enumerate(steps))), card)
    table = ((0, k, step) for k, step in enumerate(steps))
    refusals = _write_table(card, asked, folder, table, courses, progress, cancelled)
    return files | _table_file(), refusals, tuple(steps)


def _write_many(
    model: Any, asked: SweepRequest, folder: Path, courses: Courses, progress: Progress, cancelled: Stop,
    workers: Workers,
) -> Run:  # fmt: skip
    """Run many draws in batches, with the layer averages going to the disk."""
    card, grid, count = model.card, asked.sweep.grid, len(asked.sweep.draws)
    shapes = {layer.name: (len(grid), layer.axis.n) for layer in card.layers["G"]}
    store = ArrayStore(folder / ".sweep", fingerprint(card, asked.sweep), shapes, count)
    first = store.done
    try:
        for item, arrays in enumerate(run_items(workers, asked.sweep, first), first):
            store.put(item, arrays)
            progress("item", item + 1, count)
    except Cancelled:
        store.flush(store.done)
        raise

    def steps() -> Iterator[tuple[int, int, Mapping[str, Track]]]:
        for item in range(count):
            arrays = store.item(item)
            for step in range(len(grid)):
                yield item, step, tracks_of(card, arrays, step)

    files = {"layers.npz": "native rates, float32 [item, step, samples]"}
    if card.sounds and count * len(grid) <= MOST_SOUNDS:
        files |= _write_sounds(folder, asked.sweep, steps(), card)
    refusals = _write_table(card, asked, folder, steps(), courses, progress, cancelled)
    first_draw = store.item(0)
    store.pack(folder / "layers.npz")
    store.remove()
    return files | _table_file(), refusals, tuple(tracks_of(card, first_draw, k) for k in range(len(grid)))


def fingerprint(card: Card, sweep: Sweep) -> str:
    """Return the hash that tells whether a begun sweep is the same as this one."""
    asked = {
        "checkpoint": card.digest,
        "answers": dict(card.answers),
        "values": sweep.grid.values(),
        "draws": [draw.point.z for draw in sweep.draws],
    }
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()


def _table_file() -> Files:
    return {"sweep.csv": "one row for each draw, step, layer and measure"}


def _write_table(
    card: Card,
    asked: SweepRequest,
    folder: Path,
    steps: Iterator[tuple[int, int, Mapping[str, Track]]],
    courses: Courses,
    progress: Progress,
    cancelled: Stop,
) -> Refusals:
    count = len(asked.sweep.draws) * len(asked.sweep.grid)

    def counted() -> Iterator[Any]:
        found = measured(steps, count, asked.plan, asked.layers, card.output, cancelled)
        for done, step in enumerate(found, 1):
            progress("measured", done, count)
            yield step

    seeds = [draw.seed for draw in asked.sweep.draws]
    rows = courses.through(counted())
    return write_table(folder / "sweep.csv", card.label, seeds, asked.sweep.grid.values(), rows)


def _write_sounds(
    folder: Path, sweep: Sweep, steps: Iterator[tuple[int, int, Mapping[str, Track]]], card: Card
) -> Files:
    """Write the output of every step; the names hold the draw, the step and the latent values."""
    from core.playback.sonification import published

    sounds, values, several = folder_for(folder / "sounds"), sweep.grid.values(), len(sweep.draws) > 1
    for item, step, tracks in steps:
        words = "_".join(f"{name}={value:g}" for name, value in values[step].items())
        name = f"{f'{item + 1:04d}_' if several else ''}{step + 1:03d}_{words}"[:120]
        write_wav(sounds / f"{name}.wav", published(tracks[card.output], card.out_axis))
    return {"sounds/": f"the output of each step, {card.rate_hz:g} Hz, clipped to -1..1"}


def _notes(card: Card, asked: SweepRequest, refusals: Refusals) -> tuple[str, ...]:
    said = [f"{layer}: {words}" for (layer, _), words in refusals.items()]
    count = len(asked.sweep.draws) * len(asked.sweep.grid)
    if card.sounds and len(asked.sweep.draws) > 1 and count > MOST_SOUNDS:
        said.append(f"no sounds were written, because there are {count:,} (at most {MOST_SOUNDS})")
    return tuple(dict.fromkeys(said))


def sweep_facts(card: Card, sweep: Sweep) -> dict[str, Any]:
    """Return what was swept, and with which checkpoint, as JSON-ready values."""
    return {
        "title": card.title,
        "family": card.family,
        "checkpoint": card.digest,
        "path": card.path,
        "answers": dict(card.answers),
        "assumed": assumed(card),
        "rate_hz": card.rate_hz,
        "reduction": "mean over the channels after the activation",
        "variables": list(sweep.grid.names),
        "axes": [
            {"variables": list(axis.names), "values": [list(step) for step in axis.steps]}
            for axis in sweep.grid.axes
        ],
        "steps": [dict(values) for values in sweep.grid.values()],
        "draws": [{"seed": draw.seed, "z": list(draw.point.z)} for draw in sweep.draws],
    }


def sweep_record(card: Card, asked: SweepRequest, files: Files, refusals: Refusals) -> dict[str, Any]:
    """Return everything needed to run the sweep again, as JSON-ready values."""
    return {
        **sweep_facts(card, asked.sweep),
        "measures": list(asked.plan.measures),
        "preset": asked.plan.preset,
        "refusals": [
            {"layer": layer, "measure": measure, "reason": reason}
            for (layer, measure), reason in refusals.items()
        ],
        "layers": [layer_facts(layer) for layer in card.layers["G"]],
        "files": dict(files),
        "versions": versions(),
    }
