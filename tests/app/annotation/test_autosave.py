"""Tiers outlive the window: those of points with their checkpoint, those of recordings with their sound."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from app.annotation.autosave import brought
from core.annotation.store import default_path, read_annotations, write_changes
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.textgrid_syntax import Style
from core.annotation.tiers import Annotation, Tier
from core.networks.latent import Point
from core.processes.engine import InlineEngine
from core.recordings.identity import lasting, state_in
from tests.support.contexts import inline_context
from tests.support.keys import G, Q, recording
from tests.support.pools import ExchangeablePool

GRID = Annotation((Tier("phones", "interval", 0.0, 1.024, (0.0, 0.3, 1.024), ("a", "ə")),), 0.0, 1.024)
SHORT = Annotation((Tier("words", "interval", 0.0, 0.5, (0.0, 0.3, 0.5), ("a", "ə")),), 0.0, 0.5)


def test_tiers_come_back_with_their_checkpoint(tiers, small_model):
    made, there = tiers.on.session.owned_annotation.annotation, tiers.on.session.snapshot
    tiers.on.tier_editor.autosave.close()
    tiers.on.model_loader.open(small_model, start=there)
    assert tiers.on.session.owned_annotation.annotation == made
    assert tiers.on.session.history.undo_words == ""
    tiers.on.session.redraw(3)
    assert tiers.on.session.owned_annotation is None


def test_what_a_file_looked_like_is_kept_between_starts(tiers, small_model, tmp_path):
    path = tmp_path / "utf16.TextGrid"
    data = textgrid_bytes(GRID, Style(encoding="utf-16-be", newline="\r\n"))
    path.write_bytes(data)
    tiers.on.tier_editor.open(path)
    there = tiers.on.session.snapshot
    tiers.on.tier_editor.autosave.close()
    tiers.on.model_loader.open(small_model, start=there)
    assert tiers.on.session.owned_annotation.file == str(path)
    tiers.on.tier_editor.save(tmp_path / "again.TextGrid")
    assert (tmp_path / "again.TextGrid").read_bytes() == data


def test_a_damaged_file_of_annotations_holds_nothing_and_stops_nothing(window, small_model):
    path = default_path(window.on.session.card.digest)
    path.parent.mkdir(parents=True)
    size, heard = window.on.session.layout.size, []
    window.on.messages.noted.connect(heard.append)
    row = b'[{"z": [0%s], "textgrid": "x"}]' % (b", 0" * (size - 1))
    for damage in (b"", b'[{"z": [0], "textgrid": "x"}]', b"[{}]", row, b"\xff\xfe"):
        path.write_bytes(damage)
        window.on.model_loader.open(small_model)
        assert window.on.tier_editor.shown is None
    one = f"1 of 1 saved annotations in {path} cannot be read; they stay in the file."
    aside = path.with_name(f"{path.name}.damaged")
    assert heard[:2] == [one, one]
    assert heard[2:] == [f"The tiers could not be read and start anew; the damaged file is now {aside}."]
    assert aside.read_bytes() == b"\xff\xfe"


@pytest.fixture
def alone(qtbot, window, tmp_path):
    """Give another window, in which only a recording is open."""
    from app.program import assemble
    from app.shell.furnishing import furnish
    from app.shell.window import Window

    path = tmp_path / "said.wav"
    chance = np.random.default_rng(2)
    soundfile.write(path, 0.1 * chance.standard_normal(8000), 8000)
    ear = type(window.on.player)()
    made = furnish(Window(), assemble(inline_context(), InlineEngine(), ExchangeablePool(), ear))
    qtbot.addWidget(made)
    made.show()
    made.on.recordings.open(path)
    return made


def test_a_recording_alone_has_tiers_that_outlive_the_window_and_a_model(alone, small_model, tmp_path):
    alone.on.tier_editor.new_tiers(("words",), ())
    alone.on.session.set_cursor(0.5)
    alone.menus.run("boundary.add")
    (group,) = alone.on.tier_editor.groups
    made = group.kept.annotation
    assert made.tiers[0].times == (0.0, 0.5, 1.0)
    alone.on.model_loader.open(small_model)
    assert [(one.key, one.own) for one in alone.on.tier_editor.groups] == [(recording("said.wav"), True)]
    assert alone.on.tier_editor.shown.annotation == made
    alone.on.tier_editor.autosave.close()
    assert brought(group.kept.sound, tmp_path / "said.wav").kept.annotation == made


def recorded(window, tmp_path, name: str = "said.wav", seed: int = 2) -> str:
    chance = np.random.default_rng(seed)
    soundfile.write(tmp_path / name, 0.1 * chance.standard_normal(4000), 8000)
    window.on.recordings.open(tmp_path / name)
    return recording(name)


def test_a_recordings_tiers_stand_below_the_points_whatever_the_point(tiers, tmp_path):
    annotating, session = tiers.on.tier_editor, tiers.on.session
    key = recorded(tiers, tmp_path)
    assert session.active == key
    annotating.new_tiers(("words",), ())
    assert [(group.key, group.first, group.own) for group in annotating.groups] == [
        (None, 0, True),
        (key, 3, True),
    ]
    assert (session.tier, annotating.tier.name, annotating.tier.end_s) == (3, "words", 0.5)
    session.redraw(7)
    assert [group.own for group in annotating.groups] == [False, True]
    session.set_cursor(0.25)
    tiers.menus.run("boundary.add")
    assert annotating.tiers[3].times == (0.0, 0.25, 0.5)
    view = tiers.on.stack_views.view().tiers
    assert [view.is_away(place) for place in range(4)] == [True, True, True, False]
    assert view.owners == ("", "", "", "said.wav")
    tiers.menus.run("interval.add_1")
    assert annotating.tiers[0].times == (0.0, 0.2, 0.4, 0.6, 1.024), "another point's stay as they are"
    tiers.on.recordings.close(key)
    assert [group.key for group in annotating.groups] == [None]
    tiers.menus.run("edit.undo")
    assert [group.key for group in annotating.groups] == [None, key]


def test_choosing_a_tier_makes_its_lane_the_active_one_and_back(tiers, tmp_path):
    session, key = tiers.on.session, recorded(tiers, tmp_path)
    tiers.on.tier_editor.new_tiers(("words",), ())
    tiers.stack.tiers.tier_wanted.emit(1)
    assert (session.tier, session.active) == (1, G("out"))
    session.set_active(key)
    assert session.tier == 3


def test_tiers_of_a_recording_come_back_with_it_and_undo_never_empties_their_file(tiers, tmp_path):
    key = recorded(tiers, tmp_path)
    tiers.on.tier_editor.new_tiers(("words",), ())
    sound = tiers.on.session.shown.tracks[key].origin.sound
    tiers.on.tier_editor.autosave.close()
    assert [kept.sound for kept in read_annotations(default_path(sound), 0, sound)] == [sound]


def test_the_textgrid_beside_a_recording_is_opened_with_it(window, tmp_path):
    path = tmp_path / "said.TextGrid"
    path.write_bytes(textgrid_bytes(SHORT))
    recorded(window, tmp_path)
    (group,) = window.on.tier_editor.groups
    assert (group.kept.annotation, group.kept.file) == (SHORT, str(path))
    window.on.session.set_value(0, 0.5)
    window.menus.run("edit.undo")
    window.menus.run("edit.undo")
    window.menus.run("edit.redo")
    assert window.on.tier_editor.groups == (group,), "no step of undo loses what came from the disk"


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
    assert tiers.on.tier_editor.tier.name == "said"
    tiers.on.session.set_tier(0)  # a tier of the point, while the recording's lane is the active one
    tiers.menus.run("file.save_textgrid")
    assert asked[0] == ("Save the TextGrid of said.wav", str(tmp_path / "said.TextGrid"))
    assert read_textgrid(tmp_path / "saved1.TextGrid").annotation.tiers[0].name == "said"
    tiers.on.session.set_active(G("out"))
    tiers.menus.run("file.save_textgrid")
    assert asked[1][0] == "Save the TextGrid of the output"
    assert read_textgrid(tmp_path / "saved2.TextGrid").annotation.tiers[0].name == "phones"


def test_what_a_network_heard_in_a_recording_has_the_recordings_tiers(tiers, tmp_path):
    key = recorded(tiers, tmp_path)
    tiers.on.tier_editor.new_tiers(("words",), ())
    session, annotating = tiers.on.session, tiers.on.tier_editor
    said = session.shown.tracks[key]
    session.show(tracks={**session.shown.tracks, Q("conv1"): said.renamed("Q.conv1")})
    assert annotating.annotation_of(Q("conv1")) is annotating.annotation_of(key) is annotating.groups[1].kept
    assert annotating.annotation_of(G("out")) is session.owned_annotation


def test_a_textgrid_goes_to_the_recording_that_it_is_named_after(tiers, tmp_path):
    key = recorded(tiers, tmp_path)
    recorded(tiers, tmp_path, "other.wav", 3)
    path = tmp_path / "elsewhere" / "said.TextGrid"
    path.parent.mkdir()
    path.write_bytes(textgrid_bytes(SHORT))
    tiers.on.session.set_active(G("out"))
    tiers.on.tier_editor.open(path)
    assert [group.key for group in tiers.on.tier_editor.groups] == [None, key]
    assert tiers.on.session.active == G("out") or tiers.on.tier_editor.group.key == key


def test_tiers_of_a_long_recording_come_back_after_a_copy_and_from_where_they_were_once_kept(
    window, tmp_path, monkeypatch
):
    monkeypatch.setattr("core.recordings.sound_file.LONG_FROM", 3000)
    key = recorded(window, tmp_path)
    digest = window.on.session.shown.tracks[key].origin.sound
    window.on.tier_editor.new_tiers(("words",), ())
    kept = window.on.tier_editor.groups[-1].kept
    assert kept.sound == lasting(digest) != digest
    window.on.tier_editor.autosave.close()
    (tmp_path / "away").mkdir()
    copied = shutil.copy(tmp_path / "said.wav", tmp_path / "away" / "other.wav")
    window.on.recordings.close(key)
    window.on.recordings.open(copied)
    assert window.on.tier_editor.annotation_of(recording("other.wav")) == kept
    default_path(kept.sound).rename(default_path(f"file:{state_in(digest)}"))
    assert brought(digest, tmp_path / "said.wav").kept == kept
    assert read_annotations(default_path(kept.sound), 0, kept.sound) == (kept,)


def test_what_another_window_wrote_of_other_points_stays(qtbot, tiers):
    session = tiers.on.session
    path, size = default_path(session.card.digest), session.layout.size
    qtbot.waitUntil(
        lambda: read_annotations(path, size, checkpoint=session.card.digest) == (session.owned_annotation,)
    )
    theirs = replace(session.owned_annotation, point=Point((0.25,) * size))
    write_changes(path, (), (theirs,), "another")
    session.set_cursor(0.8)
    tiers.menus.run("boundary.add")
    tiers.on.tier_editor.autosave.close()
    assert read_annotations(path, size, checkpoint=session.card.digest) == (theirs, session.owned_annotation)


def test_tiers_that_two_windows_made_at_one_point_are_both_kept_and_it_is_said_once(tiers, monkeypatch):
    on, posted, heard = tiers.on, [], []
    monkeypatch.setattr(on.clock, "post", posted.append)
    on.messages.noted.connect(heard.append)
    session = on.session
    path, size = default_path(session.card.digest), session.layout.size
    theirs = replace(session.owned_annotation, annotation=GRID)
    write_changes(path, (session.owned_annotation,), (theirs,), "another")
    session.set_cursor(0.8)
    tiers.menus.run("boundary.add")
    for call in [*posted, *posted]:
        call()
    (said,) = [words for words in heard if "Another window" in words]
    assert read_textgrid(said.rpartition(" in ")[2]).annotation == GRID
    assert read_annotations(path, size, checkpoint=session.card.digest) == (session.owned_annotation,)
