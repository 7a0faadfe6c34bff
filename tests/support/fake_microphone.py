"""A microphone driven by hand: the test says what arrives, and when it breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from core.capture.inputs import Take
from core.faults import Fault
from core.playback.devices import DEFAULT, Device


class FakeMicrophone:
    """A backend with one microphone that can be opened at any rate, or only at `only_hz`.

    `refusal` is raised at opening; `gate` holds an opening back for as long as it is not set; `opened` is set
    once a capture can be spoken to.
    """

    def __init__(self, only_hz: float | None = None) -> None:
        self.only_hz, self.refusal = only_hz, None
        self.gate, self.opened = threading.Event(), threading.Event()
        self.gate.set()
        self.rate_hz, self.closed, self.abandoned = 0.0, 0, False
        self.asked: list[tuple[str, float]] = []
        self._take: Take = lambda block, gap: None
        self.lose: Callable[[], None] = lambda: None
        self.refusal: Fault | None

    def devices(self) -> tuple[Device, ...]:
        if self.refusal is not None:
            raise self.refusal
        return (DEFAULT, Device("headset", "Headset"))

    def open(self, device: str, rate_hz: float, take: Take, lost: Callable[[], None]) -> FakeMicrophone:
        self.asked.append((device, rate_hz))
        self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        self.rate_hz, self._take, self.lose = self.only_hz or rate_hz, take, lost
        return self

    def start(self) -> None:
        self.opened.set()

    def close(self) -> None:
        self.closed += 1
        self.opened.clear()

    def abandon(self) -> None:
        self.abandoned = True

    def hear(self, samples, size: int = 480, gap: bool = False) -> None:
        """Let a sound arrive, in blocks."""
        assert self.opened.wait(60), "nobody opened the microphone"
        for first in range(0, len(samples), size):
            self._take(np.asarray(samples[first : first + size], np.float32), gap)
