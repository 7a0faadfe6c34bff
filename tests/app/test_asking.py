"""Asking in the window: one cursor for all layers, single queries, results."""

from __future__ import annotations

import csv
import io
import math
from concurrent.futures import Future

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog

from app import docking
from core.all_layers import COPIED, SHOWN, STATISTICS
from core.analyses import TABLE
from core.analyses.praat import call_praat, sound_of
from core.axis import Range
from core.praat_pool import InlinePool
from core.queries import MEASURES, Answer, ask
from widgets.listing import ListingDialog, ReportDialog

SELECTION = Range(0.1809791, 0.3316972)


@pytest.fixture
def window(window):
    """The window with its cursor put and the dock filled."""
    window.on.session.set_cursor(0.2623441)
    settle(window)
    return window


def settle(window) -> None:
    """Do now what the timers would do once things are at rest."""
    window.docking.asking.refresh()
    window.docking.show()


def rows_of(window) -> dict:
    return {row.key: row for row in window.dock.table.rows}


def copied() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))


def latest(window):
    return window.docking.results.rows[-1].answer


def test_a_row_stands_for_every_lane_in_its_order(window):
    assert [row.title for row in window.dock.table.rows] == ["Out", "Conv4", "Conv3", "Conv2", "Conv1", "FC"]
    assert [row.key for row in window.dock.table.rows if row.active] == ["out"]
    window.dock.table.row_wanted.emit("conv3")
    settle(window)
    assert [row.key for row in window.dock.table.rows if row.active] == ["conv3"]


@pytest.mark.parametrize("selection", [None, SELECTION])
def test_every_cell_equals_the_single_query(window, selection):
    window.on.session.set_selection(selection) if selection else None
    settle(window)
    window.menus.run("edit.copy_layers")
    table = {(row["layer"], row.get("statistic", "mean")): row for row in copied()}
    for key, row in rows_of(window).items():
        for statistic in STATISTICS if selection else STATISTICS[:1]:
            for measure in COPIED:
                before = len(window.docking.results.rows)
                window.docking.queries.ask(measure.key, statistic, key)
                refused = len(window.docking.results.rows) == before
                unit = f"_{measure.unit.lower()}" if measure.unit else ""
                text = table[row.title, statistic][f"{measure.key}{unit}"]
                single = math.nan if refused else latest(window).value
                assert text == (f"{single:.9g}" if math.isfinite(single) else "")
                if statistic == "mean" and measure in SHOWN:
                    cell = row.cells[SHOWN.index(measure)]
                    assert (cell.state == "refused") == refused
                    assert (cell.state == "value") == math.isfinite(single)


def test_copied_times_have_six_decimals_and_plain_signs(window):
    window.on.session.set_selection(SELECTION)
    window.menus.run("edit.copy_layers")
    first = copied()[0]
    assert (first["start_s"], first["end_s"]) == ("0.180979", "0.331697")
    assert first["duration_s"] == f"{SELECTION.length_s:.6f}"
    assert "−" not in QGuiApplication.clipboard().text()


def test_what_a_rate_cannot_carry_is_refused_with_its_reason_at_hand(window):
    conv2 = rows_of(window)["conv2"]
    pitch = conv2.cells[1]
    assert (pitch.state, pitch.text) == ("refused", "")
    assert pitch.tip == "No pitch: Nyquist is 125 Hz, below the ceiling of 450 Hz"
    assert "room for 2 formants below 2000 Hz" in rows_of(window)["conv4"].cells[4].tip
    assert rows_of(window)["conv1"].cells[0].state == "value"


def test_no_number_moves_when_the_window_zooms(window):
    window.on.session.set_selection(SELECTION)
    seen = []
    for zoom in (Range(0, 1.024), Range(0.15, 0.36), Range(0.2, 0.21), Range(0.0, 0.3)):
        window.on.session.set_range(zoom)
        settle(window)
        window.menus.run("edit.copy_layers")
        seen.append(QGuiApplication.clipboard().text())
    assert len(set(seen)) == 1


