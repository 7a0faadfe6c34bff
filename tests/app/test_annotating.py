"""Annotating in the window: Praat's keys, one history, tiers that belong to their point, files."""

from __future__ import annotations

import time

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.annotating_kept import brought
from app.commands import all_commands
from core.annotation import Annotation, Tier
from core.annotation_shelf import default_path, read_shelf
from core.axis import Range
from core.engine import InlineEngine
from core.praat_pool import InlinePool
from core.textgrid import read_textgrid, textgrid_bytes
from core.textgrid_text import Style


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    """Keep what one test annotates from the next."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def tiers(window):
    """Give the window with two interval tiers and a point tier, phones cut at 0.2, 0.4 and 0.6 s."""
    window.on.annotating.new_tiers(("phones", "words"), ("bell",))
    for time_s in (0.2, 0.4, 0.6):
        window.on.session.set_cursor(time_s)
        window.menus.run("boundary.add")
    return window


def note(window) -> Annotation:
    kept = window.on.session.kept
    assert kept is not None
    return kept.annotation


def times(window, place: int = 0) -> tuple[float, ...]:
    return note(window).tiers[place].times


def said(window) -> list[str]:
    heard: list[str] = []
    window.on.noted.connect(heard.append)
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
    seed = session.moment.seed
    tiers.wiring.show_stack()
    tiers.stack.tiers.setFocus()
    qtbot.keyClicks(tiers.stack.tiers, "r")  # R alone would draw a new latent vector
    qtbot.keyClick(tiers.stack.tiers.editor, Qt.Key.Key_Return)
    assert session.moment.seed == seed
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
    assert not tiers.on.session.lane("out").muted


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
    assert session.selection == Range(0.6, 1.024), "before the first stands the last"


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
    track = tiers.on.session.shown.tracks["out"]
    assert moved != 0.4
    assert abs(track.at(moved)) < 1e-4 * abs(track.samples).max()
    assert tiers.on.session.cursor_s == moved


# --- points


def test_tiers_of_another_point_are_greyed_until_they_are_copied(tiers):
    session, annotating = tiers.on.session, tiers.on.annotating
    first = session.kept
    session.redraw(7)
    tiers.wiring.show_stack()
    assert (annotating.is_own, session.kept) == (False, None)
    assert annotating.shown == first
    assert tiers.stack.tiers.copy_button.isVisible()
    heard = said(tiers)
    annotating.change("label", lambda note, place: note)
    assert heard == ["These tiers belong to another point: copy them here first"]
    tiers.menus.run("textgrid.copy_here")
    assert annotating.is_own
    tiers.menus.run("tier.clear")
    session.redraw(0)
    assert session.kept == first
    session.redraw(7)
    assert annotating.is_own


def test_tiers_come_back_with_their_checkpoint(tiers, small_model):
    made, there = note(tiers), tiers.on.session.moment
    tiers.on.annotating.close()
    tiers.on.opening.open(small_model, start=there)
    assert note(tiers) == made
    assert tiers.on.session.history.undo_words == ""
    tiers.on.session.redraw(3)
    assert tiers.on.session.kept is None


def test_what_a_file_looked_like_is_kept_between_starts(tiers, small_model, tmp_path):
    path = tmp_path / "utf16.TextGrid"
    data = textgrid_bytes(GRID, Style(encoding="utf-16-be", newline="\r\n"))
    path.write_bytes(data)
    tiers.on.annotating.open(path)
    there = tiers.on.session.moment
    tiers.on.annotating.close()
    tiers.on.opening.open(small_model, start=there)
    tiers.on.annotating.save(tmp_path / "again.TextGrid")
    assert (tmp_path / "again.TextGrid").read_bytes() == data
    assert tiers.on.session.kept.file == str(path)


def test_a_damaged_shelf_holds_nothing_and_stops_nothing(window, small_model):
    path = default_path(window.on.session.card.digest)
    path.parent.mkdir(parents=True)
    for damage in (b"", b"[{}]", b'[{"z": [0], "textgrid": "x"}]', b"\xff\xfe"):
        path.write_bytes(damage)
        window.on.opening.open(small_model)
        assert window.on.annotating.shown is None


@pytest.fixture
def alone(qtbot, window, tmp_path):
    """Give another window, in which only a recording is open."""
    from app.instrument import Clock, Instrument
    from app.window import Window

    path = tmp_path / "said.wav"
    chance = np.random.default_rng(2)
    soundfile.write(path, 0.1 * chance.standard_normal(8000), 8000)
    ear = type(window.on.player)()
    made = Window(Instrument(InlineEngine(), InlinePool(), ear, Clock(lambda c: c(), lambda c: c())))
    qtbot.addWidget(made)
    made.show()
    made.on.recordings.open(path)
    return made


def test_a_recording_alone_has_tiers_that_outlive_the_window_and_a_model(alone, small_model, tmp_path):
    alone.on.annotating.new_tiers(("words",), ())
    alone.on.session.set_cursor(0.5)
    alone.menus.run("boundary.add")
    (group,) = alone.on.annotating.groups
    made = group.kept.annotation
    assert made.tiers[0].times == (0.0, 0.5, 1.0)
    alone.on.opening.open(small_model)
    assert [(one.key, one.own) for one in alone.on.annotating.groups] == [("sound:said.wav", True)]
    assert alone.on.annotating.shown.annotation == made
    alone.on.annotating.close()
    assert brought(group.kept.sound, tmp_path / "said.wav").kept.annotation == made


def recorded(window, tmp_path, name: str = "said.wav", seed: int = 2) -> str:
    chance = np.random.default_rng(seed)
    soundfile.write(tmp_path / name, 0.1 * chance.standard_normal(4000), 8000)
    window.on.recordings.open(tmp_path / name)
    return f"sound:{name}"


def test_a_recordings_tiers_stand_below_the_points_whatever_the_point(tiers, tmp_path):
    annotating, session = tiers.on.annotating, tiers.on.session
    key = recorded(tiers, tmp_path)
    assert session.active == key
    annotating.new_tiers(("words",), ())
    assert [(group.key, group.first, group.own) for group in annotating.groups] == [
        ("", 0, True),
        (key, 3, True),
    ]
    assert (session.tier, annotating.tier.name, annotating.tier.end_s) == (3, "words", 0.5)
    session.redraw(7)
    assert [group.own for group in annotating.groups] == [False, True]
    session.set_cursor(0.25)
    tiers.menus.run("boundary.add")
    assert annotating.tiers[3].times == (0.0, 0.25, 0.5)
    tiers.wiring.show_stack()
    view = tiers.stack.tiers._view
    assert [view.is_away(place) for place in range(4)] == [True, True, True, False]
    assert view.owners == ("", "", "", "said.wav")
    tiers.menus.run("interval.add_1")
    assert annotating.tiers[0].times == (0.0, 0.2, 0.4, 0.6, 1.024), "another point's stay as they are"
    tiers.on.recordings.close(key)
    assert [group.key for group in annotating.groups] == [""]
    tiers.menus.run("edit.undo")
    assert [group.key for group in annotating.groups] == ["", key]


def test_choosing_a_tier_makes_its_lane_the_active_one_and_back(tiers, tmp_path):
    session, key = tiers.on.session, recorded(tiers, tmp_path)
    tiers.on.annotating.new_tiers(("words",), ())
    tiers.stack.tiers.tier_wanted.emit(1)
    assert (session.tier, session.active) == (1, "out")
    session.set_active(key)
    assert session.tier == 3


def test_tiers_of_a_recording_come_back_with_it_and_undo_never_empties_their_file(tiers, tmp_path):
    key = recorded(tiers, tmp_path)
    tiers.on.annotating.new_tiers(("words",), ())
    sound = tiers.on.session.shown.tracks[key].origin.sound
    tiers.on.annotating.close()
    assert [kept.sound for kept in read_shelf(default_path(sound), 0, sound)] == [sound]


def test_the_textgrid_beside_a_recording_is_opened_with_it(window, tmp_path):
    path = tmp_path / "said.TextGrid"
    path.write_bytes(textgrid_bytes(SHORT))
    recorded(window, tmp_path)
    (group,) = window.on.annotating.groups
    assert (group.kept.annotation, group.kept.file) == (SHORT, str(path))
    window.on.session.set_value(0, 0.5)
    window.menus.run("edit.undo")
    window.menus.run("edit.undo")
    window.menus.run("edit.redo")
    assert window.on.annotating.groups == (group,), "no step of undo loses what came from the disk"


def test_saving_means_the_active_lanes_tiers(tiers, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    asked: list[tuple[str, str]] = []

    def answer(window, title, wanted, kinds):
        asked.append((title, wanted))
        return str(tmp_path / f"saved{len(asked)}.TextGrid"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    beside = Annotation((Tier("said", "interval", 0.0, 0.5, (0.0, 0.5), ("ja",)),), 0.0, 0.5)
    (tmp_path / "said.TextGrid").write_bytes(textgrid_bytes(beside))
    key = recorded(tiers, tmp_path)
    assert tiers.on.session.active == key
    assert tiers.on.annotating.tier.name == "said"
    tiers.on.session.set_tier(0)  # a tier of the point, while the recording's lane is the active one
    tiers.menus.run("file.save_textgrid")
    assert asked[0] == ("Save the TextGrid of said.wav", str(tmp_path / "said.TextGrid"))
    assert read_textgrid(tmp_path / "saved1.TextGrid").annotation.tiers[0].name == "said"
    tiers.on.session.set_active("out")
    tiers.menus.run("file.save_textgrid")
    assert asked[1][0] == "Save the TextGrid of the output"
    assert read_textgrid(tmp_path / "saved2.TextGrid").annotation.tiers[0].name == "phones"


def test_what_a_network_heard_in_a_recording_has_the_recordings_tiers(tiers, tmp_path):
    key = recorded(tiers, tmp_path)
    tiers.on.annotating.new_tiers(("words",), ())
    session, annotating = tiers.on.session, tiers.on.annotating
    said = session.shown.tracks[key]
    session.show(tracks={**session.shown.tracks, "Q.conv1": said.renamed("Q.conv1")})
    assert annotating.kept_of("Q.conv1") is annotating.kept_of(key) is annotating.groups[1].kept
    assert annotating.kept_of("out") is session.kept


def test_a_textgrid_goes_to_the_recording_that_it_is_named_after(tiers, tmp_path):
    key = recorded(tiers, tmp_path)
    recorded(tiers, tmp_path, "other.wav", 3)
    path = tmp_path / "elsewhere" / "said.TextGrid"
    path.parent.mkdir()
    path.write_bytes(textgrid_bytes(SHORT))
    tiers.on.session.set_active("out")
    tiers.on.annotating.open(path)
    assert [group.key for group in tiers.on.annotating.groups] == ["", key]
    assert tiers.on.session.active == "out" or tiers.on.annotating.group.key == key


SHORT = Annotation((Tier("words", "interval", 0.0, 0.5, (0.0, 0.3, 0.5), ("a", "ə")),), 0.0, 0.5)


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
    tiers.on.annotating.searched = "x"
    tiers.menus.run("textgrid.find_again")
    assert heard == ["No label of “phones” holds “x”"]


def test_an_interval_s_times_go_to_the_results(tiers):
    tiers.stack.tiers.label_wanted.emit(0, 1, "ə")
    tiers.on.session.set_selection(Range(0.2, 0.4))
    for id in ("start", "end", "duration"):
        tiers.menus.run(f"interval.{id}")
    rows = tiers.docking.results.rows
    assert [row.answer.value for row in rows] == [0.2, 0.4, pytest.approx(0.2)]
    assert rows[2].answer.measure == "Duration of interval “ə”"


def test_a_textgrid_dropped_on_the_window_is_opened(tiers, tmp_path):
    path = tmp_path / "dropped.TextGrid"
    path.write_bytes(textgrid_bytes(GRID))
    tiers.open_dropped(str(path))
    assert note(tiers) == GRID


# --- files


GRID = Annotation((Tier("phones", "interval", 0.0, 1.024, (0.0, 0.3, 1.024), ("a", "ə")),), 0.0, 1.024)


def test_a_file_is_opened_and_saved_as_it_was(tiers, tmp_path):
    path = tmp_path / "old.TextGrid"
    text = textgrid_bytes(GRID).decode().replace("0.3 ", "0.300 ")
    path.write_text(text, encoding="utf-8")
    tiers.on.annotating.open(path)
    assert note(tiers) == GRID
    tiers.on.annotating.save(tmp_path / "new.TextGrid")
    assert (tmp_path / "new.TextGrid").read_text(encoding="utf-8") == text
    tiers.menus.run("edit.undo")
    assert len(note(tiers).tiers) == 3


def test_a_damaged_file_is_refused_in_the_banner_and_costs_nothing(tiers, tmp_path):
    path = tmp_path / "cut.TextGrid"
    path.write_bytes(textgrid_bytes(GRID)[:300])
    before, faults = tiers.on.session.moment, []
    tiers.on.faulted.connect(faults.append)
    tiers.on.annotating.open(path)
    assert "“cut.TextGrid” cannot be read: it ends early" in faults[0].sentence
    assert tiers.on.session.moment == before


def test_a_file_with_other_times_is_kept_whole_and_told(tiers, tmp_path):
    long = Annotation((Tier("t", "interval", 0.0, 9.0, (0.0, 0.5, 9.0), ("a", "b")),), 0.0, 9.0)
    path = tmp_path / "long.TextGrid"
    path.write_bytes(textgrid_bytes(long))
    faults = []
    tiers.on.faulted.connect(faults.append)
    tiers.on.annotating.open(path)
    assert "runs from 0 to 9 s, the sound from 0 to 1.024 s" in faults[0].sentence
    tiers.on.annotating.save(tmp_path / "again.TextGrid")
    assert read_textgrid(tmp_path / "again.TextGrid").annotation == long


def test_ten_thousand_intervals_open_within_two_seconds(qtbot, window, tmp_path):
    edges = tuple(np.linspace(0, 1.024, 10_001).tolist())
    labels = tuple(f"ə{k}" for k in range(10_000))
    path = tmp_path / "many.TextGrid"
    path.write_bytes(
        textgrid_bytes(Annotation((Tier("t", "interval", 0.0, 1.024, edges, labels),), 0.0, 1.024))
    )
    begin = time.perf_counter()
    window.on.annotating.open(path)
    window.wiring.show_stack()
    window.stack.tiers.grab()
    assert time.perf_counter() - begin < 2.0
    assert len(note(window).tiers[0].labels) == 10_000
