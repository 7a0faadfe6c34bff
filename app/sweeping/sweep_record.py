"""What a figure of a sweep was made from, as the JSON inside it."""

from __future__ import annotations

import json

from app.sweeping.dose_run import DoseState
from app.sweeping.effect_run import EffectState
from app.sweeping.sweep_run import SweepState
from core.files.versions import versions
from core.sweeps.sweep import Draw, Sweep
from core.sweeps.sweep_files import sweep_facts


def origin_text(state: SweepState, shown: str, baseline: str) -> str:
    """Return the sweep's checkpoint, grid and draw, and what the figure shows of it."""
    facts = sweep_facts(state.card, Sweep(state.grid, (Draw(state.base.point, state.base.seed),)))
    return json.dumps({**facts, "shown": shown, "baseline": baseline, "versions": versions()})


def dose_origin(state: DoseState) -> str:
    """Return what a dose-response was measured from."""
    asked = state.asked
    draws = tuple(
        Draw(point, None if asked.draws == 1 else seed) for seed, point in enumerate(asked.points())
    )
    facts = [sweep_facts(asked.card, Sweep(line, draws[:1])) for line in asked.lines]
    over = asked.over
    values = {
        **facts[0],
        "lines": [one["axes"] for one in facts],
        "draws": len(draws),
        "first_seed": draws[0].seed,
        "measure": asked.answer.title if asked.answer is not None else asked.plan.measures[0],
        "layers": list(state.layers),
        "over_s": None if over is None else [over.start_s, over.end_s],
        "baseline": asked.baseline,
        "done": state.done,
        "versions": versions(),
    }
    return json.dumps(values)


def effect_origin(state: EffectState) -> str:
    """Return what a ranking of variables was found from."""
    asked, found = state.asked, state.effects
    assert found is not None
    card = asked.items.card
    values = {
        "title": card.title,
        "checkpoint": card.digest,
        "path": card.path,
        "items": asked.items.count,
        "first_seed": 0,
        "code": list(asked.items.code),
        "measure": asked.answer.title if asked.answer is not None else asked.plan.measures[0],
        "layer": asked.layer,
        "threshold": state.threshold,
        "method": found.method,
        "baseline": found.baseline,
        "explained": found.explained,
        "ranked": [[one.variable, one.beta, one.low, one.high] for one in found.ranked],
        "versions": versions(),
    }
    return json.dumps(values)
