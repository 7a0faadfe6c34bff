"""Microphones, through PortAudio. Every call may block, so they are all made on a capture's own thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.playback.audio_library import AudioLibrary
from core.playback.devices import DEFAULT, Device

Samples = NDArray[np.float32]
# gets each block of samples as it arrives, and whether samples were lost before it; must return at once
Take = Callable[[Samples, bool], None]

# requested from PortAudio: an answer to what is said follows at most 150 ms later
LATENCY_S = 0.02
NO_MICROPHONE = "No microphone responds."
NO_MICROPHONE_HINT = (
    "Connect one, or choose another under Microphone, and try again; sound files can be opened without one."
)


class InputStream(Protocol):
    """An open microphone, which passes every block to its `Take` between start and close."""

    rate_hz: float

    def start(self) -> None: ...

    def close(self) -> None: ...


class InputBackend(Protocol):
    """Lists and opens microphones; `lost` is called, on any thread, when an open one disappears."""

    def devices(self) -> tuple[Device, ...]: ...

    def open(self, device: str, rate_hz: float, take: Take, lost: Callable[[], None]) -> InputStream:
        """Open a microphone by its id ("": the system default), at this rate or, if it cannot, at its own.

        Raises Fault if none responds.
        """
        ...

    def abandon(self) -> None: ...


class PortAudioInputs:
    """The microphones of PortAudio, whose library may be missing and whose servers may hang."""

    def __init__(self, library: AudioLibrary | None = None, latency_s: float = LATENCY_S) -> None:
        self._library = library or AudioLibrary()
        self._latency_s = latency_s

    def devices(self) -> tuple[Device, ...]:
        """Search for microphones again, only while no device is open.

        Raises Fault if PortAudio is missing.
        """
        with self._library.turn:
            return (DEFAULT, *(Device(name, name) for name in self._found(afresh=True)))

    def open(self, device: str, rate_hz: float, take: Take, lost: Callable[[], None]) -> InputStream:
        """Open a microphone: see `InputBackend.open`; searches again if that fails."""
        sounddevice = self._library.load(NO_MICROPHONE)
        with self._library.turn:
            for afresh in (False, True):
                found = self._found(afresh)
                if device and device not in found:
                    continue
                try:
                    return _PortAudioInput(
                        self._library, found.get(device), rate_hz, self._latency_s, take, lost
                    )
                except (sounddevice.PortAudioError, ValueError):
                    continue
            if device and device not in self._found(afresh=False):
                raise Fault(
                    f"The microphone “{device}” was not found.", "Choose another one, or the system default."
                )
        raise Fault(NO_MICROPHONE, NO_MICROPHONE_HINT)

    def abandon(self) -> None:
        """Do not wait for a hanging sound server when the program exits."""
        self._library.abandon()

    def _found(self, afresh: bool) -> dict[str, int]:
        return self._library.indices("input", afresh, NO_MICROPHONE)


class _PortAudioInput:
    """One open microphone, mono: a device with more channels mixes them down itself."""

    def __init__(
        self,
        library: AudioLibrary,
        index: int | None,
        rate_hz: float,
        latency_s: float,
        take: Take,
        lost: Callable[[], None],
    ) -> None:
        sounddevice = library.load(NO_MICROPHONE)
        about = sounddevice.query_devices(index, "input")
        self._library, self._take, self._lost, self._closing = library, take, lost, False
        self._refusal: type[Exception] = sounddevice.PortAudioError
        self.rate_hz = rate_hz
        try:
            sounddevice.check_input_settings(index, 1, "float32", samplerate=rate_hz)
        except sounddevice.PortAudioError:
            self.rate_hz = float(about["default_samplerate"])
        self._stream = sounddevice.InputStream(
            samplerate=self.rate_hz,
            device=index,
            channels=1,
            dtype="float32",
            latency=latency_s,
            callback=self._on_block,
            finished_callback=self._on_finished,
        )
        library.in_use += 1

    def start(self) -> None:
        try:
            self._stream.start()
        except self._refusal as broken:
            raise Fault(NO_MICROPHONE, NO_MICROPHONE_HINT) from broken

    def close(self) -> None:
        self._closing = True
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)
        self._library.in_use -= 1

    def _on_block(self, block: Any, count: int, times: Any, status: Any) -> None:
        self._take(block[:, 0].copy(), bool(status.input_overflow))

    def _on_finished(self) -> None:
        if not self._closing:
            self._lost()
