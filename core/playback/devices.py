"""Sound devices, through PortAudio. Every call may block, so they are all made on the device thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.playback.audio_library import AudioLibrary

Samples = NDArray[np.float32]
# writes the next samples into a block; the first one is heard at the given `clock_s`
Fill = Callable[[Samples, float], None]

# requested from PortAudio: long enough for a busy window, short enough for a knob to be heard at once
LATENCY_S = 0.04
# Tried before a device's own default: PortAudio reports 44100 for every sound server, which then resamples
# once more, and PulseAudio's small buffers underrun at it now and then.
USUAL_RATE_HZ = 48000.0
NO_DEVICE = "No sound device responds."
NO_DEVICE_HINT = "Connect or start one and play again; everything else works without sound."


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device: its `id` in the preferences, and its name for the user."""

    id: str
    name: str


DEFAULT = Device("", "System default")


class Stream(Protocol):
    """An open device, which calls its `Fill` for every block between start and close."""

    rate_hz: float

    def start(self) -> None: ...

    def close(self) -> None: ...


class Backend(Protocol):
    """Lists and opens devices; `lost` is called, on any thread, when an open device disappears."""

    def devices(self) -> tuple[Device, ...]: ...

    def open(self, device: str, fill: Fill, lost: Callable[[], None]) -> Stream: ...

    def abandon(self) -> None: ...


def clock_s() -> float:
    """Return the time of the clock that playback positions refer to."""
    return time.perf_counter()


class PortAudio:
    """The devices of PortAudio, whose library may be missing and whose servers may hang."""

    def __init__(self, latency_s: float = LATENCY_S, library: AudioLibrary | None = None) -> None:
        self._latency_s = latency_s
        self._library = library or AudioLibrary()

    def devices(self) -> tuple[Device, ...]:
        """Search for devices again, only while none is open.

        Raises Fault if PortAudio is missing.
        """
        with self._library.turn:
            return (DEFAULT, *(Device(name, name) for name in self._found(afresh=True)))

    def open(self, device: str, fill: Fill, lost: Callable[[], None]) -> Stream:
        """Open a device by its id ("": the system default); searches again if that fails.

        Raises Fault if no device responds.
        """
        sounddevice = self._library.load(NO_DEVICE)
        with self._library.turn:
            for afresh in (False, True):
                found = self._found(afresh)
                if device and device not in found:
                    continue
                try:
                    return _PortAudioStream(self._library, found.get(device), self._latency_s, fill, lost)
                except (sounddevice.PortAudioError, ValueError):
                    continue
            if device and device not in self._found(afresh=False):
                raise Fault(
                    f"The sound device “{device}” was not found.",
                    "Choose another one, or the system default.",
                )
        raise Fault(NO_DEVICE, NO_DEVICE_HINT)

    def abandon(self) -> None:
        """Do not wait for a hanging sound server when the program exits."""
        self._library.abandon()

    def _found(self, afresh: bool) -> dict[str, int]:
        """Return PortAudio's index of each output device by name."""
        return self._library.indices("output", afresh, NO_DEVICE)


class _PortAudioStream:
    """One open device; the mixer's single channel is copied to its channels, at most two."""

    def __init__(
        self, library: AudioLibrary, index: int | None, latency_s: float, fill: Fill, lost: Callable[[], None]
    ) -> None:
        sounddevice = library.load(NO_DEVICE)
        self._library = library
        about = sounddevice.query_devices(index, "output")
        self._fill, self._lost, self._closing = fill, lost, False
        self._mono = np.zeros(4096, np.float32)
        self._refusal: type[Exception] = sounddevice.PortAudioError
        channels = min(2, about["max_output_channels"])
        self.rate_hz = USUAL_RATE_HZ
        try:
            sounddevice.check_output_settings(index, channels, "float32", samplerate=USUAL_RATE_HZ)
        except sounddevice.PortAudioError:
            self.rate_hz = float(about["default_samplerate"])
        self._stream = sounddevice.OutputStream(
            samplerate=self.rate_hz,
            device=index,
            channels=channels,
            dtype="float32",
            latency=latency_s,
            callback=self._on_block,
            finished_callback=self._on_finished,
        )
        self._usual_ahead_s = float(self._stream.latency)
        library.in_use += 1

    def start(self) -> None:
        try:
            self._stream.start()
        except self._refusal as broken:
            raise Fault(NO_DEVICE, NO_DEVICE_HINT) from broken

    def close(self) -> None:
        self._closing = True
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)
        self._library.in_use -= 1

    def _on_block(self, out: Any, count: int, times: Any, status: Any) -> None:
        ahead_s = times.outputBufferDacTime - times.currentTime
        if not 0 < ahead_s < 1:
            ahead_s = self._usual_ahead_s
        if count > self._mono.size:
            self._mono = np.zeros(count, np.float32)
        block = self._mono[:count]
        self._fill(block, clock_s() + ahead_s)
        out[:] = block[:, None]

    def _on_finished(self) -> None:
        if not self._closing:
            self._lost()
