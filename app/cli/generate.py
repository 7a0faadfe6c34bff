"""`phonoscope generate`: sounds of a generator that drive a unit of another network, and their selection."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.cli.model import name_assumptions, note
from core.faults import Fault
from core.files.atomic import folder_for

TASK_S = 1.0
"""How long one part of the search takes, about; between parts it can be stopped and is kept."""

KEPT_EVERY_S = 10.0
REAL_AT_ONCE = 25
MARKS = ("best", "median", "worst")


def run(asked: Namespace) -> int:
    """Search, and write what was found to `asked.out`; what an earlier run found is not computed again."""
    from core.generation.chain import sound_size
    from core.generation.search import Comparison, Search
    from core.generation.search_files import TrajectoryStore

    pair, models = _pair(asked)
    grid, kept = _grid(asked), _constraints(asked)
    out = folder_for(asked.out)
    n, rate_hz = sound_size(models[pair.prior])
    comparison = None
    if asked.real is not None:
        pool = _real(asked, pair, models, n, rate_hz)
        comparison = Comparison(pool, asked.top, asked.distance)
        comparison.chosen(1)
    if asked.tune is not None:
        grid = _tuned_grid(asked, grid, pair, models, comparison)
    search = Search(pair.latent, grid, comparison)
    store = TrajectoryStore(out / ".search", _request(asked, pair, models, grid))
    store.read(search)
    stopped = _searched(search, pair, models, store, kept)
    files = _written(out, search, pair, models, comparison, n, rate_hz)
    _told(search, pair, out, files)
    for model in dict.fromkeys((pair.prior, pair.target)):
        name_assumptions(models[model].card)
    if stopped:
        raise Fault("The search was stopped; what it had found is written.", "Run the same command to go on.")
    return 0


def _pair(asked: Namespace) -> tuple[Any, dict[Any, Any]]:
    """Open both models and read what to drive."""
    from app.cli.outputs import hearing_network
    from core.generation.chain import generator_spec
    from core.generation.latent_prior import LatentPrior
    from core.generation.tasks import Pair
    from core.generation.unit import parse_unit
    from core.networks.spec import LatentDrive
    from core.probing.model_id import ModelId

    if not asked.prior:
        raise Fault(
            "A search needs a prior: a generator whose sounds it chooses from.",
            "Name one with --prior, or leave the option out for the built-in model.",
        )
    prior, target = _opened(asked.prior, ()), _opened(asked.path, asked.answer)
    spec = target.spec(hearing_network(target.card, asked.network))
    unit = parse_unit(spec, asked.target, asked.over, asked.value)
    drive = generator_spec(prior).drive
    assert isinstance(drive, LatentDrive)
    latent = LatentPrior(drive.layout, asked.code, asked.free_code, asked.beyond, asked.hold)
    pair = Pair(ModelId("prior"), ModelId("target"), unit, latent)
    return pair, {pair.prior: prior, pair.target: target}


def _opened(path: str, answers: Any) -> Any:
    from app.cli.model import opened

    return opened(Namespace(path="" if path == "built-in" else path, answer=answers))


def _grid(asked: Namespace) -> Any:
    from core.generation.grid import SIGNS, grid_named

    grid = replace(grid_named(asked.grid), signs=SIGNS[asked.sign], halving=asked.halving)
    if asked.keep:  # without gradients there is no rate: one search of the most steps
        grid = replace(grid, steps=(max(grid.steps),), rates=grid.rates[:1], penalties=grid.penalties[-1:])
    if asked.restarts is not None:
        grid = replace(grid, restarts=asked.restarts)
    return grid if asked.seed is None else replace(grid, seed=asked.seed)


def _real(asked: Namespace, pair: Any, models: Any, n: int, rate_hz: int) -> Any:
    """Hear the recordings of the folder, in excerpts as long as the generator's sounds."""
    from core.generation.real_excerpts import RealExcerpts, places_in
    from core.generation.tasks import RealTask

    places = places_in(Path(asked.real), n / rate_hz, asked.most)
    found = RealExcerpts()
    for first in range(0, len(places), REAL_AT_ONCE):
        task = RealTask(pair, places[first : first + REAL_AT_ONCE], n, rate_hz)
        found = found.with_more(task.run(models, _never))
        _progress("real excerpts", min(first + REAL_AT_ONCE, len(places)), len(places))
    return found


