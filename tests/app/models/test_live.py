"""A network that follows the microphone: its answers scroll by, and what was heard can be kept."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue

import numpy as np
import pytest

from app.base.clock import Clock
from app.base.context import make_context
from app.models.live_page import NOTHING, LivePage
from app.models.live_scene import live_scene
from app.program import assemble
from app.recordings.recorder_panel import RecorderPanel
from core.capture import capture as capturing
from core.faults import Fault
from core.processes.engine import InlineEngine
from core.session.lane_key import INPUT, LOGITS, LaneKey, RecordingKey
from tests.app.conftest import Ear, save_small_model
from tests.support.commands import dialog_host
from tests.support.fake_microphone import FakeMicrophone
from tests.support.pools import ExchangeablePool
from tests.support.screen import texts
from tests.support.tiny.recogniser import save_recogniser
from widgets.live.live_panel import LivePanel


def voice(seconds=2.0):
    times = np.arange(round(seconds * 16000)) / 16000
    return (0.4 * np.sin(2 * np.pi * (200 + 80 * np.sin(5 * times)) * times)).astype(np.float32)


class Desk:
    """All services with a microphone driven by hand; what other threads post is run when the test waits."""

    def __init__(self):
        self.posted: SimpleQueue = SimpleQueue()
        self.microphone = FakeMicrophone()
        context = make_context(Clock(self.posted.put, lambda call: call()))
        self.services = assemble(context, InlineEngine(), ExchangeablePool(), Ear(), self.microphone)
        self.live, self.session = self.services.live, self.services.session

    def until(self, condition):
        while not condition():
            self.posted.get(timeout=60)()

    def open(self, path):
        self.services.model_loader.open(path)
        self.until(lambda: bool(self.session.models))

    def hear(self, samples):
        """Let samples arrive, and the network follow until it has heard them."""
        live, step = self.live, 320
        wanted = (live.buffer.count + len(samples)) // step * step
        self.microphone.hear(samples)
        while live.history.heard < wanted:
            live.follow()
            with suppress(Empty):
                self.posted.get(timeout=0.02)()

    def stop(self):
        self.live.stop()
        self.until(lambda: not self.live.listens)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = Desk()
    yield made
    made.services.close()


@pytest.fixture
def listening(desk, tmp_path):
    desk.open(save_recogniser(tmp_path / "tiny.safetensors"))
    desk.live.start()
    return desk


def test_the_sound_the_input_the_answer_and_every_layer_scroll_by(listening):
    listening.hear(voice())
    scene = live_scene(listening.session, listening.live)
    listener = listening.live.listener
    card = listening.live.card(listener)[1]
    layers = [LaneKey(*listener, layer.name) for layer in card.layers]
    around = [RecordingKey("microphone"), LaneKey(*listener, INPUT), LaneKey(*listener, LOGITS)]
    assert [lane.key for lane in scene.lanes] == [*around, *layers]
    assert scene.window.end_s == pytest.approx(2.0, abs=0.11)
    assert scene.settled_s < 2.0
    assert scene.tier.kind == "point"
    assert listening.live.delay_s > 0


def test_no_letter_of_an_earlier_time_stands_at_the_edge(listening):
    for _ in range(6):
        listening.hear(voice())
    scene = live_scene(listening.session, listening.live)
    assert all(time_s > scene.window.start_s for time_s in scene.tier.times)


def test_what_was_heard_can_be_kept_as_a_recording(listening):
    sound = voice()
    listening.hear(sound)
    listening.stop()
    take = listening.live.taken()
    np.testing.assert_array_equal(take.samples(), sound)
    recorder = listening.services.recorder
    recorder.take_up(take)
    assert recorder.view.state == "recorded"
    assert recorder.view.seconds == 2.0


def test_listening_again_deletes_what_nobody_kept(listening, tmp_path):
    listening.hear(voice())
    listening.stop()
    assert list((tmp_path / "data").rglob("*.take"))
    listening.live.start()
    assert listening.live.take is None


def test_without_a_microphone_there_is_a_sentence(desk, tmp_path):
    desk.open(save_recogniser(tmp_path / "tiny.safetensors"))
    desk.microphone.refusal = Fault("No microphone responds.", "Connect one.")
    desk.live.start()
    desk.until(lambda: not desk.live.listens)
    assert desk.live.fault.sentence == "No microphone responds."


def test_a_microphone_that_hangs_is_given_up(desk, tmp_path, monkeypatch):
    desk.open(save_recogniser(tmp_path / "tiny.safetensors"))
    desk.microphone.gate.clear()
    monkeypatch.setattr(capturing, "OPEN_LIMIT_S", 0.0)
    desk.live.start()
    desk.live.follow()
    assert not desk.live.listens
    assert desk.microphone.abandoned
    desk.microphone.gate.set()


def test_a_network_that_is_closed_no_longer_listens(listening, tmp_path):
    listening.hear(voice(0.5))
    listening.services.model_loader.open(save_small_model(tmp_path / "small.safetensors"))
    listening.until(lambda: not listening.live.listens)
    assert listening.live.history is None


def test_a_generator_beside_a_network_leaves_that_one_to_listen(listening):
    assert [role for _, role in listening.live.networks] == [listening.live.listener[1]]


@pytest.fixture
def page(desk, qtbot):
    made = LivePanel()
    qtbot.addWidget(made)
    host = dialog_host(desk.services, made)
    context, services = desk.services.context, desk.services
    connected = LivePage(
        context, services.live, services.recorder, RecorderPanel(context, host, services.recorder), made
    )
    return made, connected


def test_the_page_says_what_to_open(page):
    assert page[0].view.accessibleDescription() == NOTHING


def test_the_page_says_how_late_the_answer_is(page, desk, tmp_path, monkeypatch):
    desk.open(save_recogniser(tmp_path / "tiny.safetensors"))
    desk.live.start()
    desk.hear(voice(0.5))
    page[1].look()
    words = page[1].state_words()
    assert words.endswith("ms behind the microphone")
    monkeypatch.setattr("app.models.live_page.SLOW_S", 0.0)
    assert page[1].state_words().startswith("This machine is too slow")
    assert any("behind the microphone" in text for text in texts(page[0]))
    desk.stop()
    assert not page[1].state_words()
