"""Asking in the window: one cursor for all layers, single queries, results."""

from __future__ import annotations

import csv
import io
import math
from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from app.queries.listing_windows import ListingWindows
from core.analyses.registry import TABLE
from core.processes.praat_pool import InlinePool
from core.queries.layer_table import COPIED, SHOWN, STATISTICS
from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import noted
from tests.support.commands import run
from tests.support.keys import G
from tests.support.screen import dialogs, status
from widgets.results.listing import ListingDialog, ReportDialog
from widgets.results.slice_plot import SliceDialog

SELECTION = Range(0.1809791, 0.3316972)


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


def settle(window) -> None:
    """Do now what the timers would do once things are at rest."""
    window.on.layer_results.refresh()
    window.dock_view.show()


def rows_of(window) -> dict:
    return {row.key: row for row in window.dock.table.rows}


def copied() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))


def latest(services):
    return services.queries.results.rows[-1].answer


def test_a_row_stands_for_every_lane_in_its_order(window):
    assert [row.title for row in window.dock.table.rows] == ["Out", "Conv4", "Conv3", "Conv2", "Conv1", "FC"]
    assert [row.key for row in window.dock.table.rows if row.active] == [G("out")]
    window.dock.table.row_wanted.emit(G("conv3"))
    settle(window)
    assert [row.key for row in window.dock.table.rows if row.active] == [G("conv3")]


@pytest.mark.parametrize("selection", [None, SELECTION])
def test_every_cell_equals_the_single_query(window, selection):
    window.on.session.set_selection(selection) if selection else None
    settle(window)
    window.menus.run("edit.copy_layers")
    table = {(row["layer"], row.get("statistic", "mean")): row for row in copied()}
    for key, row in rows_of(window).items():
        for statistic in STATISTICS if selection else STATISTICS[:1]:
            for measure in COPIED:
                before = len(window.on.queries.results.rows)
                window.on.queries.ask(measure.key, statistic, key)
                refused = len(window.on.queries.results.rows) == before
                unit = f"_{measure.unit.lower()}" if measure.unit else ""
                text = table[row.title, statistic][f"{measure.key}{unit}"]
                single = math.nan if refused else latest(window.on).value
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
    assert first["model"] == window.on.session.card.label
    assert "−" not in QGuiApplication.clipboard().text()


def test_what_a_rate_cannot_carry_is_refused_with_its_reason_at_hand(window):
    conv2 = rows_of(window)[G("conv2")]
    pitch = conv2.cells[1]
    assert (pitch.state, pitch.text) == ("refused", "")
    assert pitch.tip == "No pitch: Nyquist is 125 Hz, below the ceiling of 450 Hz"
    assert "room for 2 formants below 2000 Hz" in rows_of(window)[G("conv4")].cells[4].tip
    assert rows_of(window)[G("conv1")].cells[0].state == "value"


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
    out = rows_of(window)[G("out")]
    assert [line.name for line in out.below] == ["min", "max", "bandwidth"]
    low, high = (float(out.below[k].cells[5].text) for k in (0, 1))
    assert low <= float(out.cells[5].text) <= high
    window.dock.table.fold_wanted.emit(G("out"))
    assert rows_of(window)[G("out")].below == ()
    window.on.session.set_cursor(0.2)
    window.dock.table.fold_wanted.emit(G("conv4"))
    assert [line.name for line in rows_of(window)[G("conv4")].below] == ["bandwidth"]


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
    before = rows_of(window)[G("out")].cells[5]
    pool = window.on.pool.current = Later()
    window.on.session.set_value(10, -9.0)
    settle(window)
    kept = rows_of(window)[G("out")].cells[5]
    assert (kept.text, kept.stale) == (before.text, True)
    pool.answer()
    settle(window)
    assert not rows_of(window)[G("out")].cells[5].stale


def test_returning_to_a_point_computes_nothing_again(window):
    window.on.session.set_value(10, -9.0)
    settle(window)
    window.on.session.undo()
    asked = window.on.pool.current = Counting()
    settle(window)
    assert [name for name in asked.names if name in ("harmonicity", "pitch", "formants", "intensity")] == []


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


# --- slices, listings, the dock itself