def _never() -> bool:
    return False


def _request(asked: Namespace, pair: Any, models: Any, grid: Any) -> str:
    """Return what tells this search from others: networks, unit, prior, restarts and seed."""
    from core.generation.search_files import fingerprint

    prior, target = models[pair.prior], models[pair.target]
    return fingerprint(
        {
            "prior": prior.card.digest,
            "target": target.network(pair.unit.network).digest,
            "answers": [sorted(model.card.answers.items()) for model in (prior, target)],
            "unit": repr(replace(pair.unit, name="")),
            "latent": repr(pair.latent),
            "restarts": grid.restarts,
            "seed": grid.seed,
            "steps": grid.ordered_steps,
            "kept": list(asked.keep),
        }
    )


def _constraints(asked: Namespace) -> tuple[Any, ...]:
    from core.generation.constraints import parse_constraint

    return tuple(parse_constraint(text) for text in asked.keep)


def _tuned_grid(asked: Namespace, grid: Any, pair: Any, models: Any, comparison: Any) -> Any:
    """Return the grid of the one setting that comes nearest to the real excerpts, after some trials."""
    from core.generation.constraints import tuned
    from core.generation.frechet import scalar
    from core.generation.tasks import AdvanceTask
    from core.generation.trajectory import begun

    if comparison is None:
        raise Fault("Settings are tuned by their distance to real excerpts.", "Name recordings with --real.")
    sign = grid.signs[0]
    real = comparison.chosen(sign).values

    def distance(course: Any, steps: int) -> float:
        start = begun(pair.latent, course, grid.restarts, grid.seed)
        found = scalar(real, AdvanceTask(pair, start, steps).run(models, _never).best.values)
        note(f"rate {course.rate:.3g}, λ {course.penalty:.3g}, {steps} steps: distance {found:.4g}")
        return found

    tried = tuned(asked.tune, grid.seed, max(grid.steps), sign, distance)
    course, steps, _ = min(tried, key=lambda one: one[2])
    return replace(grid, steps=(steps,), rates=(course.rate,), penalties=(course.penalty,))


def _searched(search: Any, pair: Any, models: Any, store: Any, constraints: tuple[Any, ...]) -> bool:
    """Search to the end, keeping what was found now and then; return whether it was stopped."""
    from core.generation.tasks import AdvanceTask, ConstrainedTask

    chunk, kept_at, unkept = 1, time.monotonic(), {}
    try:
        while (following := search.next(chunk)) is not None:
            start, to_step = following
            began = time.monotonic()
            task: Any = AdvanceTask(pair, start, to_step)
            if constraints:
                steps = search.grid.ordered_steps[-1]
                task = ConstrainedTask(pair, start.course, constraints, start.restarts, start.seed, steps)
            found = task.run(models, _never)
            search.put(found)
            unkept[found.course] = found
            took = max(1e-3, time.monotonic() - began)
            chunk = max(1, min(200, round((to_step - start.step) * TASK_S / took)))
            if time.monotonic() - kept_at > KEPT_EVERY_S:
                _keep(store, unkept)
                kept_at = time.monotonic()
            _progress(found.course.words, search.done_steps, search.grid.total_steps)
    except KeyboardInterrupt:
        return True
    finally:
        _keep(store, unkept)
        _end_line()
    return False


def _keep(store: Any, unkept: dict[Any, Any]) -> None:
    for trajectory in unkept.values():
        store.write(trajectory)
    unkept.clear()


