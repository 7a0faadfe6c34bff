"""PortAudio, shared by all that play and record. Every call may block, so they are made on device threads."""

from __future__ import annotations

import atexit
import sys
import threading
from typing import Any, Literal

from core.faults import Fault

NO_PORTAUDIO_HINT = "Install PortAudio (on Debian: sudo apt install libportaudio2)."
Direction = Literal["input", "output"]


class AudioLibrary:
    """PortAudio, loaded when first needed; `turn` is held while devices are searched for or opened.

    Searching again restarts PortAudio, which would end every open stream: `in_use` counts them.
    """

    def __init__(self) -> None:
        self.turn = threading.RLock()
        self.in_use = 0
        self._abandoned = False

    def load(self, missing: str) -> Any:
        """Import sounddevice, which searches for devices: this takes 0.1 s or much longer.

        Raises Fault with the sentence `missing` if PortAudio is missing or does not start.
        """
        first = "sounddevice" not in sys.modules
        try:
            import sounddevice as library  # pyright: ignore[reportMissingTypeStubs]
        except OSError as absent:
            raise Fault(missing, NO_PORTAUDIO_HINT) from absent
        sounddevice: Any = library
        if first:
            # its own exit handler waits forever for a hanging server
            atexit.unregister(sounddevice._exit_handler)
            atexit.register(self._leave, sounddevice)
        return sounddevice

    def indices(self, direction: Direction, afresh: bool, missing: str) -> dict[str, int]:
        """Return PortAudio's index of each device by name; `afresh` searches again unless one is in use."""
        sounddevice = self.load(missing)
        if afresh and not self.in_use:
            # PortAudio searches for devices only when it starts, and sounddevice has no public restart
            sounddevice._terminate()
            sounddevice._initialize()
        hosts = [host["name"] for host in sounddevice.query_hostapis()]
        rows = [row for row in sounddevice.query_devices() if row[f"max_{direction}_channels"] > 0]
        several = len({row["hostapi"] for row in rows}) > 1
        return {
            f"{row['name']} ({hosts[row['hostapi']]})" if several else row["name"]: row["index"]
            for row in rows
        }

    def abandon(self) -> None:
        """Do not wait for a hanging sound server when the program exits."""
        self._abandoned = True

    def _leave(self, sounddevice: Any) -> None:
        if not self._abandoned:
            sounddevice._terminate()
