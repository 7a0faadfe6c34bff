"""A network that follows the microphone: frames a second, how late its answers are, the longest stall."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.window import TimedWindow, empty_window, rest, wait
from core.capture.inputs import Take
from core.playback.devices import DEFAULT, Device
from widgets.live.live_panel import LivePanel

SPAN_S, SPANS = 0.5, 16
BLOCK_S = 0.01
TICK_MS = 4
FRAME_MS, LATE_MS, STALL_MS = 1000 / 30, 150.0, 50.0


class RealTimeMicrophone:
    """A microphone that hears made speech, in blocks of 10 ms and in real time."""

    def __init__(self) -> None:
        self.rate_hz = 16000.0
        self._take: Take | None = None
        self._closed = threading.Event()

    def devices(self) -> tuple[Device, ...]:
        return (DEFAULT,)

    def open(self, device: str, rate_hz: float, take: Take, lost: Callable[[], None]) -> RealTimeMicrophone:
        self.rate_hz, self._take = rate_hz, take
        return self

    def start(self) -> None:
        threading.Thread(target=self._speak, daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def abandon(self) -> None:
        self.close()

    def _speak(self) -> None:
        sound, size = voiced(self.rate_hz), round(BLOCK_S * self.rate_hz)
        began_s, place = time.perf_counter(), 0
        while not self._closed.wait(max(0.0, began_s + place / self.rate_hz - time.perf_counter())):
            first = place % (len(sound) - size)
            assert self._take is not None
            self._take(sound[first : first + size], False)
            place += size


def voiced(rate_hz: float) -> np.ndarray:
    """Return a minute of pulses whose pitch and loudness move, float32."""
    times = np.arange(round(60 * rate_hz)) / rate_hz
    phase = np.cumsum(120 + 40 * np.sin(2 * np.pi * 0.7 * times)) / rate_hz
    loud = np.clip(np.sin(2 * np.pi * 1.3 * times), 0, 1)
    return (0.3 * loud * np.sin(2 * np.pi * phase) ** 15).astype(np.float32)


class StallWatch:
    """Notes for how long the window's thread was kept, by a timer that ticks as often as it may."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._last_s = time.perf_counter()
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now_s = time.perf_counter()
        self.longest_s = max(self.longest_s, now_s - self._last_s - TICK_MS / 1000)
        self._last_s = now_s


def figures(path: Path) -> Iterator[Figure]:
    """Measure with a recogniser of the size that ships."""
    from app.bench.recogniser import write_recogniser

    with empty_window() as window:
        yield from measured(window, write_recogniser(path.parent))


def measured(window: TimedWindow, model: Path) -> Iterator[Figure]:
    """Open a network, let it listen for a while, and yield what was measured."""
    window.on.live.backend = RealTimeMicrophone()
    window.on.model_loader.open(model)
    wait(lambda: bool(window.on.live.networks))
    window.pages.show_page("live")
    page = window.pages.widget("live")
    assert isinstance(page, LivePanel)
    live = window.on.live
    live.start()
    wait(lambda: live.delay_s is not None)
    rest(1.0)
    delays, frames, stalls = [], [], []
    watch = StallWatch()
    for _ in range(SPANS):
        painted, began_s = page.view.frames, time.perf_counter()
        watch.longest_s = 0.0
        rest(SPAN_S)
        frames.append((time.perf_counter() - began_s) / max(1, page.view.frames - painted))
        stalls.append(max(watch.longest_s, 1e-4))
        delays.append(live.delay_s or 0.0)
    live.stop()
    wait(lambda: not live.listens)
    yield Figure("live_frame", milliseconds(frames), "ms", 1.1, Yardstick("30 a second", (FRAME_MS,)))
    yield Figure("live_answer", milliseconds(delays), "ms", (1.0, 1.0), Yardstick("150 ms", (LATE_MS,)))
    yield Figure("live_stall", milliseconds(stalls), "ms", (1.0, 1.0), Yardstick("50 ms", (STALL_MS,)))
