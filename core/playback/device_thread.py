"""The thread that opens devices and prepares sounds, so that only it hangs if a device does."""

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

# an unused device is closed after this time
IDLE_S = 10.0
# interval at which more of a long recording is read
READ_S = 0.25


@dataclass(frozen=True, eq=False)
class PlayRequest:
    """A request to play a sound at its own rate.

    `number` increases with every request; `play` is the number of the request that started the current
    playback. With `keeps_phase` the sound continues at the position of the previous one.
    """

    samples: Samples | FileSamples
    rate_hz: float
    start_s: float
    loop: bool
    number: int
    play: int
    keeps_phase: bool = False


class DeviceThread:
    """Runs tasks one after the other on a daemon thread; faults go to `report`.

    `wanted` returns the current request, if any. `lost` is called when the device disappears.
    """

    def __init__(
        self,
        backend: Backend,
        mixer: Mixer,
        wanted: Callable[[], PlayRequest | None],
        report: Callable[[Fault], None],
        lost: Callable[[], None],
    ) -> None:
        self._backend, self._mixer = backend, mixer
        self._wanted, self._report, self._lost = wanted, report, lost
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stream: Stream | None = None
        self._file_stream: FileStream | None = None
        self._served_number = 0
        self._calling_since_s: float | None = None
        self._filled_s: float | None = None
        self._thread = threading.Thread(target=self._work, name="sound device", daemon=True)
        self.device = ""
        self.devices: tuple[Device, ...] = ()

    def put(self, task: Callable[[], None]) -> None:
        if self._thread.ident is None:
            self._thread.start()
        self._tasks.put(task)

    def stop(self, limit_s: float) -> bool:
        """Close the device and stop; return whether that was done within the limit."""
        if self._thread.ident is None:
            return True
        self._tasks.put(self.close_device)
        self._tasks.put(None)
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    @property
    def stuck_s(self) -> float:
        """How long the current call to the device has taken, 0 if there is none."""
        since_s = self._calling_since_s
        return 0.0 if since_s is None else clock_s() - since_s

    @property
    def unfilled_s(self) -> float:
        """How long an open device has not requested a block, 0 if none is open."""
        filled_s = self._filled_s
        return 0.0 if filled_s is None else clock_s() - filled_s

    def serve(self) -> None:
        """Prepare the current request for playing; opens the device if necessary."""
        order = self._wanted()
        if order is None or order.number <= self._served_number:
            return
        if self._stream is None:
            self._open()
            order = self._wanted()
        if self._stream is None or order is None:
            return
        samples = self._prepared(order)
        self._served_number = order.number
        self._mixer.next_voice = Voice(
            samples, order.number, order.play, order.start_s, order.loop, order.keeps_phase
        )

    def _prepared(self, order: PlayRequest) -> Samples | FileStream:
        """Return a sound at the device's rate: all of it, or a stream for a long recording."""
        rate_hz = self._mixer.rate_hz
        self._file_stream = None
        if isinstance(order.samples, FileSamples) and FileStream.suits(order.samples, order.rate_hz, rate_hz):
            self._file_stream = FileStream(order.samples, order.rate_hz, rate_hz)
            return self._file_stream
        whole = bounded(np.asarray(order.samples))
        return safe(resampled(whole, order.rate_hz, rate_hz), rate_hz)

    def reopen(self) -> None:
        """Restart the current request on the newly selected device."""
        self.close_device()
        self._served_number = 0
        self.serve()

    def close_device(self) -> None:
        """Close the device if one is open."""
        stream, self._stream, self._filled_s = self._stream, None, None
        if stream is not None:
            self._call(stream.close)

    def find_devices(self, then: Callable[[tuple[Device, ...]], None]) -> None:
        """Pass the devices to `then`; search for them anew if none is in use."""
        if self._wanted() is None:
            self.close_device()
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
                task = self._tasks.get(timeout=self._timeout_s())
            except Empty:
                task = self._idle
            if task is None:
                return
            try:
                task()
            except Fault as fault:
                self._report(fault)

    def _timeout_s(self) -> float | None:
        """Return the time after which there is something to do without a task, None for never."""
        if self._file_stream is not None:
            return READ_S
        return IDLE_S if self._stream is not None else None

    def _idle(self) -> None:
        if self._file_stream is not None:
            if self._wanted() is not None:
                self._file_stream.top_up()
            else:
                self._file_stream = None
        elif self._wanted() is None:
            self.close_device()


def resampled(samples: Samples, from_hz: float, to_hz: float) -> Samples:
    """Resample a sound (soxr, high quality)."""
    if from_hz == to_hz:
        return samples
    import soxr  # pyright: ignore[reportMissingTypeStubs]

    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32)  # pyright: ignore
