"""The results outlive the window, and clearing them can be taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from app.queries.result_list import ResultList
from app.queries.results_autosave import ResultsAutosave
from core.queries.queries import Answer
from core.queries.results_store import read_kept
from core.queries.results_table import Results
from tests.support.commands import run
from tests.support.keys import G
from widgets.results.dock import Dock


@pytest.fixture
def dock(qtbot) -> Dock:
    """Give the dock, connected to nothing."""
    made = Dock()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def result_list(services, host, dock) -> ResultList:
    """Give the results and their table in the dock."""
    return ResultList(services.context, host, dock, services.queries.results)


def ask(services, value: float) -> None:
    services.queries.tell(G("out"), Answer("Out", "Mean pitch", 0.1, 0.2, value, "Hz"))


def test_every_result_is_on_the_disk_at_once_and_the_next_window_begins_with_it(
    services, result_list, dock, tmp_path
):
    path = tmp_path / "data" / "results.json"
    result_list.keep(path)
    ask(services, 120.5)
    ask(services, float("nan"))
    services.queries.results.annotate(1, "creaky")
    result_list.close()
    rows = read_kept(path)
    assert [(row.number, row.note, row.point) for row in rows] == [(1, "creaky", "seed 0"), (2, "", "seed 0")]
    services.queries.results.restore(())
    result_list.keep(path)
    assert services.queries.results.rows[0].answer.value == 120.5
    assert [row.note for row in dock.results.rows] == ["creaky", ""]


def test_two_windows_lose_nothing_to_each_other_and_the_next_one_has_all_of_it(
    services, result_list, tmp_path
):
    path = tmp_path / "results.json"
    result_list.keep(path)
    ask(services, 1.0)
    beside = Results()
    second = ResultsAutosave(services.context, beside, path)
    assert beside.rows == (), "what another window shows is its own"
    beside.add(Answer("Out", "Mean pitch", 0.1, 0.2, 2.0, "Hz"))
    beside.add(Answer("Out", "Mean pitch", 0.1, 0.2, 3.0, "Hz"))
    ask(services, 4.0)
    for kept in (second, result_list.kept):
        kept.close()
    later = Results()
    third = ResultsAutosave(services.context, later, path)
    assert [(row.number, row.answer.value) for row in later.rows] == [(1, 1.0), (2, 4.0), (3, 2.0), (4, 3.0)]
    third.close()
    assert read_kept(path) == later.rows
    assert [one.name for one in tmp_path.glob("results*")] == ["results.json"]


def test_where_nothing_can_be_kept_the_window_works_and_says_so(qtbot, services, result_list, tmp_path):
    (tmp_path / "file").write_text("")
    told = []
    services.messages.faulted.connect(told.append)
    result_list.keep(tmp_path / "file" / "results.json")
    ask(services, 1.0)
    result_list.close()
    qtbot.waitUntil(lambda: bool(told))
    assert [row.answer.value for row in services.queries.results.rows] == [1.0]


def test_cleared_results_come_back_by_undo(services, result_list, dock):
    ask(services, 120.5)
    run(services, "edit.clear_results", result_list)
    assert dock.results.rows == ()
    run(services, "edit.undo_result", result_list)
    assert len(dock.results.rows) == 1
    run(services, "edit.redo_result", result_list)
    assert services.queries.results.rows == ()


def test_rows_of_another_point_go_quiet_and_say_of_which_they_are(qtbot, services, result_list, dock):
    ask(services, 120.5)
    assert not dock.results.rows[0].elsewhere
    services.session.redraw(7)
    qtbot.waitUntil(lambda: dock.results.rows[0].elsewhere)
    ask(services, 130.5)
    assert [row.elsewhere for row in dock.results.rows] == [True, False]
    first, second = (dock.results.about(place).splitlines() for place in (0, 1))
    assert "Point: seed 0" in first
    assert "Point: seed 7" in second
    assert f"Settings: {services.analysis_settings.words}" in first
    assert "File: small.safetensors" in first
    assert f"Model: {services.session.card.label}" in first


def test_rows_of_a_model_whose_file_has_the_same_name_go_quiet(services, result_list, dock, tmp_path):
    ask(services, 120.5)
    here, there = Path(services.session.card.path), tmp_path / "other" / "small.safetensors"
    there.parent.mkdir()
    arrays = {name: (1.1 * values).astype(np.float32) for name, values in load_file(here).items()}
    with safe_open(here, "numpy") as file:
        save_file(arrays, there, file.metadata())
    services.model_loader.open(there)
    result_list.show()
    ask(services, 130.5)
    one, other = services.queries.results.rows
    assert (one.file, one.point) == (other.file, other.point)
    assert one.model != other.model
    assert [row.elsewhere for row in dock.results.rows] == [True, False]
