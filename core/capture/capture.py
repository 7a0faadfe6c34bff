"""One recording from a microphone, on a thread of its own that nobody waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from core.capture.inputs import NO_MICROPHONE, NO_MICROPHONE_HINT, InputBackend, InputStream
from core.capture.takes import Draft, Take
from core.faults import Fault

Samples = NDArray[np.float32]
OPEN_LIMIT_S = 4.0
"""How long a microphone may take to open, and how long an open one may send nothing."""
LEVEL_S = 0.05
FULL_SCALE = 1.0 - 2.0**-15
"""From this size on a sample counts as clipped: the largest one of 16 bits."""


@dataclass(frozen=True, slots=True)
class CaptureLevel:
    """How far a recording is, and how loud the last `LEVEL_S` were: linear, 1 is full scale.

    `clipped` counts the samples at full scale so far, `gaps` how often samples were lost.
    """

    seconds: float = 0.0
    peak: float = 0.0
    rms: float = 0.0
    clipped: int = 0
    gaps: int = 0


@dataclass(frozen=True, eq=False)
class Captured:
    """How a recording ended: what there is of it, and why it ended if nobody stopped it."""

    take: Take | None
    fault: Fault | None


class Capture:
    """Records until it is stopped, until the microphone disappears or the disk is full.

    `on_end` gets what was recorded, on the capture's thread. `on_block` gets every block with its rate there,
    for who listens live. A microphone that hangs is told by `stuck`; its thread is left alone then.
    """

    def __init__(
        self,
        backend: InputBackend,
        device: str,
        rate_hz: float,
        folder: Path,
        on_end: Callable[[Captured], None],
        on_block: Callable[[Samples, float], None] = lambda block, rate_hz: None,
    ) -> None:
        self._backend, self._device, self._rate_hz = backend, device, rate_hz
        self._folder, self._on_end, self._on_block = folder, on_end, on_block
        self._arriving: SimpleQueue[Samples | str] = SimpleQueue()
        self._gaps = 0
        self._recent: list[Samples] = []
        self._heard_s = time.monotonic()
        self._ended = False
        self.level = CaptureLevel()
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)

    def start(self) -> None:
        """Open the microphone and record."""
        self._heard_s = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """End the recording; `on_end` follows."""
        self._arriving.put("stop")

    def join(self, limit_s: float) -> bool:
        """Wait until the recording has ended; return whether it has."""
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    @property
    def stuck(self) -> bool:
        """Whether the microphone has sent nothing for too long, or does not open."""
        return not self._ended and time.monotonic() > self._heard_s + OPEN_LIMIT_S

    def _run(self) -> None:
        fault: Fault | None = None
        draft: Draft | None = None
        stream: InputStream | None = None
        try:
            stream = self._backend.open(self._device, self._rate_hz, self._took, self._lost)
            draft = Draft(self._folder, stream.rate_hz)
            stream.start()
            self._record(draft)
        except Fault as problem:
            fault = problem
        self._ended = True
        try:
            take = draft.finish() if draft is not None else None
            self._on_end(Captured(take, fault))
        finally:
            if stream is not None:
                stream.close()

    def _record(self, draft: Draft) -> None:
        """Write what arrives. Raises Fault if the microphone is gone, or the disk takes no more."""
        while True:
            block = self._next()
            if isinstance(block, str):
                if block == "stop":
                    return
                raise Fault(
                    "The microphone is gone; what was recorded until then is kept.", NO_MICROPHONE_HINT
                )
            draft.write(block)
            self._on_block(block, draft.rate_hz)
            self._measure(block, draft)

    def _next(self) -> Samples | str:
        try:
            return self._arriving.get(timeout=OPEN_LIMIT_S)
        except Empty:
            raise Fault(NO_MICROPHONE, NO_MICROPHONE_HINT) from None

    def _took(self, block: Samples, gap: bool) -> None:
        """Take a block, on PortAudio's thread."""
        self._heard_s = time.monotonic()
        self._gaps += gap
        self._arriving.put(block)

    def _lost(self) -> None:
        self._arriving.put("lost")

    def _measure(self, block: Samples, draft: Draft) -> None:
        recent = [*self._recent, block]
        while len(recent) > 1 and sum(map(len, recent[1:])) >= LEVEL_S * draft.rate_hz:
            recent.pop(0)
        self._recent = recent
        near = np.concatenate(recent)
        sizes = np.abs(near)
        self.level = CaptureLevel(
            draft.n / draft.rate_hz,
            float(sizes.max(initial=0.0)),
            float(np.sqrt(np.square(near, dtype=np.float64).mean())) if near.size else 0.0,
            self.level.clipped + int((np.abs(block) >= FULL_SCALE).sum()),
            self._gaps,
        )
