"""Plays sounds without ever blocking the caller, and swaps them during a loop."""

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
from core.playback.device_thread import DeviceThread, PlayRequest
from core.playback.devices import DEFAULT, NO_DEVICE, NO_DEVICE_HINT, Backend, Device, PortAudio, clock_s
from core.playback.mixer import Mixer

Samples = NDArray[np.float32]

# How long a device may take to open, and how long it may request no block, before it counts as dead (an idle
# null sink of PulseAudio sleeps up to two seconds before it requests the first block).
OPEN_LIMIT_S = 4.0
SILENT_LIMIT_S = 3.0
# interval of the watchdog's checks while something plays
LOOK_S = 0.05


class Player:
    """Plays one sound at a time; created and called on one thread, which it never blocks.

    The device thread opens devices and prepares sounds, and may hang in a dead sound server. A watchdog
    thread notices that and calls `on_fault`; it calls `on_end` when a sound has been heard to its end.
    The shared numbers each have one writer and only increase, so no locks are needed.
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
        self._mixer = Mixer(48000.0, self._queue_end)
        self._device_thread = DeviceThread(
            self._backend, self._mixer, self._wanted, self._queue_fault, self._queue_lost
        )
        self._events: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._watchdog = threading.Thread(target=self._run_watchdog, name="sound watchdog", daemon=True)
        self._order: PlayRequest | None = None
        self._count = 0
        self._finished = 0
        self._over: tuple[int, float] | None = None
        self._volume_db = 0.0
        self._closed = False

    def play(self, samples: Samples, rate_hz: float, start_s: float = 0.0, loop: bool = False) -> None:
        """Play a sound that begins at `start_s` in its track, instead of the current one."""
        if samples.size == 0:
            self.stop()
            return
        self._count += 1
        self._request(PlayRequest(samples, rate_hz, start_s, loop, self._count, self._count))

    def swap(self, samples: Samples, rate_hz: float) -> None:
        """Continue with another sound at the same position; does nothing if nothing plays."""
        order = self._wanted()
        if order is None or samples.size == 0:
            return
        self._count += 1
        self._request(replace(order, samples=samples, rate_hz=rate_hz, number=self._count, keeps_phase=True))

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
        """The time in the track that is heard now, None if nothing plays."""
        order, moment = self._wanted(), self._mixer.position
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
        return self._device_thread.device

    def set_device(self, device: str) -> None:
        """Play through another device from now on; the current sound restarts there."""
        if device != self._device_thread.device:
            self._device_thread.device = device
            self._submit(self._device_thread.reopen)

    def devices(self) -> tuple[Device, ...]:
        """Return the last known devices, the system default first; `refresh` searches again."""
        return self._device_thread.devices or (DEFAULT,)

    def refresh(self, then: Callable[[tuple[Device, ...]], None] = lambda devices: None) -> None:
        """Search for devices and pass them to `then` on the device thread.

        While a sound plays, these are the last known devices.
        """
        self._submit(partial(self._device_thread.find_devices, then))

    def close(self, limit_s: float = 1.0) -> None:
        """Close the device and stop both threads, without waiting for a hanging server."""
        self.stop()
        self._closed = True
        self._events.put(_nothing)
        if not self._device_thread.stop(limit_s):
            self._backend.abandon()

    def _wanted(self) -> PlayRequest | None:
        order = self._order
        return order if order is not None and order.number > self._finished else None

    def _request(self, order: PlayRequest) -> None:
        self._order = order
        self._submit(self._device_thread.serve)

    def _submit(self, task: Callable[[], None]) -> None:
        if self._closed:
            return
        if self._watchdog.ident is None:
            self._watchdog.start()
        self._device_thread.put(task)
        self._events.put(_nothing)

    def _queue_end(self, number: int) -> None:
        self._events.put(partial(self._schedule_end, number))

    def _queue_fault(self, fault: Fault) -> None:
        self._events.put(partial(self._fail, fault))

    def _queue_lost(self) -> None:
        self._events.put(self._lose)

    def _run_watchdog(self) -> None:
        """Run the watchdog: handle events, and check the clock while a sound is requested."""
        while not self._closed:
            with suppress(Empty):
                self._events.get(timeout=self._timeout_s())()
            self._check_end()
            self._check_device()

    def _timeout_s(self) -> float | None:
        if self._over is not None:
            return min(LOOK_S, max(0.0, self._over[1] - clock_s()))
        return LOOK_S if self.playing else None

    def _schedule_end(self, number: int) -> None:
        moment = self._mixer.position
        self._over = (number, moment.end_s(self._mixer.rate_hz) if moment else clock_s())

    def _check_end(self) -> None:
        if self._over is None or clock_s() < self._over[1]:
            return
        (number, _), self._over = self._over, None
        order = self._wanted()
        if order is not None and order.number == number:
            self._finished = number
            self._on_end()

    def _check_device(self) -> None:
        if not self.playing:
            return
        if self._device_thread.stuck_s > self._open_limit_s:
            self._backend.abandon()
            self._fail(Fault(NO_DEVICE, NO_DEVICE_HINT))
        elif self._device_thread.unfilled_s > self._silent_limit_s:
            self._lose()

    def _lose(self) -> None:
        self._device_thread.put(self._device_thread.close_device)
        if self.playing:
            self._fail(Fault("The sound device stopped responding.", NO_DEVICE_HINT))

    def _fail(self, fault: Fault) -> None:
        self._finished = self._count
        self._on_fault(fault)


def _nothing() -> None:
    """Do nothing; wakes the watchdog."""