def test_unfolding_shows_extremes_and_bandwidths(window):
    window.on.session.set_selection(SELECTION)
    settle(window)
    out = rows_of(window)["out"]
    assert [line.name for line in out.below] == ["min", "max", "bandwidth"]
    low, high = (float(out.below[k].cells[5].text) for k in (0, 1))
    assert low <= float(out.cells[5].text) <= high
    window.dock.table.fold_wanted.emit("out")
    assert rows_of(window)["out"].below == ()
    window.on.session.set_cursor(0.2)
    window.dock.table.fold_wanted.emit("conv4")
    assert [line.name for line in rows_of(window)["conv4"].below] == ["bandwidth"]


def test_a_selection_can_still_be_asked_at_its_cursor(window):
    window.on.session.set_selection(SELECTION)
    settle(window)
    assert window.dock.mode.current == "selection"
    window.dock.mode_wanted.emit("cursor")
    settle(window)
    assert window.dock.where.text == "0.180979 s, interpolated"
    window.on.session.set_cursor(0.3)
    window.on.session.set_selection(SELECTION)
    settle(window)
    assert window.dock.mode.current == "selection"


def test_numbers_of_an_earlier_point_stay_until_the_new_ones_come(window):
    before = rows_of(window)["out"].cells[5]
    window.on.pool = Nothing()
    window.on.session.set_value(10, -9.0)
    settle(window)
    kept = rows_of(window)["out"].cells[5]
    assert (kept.text, kept.stale) == (before.text, True)
    window.on.pool = InlinePool()
    window.on.analysing.refresh()
    window.docking.asking._asked.clear()
    settle(window)
    assert not rows_of(window)["out"].cells[5].stale


def test_returning_to_a_point_computes_nothing_again(window):
    window.on.session.set_value(10, -9.0)
    settle(window)
    window.on.session.undo()
    asked = window.on.pool = Counting()
    settle(window)
    assert [name for name in asked.names if name in ("harmonicity", "pitch", "formants", "intensity")] == []


class Nothing(InlinePool):
    """A pool whose answers never come."""

    def submit_many(self, asks, key="", patient=False):
        return Future()

    def submit(self, name, track, settings=None, key=""):
        return self.submit_many(())


class Later(InlinePool):
    """A pool that answers when it is told to."""

    def __init__(self):
        self.held = []

    def submit_many(self, asks, key="", patient=False):
        self.held.append((Future(), asks))
        return self.held[-1][0]

    def answer(self):
        while self.held:
            future, asks = self.held.pop(0)
            if not future.cancelled():
                future.set_result(super().submit_many(asks).result())


class Counting(InlinePool):
    """A pool that remembers what it was asked."""

    def __init__(self):
        self.names = []

    def submit_many(self, asks, key="", patient=False):
        self.names += [name for name, _, _ in asks]
        return super().submit_many(asks, key)


# --- single queries


QUERIES = {
    "pitch.get": ("f0", "Mean pitch"), "formants.f1": ("f1", "Mean F1"), "formants.b2": ("b2", "Mean B2"),
    "intensity.get": ("intensity", "Mean intensity"), "pitch.minimum": ("f0", "Minimum pitch"),
    "intensity.maximum": ("intensity", "Maximum intensity"), "harmonicity.get": ("harmonicity", "Mean HNR"),
}  # fmt: skip


@pytest.mark.parametrize("id", QUERIES)
def test_praats_queries_put_a_row_into_the_results(window, id):
    window.on.session.set_selection(SELECTION)
    window.menus.run(id)
    answer = latest(window)
    assert (answer.measure, answer.layer) == (QUERIES[id][1], "Out")
    assert (answer.start_s, answer.end_s) == (SELECTION.start_s, SELECTION.end_s)
    shown = window.dock.results.rows[-1]
    assert shown.where == "0.180979–0.331697"
    assert answer.measure in window.status._help.text()


