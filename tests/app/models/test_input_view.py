"""The input panel: what the network hears, what there is to choose from, and what choosing changes."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt

from app.models.input_view import rate_words, short_words, silence_words
from core.session.lane_key import FIRST_MODEL, INPUT, LOGITS, LaneKey, RecordingKey
from tests.core.families.test_hearing_networks import drawn, firered_shapes
from tests.support.tiny.files import save_state

ANSWER = LaneKey(FIRST_MODEL, "detector", LOGITS)


def sound(path, seconds=0.5, rate_hz=16000, channels=1, level=0.3):
    noise = np.random.default_rng(len(path.name)).uniform(-level, level, (round(seconds * rate_hz), channels))
    soundfile.write(path, noise, rate_hz)
    return path


@pytest.fixture
def hearing(window, tmp_path):
    """The window with a detector in the place of the generator."""
    window.on.model_loader.open(save_state(tmp_path / "detector.pt", drawn(firered_shapes())))
    window.show()
    return window


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "sounds" / "anna"
    made.mkdir(parents=True)
    for number in (1, 2, 3):
        sound(made / f"word{number}.wav", 0.2 * number)
    (made / "broken.wav").write_bytes(b"RIFF")
    return made.parent


def test_it_stands_in_the_place_of_the_knobs(hearing, small_model):
    assert hearing.input.isVisible()
    assert not hearing.latent.isVisible()
    assert "Open a recording" in hearing.input_wiring.view().notes[0]
    hearing.on.model_loader.open(small_model)
    assert hearing.latent.isVisible()
    assert not hearing.input.isVisible()


def test_choosing_another_open_recording_changes_what_is_heard(hearing, tmp_path):
    for name, seconds in (("a.wav", 0.5), ("b.wav", 0.3)):
        hearing.on.model_loader.open(sound(tmp_path / name, seconds))
    view = hearing.input_wiring.view()
    assert view.in_use == "b.wav"
    assert {row.id: row.lasts_s for row in view.rows} == {"a.wav": 0.5, "b.wav": 0.3}
    row = next(k for k, row in enumerate(hearing.input.model.rows) if row.id == "a.wav")
    hearing.input.list.clicked.emit(hearing.input.model.index(row))
    session = hearing.on.session
    assert hearing.input_wiring.view().in_use == "a.wav"
    assert session.shown.predictions[ANSWER].scores.axis.n == 48
    assert session.active == RecordingKey("a.wav")
    assert session.visible.length_s == pytest.approx(0.5)


def test_a_folder_is_walked_one_recording_in_the_place_of_the_other(hearing, tmp_path, folder, faults):
    hearing.on.model_loader.open(sound(tmp_path / "own.wav"))
    hearing.on.input_choice.use_folder(folder)
    rows = {row.name: row for row in hearing.input_wiring.view().rows}
    assert list(rows) == ["anna/broken.wav", "anna/word1.wav", "anna/word2.wav", "anna/word3.wav"]
    assert rows["anna/word3.wav"].lasts_s == pytest.approx(0.6)
    assert rows["anna/broken.wav"].flaw
    for number in (2, 3):
        hearing.input.recording_wanted.emit(rows[f"anna/word{number}.wav"].id)
    keys = {key.id for key in hearing.on.input_choice.open_recordings}
    assert keys == {"own.wav", "word3.wav"}
    assert hearing.input_wiring.view().in_use == rows["anna/word3.wav"].id
    assert hearing.on.session.shown.predictions[ANSWER].scores.axis.n == 58
    assert hearing.on.session.visible.length_s == pytest.approx(0.6)
    hearing.input.recording_wanted.emit(rows["anna/broken.wav"].id)
    assert hearing.input_wiring.view().in_use == rows["anna/word3.wav"].id, "what was open stays open"


def test_rows_are_filtered_by_words(hearing, folder, qtbot):
    hearing.on.input_choice.use_folder(folder)
    qtbot.keyClicks(hearing.input.search, "anna 2")
    assert [row.name for row in hearing.input.model.rows] == ["anna/word2.wav"]
    assert hearing.input.count.text() == "1 of 4"
    hearing.input.grab()


def test_a_channel_is_chosen(hearing, tmp_path):
    hearing.on.model_loader.open(sound(tmp_path / "two.wav", channels=2))
    assert hearing.input.channels.isVisible()
    before = hearing.on.session.shown.predictions[ANSWER].scores.logits
    hearing.input.channel_wanted.emit(2)
    view = hearing.input_wiring.view()
    assert (view.channels, view.channel) == (2, 2)
    assert "Channel 2 of 2." in view.notes
    assert not np.array_equal(hearing.on.session.shown.predictions[ANSWER].scores.logits, before)


def test_the_recording_that_is_closed_is_heard_no_longer(hearing, tmp_path):
    for name in ("a.wav", "b.wav"):
        hearing.on.model_loader.open(sound(tmp_path / name))
    hearing.on.recordings.close(RecordingKey("b.wav"))
    assert hearing.input_wiring.view().in_use == "a.wav"
    hearing.on.recordings.close(RecordingKey("a.wav"))
    assert hearing.input_wiring.view().in_use == ""
    assert hearing.on.session.shown.predictions == {}
    hearing.on.session.undo()
    assert hearing.input_wiring.view().in_use == "a.wav"
    assert ANSWER in hearing.on.session.shown.predictions


def test_closing_one_layer_keeps_the_others(hearing, tmp_path):
    hearing.on.model_loader.open(sound(tmp_path / "a.wav"))
    key = LaneKey(FIRST_MODEL, "detector", "fc1")
    lanes = [lane.key for lane in hearing.on.session.lanes]
    hearing.stack.lane_wanted.emit(key, "closed", True)
    assert [lane.key for lane in hearing.on.session.lanes] == [one for one in lanes if one != key]


def test_what_happens_to_the_sound_is_said(hearing, tmp_path):
    hearing.on.model_loader.open(sound(tmp_path / "phone.wav", rate_hz=8000))
    assert rate_words(8000, 16000) in hearing.input_wiring.view().notes
    assert "above 8000 Hz is not heard" in rate_words(44100, 16000)
    hearing.on.model_loader.open(sound(tmp_path / "silent.wav", level=0.0))
    track = hearing.on.session.shown.tracks[RecordingKey("silent.wav")]
    assert silence_words(track) in hearing.input_wiring.view().notes
    assert np.isfinite(hearing.on.session.shown.predictions[ANSWER].scores.logits).all()


def test_the_list_is_used_with_the_keyboard(hearing, tmp_path, qtbot):
    for name in ("a.wav", "b.wav"):
        hearing.on.model_loader.open(sound(tmp_path / name))
    row = next(k for k, row in enumerate(hearing.input.model.rows) if row.id == "a.wav")
    hearing.input.list.setCurrentIndex(hearing.input.model.index(row))
    qtbot.keyClick(hearing.input.list, Qt.Key.Key_Return)
    assert hearing.input_wiring.view().in_use == "a.wav"


def test_a_generators_output_goes_through_an_open_detector_and_knobs_update_it(window, tmp_path, small_model):
    """Its input, its answer and its layers stand below the output at once, and follow every turn."""
    window.on.model_loader.open_beside(save_state(tmp_path / "detector.pt", drawn(firered_shapes())))
    session, panel = window.on.session, window.input_wiring.view()
    detector = session.model
    (row,) = panel.rows
    assert row.name.endswith("Out")
    answered = []
    window.on.sound_driven.answered.connect(answered.append)
    window.input.recording_wanted.emit(row.id)
    answer = LaneKey(detector, "detector", LOGITS)
    assert answered == [answer]
    keys = [lane.key for lane in session.lanes]
    assert [key.layer for key in keys[:3]] == ["out", INPUT, LOGITS]
    assert window.input_wiring.view().in_use == row.id
    before = session.shown.predictions[answer].scores.logits
    session.focus(FIRST_MODEL)
    session.set_value(10, 3.0)
    assert not np.array_equal(session.shown.predictions[answer].scores.logits, before)


def test_a_recording_shorter_than_one_field_is_told(hearing, tmp_path):
    card = hearing.on.session.card
    longest_s = max(card.networks["detector"].hears_s.values())
    assert "one answer hears" in short_words(card, longest_s / 2)
    assert short_words(card, longest_s * 2) == ""
