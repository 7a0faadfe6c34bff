"""A Praat worker's task: run the requested analyses one after another."""

from __future__ import annotations

import contextlib
import os
import signal
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from core.faults import Fault
from core.processes.shared_memory import pack, unpack
from core.recordings.long_sound import in_memory
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.tiles.scatter import Ask, runner

READY = "ready"

GIVE_WAY = 10  # with two processors a moving knob must come before the overlays of its last rest


def answered(asks: Sequence[Ask]) -> list[Any]:
    """Run analyses one after another; a failed one has its error in place of the result."""
    answers: list[Any] = []
    for name, track, settings in asks:
        try:
            answers.append(runner(name)(in_memory(track), settings))
        except Fault as fault:
            answers.append(fault)
        except Exception:
            # as text: the error itself may not survive the pipe
            answers.append(RuntimeError(f"{name} of {track.name}\n{traceback.format_exc()}"))
    return answers


def serve(pipe: Connection, block: Any) -> None:
    """Answer requests until the other end closes the pipe; arrays travel both ways in a shared block."""
    if hasattr(os, "nice"):
        os.nice(GIVE_WAY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _warm_up()
    with contextlib.suppress(EOFError, OSError):
        pipe.send(READY)
        while True:
            words, sizes = pipe.recv()
            pipe.send(pack(answered(unpack(words, sizes, block)), block))


def _warm_up() -> None:
    """Import Praat and run it once, so that the first real answer does not wait."""
    ramp = np.arange(2000, dtype=np.float32) % 100
    answered([("pitch", Track("warm", ramp, TimeAxis.of_sound(16000.0, 2000)), None)])
