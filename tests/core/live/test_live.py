"""A network that follows a microphone gives, once enough has followed, what one run over everything gives."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.answers.hearing import hear
from core.families.registry import open_model
from core.faults import Fault
from core.frontends.waveform import WAVEFORM
from core.live.hearing import Frames, LiveTask
from core.live.history import LiveHistory, Rolling
from core.live.plan import LONGEST_S, LivePlan, live_plan
from core.live.sound_buffer import SoundBuffer
from core.networks.spec import SoundDrive
from core.probing.drive import Sound
from core.probing.forward import probe
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.signals.axis import TimeAxis
from tests.app.conftest import save_small_model
from tests.support.tiny.recogniser import save_recogniser

MODEL = ModelId("m")


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory):
    return open_model(save_recogniser(tmp_path_factory.mktemp("model") / "tiny.safetensors"))


def voice(seconds=3.0, rate_hz=16000):
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    chance = np.random.default_rng(3)
    made = np.sin(2 * np.pi * (150 + 60 * np.sin(3 * times)) * times) * (0.3 + 0.2 * np.sin(9 * times))
    return (made + 0.01 * chance.standard_normal(len(times))).astype(np.float32)


def followed(model, network, samples, arrivals, span_s=60.0):
    """Let samples arrive little by little and run the network each time, as the window does."""
    card = model.card.networks[network]
    plan, history = live_plan(card), LiveHistory(card.output, span_s)
    for count in arrivals:
        window = plan.window(count, history.settled)
        if window is not None:
            part = samples[window.first : window.last]
            task = LiveTask(MODEL, network, part, window, plan.step)
            history.add(task.run({MODEL: model}, lambda: False))
    return history, plan


def test_what_is_settled_equals_one_run_over_everything(recogniser):
    samples = voice()
    network = next(iter(recogniser.card.networks))
    history, plan = followed(recogniser, network, samples, range(700, len(samples), 1111))
    whole = hear(recogniser, network, samples, "")
    settled_s = history.settled / plan.rate_hz
    assert settled_s > 1.5
    tracks = history.tracks()
    assert list(tracks) == list(whole.curves)
    for name, track in tracks.items():
        assert track.axis.start_s == pytest.approx(whole.axes[name].start_s)
        count = track.axis.samples_in(replace(track.axis.extent, end_s=settled_s))[1]
        np.testing.assert_allclose(track.samples[:count], whole.curves[name][:count], atol=1e-5)
    said = history.answer()
    count = int(said.axis.index(settled_s))
    np.testing.assert_allclose(said.logits[:count], whole.answer.logits[:count], atol=1e-5)


def test_the_answer_reaches_the_newest_sample(recogniser):
    samples = voice(1.0)
    network = next(iter(recogniser.card.networks))
    history, plan = followed(recogniser, network, samples, (8000, 16000))
    assert plan.step == 320
    assert history.heard == 16000
    assert history.answer().axis.extent.end_s == pytest.approx(1.0, abs=0.05)
    assert history.input().axis.extent.end_s == pytest.approx(1.0, abs=0.02)


def test_only_the_field_of_the_network_is_computed_again(recogniser):
    plan = live_plan(next(iter(recogniser.card.networks.values())))
    window = plan.window(160000, 160000 - plan.after - 320)
    assert window.last - window.first <= plan.before + plan.after + 2 * plan.step


def test_too_little_sound_for_a_frame_is_no_fault(recogniser):
    network = next(iter(recogniser.card.networks))
    history, _ = followed(recogniser, network, voice(0.1), (320,))
    assert history.answer() is None or history.answer().axis.n


def test_a_network_of_fixed_length_hears_the_last_of_it(tmp_path):
    model = open_model(save_small_model(tmp_path / "small.safetensors"))
    samples = voice(2.5)
    history, plan = followed(model, "Q", samples, range(4000, 40001, 4000))
    assert plan.n == 16384

    end = 40000 // plan.step * plan.step
    last = probe(model, ProbeRequest(MODEL, "Q", Sound(samples[end - 16384 : end], "")))
    np.testing.assert_allclose(history.answer().logits[-1], last.logits, atol=1e-5)
    end_s = history.answer().axis.seconds(history.answer().axis.n - 1)
    assert end_s == pytest.approx((end - 8192) / 16000, abs=1e-3)
    for track in history.tracks().values():
        assert track.axis.extent.end_s == pytest.approx(end / 16000, abs=0.02)


def test_a_network_that_hears_everything_is_run_over_the_last_seconds(recogniser):
    card = next(iter(recogniser.card.networks.values()))
    plan = live_plan(replace(card, hears_s=dict.fromkeys(card.hears_s, math.inf)))
    assert plan.before == pytest.approx(LONGEST_S * 16000, abs=plan.step)


def test_a_generator_hears_nothing(tmp_path):
    model = open_model(save_small_model(tmp_path / "small.safetensors"))
    with pytest.raises(Fault, match="hears no sound"):
        live_plan(model.card.networks["G"])


def test_a_waveform_network_has_a_plan():
    plan = LivePlan(16000, 1, 10, 5)
    assert SoundDrive(16000, None, WAVEFORM).frontend.channels == 1
    assert plan.window(0, 0) is None
    assert plan.window(100, 0).settled == 95


class TestRolling:
    def frames(self, start, *values, rate_hz=10.0):
        return Frames(np.array(values, np.float32), TimeAxis(rate_hz, len(values), start))

    def test_later_frames_replace_what_they_overlap(self):
        rolling = Rolling(10.0)
        rolling.put(self.frames(0.05, 1, 2, 3, 4))
        rolling.put(self.frames(0.25, 7, 8))
        assert rolling.frames.values.tolist() == [1, 2, 7, 8]
        assert rolling.frames.axis == TimeAxis(10.0, 4, 0.05)

    def test_what_is_older_than_the_span_is_dropped(self):
        rolling = Rolling(0.3)
        rolling.put(self.frames(0.05, *range(20)))
        assert rolling.frames.values.tolist() == [16, 17, 18, 19]
        assert rolling.frames.axis.start_s == pytest.approx(1.65)

    def test_a_gap_repeats_the_last_frame(self):
        rolling = Rolling(10.0)
        rolling.put(self.frames(0.05, 1))
        rolling.put(self.frames(0.35, 2))
        assert rolling.frames.values.tolist() == [1, 1, 1, 2]


class TestSoundBuffer:
    def test_it_gives_back_what_arrived(self):
        buffer = SoundBuffer(10.0, 2.0)
        for first in range(0, 30, 6):
            buffer.take(np.arange(first, first + 6, dtype=np.float32), 10.0)
        assert buffer.count == 30
        assert buffer.samples(12, 30).tolist() == list(range(12, 30))
        assert buffer.samples(5, 12).tolist() == [0, 0, 0, 0, 0, 10, 11]

    def test_another_rate_is_resampled(self):
        buffer = SoundBuffer(16000.0)
        times = np.arange(48000) / 48000
        sound = np.sin(2 * np.pi * 440 * times).astype(np.float32)
        for first in range(0, 48000, 480):
            buffer.take(sound[first : first + 480], 48000.0)
        assert buffer.count == pytest.approx(16000, abs=800)
        heard = buffer.samples(4000, 12000)
        assert np.abs(heard).max() == pytest.approx(1.0, abs=0.01)
