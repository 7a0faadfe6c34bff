"""The results outlive the window, and clearing them can be taken back."""

from __future__ import annotations

from core.queries import Answer
from core.results_kept import read_kept


def ask(window, value: float) -> None:
    window.docking.queries.tell("out", Answer("Out", "Mean pitch", 0.1, 0.2, value, "Hz"))


def test_every_result_is_on_the_disk_at_once_and_the_next_window_begins_with_it(window, tmp_path):
    path = tmp_path / "data" / "results.json"
    window.docking.list.keep(path)
    ask(window, 120.5)
    ask(window, float("nan"))
    window.docking.results.annotate(1, "creaky")
    window.docking.list.kept.close()
    rows = read_kept(path)
    assert [(row.number, row.note, row.point) for row in rows] == [(1, "creaky", "seed 0"), (2, "", "seed 0")]
    window.docking.results.restore(())
    window.docking.list.keep(path)
    assert window.docking.results.rows[0].answer.value == 120.5
    assert [row.note for row in window.dock.results.rows] == ["creaky", ""]


def test_cleared_results_come_back_by_undo(window):
    ask(window, 120.5)
    window.menus.run("edit.clear_results")
    assert window.dock.results.rows == ()
    window.menus.run("edit.undo_result")
    assert len(window.dock.results.rows) == 1
    window.menus.run("edit.redo_result")
    assert window.docking.results.rows == ()