def test_slices_of_all_layers_end_at_their_nyquist_and_equal_the_analysis(window):
    window.on.session.set_selection(SELECTION)
    settle(window)
    slices = {one.title: one for one in window.dock.plot.view.slices}
    assert {"Out", "Conv4", "Conv3", "Conv2"} <= set(slices)
    for title, nyquist_hz in (("Conv4", 2000.0), ("Conv3", 500.0)):
        assert slices[title].frequencies_hz.max() <= nyquist_hz
    settings = window.on.layer_results.slice_settings()
    truth = TABLE["slice"].run(window.on.session.shown.tracks[G("out")], settings)
    ours = slices["Out"].levels_db
    np.testing.assert_allclose(np.diff(ours), np.diff(truth.levels[: ours.size]), atol=1e-9)


def test_the_formant_listing_has_praats_head_and_frames(services, host):
    services.session.set_selection(SELECTION)
    listings = ListingWindows(services.context, host, services.sound_driven, services.layer_results)
    run(services, "formants.listing", listings)
    dialog = dialogs(host.parent, ListingDialog)[0]
    dialog.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Time_s\tF1_Hz\tF2_Hz\tF3_Hz\tF4_Hz"
    axis = services.session.shown.overlays[G("out"), "formants"][0].axis
    first, last = axis.samples_in(SELECTION)
    assert len(lines) - 1 == last - first
    assert lines[1].startswith(f"{axis.seconds(first):.6f}\t")


def test_a_refused_listing_says_why_and_opens_nothing(services, host):
    said = noted(services)
    listings = ListingWindows(services.context, host, services.sound_driven, services.layer_results)
    services.session.set_active(G("conv1"))
    run(services, "pitch.listing", listings)
    assert said[-1].startswith("No pitch: Nyquist is 31.25 Hz")
    assert dialogs(host.parent, ListingDialog) == []


def test_the_voice_report_opens_with_praats_lines(services, host):
    listings = ListingWindows(services.context, host, services.sound_driven, services.layer_results)
    run(services, "pulses.voice_report", listings)
    dialog = dialogs(host.parent, ReportDialog)[0]
    lines = dialog.view.toPlainText().splitlines()
    used = services.analysis_settings.of("voice report")
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
    assert window.on.preferences.values.dock is False
    asked = window.on.pool.current = Counting()
    window.on.session.set_selection(SELECTION)
    window.on.layer_results.refresh()
    assert asked.names == []
    window.menus.run("view.dock")
    assert window.dock.isVisible()


def test_the_dock_belongs_to_the_stack_page(window):
    window.pages.show_page("sheet")
    assert not window.dock.isVisible()
    window.pages.show_page("stack")
    assert window.dock.isVisible()
    assert window.dock.width() == 384


def test_what_is_computed_follows_who_looks_the_dock_or_the_slices_window(window, qtbot):
    docking, session = window.dock_view, window.on.session
    docking.set_shown(False)
    assert not window.on.layer_results.wanted
    docking.show_large()
    docking.set_shown(True)
    docking.set_shown(False)
    session.set_cursor(0.3)
    (large,) = dialogs(window, SliceDialog)
    qtbot.waitUntil(lambda: "0.300000" in large.words.text())
    large.accept()
    assert not window.on.layer_results.wanted
    docking.set_shown(True)
    assert window.on.layer_results.wanted


def test_while_the_table_lacks_something_cells_status_and_copy_say_so(window):
    docking, session = window.dock_view, window.on.session
    settle(window)
    assert docking.state == "All layers and analyses up to date"
    window.on.pool.current = Later()
    session.set_selection(Range(0.9, 0.95))  # after the voice: no pitch there
    docking.show()
    out = next(one for one in window.dock.table.rows if one.key == G("out"))
    assert out.cells[1].text == "–"
    session.redraw(4)
    settle(window)
    docking.show()
    cell = next(one for one in window.dock.table.rows if one.key == G("out")).cells[-1]
    assert cell.tip == "In progress"
    assert "–" not in [
        one.text for row in window.dock.table.rows for one in row.cells if one.tip == "In progress"
    ]
    assert docking.state == "Measuring for the table…"
    docking.copy_table()
    assert "still being computed and are empty" in status(window)
    window.on.pool.current.answer()
    settle(window)
    assert docking.state == "All layers and analyses up to date"


def test_a_table_that_nobody_sees_any_more_is_not_awaited(window):
    docking = window.dock_view
    for lane in window.on.session.lanes:
        window.on.session.set_lane(lane.key, "none", shown=frozenset())
    window.on.pool.current = Later()
    window.on.session.redraw(4)
    settle(window)
    docking.show()
    assert docking.state == status(window, "State") == "Measuring for the table…"
    docking.set_shown(False)
    assert docking.state == status(window, "State") == "All layers and analyses up to date"
