"""Annotating: Praat's keys, one history, tiers that belong to their point, files."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.annotation.tier_actions import TierActions
from app.annotation.tiers_wiring import TiersWiring
from app.base.command_table import all_commands
from core.annotation.editing import set_label
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.tiers import Annotation, Tier
from core.signals.axis import Range
from tests.support.commands import run
from tests.support.keys import G
from widgets.tiers.tiers import Tiers

GRID = Annotation((Tier("phones", "interval", 0.0, 1.024, (0.0, 0.3, 1.024), ("a", "ə")),), 0.0, 1.024)


def note(services) -> Annotation:
    kept = services.session.owned_annotation
    assert kept is not None
    return kept.annotation


def times(services, place: int = 0) -> tuple[float, ...]:
    return note(services).tiers[place].times


def said(services) -> list[str]:
    heard: list[str] = []
    services.messages.noted.connect(heard.append)
    return heard


def write(services, *labels: str) -> None:
    """Write the labels of the first tier, one after the other."""
    for index, text in enumerate(labels):
        services.tier_editor.change(
            "label", lambda note, own, at=index, label=text: set_label(note, own, at, label), place=0
        )


@pytest.fixture
def canvas(parent) -> Tiers:
    """Give the tiers on the screen, connected to nothing."""
    return Tiers(parent)


@pytest.fixture
def act(tiered, host, canvas):
    """Give what runs a command on the tiers."""
    actions = TierActions(tiered.context, host, tiered.tier_editor, canvas)
    return lambda id: run(tiered, id, host, canvas, actions)


def test_new_tiers_cover_the_sound_and_show_below_the_lanes(tiers):
    tiers.wiring.show_stack()
    assert times(tiers.on) == (0.0, 0.2, 0.4, 0.6, 1.024)
    assert times(tiers.on, 1) == (0.0, 1.024)
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
    assert times(tiers.on) == (0.0, 0.2, 0.4, 0.6, 0.8, 1.024)
    seed = session.snapshot.seed
    tiers.wiring.show_stack()
    tiers.stack.tiers.setFocus()
    qtbot.keyClicks(tiers.stack.tiers, "r")  # R alone would draw a new latent vector
    qtbot.keyClick(tiers.stack.tiers.editor, Qt.Key.Key_Return)
    assert session.snapshot.seed == seed
    assert note(tiers.on).tiers[0].labels == ("", "", "", "", "r")


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
    assert (editor.at, note(tiers.on).tiers[0].labels[1]) == (None, "")
    assert not tiers.on.session.lane(G("out")).muted


def test_a_selection_becomes_an_interval_on_tier_n(tiered, act):
    tiered.session.set_selection(Range(0.25, 0.5))
    act("interval.add_2")
    assert times(tiered, 1) == (0.0, 0.25, 0.5, 1.024)
    assert tiered.session.tier == 1
    act("boundary.add_3")
    assert times(tiered, 2) == (0.25, 0.5)


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
    words = note(tiers.on).tiers[1]
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
    assert [label for tier in note(tiers.on).tiers for label in tier.labels if label] == ["r"]


def test_all_tiers_get_a_boundary_and_one_undo_takes_it_from_all(tiered, act):
    tiered.session.set_cursor(0.7)
    act("boundary.add_all")
    assert [0.7 in times(tiered, place) for place in range(3)] == [True] * 3
    act("edit.undo")
    assert [0.7 in times(tiered, place) for place in range(3)] == [False] * 3


def test_arrows_go_from_interval_to_interval_and_from_tier_to_tier(tiered, act):
    session = tiered.session
    session.set_cursor(0.3)
    act("textgrid.next_interval")
    assert session.selection == Range(0.4, 0.6)
    act("textgrid.extend_right")
    assert session.selection == Range(0.4, 1.024)
    act("textgrid.next_tier")
    assert (session.tier, session.selection) == (1, Range(0.0, 1.024))
    act("textgrid.previous_tier")
    act("textgrid.previous_interval")
    assert session.selection == Range(0.6, 1.024), "before the first comes the last"


def test_the_view_follows_to_the_interval_that_is_selected(tiered, act):
    session = tiered.session
    session.set_selection(Range(0.2, 0.4))
    session.set_range(Range(0.0, 0.3))
    act("textgrid.next_interval")
    assert session.visible.contains(0.4)
    assert session.visible.contains(0.5)


def test_removing_joins_labels_and_says_when_there_is_nothing(tiered, act):
    write(tiered, "a", "b")
    tiered.session.set_selection(Range(0.2, 0.4))
    act("boundary.remove")
    assert note(tiered).tiers[0].labels == ("ab", "", "")
    heard = said(tiered)
    tiered.session.set_cursor(0.3)
    act("boundary.remove")
    assert heard == ["There is no boundary to remove at 0.300000 s on tier 1. Click one first."]


def test_a_drag_is_one_step_of_undo(tiered, act, canvas):
    _kept = TiersWiring(tiered.context, tiered.tier_editor, canvas, lambda: None)
    wish = canvas.move_wanted
    for time_s in (0.41, 0.43, 0.45):
        wish.emit(0, 2, time_s, False, False)
    wish.emit(0, 2, 0.45, False, True)
    assert times(tiered)[2] == 0.45
    act("edit.undo")
    assert times(tiered)[2] == 0.4


def test_a_boundary_moves_to_the_outputs_zero_crossing_with_the_cursor(tiered, act):
    tiered.session.set_cursor(0.4)
    act("boundary.to_zero")
    moved = times(tiered)[2]
    track = tiered.session.shown.tracks[G("out")]
    assert moved != 0.4
    assert abs(track.at(moved)) < 1e-4 * abs(track.samples).max()
    assert tiered.session.cursor_s == moved


# --- points


def test_tiers_of_another_point_are_greyed_until_they_are_copied(tiered, act, stack):
    session, annotating = tiered.session, tiered.tier_editor
    first = session.owned_annotation
    session.redraw(7)
    stack.show_view(tiered.stack_views.view())
    assert (annotating.is_own, session.owned_annotation) == (False, None)
    assert annotating.shown == first
    assert stack.tiers.copy_button.isVisible()
    heard = said(tiered)
    annotating.change("label", lambda note, place: note)
    assert heard == ["These tiers belong to another point: copy them here first"]
    act("textgrid.copy_here")
    assert annotating.is_own
    act("tier.clear")
    session.redraw(0)
    assert session.owned_annotation == first
    session.redraw(7)
    assert annotating.is_own
    stack.show_view(tiered.stack_views.view())
    assert not stack.tiers.copy_button.isVisible()


def test_a_label_is_found_from_the_chosen_interval_on_and_around_the_end(tiered, act, monkeypatch):
    write(tiered, "ma", "si", "Ma", "mas")
    tiered.session.set_selection(Range(0.2, 0.4))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("ma", True))
    act("textgrid.find")
    assert tiered.session.selection == Range(0.6, 1.024), "capitals count"
    act("textgrid.find_again")
    assert tiered.session.selection == Range(0.0, 0.2)
    heard = said(tiered)
    tiered.tier_editor.searched = "x"
    act("textgrid.find_again")
    assert heard == ["No label of “phones” contains “x”"]


def test_an_interval_s_times_go_to_the_results(tiered, act):
    write(tiered, "", "ə")
    tiered.session.set_selection(Range(0.2, 0.4))
    for id in ("start", "end", "duration"):
        act(f"interval.{id}")
    rows = tiered.queries.results.rows
    assert [row.answer.value for row in rows] == [0.2, 0.4, pytest.approx(0.2)]
    assert rows[2].answer.measure == "Duration of interval “ə”"


def test_a_textgrid_dropped_on_the_window_is_opened(tiers, tmp_path):
    path = tmp_path / "dropped.TextGrid"
    path.write_bytes(textgrid_bytes(GRID))
    tiers.open_dropped([str(path)])
    assert note(tiers.on) == GRID


# --- files


def test_a_file_is_opened_and_saved_as_it_was(tiered, act, tmp_path):
    path = tmp_path / "old.TextGrid"
    text = textgrid_bytes(GRID).decode().replace("0.3 ", "0.300 ")
    path.write_text(text, encoding="utf-8")
    tiered.tier_editor.open(path)
    assert note(tiered) == GRID
    tiered.tier_editor.save(tmp_path / "new.TextGrid")
    assert (tmp_path / "new.TextGrid").read_text(encoding="utf-8") == text
    act("edit.undo")
    assert len(note(tiered).tiers) == 3


def test_a_damaged_file_is_refused_in_the_banner_and_costs_nothing(tiered, tmp_path):
    path = tmp_path / "cut.TextGrid"
    path.write_bytes(textgrid_bytes(GRID)[:300])
    before, faults = tiered.session.snapshot, []
    tiered.messages.faulted.connect(faults.append)
    tiered.tier_editor.open(path)
    assert "“cut.TextGrid” cannot be read: it ends early" in faults[0].sentence
    assert tiered.session.snapshot == before


def test_a_file_with_other_times_is_kept_whole_and_told(tiered, tmp_path):
    long = Annotation((Tier("t", "interval", 0.0, 9.0, (0.0, 0.5, 9.0), ("a", "b")),), 0.0, 9.0)
    path = tmp_path / "long.TextGrid"
    path.write_bytes(textgrid_bytes(long))
    faults = []
    tiered.messages.faulted.connect(faults.append)
    tiered.tier_editor.open(path)
    assert "runs from 0 to 9 s, the sound from 0 to 1.024 s" in faults[0].sentence
    tiered.tier_editor.save(tmp_path / "again.TextGrid")
    assert read_textgrid(tmp_path / "again.TextGrid").annotation == long


def test_ten_thousand_intervals_open(services, stack, tmp_path):
    edges = tuple(np.linspace(0, 1.024, 10_001).tolist())
    labels = tuple(f"ə{k}" for k in range(10_000))
    path = tmp_path / "many.TextGrid"
    path.write_bytes(
        textgrid_bytes(Annotation((Tier("t", "interval", 0.0, 1.024, edges, labels),), 0.0, 1.024))
    )
    services.tier_editor.open(path)
    stack.show_view(services.stack_views.view())
    stack.tiers.grab()
    assert len(note(services).tiers[0].labels) == 10_000
