"""The time from start to the window, to its panels and to a model's first tracks, beside an empty window."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from app.bench.figures import Figure, Yardstick
from app.bench.yardsticks import BARE_WINDOW, bare_window
from app.shell.start_times import VARIABLE, StartTimes, read
from core.faults import Fault

STARTS, LIMIT_S = 4, 30.0
WINDOW, PANELS, TRACKS = 3.0, 6.0, 6.0
ROOT = Path(__file__).parents[2]


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Start the program repeatedly; the first start warms the caches and does not count."""
    rounds = max(2, round(share * STARTS))
    starts = [start(path) for _ in range(rounds + 1)][1:]
    with tempfile.TemporaryDirectory(prefix="phonoscope-") as folder:
        bare = Yardstick(BARE_WINDOW, bare_window(_environment(folder), rounds))
    yield Figure("start_to_window", tuple(each.window_s for each in starts), "s", WINDOW, bare)
    yield Figure("start_to_panels", tuple(each.panels_s for each in starts), "s", PANELS, bare)
    yield Figure("start_to_tracks", tuple(each.tracks_s for each in starts), "s", TRACKS, bare)


def start(path: Path, limit_s: float = LIMIT_S) -> StartTimes:
    """Start the program on a model and return its start times, counted from the start of its process."""
    with tempfile.TemporaryDirectory(prefix="phonoscope-") as folder:
        note = Path(folder) / "moments.json"
        start_s = monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "app", str(path)],
            cwd=ROOT,
            env={**_environment(folder), VARIABLE: str(note)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                _, said = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                process.kill()
                raise Fault(
                    "The program did not show a model in time.", "Close other programs and try again."
                ) from None
        if not note.exists():
            last = said.decode(errors="replace").strip().rpartition("\n")[2]
            raise Fault("The program ended before it showed a model.", last)
        found = read(note)
        return StartTimes(found.window_s - start_s, found.panels_s - start_s, found.tracks_s - start_s)


def _environment(folder: str) -> dict[str, str]:
    """Return an environment without the user's preferences and log, where Python keeps its bytecode."""
    from app.bench.window import needs_no_screen

    own = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), folder)
    screen = {} if not needs_no_screen() else {"QT_QPA_PLATFORM": "offscreen"}
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**known, **own, **screen}