def _written(
    out: Path, search: Any, pair: Any, models: Any, comparison: Any, n: int, rate_hz: int
) -> list[str]:
    from app.cli.generate_figures import draw_figures
    from core.generation.search_files import numbers_of, write_examples, write_settings

    if comparison is not None and comparison.kind != "unit":
        _hear_layers(search, pair, models)
    write_settings(out / "settings.csv", search)
    sets = _sets(search, pair, models, comparison, n, rate_hz)
    files = ["settings.csv", *write_examples(out, sets, numbers_of(search))]
    files += draw_figures(out, search, pair, sets, n, rate_hz)
    return [*files, *_record(out, search, pair, models, files)]


def _hear_layers(search: Any, pair: Any, models: Any) -> None:
    """Average the unit's layer over the best of every setting, for distances of layers."""
    from core.generation.tasks import LayersTask

    for sign in search.grid.signs:
        for setting in search.grid.settings(sign):
            best = search.best(setting)
            if best is not None and setting not in search.layers:
                search.layers[setting] = LayersTask(pair, best.z).run(models, _never)


def _sets(search: Any, pair: Any, models: Any, comparison: Any, n: int, rate_hz: int) -> list[Any]:
    """Return the examples of the marked settings, best restarts first, and the real ones of each sign."""
    from core.generation.search_files import ExampleSet
    from core.generation.tasks import ExamplesTask, RealExamplesTask

    sets: list[Any] = []
    for sign in search.grid.signs:
        for mark, row in search.marks(sign).items():
            best = search.best(row.setting)
            order = sorted(range(len(best.values)), key=lambda k: -sign * float(best.values[k]))
            made = ExamplesTask(pair, best, tuple(order)).run(models, _never)
            sets.append(ExampleSet(sign, mark, row.setting, made))
            _progress(f"measuring {mark}", len(sets), 4 * len(search.grid.signs))
        if comparison is not None:
            real = RealExamplesTask(pair, comparison.chosen(sign), n, rate_hz).run(models, _never)
            sets.append(ExampleSet(sign, "real", None, real))
    _end_line()
    return sets


def _record(out: Path, search: Any, pair: Any, models: Any, files: list[str]) -> list[str]:
    """Write what the search was, so that it can be run again."""
    from core.export.record import write_json
    from core.files.versions import versions

    prior, target = models[pair.prior], models[pair.target]
    grid, comparison = search.grid, search.comparison
    record = {
        "network": {"title": target.card.title, "digest": target.card.digest, "role": pair.unit.network},
        "prior": {"title": prior.card.title, "digest": prior.card.digest, "words": list(pair.latent.words())},
        "target": {"words": pair.unit.words, "value": pair.unit.value_words, "layer": pair.unit.layer},
        "grid": {
            "steps": list(grid.ordered_steps),
            "rates": list(grid.rates),
            "penalties": list(grid.penalties),
            "restarts": grid.restarts,
            "seed": grid.seed,
            "halving": grid.halving,
        },
        "real": None
        if comparison is None
        else {"pool": len(comparison.pool), "compared": comparison.n, "distance": comparison.kind},
        "note": "One prior only: what this generator cannot make cannot be found here. The distance of one "
        "unit's activations measures neither realism nor diversity.",
        "files": files,
        "versions": versions(),
    }
    write_json(out / "generate.json", record)
    return ["generate.json"]


def _told(search: Any, pair: Any, out: Path, files: list[str]) -> None:
    """Print the marked settings of each direction."""
    print(f"{pair.unit.words}, {pair.unit.value_words}; prior: {', '.join(pair.latent.words())}")
    for sign in search.grid.signs:
        for mark, row in search.marks(sign).items():
            away = f"distance {row.distance.words}" if row.distance else "no real excerpts to compare with"
            print(
                f"{'maximise' if sign > 0 else 'minimise'} {mark}: {row.setting.words}: "
                f"mean {row.mean:.4g}, sd {row.sd:.4g}, {away}"
            )
    print(f"{out}: {', '.join(files)}")


def _progress(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what}: {done} of {of}\x1b[K", end="", file=sys.stderr, flush=True)


def _end_line() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
