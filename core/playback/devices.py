"""The sound devices, through PortAudio: every call here may block, so only the player's desk calls."""

from __future__ import annotations

import atexit
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Samples = NDArray[np.float32]
# Writes the next samples into a block; the first of them is heard at the given `clock_s`.
Fill = Callable[[Samples, float], None]

# What is asked of PortAudio: enough for a busy window, little enough for a knob to be heard at once.
LATENCY_S = 0.04
# Tried before a device's own default: PortAudio says 44100 of any sound server, which then
# converts once more, and PulseAudio's small buffers run dry at it now and then.
USUAL_RATE_HZ = 48000.0
NO_DEVICE = "No sound device answers."
NO_DEVICE_HINT = "Connect or start one and play again; everything else works without."


@dataclass(frozen=True, slots=True)
class Device:
    """A way out for sound: what settings remember (`id`), and the name that a user reads."""

    id: str
    name: str


DEFAULT = Device("", "System default")


class Stream(Protocol):
    """An open device, calling its `Fill` for every block from start to close."""

    rate_hz: float

    def start(self) -> None: ...

    def close(self) -> None: ...


class Backend(Protocol):
    """Lists and opens devices; `lost` is called, from any thread, when an open one goes away."""

    def devices(self) -> tuple[Device, ...]: ...

    def open(self, device: str, fill: Fill, lost: Callable[[], None]) -> Stream: ...

    def abandon(self) -> None: ...


def clock_s() -> float:
    """Give the time by the clock that positions are told on."""
    return time.perf_counter()


class PortAudio:
    """The devices that PortAudio knows; its library may be missing, and its servers dead."""

    def __init__(self, latency_s: float = LATENCY_S) -> None:
        self._latency_s = latency_s
        self._abandoned = False

    def devices(self) -> tuple[Device, ...]:
        """List the devices anew; only while none is open.

        Raises Fault where PortAudio is missing.
        """
        return (DEFAULT, *(Device(name, name) for name in self._found(afresh=True)))

    def open(self, device: str, fill: Fill, lost: Callable[[], None]) -> Stream:
        """Open a device by its id, "" for the system's choice; look for devices anew where it fails.

        Raises Fault where no device answers.
        """
        sounddevice = self._library()
        for afresh in (False, True):
            found = self._found(afresh)
            if device and device not in found:
                continue
            try:
                return _PortAudioStream(sounddevice, found.get(device), self._latency_s, fill, lost)
            except (sounddevice.PortAudioError, ValueError):
                continue
        if device and device not in self._found(afresh=False):
            raise Fault(
                f"The sound device “{device}” is not there.", "Choose another one, or the system default."
            )
        raise Fault(NO_DEVICE, NO_DEVICE_HINT)

    def abandon(self) -> None:
        """Do not wait for a dead sound server when the program ends."""
        self._abandoned = True

    def _found(self, afresh: bool) -> dict[str, int]:
        """Give PortAudio's number of each device that plays, by its name."""
        sounddevice = self._library()
        if afresh:
            # PortAudio looks for devices once, when it starts; sounddevice has no public restart
            sounddevice._terminate()
            sounddevice._initialize()
        hosts = [host["name"] for host in sounddevice.query_hostapis()]
        rows = [row for row in sounddevice.query_devices() if row["max_output_channels"] > 0]
        several = len({row["hostapi"] for row in rows}) > 1
        return {
            f"{row['name']} ({hosts[row['hostapi']]})" if several else row["name"]: row["index"]
            for row in rows
        }

    def _library(self) -> Any:
        """Import sounddevice, which looks for every device: a tenth of a second, or many.

        Raises Fault where PortAudio is missing or does not start.
        """
        first = "sounddevice" not in sys.modules
        try:
            import sounddevice as library  # pyright: ignore[reportMissingTypeStubs]
        except OSError as missing:
            raise Fault(
                NO_DEVICE, "Install PortAudio (on Debian: sudo apt install libportaudio2)."
            ) from missing
        sounddevice: Any = library
        if first:
            # its own way out waits for a dead server for ever
            atexit.unregister(sounddevice._exit_handler)
            atexit.register(self._leave, sounddevice)
        return sounddevice

    def _leave(self, sounddevice: Any) -> None:
        if not self._abandoned:
            sounddevice._terminate()


class _PortAudioStream:
    """One open device: the mixer's single channel in as many as it has, two at most."""

    def __init__(
        self, sounddevice: Any, index: int | None, latency_s: float, fill: Fill, lost: Callable[[], None]
    ) -> None:
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

    def start(self) -> None:
        try:
            self._stream.start()
        except self._refusal as broken:
            raise Fault(NO_DEVICE, NO_DEVICE_HINT) from broken

    def close(self) -> None:
        self._closing = True
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

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
