"""`phonoscope sweep`: latent variables moved over a grid, every layer at every step."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from app.cli.model import name_assumptions, note, opened
from core.faults import Cancelled, Fault


def run(asked: Namespace) -> int:
    """Run the sweep and write its files to `asked.out`."""
    from app.cli.sweep_figures import draw_figures
    from core.export.record import read_point
    from core.measures.plan import plan_of
    from core.processes.workers import workers_for
    from core.sweeps.grid import grid_of
    from core.sweeps.sweep import GENERATOR, Draw, Sweep, draws_of
    from core.sweeps.sweep_files import SweepRequest, write_sweep

    plan = plan_of(asked.measures, 1, asked.preset)
    model = opened(asked)
    model.spec("G")
    layout = model.card.layout
    grid = grid_of(asked.vary, layout)
    changes = dict(asked.changes)
    _check(asked, grid.names, [layout.names()[layout.index(name)] for name in changes])
    if asked.point is not None:
        draws = (Draw(read_point(asked.point, layout), None),)
    else:
        draws = draws_of(layout, asked.items, asked.seed or 0, asked.code, changes)
    request = SweepRequest(Sweep(grid, draws), plan, asked.layers)
    try:
        with workers_for(asked.cluster, {GENERATOR: model}) as workers:
            done = write_sweep(model, request, Path(asked.out), _progress, draw=draw_figures, workers=workers)
    except KeyboardInterrupt:
        raise Fault("The sweep was stopped.", "Run the same command again to go on.") from None
    except Cancelled:
        raise Fault("The sweep was stopped.") from None
    for sentence in done.notes:
        note(sentence)
    name_assumptions(model.card)
    print(f"{asked.out}: {', '.join(done.files)}")
    return 0


def _check(asked: Namespace, moved: tuple[str, ...], changed: list[str]) -> None:
    """Raise Fault for options that contradict each other."""
    if asked.point is not None and (asked.seed is not None or asked.code is not None or asked.changes):
        raise Fault(
            "A point file is used without changes.", "Omit --point, or omit --seed, --code and --set."
        )
    if asked.point is not None and asked.items > 1:
        raise Fault("A point file is one draw.", "Omit --point or --items.")
    for name in moved:
        if name in changed:
            raise Fault(f"{name} is both set and moved.", "Name it in --set or in --vary, not in both.")


def _progress(what: str, done: int, of: int) -> None:
    """Report progress on one line of a terminal."""
    if sys.stderr.isatty():
        words = {"step": "ran step", "item": "ran draw", "measured": "measured step"}[what]
        print(f"\r{words} {done} of {of}", end="" if done < of else "\n", file=sys.stderr, flush=True)