def test_the_intensity_query_is_praats(window):
    window.on.session.set_selection(SELECTION)
    window.menus.run("intensity.get")
    sound = sound_of(window.on.session.shown.tracks["out"])
    floor_hz = window.on.analysing.settings("intensity").floor_hz
    found = call_praat(sound, "To Intensity", floor_hz, 0, "yes")
    theirs = call_praat(found, "Get mean", SELECTION.start_s, SELECTION.end_s, "energy")
    assert latest(window).value == pytest.approx(theirs, rel=1e-9)


def test_a_query_asks_the_active_lane_and_says_why_it_cannot(window):
    window.on.session.set_active("conv2")
    window.menus.run("pitch.get")
    assert window.docking.results.rows == ()
    assert window.status._help.text().startswith("No pitch: Nyquist is 125 Hz")
    window.menus.run("intensity.get")
    assert latest(window).layer == "Conv2"


def test_answers_stand_in_the_order_of_the_questions_whichever_comes_first(window, monkeypatch):
    asking, results, waiting = window.docking.asking, window.docking.results, []
    monkeypatch.setattr(
        asking, "with_result", lambda layer, _name, then, _place: waiting.append((then, layer))
    )
    window.menus.run("pitch.get")
    window.menus.run("intensity.get")
    window.menus.run("time.cursor")
    for then, layer in reversed(waiting):
        then(layer)
    assert [row.answer.measure for row in results.rows] == ["Pitch", "Intensity", "Cursor"]
    assert [row.number for row in results.rows] == [1, 2, 3]


def test_a_result_keeps_what_it_was_asked_of(window):
    window.menus.run("intensity.get")
    window.on.session.set_value(10, 3.0)
    window.menus.run("intensity.get")
    first, second = window.docking.results.rows
    assert (first.point, second.point) == ("seed 0", "seed 0 z11=3")
    assert first.settings == window.on.analysing.preset.name
    assert first.answer.origin.point != second.answer.origin.point


def test_a_recording_is_asked_beside_the_model(window, tmp_path):
    times = np.arange(16000) / 16000
    hum = 0.3 * np.sign(np.sin(2 * np.pi * 130 * times)) * np.exp(-2 * times)
    soundfile.write(tmp_path / "hum.wav", hum, 16000)
    window.on.recordings.open(tmp_path / "hum.wav")
    settle(window)
    row = rows_of(window)["sound:hum.wav"]
    assert float(row.cells[1].text) == pytest.approx(130, abs=1)
    window.menus.run("pitch.get")
    result = window.docking.results.rows[-1]
    assert (result.file, result.point, result.answer.layer) == ("hum.wav", "", "hum")
    assert latest(window).value == pytest.approx(130, abs=1)


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
    assert lines[1].split("\t")[3:8] == ["Out", "Cursor", "0.262344", "0.262344", "0.2623441"]


def test_a_double_click_on_a_cell_keeps_its_value(window):
    window.on.session.set_selection(SELECTION)
    settle(window)
    window.dock.table.ask_wanted.emit("conv4", 2, 5)
    assert (latest(window).measure, latest(window).layer) == ("Maximum intensity", "Conv4")
    window.dock.table.ask_wanted.emit("out", 3, 2)
    assert latest(window).measure == "Mean B1"


def test_the_power_at_the_cursor_cross_is_praats(window):
    window.on.session.set_frequency(1500.0)
    window.menus.run("spectrogram.power")
    sound = sound_of(window.on.session.shown.tracks["out"])
    theirs = call_praat(sound, "To Spectrogram", 0.005, 5000, 0.002, 20, "Gaussian")
    assert latest(window).value == pytest.approx(
        call_praat(theirs, "Get power at", 0.2623441, 1500), rel=2e-5
    )
    assert latest(window).unit == "Pa²/Hz"


