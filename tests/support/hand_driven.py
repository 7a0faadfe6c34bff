"""A sound device driven by hand: each block is asked for by the test, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.playback.devices import DEFAULT, Device, Fill, clock_s
from core.playback.player import Player


class HandDriven:
    """A backend whose device hears nothing until `blocks` is called.

    `refusal` is raised at opening; `gate` holds an opening back for as long as it is not set.
    """

    def __init__(self, rate_hz: float = 48000.0) -> None:
        self.rate_hz = rate_hz
        self.refusal: Fault | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.opened: list[str] = []
        self.closed = 0
        self.abandoned = False
        self._fill: Fill | None = None
        self.lose: Callable[[], None] = lambda: None

    def devices(self) -> tuple[Device, ...]:
        return (DEFAULT, Device("loudspeaker", "Loudspeaker"))

    def open(self, device: str, fill: Fill, lost: Callable[[], None]) -> HandDriven:
        self.opened.append(device)
        self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        self._fill, self.lose = fill, lost
        return self

    def start(self) -> None: ...

    def close(self) -> None:
        self.closed += 1
        self._fill = None

    def abandon(self) -> None:
        self.abandoned = True

    def blocks(self, count: int = 1, size: int = 480, at_s: float | None = None) -> NDArray[np.float32]:
        """Ask for `count` blocks, heard at once or from `at_s`, and give all that was filled."""
        assert self._fill is not None, "no device is open"
        heard = np.full((count, size), np.nan, np.float32)
        for place, block in enumerate(heard):
            now_s = clock_s() if at_s is None else at_s + place * size / self.rate_hz
            self._fill(block, now_s)
        return heard.reshape(-1)


def settle(player: Player) -> None:
    """Wait until the player has done all that it was asked so far."""
    done = threading.Event()
    player.refresh(lambda devices: done.set())
    assert done.wait(120), "the player's desk hangs"
