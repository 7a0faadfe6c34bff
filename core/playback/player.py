"""Plays sounds without ever making the caller wait, and swaps them live under a running loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.playback.device_thread import DeviceThread, Order
from core.playback.devices import DEFAULT, NO_DEVICE, NO_DEVICE_HINT, Backend, Device, PortAudio, clock_s
from core.playback.mixer import Mixer

Samples = NDArray[np.float32]

# How long a device may take to open, and how long it may ask for nothing, before it counts as dead
# (an idle null sink of PulseAudio sleeps up to two seconds before it asks for the first block).
OPEN_LIMIT_S = 4.0
SILENT_LIMIT_S = 3.0
# How often the watch looks while something plays.
LOOK_S = 0.05


class Player:
    """Plays one sound at a time; made and called on one thread, which it never blocks.

    A desk of its own opens devices and prepares sounds, and may hang in a dead sound server for
    as long as it likes. A watch notices that, and calls `on_fault` and, when a sound has been
    heard to its end, `on_end`, both on the watch's thread. The threads share numbers that each
    has one writer and only grow, so nobody waits for a lock.
    """

    def __init__(
        self,
        on_fault: Callable[[Fault], None],
        on_end: Callable[[], None] = lambda: None,
        backend: Backend | None = None,
        open_limit_s: float = OPEN_LIMIT_S,
        silent_limit_s: float = SILENT_LIMIT_S,
    ) -> None:
        self._on_fault, self._on_end = on_fault, on_end
        self._backend: Backend = PortAudio() if backend is None else backend
        self._open_limit_s, self._silent_limit_s = open_limit_s, silent_limit_s
        self._mixer = Mixer(48000.0, self._tell_over)
        self._desk = DeviceThread(self._backend, self._mixer, self._wanted, self._tell_fault, self._tell_lost)
        self._news: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._watch = threading.Thread(target=self._look_out, name="sound watch", daemon=True)
        self._order: Order | None = None
        self._count = 0
        self._finished = 0
        self._over: tuple[int, float] | None = None
        self._volume_db = 0.0
        self._closed = False

    def play(self, samples: Samples, rate_hz: float, start_s: float = 0.0, loop: bool = False) -> None:
        """Play a sound that begins at `start_s` in its track, in the place of what plays now."""
        if samples.size == 0:
            self.stop()
            return
        self._count += 1
        self._want(Order(samples, rate_hz, start_s, loop, self._count, self._count))

    def swap(self, samples: Samples, rate_hz: float) -> None:
        """Go on with another sound at the same phase; nothing happens where nothing plays."""
        order = self._wanted()
        if order is None or samples.size == 0:
            return
        self._count += 1
        self._want(replace(order, samples=samples, rate_hz=rate_hz, number=self._count, keeps_phase=True))

    def stop(self) -> None:
        """Fade out within 10 ms."""
        self._mixer.silenced = self._count
        self._order = None

    @property
    def playing(self) -> bool:
        return self._wanted() is not None

    @property
    def looping(self) -> bool:
        order = self._wanted()
        return order is not None and order.loop

    @property
    def position_s(self) -> float | None:
        """The time in the track that is heard at this moment, None when nothing plays."""
        order, moment = self._wanted(), self._mixer.heard
        if order is None:
            return None
        if moment is None or moment.voice.play != order.play:
            return order.start_s
        return moment.position_s(clock_s(), self._mixer.rate_hz)

    @property
    def volume_db(self) -> float:
        return self._volume_db

    @volume_db.setter
    def volume_db(self, value: float) -> None:
        self._volume_db = min(0.0, value)
        self._mixer.gain = 10 ** (self._volume_db / 20)

    @property
    def device(self) -> str:
        return self._desk.device

    def set_device(self, device: str) -> None:
        """Play through another device from now on; what plays begins anew there."""
        if device != self._desk.device:
            self._desk.device = device
            self._give(self._desk.reopen)

    def devices(self) -> tuple[Device, ...]:
        """Give the devices as last seen, the system's default first; `refresh` looks again."""
        return self._desk.devices or (DEFAULT,)

    def refresh(self, then: Callable[[tuple[Device, ...]], None] = lambda devices: None) -> None:
        """Look for devices and tell them on the desk's thread; while a sound plays, those last seen."""
        self._give(partial(self._desk.look, then))

    def close(self, limit_s: float = 1.0) -> None:
        """Close the device and end both threads, without waiting for a dead server."""
        self.stop()
        self._closed = True
        self._news.put(_nothing)
        if not self._desk.leave(limit_s):
            self._backend.abandon()

    def _wanted(self) -> Order | None:
        order = self._order
        return order if order is not None and order.number > self._finished else None

    def _want(self, order: Order) -> None:
        self._order = order
        self._give(self._desk.serve)

    def _give(self, task: Callable[[], None]) -> None:
        if self._closed:
            return
        if self._watch.ident is None:
            self._watch.start()
        self._desk.put(task)
        self._news.put(_nothing)

    def _tell_over(self, number: int) -> None:
        self._news.put(partial(self._note_over, number))

    def _tell_fault(self, fault: Fault) -> None:
        self._news.put(partial(self._fail, fault))

    def _tell_lost(self) -> None:
        self._news.put(self._lose)

    def _look_out(self) -> None:
        """Be the watch: hear the news, and look at the clock while a sound is wanted."""
        while not self._closed:
            with suppress(Empty):
                self._news.get(timeout=self._patience_s())()
            self._notice_end()
            self._notice_silence()

    def _patience_s(self) -> float | None:
        if self._over is not None:
            return min(LOOK_S, max(0.0, self._over[1] - clock_s()))
        return LOOK_S if self.playing else None

    def _note_over(self, number: int) -> None:
        moment = self._mixer.heard
        self._over = (number, moment.end_s(self._mixer.rate_hz) if moment else clock_s())

    def _notice_end(self) -> None:
        if self._over is None or clock_s() < self._over[1]:
            return
        (number, _), self._over = self._over, None
        order = self._wanted()
        if order is not None and order.number == number:
            self._finished = number
            self._on_end()

    def _notice_silence(self) -> None:
        if not self.playing:
            return
        if self._desk.stuck_s > self._open_limit_s:
            self._backend.abandon()
            self._fail(Fault(NO_DEVICE, NO_DEVICE_HINT))
        elif self._desk.unfilled_s > self._silent_limit_s:
            self._lose()

    def _lose(self) -> None:
        self._desk.put(self._desk.shut)
        if self.playing:
            self._fail(Fault("The sound device has stopped answering.", NO_DEVICE_HINT))

    def _fail(self, fault: Fault) -> None:
        self._finished = self._count
        self._on_fault(fault)


def _nothing() -> None:
    """Wake the watch."""
