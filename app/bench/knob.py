"""The latency from a knob to the screen, for every layer and for the overlays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.window import TimedWindow, open_window, rest, wait
from app.bench.yardsticks import FORWARD, torch_forward

KNOB = 10  # any entry of z
TURNS, RESTS = 100, 20
PAUSE_S = 0.03  # the longest pause between two steps of a drag: overlays are then often in progress
LIMITS, OVERLAYS = (1.5, 2.0), (1.5, 3.0)


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure from the slider's signal to the repainted stack, and from rest to the last overlay."""
    chance = np.random.default_rng(0)
    forward = Yardstick(FORWARD, milliseconds(torch_forward(path)))
    with open_window(path) as window:
        for _ in range(5):
            turn(window, float(chance.uniform(-1, 1)))
        drag: list[float] = []
        for _ in range(max(2, round(share * TURNS))):
            rest(float(chance.uniform(0, PAUSE_S)))
            drag.append(turn(window, float(chance.uniform(-1, 1))))
        yield Figure("knob_to_pixels", milliseconds(drag), "ms", LIMITS, forward)
        followed = [
            overlays(window, float(chance.uniform(-1, 1))) for _ in range(max(2, round(share * RESTS)))
        ]
        yield Figure("overlays_after_rest", milliseconds(followed), "ms", OVERLAYS, forward)


def turn(window: TimedWindow, value: float) -> float:
    """Change a knob and return the time until the whole stack shows it."""
    return window.seconds_to(
        lambda: window.up_to_date, lambda: window.latent.value_wanted.emit(KNOB, value, False)
    )


def overlays(window: TimedWindow, value: float) -> float:
    """Change a knob once and return the time from the repainted curves to the last repainted overlay."""
    wait(lambda: window.complete)
    turn(window, value)
    return window.seconds_to(lambda: window.complete, lambda: None)
