"""The player's desk: one thread that opens devices and prepares sounds, and may hang doing so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.playback.devices import Backend, Device, Stream, clock_s
from core.playback.file_stream import FileStream
from core.playback.mixer import Mixer, Voice
from core.playback.sonification import bounded, safe
from core.recordings.file_samples import FileSamples

Samples = NDArray[np.float32]
T = TypeVar("T")

# How long an unused device is kept open.
IDLE_S = 10.0
# How often a long recording is read further.
READ_S = 0.25


@dataclass(frozen=True, eq=False)
class Order:
    """What the user wants to hear: a sound at its own rate, and how it is to begin.

    `number` grows with every order, `play` is the number of the one that began this playing.
    """

    samples: Samples | FileSamples
    rate_hz: float
    start_s: float
    loop: bool
    number: int
    play: int
    keeps_phase: bool = False


class DeviceThread:
    """Does its tasks one after the other on a daemon thread; faults go to `report`.

    `wanted` gives the order that is to be heard now, if any; `lost` is called when the device
    goes away by itself.
    """

    def __init__(
        self,
        backend: Backend,
        mixer: Mixer,
        wanted: Callable[[], Order | None],
        report: Callable[[Fault], None],
        lost: Callable[[], None],
    ) -> None:
        self._backend, self._mixer = backend, mixer
        self._wanted, self._report, self._lost = wanted, report, lost
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stream: Stream | None = None
        self._streamed: FileStream | None = None
        self._served = 0
        self._calling_since_s: float | None = None
        self._filled_s: float | None = None
        self._thread = threading.Thread(target=self._work, name="sound desk", daemon=True)
        self.device = ""
        self.devices: tuple[Device, ...] = ()

    def put(self, task: Callable[[], None]) -> None:
        if self._thread.ident is None:
            self._thread.start()
        self._tasks.put(task)

    def leave(self, limit_s: float) -> bool:
        """Close the device and end; say whether that was done within the limit."""
        if self._thread.ident is None:
            return True
        self._tasks.put(self.shut)
        self._tasks.put(None)
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    @property
    def stuck_s(self) -> float:
        """How long a call to the device has not come back, 0 where none is under way."""
        since_s = self._calling_since_s
        return 0.0 if since_s is None else clock_s() - since_s

    @property
    def unfilled_s(self) -> float:
        """How long an open device has not asked for a block, 0 where none is open."""
        filled_s = self._filled_s
        return 0.0 if filled_s is None else clock_s() - filled_s

    def serve(self) -> None:
        """Make what is wanted ready to be heard, opening the device first where none is open."""
        order = self._wanted()
        if order is None or order.number <= self._served:
            return
        if self._stream is None:
            self._open()
            order = self._wanted()
        if self._stream is None or order is None:
            return
        samples = self._prepared(order)
        self._served = order.number
        self._mixer.wish = Voice(
            samples, order.number, order.play, order.start_s, order.loop, order.keeps_phase
        )

    def _prepared(self, order: Order) -> Samples | FileStream:
        """Give a sound at the device's rate: all of it, or of a long recording its beginning for now."""
        rate_hz = self._mixer.rate_hz
        self._streamed = None
        if isinstance(order.samples, FileSamples) and FileStream.suits(order.samples, order.rate_hz, rate_hz):
            self._streamed = FileStream(order.samples, order.rate_hz, rate_hz)
            return self._streamed
        whole = bounded(np.asarray(order.samples))
        return safe(resampled(whole, order.rate_hz, rate_hz), rate_hz)

    def reopen(self) -> None:
        """Let what is wanted begin anew on the device now chosen."""
        self.shut()
        self._served = 0
        self.serve()

    def shut(self) -> None:
        """Close the device, if one is open."""
        stream, self._stream, self._filled_s = self._stream, None, None
        if stream is not None:
            self._call(stream.close)

    def look(self, then: Callable[[tuple[Device, ...]], None]) -> None:
        """Look for devices where none is in use, and tell those known."""
        if self._wanted() is None:
            self.shut()
            self.devices = self._call(self._backend.devices)
        then(self.devices)

    def _open(self) -> None:
        stream = self._call(lambda: self._backend.open(self.device, self._fill, self._lost))
        self._mixer.tune(stream.rate_hz)
        self._stream = stream
        self._call(stream.start)
        self._filled_s = clock_s()

    def _call(self, function: Callable[[], T]) -> T:
        self._calling_since_s = clock_s()
        try:
            return function()
        finally:
            self._calling_since_s = None

    def _fill(self, block: Samples, at_s: float) -> None:
        self._filled_s = clock_s()
        self._mixer.fill(block, at_s)

    def _work(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=self._patience_s())
            except Empty:
                task = self._rest
            if task is None:
                return
            try:
                task()
            except Fault as fault:
                self._report(fault)

    def _patience_s(self) -> float | None:
        """Give after how long without a task there is something to do; None where there is not."""
        if self._streamed is not None:
            return READ_S
        return IDLE_S if self._stream is not None else None

    def _rest(self) -> None:
        if self._streamed is not None:
            if self._wanted() is not None:
                self._streamed.top_up()
            else:
                self._streamed = None
        elif self._wanted() is None:
            self.shut()


def resampled(samples: Samples, from_hz: float, to_hz: float) -> Samples:
    """Give the same sound at another rate."""
    if from_hz == to_hz:
        return samples
    import soxr  # pyright: ignore[reportMissingTypeStubs]

    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32)  # pyright: ignore
