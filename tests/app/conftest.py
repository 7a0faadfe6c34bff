"""A small model with a Q network, and the window around it with everything computed at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QWidget
from safetensors.numpy import save_file

from app.program import assemble
from core.faults import Fault
from core.playback.devices import DEFAULT
from core.processes.engine import InlineEngine
from tests.support.annotating import add_tiers
from tests.support.commands import dialog_host
from tests.support.contexts import inline_context
from tests.support.measuring_at_once import InlineMeasurer
from tests.support.pools import ExchangeablePool

CATEGORIES = 3
CHANNELS = (16, 8, 4, 2, 1, 1)


def save_small_model(path: Path, kind: str = "one-hot") -> Path:
    """Write a ciwGAN of dim 1 with random weights: a generator and its Q network."""
    chance = np.random.default_rng(1)

    def layer(name: str, *shape: int) -> dict[str, np.ndarray]:
        n = shape[-2] if len(shape) == 4 else shape[-1]
        scale = 2 / np.sqrt(np.prod(shape[:-1]) / (4 if len(shape) == 4 else 1))
        kernel = (chance.standard_normal(shape) * scale).astype(np.float32)
        return {f"{name}/kernel": kernel, f"{name}/bias": np.full(n, 0.01, np.float32)}

    arrays = layer("G/z_project/dense", 100, 16 * CHANNELS[0])
    for k in range(5):
        arrays |= layer(f"G/upconv_{k}/conv2d_transpose", 1, 25, CHANNELS[k + 1], CHANNELS[k])
    for k in range(5):
        before, after = (1 if k == 0 else 2 ** (k - 1)), 2**k
        arrays |= layer(f"Q/Qdownconv_{k}/conv1d", 25, before, after)
    arrays |= layer("Q/Qoutput/dense", 16 * 16, CATEGORIES)
    card = {
        "format": 1, "model": "ciwgan", "title": "Small", "slice_len": 16384, "rate_hz": 16000, "dim": 1,
        "latent": {"size": 100, "code": CATEGORIES, "kind": kind, "prior": "uniform"},
        "upsample": "zeros", "slope": 0.2,
    }  # fmt: skip
    save_file(arrays, path, {"card": json.dumps(card)})
    return path


@pytest.fixture
def small_model(tmp_path: Path) -> Path:
    return save_small_model(tmp_path / "small.safetensors")


class Ear:
    """A player that keeps what it was given."""

    def __init__(self):
        self.heard, self.swapped, self.playing, self.looping = [], [], False, False
        self.position_s, self.volume_db = None, 0.0

    def play(self, samples, rate_hz, start_s, loop=False):
        self.heard.append((samples, rate_hz, start_s, loop))
        self.playing, self.looping = True, loop

    def swap(self, samples, rate_hz):
        self.swapped.append(samples)

    def stop(self):
        self.playing = self.looping = False

    def close(self):
        self.stop()

    def devices(self):
        return (DEFAULT,)

    def set_device(self, device):
        pass

    def refresh(self):
        pass


@pytest.fixture
def fresh(monkeypatch, tmp_path_factory):
    """All services before anything was opened, without a window; nobody's tiers or results are kept yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    made = assemble(inline_context(), InlineEngine(), ExchangeablePool(), Ear())
    made.measurement.measurer = InlineMeasurer()
    yield made
    made.close()


@pytest.fixture
def services(fresh, small_model):
    """All services with the small model open, without a window."""
    fresh.model_loader.open(small_model)
    return fresh


@pytest.fixture
def window(qapp, small_model, monkeypatch, tmp_path_factory):
    """The window on the small model, which has met nobody's tiers or results before.

    A window that only waits to be deleted slows every later one.
    """
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    from shiboken6 import delete

    from app.shell.furnishing import furnish
    from app.shell.window import Window

    instrument = assemble(inline_context(), InlineEngine(), ExchangeablePool(), Ear())
    instrument.measurement.measurer = InlineMeasurer()
    made = furnish(Window(), instrument)
    made.resize(1600, 1000)
    made.show()
    instrument.model_loader.open(small_model)
    made.wiring.show_stack()
    yield made
    made.close()
    delete(made)


@pytest.fixture
def tiered(services):
    """Give the services with tiers."""
    add_tiers(services)
    return services


@pytest.fixture
def tiers(window):
    """Give the window with the same tiers."""
    add_tiers(window.on)
    return window


@pytest.fixture
def on(request):
    """Give the services of a test: those of its window, or those without one."""
    window = "window" in request.fixturenames
    return request.getfixturevalue("window").on if window else request.getfixturevalue("services")


@pytest.fixture
def parent(qtbot):
    """Give an empty widget for dialogs and for widgets that are made for a test."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def stack(qtbot):
    """Give the lanes and tiers on the screen, without a window around them."""
    from widgets.stack.stack import Stack

    made = Stack()
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    return made


@pytest.fixture
def host(services, parent):
    """Give what opens dialogs, over an empty widget."""
    return dialog_host(services, parent)


@pytest.fixture
def faults(on):
    """Give the list of what is told as a fault."""
    told: list[Fault] = []
    on.messages.faulted.connect(told.append)
    return told


@pytest.fixture
def held_probe(on, monkeypatch):
    """An engine that never answers what it is asked for curves."""
    from concurrent.futures import Future

    ask = on.engine.ask

    def asked(what, key="", urgent=False):
        return Future() if key == ("probe", on.session.model) else ask(what, key, urgent)

    monkeypatch.setattr(on.engine, "ask", asked)


@pytest.fixture
def buzz(tmp_path):
    """A second of a buzz on 120 Hz."""
    times_s = np.arange(16000) / 16000
    wave = sum(np.sin(2 * np.pi * 120 * k * times_s) / k for k in range(1, 30))
    soundfile.write(tmp_path / "buzz.wav", 0.2 * wave, 16000)
    return tmp_path / "buzz.wav"
