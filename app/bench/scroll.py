"""The cost of a frame of scrolling and zooming, and the longest block of the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
from PySide6.QtCore import QTimer

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.knob import turn
from app.bench.window import TimedWindow, open_window, wait
from app.bench.yardsticks import IMAGE, repainted
from core.signals.axis import Range

FRAMES, ROUNDS, TURNS = 180, 4, 8
PER_CODE = 6  # outputs of a code on the contact sheet
FRAME, BLOCK = (3.0, 4.5), 12.0


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure frames one by one, and the longest block of the window's thread under load."""
    with open_window(path) as window:
        frames_wanted = wishes(window.on.session.whole, max(4, round(share * FRAMES)))
        image = same_pixels(window)
        frames = [frame(window, wish) for wish in frames_wanted]
        yield Figure("scroll_and_zoom_frame", milliseconds(frames[2:]), "ms", FRAME, image)
        window.on.session.set_range(window.on.session.whole)
        rounds = max(2, round(share * ROUNDS))
        turns = max(2, round(share * TURNS))
        blocks = [
            longest_silence(window, partial(_sheet_and_knob, window, seed, turns)) for seed in range(rounds)
        ]
        yield Figure("main_thread_block", milliseconds(blocks), "ms", BLOCK, image)


def same_pixels(window: TimedWindow) -> Yardstick:
    """Return the times in which the stack's pixels are painted from one cached image."""
    return Yardstick(IMAGE, milliseconds(repainted(window.stack)))


def wishes(whole: Range, count: int) -> list[Range]:
    """Return the time windows of a wheel that scrolls to the end and back at several zooms."""
    found: list[Range] = []
    for k in range(count):
        zoomed = (1.1 ** (10 * np.sin(2 * np.pi * 3 * k / count))) * whole.length_s / 4
        place = (1 - np.cos(2 * np.pi * k / count)) / 2
        start_s = whole.start_s + place * (whole.length_s - zoomed)
        found.append(Range(float(start_s), float(start_s + zoomed)))
    return found


def frame(window: TimedWindow, wish: Range) -> float:
    """Request another time window and return the time until it is painted."""

    def shown() -> bool:
        return window.stack.columns.window == window.on.session.visible != before

    before = window.on.session.visible
    return window.seconds_to(shown, lambda: window.stack.range_wanted.emit(wish))


def longest_silence(window: TimedWindow, work: Callable[[], object]) -> float:
    """Return the longest time between heartbeats of the window's thread during some work."""
    beats = [perf_counter()]
    heart = QTimer(window)
    heart.timeout.connect(lambda: beats.append(perf_counter()))
    heart.start(0)
    work()
    heart.stop()
    return max(after - before for before, after in pairwise([*beats, perf_counter()]))


def _sheet_and_knob(window: TimedWindow, seed: int, turns: int) -> None:
    """Draw a contact sheet while a knob moves."""
    chance = np.random.default_rng(seed)
    sheet = window.on.contact_sheet
    window.pages.show_page("sheet")
    sheet.cancel()
    sheet.draw(PER_CODE, seed * PER_CODE)
    wanted = PER_CODE * len(window.on.session.layout.codes())
    wait(lambda: len(sheet.items) >= wanted // 2)
    window.pages.show_page("stack")
    for _ in range(turns):
        turn(window, float(chance.uniform(-1, 1)))
    wait(lambda: len(sheet.items) == wanted and window.complete)
