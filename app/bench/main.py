"""`phonoscope bench`: measured costs on this machine, with their limits."""

from __future__ import annotations

import importlib
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from app.bench.figures import Figure, head
from app.bench.model import write_model
from core.faults import Fault

# In this order: first those without a window, and those that start programs before a window is open.
ROWS = {
    "generate": "app.bench.generate",
    "search": "app.bench.search",
    "train": "app.bench.train",
    "start": "app.bench.start",
    "knob": "app.bench.knob",
    "beside": "app.bench.beside_training",
    "scroll": "app.bench.scroll",
    "tiers": "app.bench.tiers",
    "sound": "app.bench.sound",
    "live": "app.bench.live",
}
# only when named: a minute or an hour of sound, or many items, take long
ALONE = {
    "analyses": "app.bench.analyses",
    "long": "app.bench.long_recording",
    "sweep": "app.bench.sweep",
    "profiles": "app.bench.profiles",
}
WATCHED_S, BUSY = 1.0, 0.1
BESIDE = {"knob": ("knob", "beside", "sound")}  # the related benchmarks that run for a name


def run(args: Namespace) -> int:
    """Run the requested benchmark, or all, and print each figure as soon as it is known."""
    names = BESIDE.get(args.which, (args.which,)) if args.which else tuple(ROWS)
    said = busy()
    if said:
        print(f"phonoscope: {said}", file=sys.stderr)
    if not args.json:
        print(head(), flush=True)
    with tempfile.TemporaryDirectory(prefix="phonoscope-") as folder:
        path = write_model(Path(folder))
        for name in names:
            for figure in figures(name, path):
                print(figure.line() if args.json else figure.words(), flush=True)
    return 0


def busy() -> str:
    """Return a sentence if other programs use the processor, "" if it is free."""
    import psutil

    share = psutil.cpu_percent(WATCHED_S) / 100
    if share < BUSY:
        return ""
    return f"Other programs use {share:.0%} of the processor, which makes these figures worse."


def figures(name: str, path: Path) -> Iterator[Figure]:
    """Yield one benchmark's figures; report what cannot be measured here on standard error."""
    measure: Callable[[Path], Iterator[Figure]] = importlib.import_module((ROWS | ALONE)[name]).figures
    try:
        yield from measure(path)
    except Fault as fault:
        print(f"phonoscope: bench {name}: {fault}", file=sys.stderr)