def test_the_frequency_cursor_moves_to_what_is_typed_and_nowhere_out_of_sight(window, monkeypatch):
    typed, said = ["1500 Hz", "1,5e3", "6000", "-1"], []
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (typed.pop(0), True))
    window.on.faulted.connect(lambda fault: said.append(fault.sentence))
    for expected in (None, 1500.0, 1500.0, 1500.0):
        window.menus.run("spectrogram.to_frequency")
        assert window.on.session.frequency_hz == expected
    assert said == [
        "“1500 Hz” is no number.",
        "The spectrogram of Out does not reach 6000 Hz.",
        "The spectrogram of Out does not reach −1 Hz.",
    ]


def test_a_formant_or_bandwidth_of_any_number_can_be_asked(window, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (5, True))
    window.menus.run("formants.formant")
    assert latest(window).measure == "F5"
    window.menus.run("formants.bandwidth")
    assert latest(window).measure == "B5"
    assert latest(window).value == ask(window.docking.asking.layer("out"), MEASURES["b5"], 0.2623441).value


def test_the_amplitude_at_the_cursor_is_praats(window):
    window.menus.run("analyses.amplitude")
    sound = sound_of(window.on.session.shown.tracks["out"])
    theirs = call_praat(sound, "Get value at time", 0, 0.2623441, "Linear")
    assert latest(window).value == pytest.approx(theirs, rel=1e-5)


# --- moving


def test_the_cursor_moves_to_the_nearest_zero_crossing_as_in_praat(window):
    sound = sound_of(window.on.session.shown.tracks["out"])
    window.menus.run("time.cursor_to_zero")
    assert window.on.session.cursor_s == pytest.approx(sound.get_nearest_zero_crossing(0.2623441), abs=1e-9)
    window.on.session.set_selection(SELECTION)
    window.menus.run("time.end_to_zero")
    end_s = sound.get_nearest_zero_crossing(SELECTION.end_s)
    assert window.on.session.selection.start_s == SELECTION.start_s
    assert window.on.session.selection.end_s == pytest.approx(end_s, abs=1e-9)


def test_a_layer_after_relu_says_that_it_never_crosses_zero(window):
    track = window.on.session.shown.tracks["conv4"]
    window.on.session.show(tracks={**window.on.session.shown.tracks, "conv4": _lifted(track)})
    window.on.session.set_active("conv4")
    window.menus.run("time.cursor_to_zero")
    assert "never crosses zero" in window.notice.shown.sentence
    assert window.on.session.cursor_s == 0.2623441


def _lifted(track):
    from dataclasses import replace

    return replace(track, samples=np.abs(track.samples) + 1)


@pytest.mark.parametrize(("value", "text"), [(78.7, "78.7"), (-35.4, "−35.4"), (-335.41, "−335")])
def test_a_number_of_the_dock_leaves_its_neighbour_alone(value, text):
    answer = Answer("Out", "Intensity", 0.1, 0.1, value, "dB")
    assert docking._short(answer, MEASURES["intensity"]) == text


# --- slices, listings, the dock itself


def test_slices_of_all_layers_end_at_their_nyquist_and_equal_the_analysis(window):
    window.on.session.set_selection(SELECTION)
    settle(window)
    slices = {one.title: one for one in window.dock.plot.view.slices}
    assert {"Out", "Conv4", "Conv3", "Conv2"} <= set(slices)
    for title, nyquist_hz in (("Conv4", 2000.0), ("Conv3", 500.0)):
        assert slices[title].frequencies_hz.max() <= nyquist_hz
    settings = window.docking.asking.slice_settings()
    truth = TABLE["slice"].run(window.on.session.shown.tracks["out"], settings)
    ours = slices["Out"].levels_db
    np.testing.assert_allclose(np.diff(ours), np.diff(truth.levels[: ours.size]), atol=1e-9)


def test_the_formant_listing_has_praats_head_and_frames(window):
    window.on.session.set_selection(SELECTION)
    window.menus.run("formants.listing")
    dialog = next(one for one in window.asks._open if isinstance(one, ListingDialog))
    dialog.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Time_s\tF1_Hz\tF2_Hz\tF3_Hz\tF4_Hz"
    axis = window.on.session.shown.overlays["out", "formants"][0].axis
    first, last = axis.samples_in(SELECTION)
    assert len(lines) - 1 == last - first
    assert lines[1].startswith(f"{axis.seconds(first):.6f}\t")


