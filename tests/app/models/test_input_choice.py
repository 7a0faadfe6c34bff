"""A network without a generator hears the recording in use: its input, answer and layers stand there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from app.models import sound_driven
from app.stack.answer_commands import has_letters
from core.annotation.editing import set_label
from core.answers.listening import listen_to
from core.families.registry import open_model
from core.probing.drive import Sound
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.recordings.sound_file import read_sound
from core.session.lane_key import FIRST_MODEL, INPUT, LOGITS, LaneKey, RecordingKey
from core.signals.axis import Range
from tests.core.families.test_hearing_networks import crepe_shapes, drawn, firered_shapes, snfa_shapes
from tests.support.commands import run
from tests.support.tiny.files import save_state


def networks(tmp_path):
    return {
        "recogniser": save_state(tmp_path / "phones.pt", drawn(snfa_shapes())),
        "detector": save_state(tmp_path / "detector.pt", drawn(firered_shapes())),
        "pitch": save_state(tmp_path / "crepe.pt", drawn(crepe_shapes())),
    }


@pytest.fixture
def tone(tmp_path):
    """Half a second of a tone at 16 kHz."""
    times_s = np.arange(8000) / 16000
    soundfile.write(tmp_path / "tone.wav", 0.3 * np.sin(2 * np.pi * 220 * times_s), 16000)
    return tmp_path / "tone.wav"


@pytest.mark.parametrize("role", ["recogniser", "detector", "pitch"])
@pytest.mark.parametrize("network_first", [True, False])
def test_it_hears_the_recording_as_soon_as_both_are_open(fresh, tmp_path, tone, role, network_first):
    network = networks(tmp_path)[role]
    for path in (network, tone) if network_first else (tone, network):
        fresh.model_loader.open(path)
    shown, key = fresh.session.shown, LaneKey(FIRST_MODEL, role, LOGITS)
    own = listen_to(open_model(network), ProbeRequest(ModelId("m"), role, Sound(read(tone), "d")))
    np.testing.assert_array_equal(
        shown.predictions[key].scores.logits, own.prediction.scores.logits, strict=True
    )
    names = [lane.key.layer for lane in fresh.session.lanes if isinstance(lane.key, LaneKey)]
    around = [INPUT, LOGITS] if role != "pitch" else [LOGITS]  # the waveform is no image
    assert names[: len(around)] == around
    assert set(names[len(around) :]) == set(own.tracks)
    assert fresh.session.lanes[0].key == RecordingKey("tone.wav")
    assert fresh.sound_driven.listeners[0].source == RecordingKey("tone.wav")


def read(path):
    return soundfile.read(path, dtype="float32")[0]


def test_opening_is_no_step_that_undo_would_take_back(fresh, tmp_path, tone):
    fresh.model_loader.open(networks(tmp_path)["detector"])
    fresh.model_loader.open(tone)
    lanes = fresh.session.lanes
    assert fresh.session.history.undo_words in ("", "open tone.wav")
    assert [lane.key for lane in lanes if isinstance(lane.key, LaneKey)]


def test_a_second_recording_is_heard_by_the_model_in_focus(fresh, tmp_path, tone):
    fresh.model_loader.open(networks(tmp_path)["detector"])
    fresh.model_loader.open(tone)
    soundfile.write(tmp_path / "other.wav", np.random.default_rng(0).uniform(-1, 1, 4000), 16000)
    fresh.model_loader.open(tmp_path / "other.wav")
    assert fresh.input_choice.heard_by(FIRST_MODEL) == RecordingKey("other.wav")
    key = LaneKey(FIRST_MODEL, "detector", LOGITS)
    assert fresh.session.shown.predictions[key].scores.axis.n == 23


def test_a_recording_that_is_too_short_leaves_nothing_of_the_one_before(fresh, faults, tmp_path, tone):
    fresh.model_loader.open(networks(tmp_path)["detector"])
    fresh.model_loader.open(tone)
    soundfile.write(tmp_path / "click.wav", np.zeros(100), 16000)
    fresh.model_loader.open(tmp_path / "click.wav")
    assert "too short for this network" in faults[-1].sentence
    assert fresh.session.shown.predictions == fresh.session.shown.channels == {}
    fresh.model_loader.open(tone)
    assert fresh.session.shown.predictions


def test_its_letters_move_with_the_recording(fresh, tmp_path, tone):
    fresh.model_loader.open(networks(tmp_path)["recogniser"])
    fresh.model_loader.open(tone)
    before = fresh.stack_views.view()
    fresh.alignment.to(RecordingKey("tone.wav"), 0.25)
    after = fresh.stack_views.view()
    lanes = [
        next(lane for lane in view.lanes if getattr(lane.key, "layer", "") == INPUT)
        for view in (before, after)
    ]
    starts = [lane.channel_image.axis.start_s for lane in lanes]
    assert starts[1] - starts[0] == pytest.approx(0.25)
    assert [tier.tier.name for tier in after.answers] == ["phones"]
    times = [view.answers[0].tier.times for view in (before, after)]
    np.testing.assert_allclose(np.subtract(times[1], times[0]), 0.25)


def test_letters_are_copied_into_a_tier_that_is_edited_like_any_other(fresh, tmp_path, tone):
    fresh.model_loader.open(networks(tmp_path)["recogniser"])
    assert not has_letters(fresh.session)
    fresh.model_loader.open(tone)
    run(fresh, "textgrid.copy_answer")
    (tier,) = fresh.tier_editor.tiers
    said = fresh.session.shown.predictions[LaneKey(FIRST_MODEL, "recogniser", LOGITS)].letters
    assert (tier.name, tier.kind) == ("phones", "point")
    assert tier.labels == tuple(one.label for one in said)
    np.testing.assert_allclose(tier.times, [one.time_s for one in said])
    assert fresh.tier_editor.change("label", lambda note, place: set_label(note, place, 0, "x"))
    assert fresh.tier_editor.tiers[0].labels[0] == "x"
    run(fresh, "textgrid.copy_answer")
    assert [one.labels[0] for one in fresh.tier_editor.tiers] == ["x", said[0].label]
    fresh.session.undo()
    assert len(fresh.tier_editor.tiers) == 1


def test_the_networks_pitch_stands_beside_praats(fresh, tmp_path, tone):
    fresh.model_loader.open(tone)
    fresh.model_loader.open(networks(tmp_path)["pitch"])
    lanes = {lane.key: lane for lane in fresh.stack_views.view().lanes}
    f0 = fresh.session.shown.predictions[LaneKey(FIRST_MODEL, "pitch", LOGITS)].f0
    answer, recording = lanes[LaneKey(FIRST_MODEL, "pitch", LOGITS)], lanes[RecordingKey("tone.wav")]
    assert answer.overlays["pitch"] == (f0,)
    assert [one.track for one in recording.merged_pitch] == [f0]
    assert (answer.pitch_floor_hz, answer.pitch_ceiling_hz) == (
        recording.pitch_floor_hz,
        recording.pitch_ceiling_hz,
    )


@pytest.mark.parametrize("rate_hz", [16000, 22050])
def test_of_a_long_recording_what_is_looked_at_is_heard_as_in_one_pass(fresh, tmp_path, monkeypatch, rate_hz):
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, 8 * rate_hz)
    soundfile.write(tmp_path / "long.wav", noise, rate_hz)
    network, key = networks(tmp_path)["detector"], LaneKey(FIRST_MODEL, "detector", LOGITS)
    samples, _, _ = read_sound(tmp_path / "long.wav", 16000)
    whole = listen_to(open_model(network), ProbeRequest(ModelId("m"), "detector", Sound(samples, "d")))
    monkeypatch.setattr(sound_driven, "MOST_S", 2.0)
    fresh.model_loader.open(network)
    fresh.model_loader.open(tmp_path / "long.wav")
    for seen in (Range(3.0, 4.0), Range(6.5, 7.5), Range(0.0, 1.5)):
        fresh.session.set_range(seen)
        said = fresh.session.shown.predictions[key].scores
        image = fresh.session.shown.channels[replace(key, layer=INPUT)]
        assert said.axis.n <= 200
        assert said.axis.extent.cut(seen).length_s == pytest.approx(seen.length_s, abs=0.02)
        first = whole.prediction.scores.axis.index(said.axis.start_s)
        assert first == pytest.approx(round(first), abs=1e-6)
        part = slice(round(first), round(first) + said.axis.n)
        np.testing.assert_allclose(said.logits, whole.prediction.scores.logits[part], atol=1e-4)
        np.testing.assert_allclose(image.values, whole.input.values[part], atol=1e-3)


def test_a_part_that_is_heard_is_not_heard_again_while_one_scrolls_in_it(fresh, tmp_path, monkeypatch):
    soundfile.write(tmp_path / "long.wav", np.random.default_rng(3).uniform(-0.5, 0.5, 128000), 16000)
    monkeypatch.setattr(sound_driven, "MOST_S", 2.0)
    fresh.model_loader.open(networks(tmp_path)["detector"])
    fresh.model_loader.open(tmp_path / "long.wav")
    fresh.session.set_range(Range(3.0, 4.0))
    before = fresh.session.shown.predictions
    fresh.session.set_range(Range(3.3, 4.3))
    assert fresh.session.shown.predictions is before
    fresh.session.set_range(Range(4.3, 5.3))
    assert fresh.session.shown.predictions is not before
