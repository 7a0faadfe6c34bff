"""`phonoscope effects`: which latent variables a measure of a layer depends on."""

from __future__ import annotations

import csv
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from app.cli.model import name_assumptions, note, opened
from core.faults import Fault

BATCH = 32
HEADS = ("rank", "variable", "beta", "low", "high", "beyond_chance")


def run(asked: Namespace) -> int:
    """Generate the items, measure them, and write the ranked table and its record."""
    from core.measures.long_table import checked
    from core.measures.plan import plan_of
    from core.sweeps.effects import effects, labels
    from core.sweeps.sweep import check_layers, draws_of
    from core.sweeps.variables import chosen_variables

    out = checked(asked.out)
    measure, layer = _measure(asked.measure)
    plan = plan_of((measure,), 1, asked.preset)
    if len(plan.measures) > 1:
        raise Fault(f"“{measure}” stands for several measures.", f"Choose one of {', '.join(plan.measures)}.")
    model = opened(asked)
    model.spec("G")
    chosen = chosen_variables(asked.vars, model.card.layout)
    check_layers(model.card, (layer,))
    draws = draws_of(model.card.layout, asked.items, asked.seed or 0, asked.code, dict(asked.changes))
    y = measured(model, draws, plan, layer)
    z = np.array([draw.point.z for draw in draws])[:, list(chosen.values())]
    if asked.threshold is not None:
        y = labels(y, asked.threshold)
    z, names = _varying(z, list(chosen))
    found = effects(z, y, names, asked.method, seed=asked.seed or 0)
    _write(out, found, asked, model.card, measure, layer)
    name_assumptions(model.card)
    note(_summary(found, asked.items))
    print(f"{out}: {len(found.ranked)} variables; {out.with_suffix('.json').name}: how they were found")
    return 0


def _measure(text: str) -> tuple[str, str]:
    """Return the measure and the layer of `f0:conv4`; without a layer, the output."""
    measure, _, layer = text.partition(":")
    return measure.strip(), layer.strip() or "out"


def _varying(z: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Leave out the variables that never vary, because --set or the code holds them, and say so."""
    varies = z.min(0) < z.max(0)
    still = [name for name, moves in zip(names, varies, strict=True) if not moves]
    if not varies.any():
        raise Fault("None of these variables varies between the items.", "Leave out --set or --code.")
    if still:
        note(f"left out, because they are the same in every item: {', '.join(still)}")
    return z[:, varies], [name for name, moves in zip(names, varies, strict=True) if moves]


def measured(model: Any, draws: Any, plan: Any, layer: str) -> np.ndarray:
    """Return the measure of each draw's layer, float64 [items], NaN where undefined.

    Raises Fault if the layer cannot have the measure.
    """
    from core.probing.forward import generate_many
    from core.sweeps.sweep import tracks_of
    from core.sweeps.sweep_table import measured as measured_steps

    output = model.card.output

    def steps() -> Any:
        for first in range(0, len(draws), BATCH):
            some = [draw.point for draw in draws[first : first + BATCH]]
            arrays = generate_many(model, some, layers=True)
            kept = {name: arrays[name] for name in dict.fromkeys((layer, output))}
            for k in range(len(some)):
                yield first + k, 0, tracks_of(model.card, kept, k)
            _progress(first + len(some), len(draws))

    values = np.full(len(draws), np.nan)
    for step in measured_steps(steps(), len(draws), plan, (layer,), output):
        (one,) = step.found
        if one.refusal:
            raise Fault(f"{layer}: {one.refusal}.", "Choose another layer or measure.")
        values[step.item] = one.value
    return values


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\rran item {done} of {of}", end="" if done < of else "\n", file=sys.stderr, flush=True)


def _summary(found: Any, items: int) -> str:
    beyond = [one.variable for one in found.ranked if one.beyond_chance]
    said = f"beyond chance: {', '.join(beyond[:12])}" if beyond else "no variable is beyond chance"
    left = f"; {items - found.count} items without a value" if found.count < items else ""
    kind = "labels predicted" if found.method == "logistic" else "variance explained"
    return f"{said}; {found.explained:.0%} of {kind} in cross-validation, {found.count} items{left}"


def _write(out: Path, found: Any, asked: Namespace, card: Any, measure: str, layer: str) -> None:
    from core.export.record import assumed, write_json
    from core.files.atomic import atomic
    from core.files.table import digits
    from core.files.versions import versions

    with atomic(out) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEADS)
        for rank, one in enumerate(found.ranked, 1):
            numbers = (digits(one.beta), digits(one.low), digits(one.high))
            table.writerow((rank, one.variable, *numbers, "yes" if one.beyond_chance else "no"))
    record = {
        "title": card.title,
        "checkpoint": card.digest,
        "assumed": assumed(card),
        "measure": measure,
        "layer": layer,
        "preset": asked.preset,
        "items": asked.items,
        "items_with_a_value": found.count,
        "first_seed": asked.seed or 0,
        "changes": dict(asked.changes),
        "threshold": asked.threshold,
        "method": found.method,
        "penalty": found.penalty,
        "baseline": found.baseline,
        "baseline_is": "the 95th percentile of the largest coefficient of a shuffled measure",
        "low_and_high_are": "the ends of a 95 % interval over resampled items",
        "explained": found.explained,
        "explained_is": "R², or the share of labels predicted; in ten-fold cross-validation",
        "before_the_drop": found.before_the_drop,
        "versions": versions(),
    }
    write_json(out.with_suffix(".json"), record)
