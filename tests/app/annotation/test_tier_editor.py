"""Annotating in the window: Praat's keys, one history, tiers that belong to their point, files."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.base.command_table import all_commands
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.tiers import Annotation, Tier
from core.signals.axis import Range
from tests.support.keys import G

GRID = Annotation((Tier("phones", "interval", 0.0, 1.024, (0.0, 0.3, 1.024), ("a", "ə")),), 0.0, 1.024)


def note(window) -> Annotation:
    kept = window.on.session.owned_annotation
    assert kept is not None
    return kept.annotation


def times(window, place: int = 0) -> tuple[float, ...]:
    return note(window).tiers[place].times


def said(window) -> list[str]:
    heard: list[str] = []
    window.on.messages.noted.connect(heard.append)
    return heard


def test_new_tiers_cover_the_sound_and_show_below_the_lanes(tiers):
    tiers.wiring.show_stack()
    assert times(tiers) == (0.0, 0.2, 0.4, 0.6, 1.024)
    assert times(tiers, 1) == (0.0, 1.024)
    assert not tiers.stack.tiers.isHidden()


def test_praats_keys_are_the_commands_keys():
    keys = {command.key: id for id, command in all_commands().items() if command.key}
    wanted = {
        "Return": "boundary.add", "Ctrl+F9": "boundary.add_all", "Alt+Backspace": "boundary.remove",
        "Alt+Left": "textgrid.previous_interval", "Alt+Right": "textgrid.next_interval",
        "Alt+Up": "textgrid.previous_tier", "Alt+Down": "textgrid.next_tier",
        "Alt+Shift+Left": "textgrid.extend_left", "Alt+Shift+Right": "textgrid.extend_right",
    }  # fmt: skip
    wanted |= {f"Ctrl+{k}": f"interval.add_{k}" for k in range(1, 9)}
    wanted |= {f"Ctrl+F{k}": f"boundary.add_{k}" for k in range(1, 9)}
    assert {key: keys.get(key) for key in wanted} == wanted


def test_enter_adds_a_boundary_on_the_chosen_tier_and_typing_writes_no_command(qtbot, tiers):
    session = tiers.on.session
    tiers.wiring.show_stack()
    with qtbot.waitActive(tiers):
        tiers.activateWindow()
    session.set_cursor(0.8)
    tiers.stack.setFocus()
    qtbot.keyClick(tiers.stack, Qt.Key.Key_Return)
    assert times(tiers) == (0.0, 0.2, 0.4, 0.6, 0.8, 1.024)
    seed = session.snapshot.seed
    tiers.wiring.show_stack()
    tiers.stack.tiers.setFocus()
    qtbot.keyClicks(tiers.stack.tiers, "r")  # R alone would draw a new latent vector
    qtbot.keyClick(tiers.stack.tiers.editor, Qt.Key.Key_Return)
    assert session.snapshot.seed == seed
    assert note(tiers).tiers[0].labels == ("", "", "", "", "r")


def test_while_a_label_is_written_tab_plays_and_esc_only_leaves_it(qtbot, tiers):
    with qtbot.waitActive(tiers):
        tiers.activateWindow()
    tiers.on.session.set_selection(Range(0.2, 0.4))
    tiers.wiring.show_stack()
    tiers.stack.tiers.setFocus()
    qtbot.keyClicks(tiers.stack.tiers, "m")  # M alone would mute the lane
    editor = tiers.stack.tiers.editor
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert len(tiers.on.player.heard) == 1
    assert tiers.on.player.playing
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert tiers.on.player.playing
    assert (editor.at, note(tiers).tiers[0].labels[1]) == (None, "")
    assert not tiers.on.session.lane(G("out")).muted


def test_a_selection_becomes_an_interval_on_tier_n(tiers):
    tiers.on.session.set_selection(Range(0.25, 0.5))
    tiers.menus.run("interval.add_2")
    assert times(tiers, 1) == (0.0, 0.25, 0.5, 1.024)
    assert tiers.on.session.tier == 1
    tiers.menus.run("boundary.add_3")
    assert times(tiers, 2) == (0.25, 0.5)


@pytest.mark.parametrize("id", ["interval.add_2", "boundary.add_2", "boundary.add_all", "boundary.add"])
def test_what_is_typed_after_a_command_is_the_label_of_what_it_added(qtbot, tiers, id):
    tiers.stack.setFocus()
    tiers.on.session.set_tier(1)
    tiers.on.session.set_selection(Range(0.25, 0.35))
    point = tiers.on.session.point
    tiers.menus.run(id)
    tiers.wiring.show_stack()
    qtbot.keyClicks(tiers.focusWidget(), "r")  # R alone would draw a new latent vector
    qtbot.keyClick(tiers.stack.tiers.editor, Qt.Key.Key_Return)
    assert tiers.on.session.point == point
    words = note(tiers).tiers[1]
    assert words.labels[words.index_at(0.25)] == "r"


@pytest.mark.parametrize("id", ["textgrid.next_interval", "textgrid.next_tier"])
def test_what_is_typed_after_moving_goes_to_the_interval_arrived_at(qtbot, tiers, id):
    tiers.stack.setFocus()
    tiers.on.session.set_tier(0)
    tiers.on.session.set_cursor(0.25)
    tiers.menus.run(id)
    tiers.wiring.show_stack()
    qtbot.keyClicks(tiers.focusWidget(), "r")
    qtbot.keyClick(tiers.stack.tiers.editor, Qt.Key.Key_Return)
    assert [label for tier in note(tiers).tiers for label in tier.labels if label] == ["r"]


def test_all_tiers_get_a_boundary_and_one_undo_takes_it_from_all(tiers):
    tiers.on.session.set_cursor(0.7)
    tiers.menus.run("boundary.add_all")
    assert [0.7 in times(tiers, place) for place in range(3)] == [True] * 3
    tiers.menus.run("edit.undo")
    assert [0.7 in times(tiers, place) for place in range(3)] == [False] * 3


def test_arrows_go_from_interval_to_interval_and_from_tier_to_tier(tiers):
    session = tiers.on.session
    session.set_cursor(0.3)
    tiers.menus.run("textgrid.next_interval")
    assert session.selection == Range(0.4, 0.6)
    tiers.menus.run("textgrid.extend_right")
    assert session.selection == Range(0.4, 1.024)
    tiers.menus.run("textgrid.next_tier")
    assert (session.tier, session.selection) == (1, Range(0.0, 1.024))
    tiers.menus.run("textgrid.previous_tier")
    tiers.menus.run("textgrid.previous_interval")
    assert session.selection == Range(0.6, 1.024), "before the first comes the last"


def test_the_view_follows_to_the_interval_that_is_selected(tiers):
    session = tiers.on.session
    session.set_selection(Range(0.2, 0.4))
    session.set_range(Range(0.0, 0.3))
    tiers.menus.run("textgrid.next_interval")
    assert session.visible.contains(0.4)
    assert session.visible.contains(0.5)


def test_removing_joins_labels_and_says_when_there_is_nothing(tiers):
    tiers.stack.tiers.label_wanted.emit(0, 0, "a")
    tiers.stack.tiers.label_wanted.emit(0, 1, "b")
    tiers.on.session.set_selection(Range(0.2, 0.4))
    tiers.menus.run("boundary.remove")
    assert note(tiers).tiers[0].labels == ("ab", "", "")
    heard = said(tiers)
    tiers.on.session.set_cursor(0.3)
    tiers.menus.run("boundary.remove")
    assert heard == ["There is no boundary to remove at 0.300000 s on tier 1. Click one first."]


def test_a_drag_is_one_step_of_undo(tiers):
    wish = tiers.stack.tiers.move_wanted
    for time_s in (0.41, 0.43, 0.45):
        wish.emit(0, 2, time_s, False, False)
    wish.emit(0, 2, 0.45, False, True)
    assert times(tiers)[2] == 0.45
    tiers.menus.run("edit.undo")
    assert times(tiers)[2] == 0.4


def test_a_boundary_moves_to_the_outputs_zero_crossing_with_the_cursor(tiers):
    tiers.on.session.set_cursor(0.4)
    tiers.menus.run("boundary.to_zero")
    moved = times(tiers)[2]
    track = tiers.on.session.shown.tracks[G("out")]
    assert moved != 0.4
    assert abs(track.at(moved)) < 1e-4 * abs(track.samples).max()
    assert tiers.on.session.cursor_s == moved


# --- points


def test_tiers_of_another_point_are_greyed_until_they_are_copied(tiers):
    session, annotating = tiers.on.session, tiers.on.tier_editor
    first = session.owned_annotation
    session.redraw(7)
    tiers.wiring.show_stack()
    assert (annotating.is_own, session.owned_annotation) == (False, None)
    assert annotating.shown == first
    assert tiers.stack.tiers.copy_button.isVisible()
    heard = said(tiers)
    annotating.change("label", lambda note, place: note)
    assert heard == ["These tiers belong to another point: copy them here first"]
    tiers.menus.run("textgrid.copy_here")
    assert annotating.is_own
    tiers.menus.run("tier.clear")
    session.redraw(0)
    assert session.owned_annotation == first
    session.redraw(7)
    assert annotating.is_own


def test_a_label_is_found_from_the_chosen_interval_on_and_around_the_end(tiers, monkeypatch):
    for index, text in enumerate(("ma", "si", "Ma", "mas")):
        tiers.stack.tiers.label_wanted.emit(0, index, text)
    tiers.on.session.set_selection(Range(0.2, 0.4))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("ma", True))
    tiers.menus.run("textgrid.find")
    assert tiers.on.session.selection == Range(0.6, 1.024), "capitals count"
    tiers.menus.run("textgrid.find_again")
    assert tiers.on.session.selection == Range(0.0, 0.2)
    heard = said(tiers)
    tiers.on.tier_editor.searched = "x"
    tiers.menus.run("textgrid.find_again")
    assert heard == ["No label of “phones” contains “x”"]


def test_an_interval_s_times_go_to_the_results(tiers):
    tiers.stack.tiers.label_wanted.emit(0, 1, "ə")
    tiers.on.session.set_selection(Range(0.2, 0.4))
    for id in ("start", "end", "duration"):
        tiers.menus.run(f"interval.{id}")
    rows = tiers.on.queries.results.rows
    assert [row.answer.value for row in rows] == [0.2, 0.4, pytest.approx(0.2)]
    assert rows[2].answer.measure == "Duration of interval “ə”"


def test_a_textgrid_dropped_on_the_window_is_opened(tiers, tmp_path):
    path = tmp_path / "dropped.TextGrid"
    path.write_bytes(textgrid_bytes(GRID))
    tiers.open_dropped([str(path)])
    assert note(tiers) == GRID


# --- files


def test_a_file_is_opened_and_saved_as_it_was(tiers, tmp_path):
    path = tmp_path / "old.TextGrid"
    text = textgrid_bytes(GRID).decode().replace("0.3 ", "0.300 ")
    path.write_text(text, encoding="utf-8")
    tiers.on.tier_editor.open(path)
    assert note(tiers) == GRID
    tiers.on.tier_editor.save(tmp_path / "new.TextGrid")
    assert (tmp_path / "new.TextGrid").read_text(encoding="utf-8") == text
    tiers.menus.run("edit.undo")
    assert len(note(tiers).tiers) == 3


def test_a_damaged_file_is_refused_in_the_banner_and_costs_nothing(tiers, tmp_path):
    path = tmp_path / "cut.TextGrid"
    path.write_bytes(textgrid_bytes(GRID)[:300])
    before, faults = tiers.on.session.snapshot, []
    tiers.on.messages.faulted.connect(faults.append)
    tiers.on.tier_editor.open(path)
    assert "“cut.TextGrid” cannot be read: it ends early" in faults[0].sentence
    assert tiers.on.session.snapshot == before


def test_a_file_with_other_times_is_kept_whole_and_told(tiers, tmp_path):
    long = Annotation((Tier("t", "interval", 0.0, 9.0, (0.0, 0.5, 9.0), ("a", "b")),), 0.0, 9.0)
    path = tmp_path / "long.TextGrid"
    path.write_bytes(textgrid_bytes(long))
    faults = []
    tiers.on.messages.faulted.connect(faults.append)
    tiers.on.tier_editor.open(path)
    assert "runs from 0 to 9 s, the sound from 0 to 1.024 s" in faults[0].sentence
    tiers.on.tier_editor.save(tmp_path / "again.TextGrid")
    assert read_textgrid(tmp_path / "again.TextGrid").annotation == long


def test_ten_thousand_intervals_open(window, tmp_path):
    edges = tuple(np.linspace(0, 1.024, 10_001).tolist())
    labels = tuple(f"ə{k}" for k in range(10_000))
    path = tmp_path / "many.TextGrid"
    path.write_bytes(
        textgrid_bytes(Annotation((Tier("t", "interval", 0.0, 1.024, edges, labels),), 0.0, 1.024))
    )
    window.on.tier_editor.open(path)
    window.wiring.show_stack()
    window.stack.tiers.grab()
    assert len(note(window).tiers[0].labels) == 10_000