def test_a_refused_listing_says_why_and_opens_nothing(window):
    window.on.session.set_active("conv1")
    window.menus.run("pitch.listing")
    assert window.status._help.text().startswith("No pitch: Nyquist is 31.25 Hz")
    assert not any(isinstance(one, ListingDialog) for one in window.asks._open)


def test_the_voice_report_opens_with_praats_lines(window):
    window.menus.run("pulses.voice_report")
    dialog = next(one for one in window.asks._open if isinstance(one, ReportDialog))
    lines = dialog.view.toPlainText().splitlines()
    used = window.on.analysing.settings("voice report")
    assert lines[0].startswith(
        f"Pitch here by raw cross-correlation, {used.floor_hz:g} to {used.ceiling_hz:g} Hz, "
    )
    assert [line for line in lines[3:] if line[:1].isalpha()] == [
        "Pitch:", "Pulses:", "Voicing:", "Jitter:", "Shimmer:", "Harmonicity of the voiced parts only:"
    ]  # fmt: skip
    dialog.copy()
    assert QGuiApplication.clipboard().text().splitlines()[1:] == lines


def test_a_hidden_dock_computes_nothing_and_is_remembered(window):
    window.menus.run("view.dock")
    assert not window.dock.isVisible()
    assert window.on.settings.dock is False
    asked = window.on.pool = Counting()
    window.on.session.set_selection(SELECTION)
    window.docking.asking.refresh()
    assert asked.names == []
    window.menus.run("view.dock")
    assert window.dock.isVisible()


def test_the_dock_belongs_to_the_stack_page(window):
    window.show_page("sheet")
    assert not window.dock.isVisible()
    window.show_page("stack")
    assert window.dock.isVisible()
    assert window.dock.width() == 384


def test_what_is_computed_follows_who_looks_the_dock_or_the_slices_window(window, qtbot):
    docking, session = window.docking, window.on.session
    docking.show_dock(False)
    assert not docking.asking.wanted
    docking.show_large()
    docking.show_dock(True)
    docking.show_dock(False)
    session.set_cursor(0.3)
    qtbot.waitUntil(lambda: "0.300000" in docking._large.words.text())
    docking._large.accept()
    assert not docking.asking.wanted
    docking.show_dock(True)
    assert docking.asking.wanted


def test_while_the_table_lacks_something_cells_status_and_copy_say_so(window):
    docking, session = window.docking, window.on.session
    settle(window)
    assert docking.state == "All layers and analyses up to date"
    window.on.pool = Later()
    session.set_selection(Range(0.9, 0.95))  # after the voice: no pitch there
    docking.show()
    none = docking._said["out", 0, 1]
    assert none == "–"
    session.redraw(4)
    settle(window)
    docking.show()
    cell = next(one for one in window.dock.table.rows if one.key == "out").cells[-1]
    assert cell.tip == "Under way"
    assert "–" not in [
        one.text for row in window.dock.table.rows for one in row.cells if one.tip == "Under way"
    ]
    assert docking.state == "Measuring for the table…"
    docking.copy_table()
    assert "still under way and empty" in window.status._help.text()
    window.on.pool.answer()
    settle(window)
    assert docking.state == "All layers and analyses up to date"


def test_a_table_that_nobody_sees_any_more_is_not_awaited(window):
    docking, status = window.docking, window.status
    for lane in window.on.session.lanes:
        window.on.session.set_lane(lane.key, "none", shown=frozenset())
    window.on.pool = Later()
    window.on.session.redraw(4)
    settle(window)
    docking.show()
    assert docking.state == status._state.text() == "Measuring for the table…"
    docking.show_dock(False)
    assert docking.state == status._state.text() == "All layers and analyses up to date"
