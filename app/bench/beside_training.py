"""How much slower a knob is while training runs next to the window."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from app.bench import knob
from app.bench.figures import Figure
from app.bench.window import open_window, rest, wait
from core.faults import Fault
from core.train.monitor import see, start

ROUNDS, TURNS = 10, 12
SETTLE_S = 1.0
START_LIMIT_S = 120.0
LIMIT = 1.33
RATE_HZ, SOUND_S, SOUNDS = 16000, 1.0, 8
OPTIONS = ("--model", "ciwgan", "--categories", "4", "--dim", "16", "--batch", "16", "--accelerator", "cpu")


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure in a real window; each change comes shortly after the one before, as in a drag."""
    chance = np.random.default_rng(0)

    def turn() -> float:
        rest(float(chance.uniform(0, knob.PAUSE_S)))
        return knob.turn(window, float(chance.uniform(-1, 1)))

    with open_window(path) as window:
        for _ in range(5):
            turn()
        yield beside(turn, share)


def beside(turn: Callable[[], float], share: float = 1.0) -> Figure:
    """Change a knob with training paused and running, alternately; each ratio is of two medians."""
    turns = max(2, round(share * TURNS))
    ratios: list[float] = []
    with training() as number:
        for _ in range(max(2, round(share * ROUNDS))):
            seconds: list[float] = []
            for order in (signal.SIGSTOP, signal.SIGCONT):
                os.kill(number, order)
                rest(SETTLE_S * share)
                seconds.append(float(np.median([turn() for _ in range(turns)])))
            ratios.append(seconds[1] / seconds[0])
    return Figure("knob_beside_training", tuple(ratios), "x", LIMIT)


@contextmanager
def training() -> Generator[int]:
    """Train on synthetic sounds during the block, in another process; yield its id."""
    if not hasattr(signal, "SIGSTOP"):
        raise Fault("Training cannot be paused and resumed on this system.")
    with tempfile.TemporaryDirectory(prefix="phonoscope-", ignore_cleanup_errors=True) as made:
        sounds, out = Path(made) / "sounds", Path(made) / "run"
        write_sounds(sounds)
        process = start(sounds, out, OPTIONS)
        try:
            wait(lambda: bool(see(out).said) or process.poll() is not None, START_LIMIT_S)
            if process.poll() is not None:
                raise Fault(f"Training ended: {see(out).said}")
            rest(SETTLE_S)
            yield process.pid
        finally:
            process.kill()
            process.wait()


def write_sounds(folder: Path) -> None:
    """Write a few vowel-like sounds for training."""
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    folder.mkdir()
    times = np.arange(round(SOUND_S * RATE_HZ)) / RATE_HZ
    for k in range(SOUNDS):
        parts = [np.sin(2 * np.pi * n * (120 + 20 * k) * times) / n for n in range(1, 20)]
        soundfile.write(folder / f"{k}.wav", 0.2 * np.sum(parts, axis=0), RATE_HZ)  # pyright: ignore
