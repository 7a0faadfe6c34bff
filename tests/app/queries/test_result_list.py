"""The results outlive the window, and clearing them can be taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from app.queries.results_autosave import ResultsAutosave
from core.queries.queries import Answer
from core.queries.results_store import read_kept
from core.queries.results_table import Results
from tests.support.keys import G


def ask(window, value: float) -> None:
    window.on.queries.tell(G("out"), Answer("Out", "Mean pitch", 0.1, 0.2, value, "Hz"))


def test_every_result_is_on_the_disk_at_once_and_the_next_window_begins_with_it(window, tmp_path):
    path = tmp_path / "data" / "results.json"
    window.result_list.keep(path)
    ask(window, 120.5)
    ask(window, float("nan"))
    window.on.queries.results.annotate(1, "creaky")
    window.result_list.close()
    rows = read_kept(path)
    assert [(row.number, row.note, row.point) for row in rows] == [(1, "creaky", "seed 0"), (2, "", "seed 0")]
    window.on.queries.results.restore(())
    window.result_list.keep(path)
    assert window.on.queries.results.rows[0].answer.value == 120.5
    assert [row.note for row in window.dock.results.rows] == ["creaky", ""]


def test_two_windows_lose_nothing_to_each_other_and_the_next_one_has_all_of_it(window, tmp_path):
    path = tmp_path / "results.json"
    window.result_list.keep(path)
    ask(window, 1.0)
    beside = Results()
    second = ResultsAutosave(window.on, beside, path)
    assert beside.rows == (), "what another window shows is its own"
    beside.add(Answer("Out", "Mean pitch", 0.1, 0.2, 2.0, "Hz"))
    beside.add(Answer("Out", "Mean pitch", 0.1, 0.2, 3.0, "Hz"))
    ask(window, 4.0)
    for kept in (second, window.result_list.kept):
        kept.close()
    later = Results()
    third = ResultsAutosave(window.on, later, path)
    assert [(row.number, row.answer.value) for row in later.rows] == [(1, 1.0), (2, 4.0), (3, 2.0), (4, 3.0)]
    third.close()
    assert read_kept(path) == later.rows
    assert [one.name for one in tmp_path.glob("results*")] == ["results.json"]


def test_where_nothing_can_be_kept_the_window_works_and_says_so(qtbot, window, tmp_path):
    (tmp_path / "file").write_text("")
    told = []
    window.on.messages.faulted.connect(told.append)
    window.result_list.keep(tmp_path / "file" / "results.json")
    ask(window, 1.0)
    window.result_list.close()
    qtbot.waitUntil(lambda: bool(told))
    assert [row.answer.value for row in window.on.queries.results.rows] == [1.0]


def test_cleared_results_come_back_by_undo(window):
    ask(window, 120.5)
    window.menus.run("edit.clear_results")
    assert window.dock.results.rows == ()
    window.menus.run("edit.undo_result")
    assert len(window.dock.results.rows) == 1
    window.menus.run("edit.redo_result")
    assert window.on.queries.results.rows == ()


def test_rows_of_another_point_go_quiet_and_say_of_which_they_are(qtbot, window):
    ask(window, 120.5)
    assert not window.dock.results.rows[0].elsewhere
    window.on.session.redraw(7)
    qtbot.waitUntil(lambda: window.dock.results.rows[0].elsewhere)
    ask(window, 130.5)
    assert [row.elsewhere for row in window.dock.results.rows] == [True, False]
    first, second = (window.dock.results.about(place).splitlines() for place in (0, 1))
    assert "Point: seed 0" in first
    assert "Point: seed 7" in second
    assert f"Settings: {window.on.analysis_settings.words}" in first
    assert "File: small.safetensors" in first
    assert f"Model: {window.on.session.card.label}" in first


def test_rows_of_a_model_whose_file_has_the_same_name_go_quiet(window, tmp_path):
    ask(window, 120.5)
    here, there = Path(window.on.session.card.path), tmp_path / "other" / "small.safetensors"
    there.parent.mkdir()
    arrays = {name: (1.1 * values).astype(np.float32) for name, values in load_file(here).items()}
    with safe_open(here, "numpy") as file:
        save_file(arrays, there, file.metadata())
    window.on.model_loader.open(there)
    window.result_list.show()
    ask(window, 130.5)
    one, other = window.on.queries.results.rows
    assert (one.file, one.point) == (other.file, other.point)
    assert one.model != other.model
    assert [row.elsewhere for row in window.dock.results.rows] == [True, False]
