"""The latency from a knob to the sound in a running loop, through a private server's null sink."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.knob import KNOB
from app.bench.window import TimedWindow, open_window, rest, wait
from app.bench.yardsticks import FORWARD, torch_forward
from core.faults import Fault
from core.networks.latent import Point

TURNS, LIMIT = 12, 5.0
LOUD = 1e-4
SILENCE_S = (0.03, 0.05)  # the silence before each change; random, so that changes fall anywhere in a block
SILENT, HEARD = 0.0, 1.0  # with every other variable 0, a network without biases is silent at 0


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure from the slider's signal to the first new sample at the null sink's monitor."""
    pulse = _sound_server()
    forward = Yardstick(FORWARD, milliseconds(torch_forward(path)))
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as folder,
        pulse.server(Path(folder)) as server,
        _environment(server.environment),
        pulse.monitor(server) as monitor,
        open_window(path) as window,
    ):
        _loop_silence(window)
        found = [_turn(window, monitor, k, pulse.RATE_HZ) for k in range(max(2, round(share * TURNS)) + 1)]
        window.on.playback.stop()
        found = found[1:]  # the first one opens the device
        yield Figure("knob_to_sound", tuple(found), "ms", LIMIT, forward)


def _sound_server() -> Any:
    """Return the sound server of the tests, which exists only in a checkout."""
    try:
        pulse = importlib.import_module("tests.support.pulse")
    except ModuleNotFoundError:
        raise Fault("Sound can only be measured in a checkout.", "Run bench in its folder.") from None
    if reason := pulse.why_not():
        raise Fault(f"Sound cannot be measured here: {reason}.", "Install what is missing.")
    return pulse


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _loop_silence(window: TimedWindow) -> None:
    session = window.on.session
    session.change("silence", point=Point((0.0,) * session.layout.size))
    wait(lambda: window.complete)
    window.on.playback.set_loop(True)
    window.on.playback.play_active()


def _turn(window: TimedWindow, monitor: Any, seed: int, rate_hz: int) -> float:
    """Change the knob from silence to a sound and return the milliseconds until it arrives; then reset it."""
    length = round(rate_hz * float(np.random.default_rng(seed).uniform(*SILENCE_S)))
    start = monitor.samples.size

    def silent() -> bool:
        heard = monitor.samples
        return heard.size > start + length and not _loud(heard[-length:]).size

    wait(silent)
    begin = monitor.samples.size
    turned_s = perf_counter()
    window.latent.value_wanted.emit(KNOB, HEARD, False)
    wait(lambda: _loud(monitor.samples[begin:]).size > 0)
    place = begin + int(_loud(monitor.samples[begin:])[0])
    window.latent.value_wanted.emit(KNOB, SILENT, False)
    rest(0.1)
    return 1000 * (monitor.arrival_s(place) - turned_s)


def _loud(samples: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.abs(samples) > LOUD)
