"""What a figure of a sweep was made from, as the JSON inside it."""

from __future__ import annotations

import json

from app.sweeping.sweep_run import SweepState
from core.files.versions import versions
from core.sweeps.sweep import Draw, Sweep
from core.sweeps.sweep_files import sweep_facts


def origin_text(state: SweepState, shown: str, baseline: str) -> str:
    """Return the sweep's checkpoint, grid and draw, and what the figure shows of it."""
    facts = sweep_facts(state.card, Sweep(state.grid, (Draw(state.base.point, state.base.seed),)))
    return json.dumps({**facts, "shown": shown, "baseline": baseline, "versions": versions()})
