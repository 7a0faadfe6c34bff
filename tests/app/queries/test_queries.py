"""Single questions of the active lane, their rows in the results, and where the cursor moves."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QFileDialog, QInputDialog

from app.queries.dock import short_text
from core.analyses.measures import MEASURES
from core.analyses.praat import call_praat, sound_of
from core.queries.queries import Answer, ask
from tests.app.queries.test_layer_results import SELECTION, latest, settle
from tests.app.recordings.test_open_recordings import noted
from tests.support.commands import run
from tests.support.keys import G, recording
from tests.support.screen import status

QUERIES = {
    "pitch.get": ("f0", "Mean pitch"), "formants.f1": ("f1", "Mean F1"), "formants.b2": ("b2", "Mean B2"),
    "intensity.get": ("intensity", "Mean intensity"), "pitch.minimum": ("f0", "Minimum pitch"),
    "intensity.maximum": ("intensity", "Maximum intensity"), "harmonicity.get": ("harmonicity", "Mean HNR"),
}  # fmt: skip


@pytest.fixture
def services(services):
    """The services with the cursor put, and every layer measured there."""
    services.session.set_cursor(0.2623441)
    services.layer_results.wanted = True
    services.layer_results.refresh()
    return services


@pytest.fixture
def window(window):
    """The window with its cursor put and the dock filled."""
    window.on.session.set_cursor(0.2623441)
    settle(window)
    return window


@pytest.mark.parametrize("id", QUERIES)
def test_praats_queries_put_a_row_into_the_results(window, id):
    window.on.session.set_selection(SELECTION)
    window.menus.run(id)
    answer = latest(window.on)
    assert (answer.measure, answer.layer) == (QUERIES[id][1], "Out")
    assert (answer.start_s, answer.end_s) == (SELECTION.start_s, SELECTION.end_s)
    shown = window.dock.results.rows[-1]
    assert shown.where == "0.180979–0.331697"
    assert answer.measure in status(window)


def test_the_intensity_query_is_praats(services):
    services.session.set_selection(SELECTION)
    run(services, "intensity.get")
    sound = sound_of(services.session.shown.tracks[G("out")])
    floor_hz = services.analysis_settings.of("intensity").floor_hz
    found = call_praat(sound, "To Intensity", floor_hz, 0, "yes")
    theirs = call_praat(found, "Get mean", SELECTION.start_s, SELECTION.end_s, "energy")
    assert latest(services).value == pytest.approx(theirs, rel=1e-9)


def test_a_query_asks_the_active_lane_and_says_why_it_cannot(services):
    said = noted(services)
    services.session.set_active(G("conv2"))
    run(services, "pitch.get")
    assert services.queries.results.rows == ()
    assert said[-1].startswith("No pitch: Nyquist is 125 Hz")
    run(services, "intensity.get")
    assert latest(services).layer == "Conv2"


def test_answers_stand_in_the_order_of_the_questions_whichever_comes_first(services, monkeypatch):
    asking, results, waiting = services.layer_results, services.queries.results, []
    monkeypatch.setattr(
        asking, "with_result", lambda layer, _name, then, _place: waiting.append((then, layer))
    )
    run(services, "pitch.get")
    run(services, "intensity.get")
    run(services, "time.cursor")
    for then, layer in reversed(waiting):
        then(layer)
    assert [row.answer.measure for row in results.rows] == ["Pitch", "Intensity", "Cursor"]
    assert [row.number for row in results.rows] == [1, 2, 3]


def test_a_result_keeps_what_it_was_asked_of(services):
    run(services, "intensity.get")
    services.session.set_value(10, 3.0)
    run(services, "intensity.get")
    first, second = services.queries.results.rows
    assert (first.point, second.point) == ("seed 0", "seed 0 z11=3")
    assert first.settings == services.analysis_settings.preset.name
    assert first.answer.origin.point != second.answer.origin.point


def test_a_recording_is_asked_beside_the_model(services, tmp_path):
    times = np.arange(16000) / 16000
    hum = 0.3 * np.sign(np.sin(2 * np.pi * 130 * times)) * np.exp(-2 * times)
    soundfile.write(tmp_path / "hum.wav", hum, 16000)
    services.recordings.open(tmp_path / "hum.wav")
    services.layer_results.refresh()
    found = ask(services.layer_results.layer(recording("hum.wav")), MEASURES["f0"], 0.2623441)
    assert found.value == pytest.approx(130, abs=1)
    run(services, "pitch.get")
    result = services.queries.results.rows[-1]
    assert (result.file, result.point, result.answer.layer) == ("hum.wav", "", "hum")
    assert latest(services).value == pytest.approx(130, abs=1)


def test_the_last_result_is_undone_and_notes_are_kept(window):
    window.menus.run("intensity.get")
    window.menus.run("time.cursor")
    window.dock.results.note_wanted.emit(1, "loud")
    assert [row.note for row in window.dock.results.rows] == ["loud", ""]
    window.menus.run("edit.undo_result")
    window.menus.run("edit.undo_result")
    assert [row.number for row in window.dock.results.rows] == [1]


def test_results_are_written_where_the_user_says(window, tmp_path, monkeypatch):
    window.menus.run("time.cursor")
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.dock.export_wanted.emit("tsv")
    lines = path.with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    assert lines[1].split("\t")[4:9] == ["Out", "Cursor", "0.262344", "0.262344", "0.2623441"]


def test_a_double_click_on_a_cell_keeps_its_value(window):
    window.on.session.set_selection(SELECTION)
    settle(window)
    window.dock.table.ask_wanted.emit(G("conv4"), 2, 5)
    assert (latest(window.on).measure, latest(window.on).layer) == ("Maximum intensity", "Conv4")
    window.dock.table.ask_wanted.emit(G("out"), 3, 2)
    assert latest(window.on).measure == "Mean B1"


def test_the_power_at_the_cursor_cross_is_praats(services):
    services.session.set_frequency(1500.0)
    run(services, "spectrogram.power")
    sound = sound_of(services.session.shown.tracks[G("out")])
    theirs = call_praat(sound, "To Spectrogram", 0.005, 5000, 0.002, 20, "Gaussian")
    assert latest(services).value == pytest.approx(
        call_praat(theirs, "Get power at", 0.2623441, 1500), rel=2e-5
    )
    assert latest(services).unit == "Pa²/Hz"


def test_the_frequency_cursor_moves_to_what_is_typed_and_nowhere_out_of_sight(services, host, monkeypatch):
    typed, said = ["1500 Hz", "1,5e3", "6000", "-1"], []
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (typed.pop(0), True))
    services.messages.faulted.connect(lambda fault: said.append(fault.sentence))
    for expected in (None, 1500.0, 1500.0, 1500.0):
        run(services, "spectrogram.to_frequency", host)
        assert services.session.frequency_hz == expected
    assert said == [
        "“1500 Hz” is not a number.",
        "The spectrogram of Out does not reach 6000 Hz.",
        "The spectrogram of Out does not reach −1 Hz.",
    ]


def test_a_formant_or_bandwidth_of_any_number_can_be_asked(services, host, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (5, True))
    run(services, "formants.formant", host)
    assert latest(services).measure == "F5"
    run(services, "formants.bandwidth", host)
    assert latest(services).measure == "B5"
    assert (
        latest(services).value == ask(services.layer_results.layer(G("out")), MEASURES["b5"], 0.2623441).value
    )


def test_the_amplitude_at_the_cursor_is_praats(services):
    run(services, "analyses.amplitude")
    sound = sound_of(services.session.shown.tracks[G("out")])
    theirs = call_praat(sound, "Get value at time", 0, 0.2623441, "Linear")
    assert latest(services).value == pytest.approx(theirs, rel=1e-5)


# --- moving


def test_the_cursor_moves_to_the_nearest_zero_crossing_as_in_praat(services):
    sound = sound_of(services.session.shown.tracks[G("out")])
    run(services, "time.cursor_to_zero")
    assert services.session.cursor_s == pytest.approx(sound.get_nearest_zero_crossing(0.2623441), abs=1e-9)
    services.session.set_selection(SELECTION)
    run(services, "time.end_to_zero")
    end_s = sound.get_nearest_zero_crossing(SELECTION.end_s)
    assert services.session.selection.start_s == SELECTION.start_s
    assert services.session.selection.end_s == pytest.approx(end_s, abs=1e-9)


def test_a_layer_after_relu_says_that_it_never_crosses_zero(window):
    track = window.on.session.shown.tracks[G("conv4")]
    window.on.session.show(tracks={**window.on.session.shown.tracks, G("conv4"): _lifted(track)})
    window.on.session.set_active(G("conv4"))
    window.menus.run("time.cursor_to_zero")
    assert "never crosses zero" in window.banner.shown.sentence
    assert window.on.session.cursor_s == 0.2623441


def _lifted(track):
    from dataclasses import replace

    return replace(track, samples=np.abs(track.samples) + 1)


@pytest.mark.parametrize(("value", "text"), [(78.7, "78.7"), (-35.4, "−35.4"), (-335.41, "−335")])
def test_a_number_of_the_dock_leaves_its_neighbour_alone(value, text):
    answer = Answer("Out", "Intensity", 0.1, 0.1, value, "dB")
    assert short_text(answer, MEASURES["intensity"]) == text
