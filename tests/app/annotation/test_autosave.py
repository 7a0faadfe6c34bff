"""Tiers outlive the window: those of points with their checkpoint, those of recordings with their sound."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import soundfile

from app.annotation.autosave import brought
from core.annotation.editing import add_boundary
from core.annotation.store import default_path, read_annotations, write_changes
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.textgrid_syntax import Style
from core.annotation.tiers import Annotation, Tier
from core.networks.latent import Point
from core.recordings.identity import lasting, state_in
from tests.support.annotating import cut
from tests.support.commands import run
from tests.support.keys import G, Q, recording
from widgets.tiers.tiers import Tiers

GRID = Annotation((Tier("phones", "interval", 0.0, 1.024, (0.0, 0.3, 1.024), ("a", "ə")),), 0.0, 1.024)
SHORT = Annotation((Tier("words", "interval", 0.0, 0.5, (0.0, 0.3, 0.5), ("a", "ə")),), 0.0, 0.5)


def test_tiers_come_back_with_their_checkpoint(tiered, small_model):
    made, there = tiered.session.owned_annotation.annotation, tiered.session.snapshot
    tiered.tier_editor.autosave.close()
    tiered.model_loader.open(small_model, start=there)
    assert tiered.session.owned_annotation.annotation == made
    assert tiered.session.history.undo_words == ""
    tiered.session.redraw(3)
    assert tiered.session.owned_annotation is None


def test_what_a_file_looked_like_is_kept_between_starts(tiered, small_model, tmp_path):
    path = tmp_path / "utf16.TextGrid"
    data = textgrid_bytes(GRID, Style(encoding="utf-16-be", newline="\r\n"))
    path.write_bytes(data)
    tiered.tier_editor.open(path)
    there = tiered.session.snapshot
    tiered.tier_editor.autosave.close()
    tiered.model_loader.open(small_model, start=there)
    assert tiered.session.owned_annotation.file == str(path)
    tiered.tier_editor.save(tmp_path / "again.TextGrid")
    assert (tmp_path / "again.TextGrid").read_bytes() == data


def test_a_damaged_file_of_annotations_holds_nothing_and_stops_nothing(services, small_model):
    path = default_path(services.session.card.digest)
    path.parent.mkdir(parents=True)
    size, heard = services.session.layout.size, []
    services.messages.noted.connect(heard.append)
    row = b'[{"z": [0%s], "textgrid": "x"}]' % (b", 0" * (size - 1))
    for damage in (b"", b'[{"z": [0], "textgrid": "x"}]', b"[{}]", row, b"\xff\xfe"):
        path.write_bytes(damage)
        services.model_loader.open(small_model)
        assert services.tier_editor.shown is None
    one = f"1 of 1 saved annotations in {path} cannot be read; they stay in the file."
    aside = path.with_name(f"{path.name}.damaged")
    assert heard[:2] == [one, one]
    assert heard[2:] == [f"The tiers could not be read and start anew; the damaged file is now {aside}."]
    assert aside.read_bytes() == b"\xff\xfe"


def test_a_recording_alone_has_tiers_that_outlive_the_window_and_a_model(fresh, small_model, tmp_path):
    chance = np.random.default_rng(2)
    soundfile.write(tmp_path / "said.wav", 0.1 * chance.standard_normal(8000), 8000)
    fresh.recordings.open(tmp_path / "said.wav")
    fresh.tier_editor.new_tiers(("words",), ())
    cut(fresh, 0.5)
    (group,) = fresh.tier_editor.groups
    made = group.kept.annotation
    assert made.tiers[0].times == (0.0, 0.5, 1.0)
    fresh.model_loader.open(small_model)
    assert [(one.key, one.own) for one in fresh.tier_editor.groups] == [(recording("said.wav"), True)]
    assert fresh.tier_editor.shown.annotation == made
    fresh.tier_editor.autosave.close()
    assert brought(group.kept.sound, tmp_path / "said.wav").kept.annotation == made


def recorded(services, tmp_path, name: str = "said.wav", seed: int = 2) -> str:
    chance = np.random.default_rng(seed)
    soundfile.write(tmp_path / name, 0.1 * chance.standard_normal(4000), 8000)
    services.recordings.open(tmp_path / name)
    return recording(name)


def test_a_recordings_tiers_stand_below_the_points_whatever_the_point(tiered, tmp_path):
    annotating, session = tiered.tier_editor, tiered.session
    key = recorded(tiered, tmp_path)
    assert session.active == key
    annotating.new_tiers(("words",), ())
    assert [(group.key, group.first, group.own) for group in annotating.groups] == [
        (None, 0, True),
        (key, 3, True),
    ]
    assert (session.tier, annotating.tier.name, annotating.tier.end_s) == (3, "words", 0.5)
    session.redraw(7)
    assert [group.own for group in annotating.groups] == [False, True]
    cut(tiered, 0.25)
    assert annotating.tiers[3].times == (0.0, 0.25, 0.5)
    view = tiered.stack_views.view().tiers
    assert [view.is_away(place) for place in range(4)] == [True, True, True, False]
    assert view.owners == ("", "", "", "said.wav")
    annotating.change("boundary", lambda note, own: add_boundary(note, own, 0.25), place=0)
    assert annotating.tiers[0].times == (0.0, 0.2, 0.4, 0.6, 1.024), "another point's stay as they are"
    tiered.recordings.close(key)
    assert [group.key for group in annotating.groups] == [None]
    run(tiered, "edit.undo")
    assert [group.key for group in annotating.groups] == [None, key]


def test_choosing_a_tier_makes_its_lane_the_active_one_and_back(tiered, tmp_path):
    session, key = tiered.session, recorded(tiered, tmp_path)
    tiered.tier_editor.new_tiers(("words",), ())
    tiered.tier_editor.choose(1)
    assert (session.tier, session.active) == (1, G("out"))
    session.set_active(key)
    assert session.tier == 3


def test_tiers_of_a_recording_come_back_with_it_and_undo_never_empties_their_file(tiered, tmp_path):
    key = recorded(tiered, tmp_path)
    tiered.tier_editor.new_tiers(("words",), ())
    sound = tiered.session.shown.tracks[key].origin.sound
    tiered.tier_editor.autosave.close()
    assert [kept.sound for kept in read_annotations(default_path(sound), 0, sound)] == [sound]


def test_the_textgrid_beside_a_recording_is_opened_with_it(services, tmp_path):
    path = tmp_path / "said.TextGrid"
    path.write_bytes(textgrid_bytes(SHORT))
    recorded(services, tmp_path)
    (group,) = services.tier_editor.groups
    assert (group.kept.annotation, group.kept.file) == (SHORT, str(path))
    services.session.set_value(0, 0.5)
    run(services, "edit.undo")
    run(services, "edit.undo")
    run(services, "edit.redo")
    assert services.tier_editor.groups == (group,), "no step of undo loses what came from the disk"


def test_saving_means_the_active_lanes_tiers(tiered, host, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    canvas = Tiers(host.parent)
    asked: list[tuple[str, str]] = []

    def answer(window, title, wanted, kinds):
        asked.append((title, wanted))
        return str(tmp_path / f"saved{len(asked)}.TextGrid"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    beside = Annotation((Tier("said", "interval", 0.0, 0.5, (0.0, 0.5), ("ja",)),), 0.0, 0.5)
    (tmp_path / "said.TextGrid").write_bytes(textgrid_bytes(beside))
    key = recorded(tiered, tmp_path)
    assert tiered.session.active == key
    assert tiered.tier_editor.tier.name == "said"
    tiered.session.set_tier(0)  # a tier of the point, while the recording's lane is the active one
    run(tiered, "file.save_textgrid", host, canvas)
    assert asked[0] == ("Save the TextGrid of said.wav", str(tmp_path / "said.TextGrid"))
    assert read_textgrid(tmp_path / "saved1.TextGrid").annotation.tiers[0].name == "said"
    tiered.session.set_active(G("out"))
    run(tiered, "file.save_textgrid", host, canvas)
    assert asked[1][0] == "Save the TextGrid of the output"
    assert read_textgrid(tmp_path / "saved2.TextGrid").annotation.tiers[0].name == "phones"


def test_what_a_network_heard_in_a_recording_has_the_recordings_tiers(tiered, tmp_path):
    key = recorded(tiered, tmp_path)
    tiered.tier_editor.new_tiers(("words",), ())
    session, annotating = tiered.session, tiered.tier_editor
    said = session.shown.tracks[key]
    session.show(tracks={**session.shown.tracks, Q("conv1"): said.renamed("Q.conv1")})
    assert annotating.annotation_of(Q("conv1")) is annotating.annotation_of(key) is annotating.groups[1].kept
    assert annotating.annotation_of(G("out")) is session.owned_annotation


def test_a_textgrid_goes_to_the_recording_that_it_is_named_after(tiered, tmp_path):
    key = recorded(tiered, tmp_path)
    recorded(tiered, tmp_path, "other.wav", 3)
    path = tmp_path / "elsewhere" / "said.TextGrid"
    path.parent.mkdir()
    path.write_bytes(textgrid_bytes(SHORT))
    tiered.session.set_active(G("out"))
    tiered.tier_editor.open(path)
    assert [group.key for group in tiered.tier_editor.groups] == [None, key]
    assert tiered.session.active == G("out") or tiered.tier_editor.group.key == key


def test_tiers_of_a_long_recording_come_back_after_a_copy_and_from_where_they_were_once_kept(
    services, tmp_path, monkeypatch
):
    monkeypatch.setattr("core.recordings.sound_file.LONG_FROM", 3000)
    key = recorded(services, tmp_path)
    digest = services.session.shown.tracks[key].origin.sound
    services.tier_editor.new_tiers(("words",), ())
    kept = services.tier_editor.groups[-1].kept
    assert kept.sound == lasting(digest) != digest
    services.tier_editor.autosave.close()
    (tmp_path / "away").mkdir()
    copied = shutil.copy(tmp_path / "said.wav", tmp_path / "away" / "other.wav")
    services.recordings.close(key)
    services.recordings.open(copied)
    assert services.tier_editor.annotation_of(recording("other.wav")) == kept
    default_path(kept.sound).rename(default_path(f"file:{state_in(digest)}"))
    assert brought(digest, tmp_path / "said.wav").kept == kept
    assert read_annotations(default_path(kept.sound), 0, kept.sound) == (kept,)


def test_what_another_window_wrote_of_other_points_stays(qtbot, tiered):
    session = tiered.session
    path, size = default_path(session.card.digest), session.layout.size
    qtbot.waitUntil(
        lambda: read_annotations(path, size, checkpoint=session.card.digest) == (session.owned_annotation,)
    )
    theirs = replace(session.owned_annotation, point=Point((0.25,) * size))
    write_changes(path, (), (theirs,), "another")
    cut(tiered, 0.8)
    tiered.tier_editor.autosave.close()
    assert read_annotations(path, size, checkpoint=session.card.digest) == (theirs, session.owned_annotation)


def test_tiers_that_two_windows_made_at_one_point_are_both_kept_and_it_is_said_once(tiered, monkeypatch):
    on, posted, heard = tiered, [], []
    monkeypatch.setattr(on.clock, "post", posted.append)
    on.messages.noted.connect(heard.append)
    session = on.session
    path, size = default_path(session.card.digest), session.layout.size
    theirs = replace(session.owned_annotation, annotation=GRID)
    write_changes(path, (session.owned_annotation,), (theirs,), "another")
    cut(tiered, 0.8)
    for call in [*posted, *posted]:
        call()
    (said,) = [words for words in heard if "Another window" in words]
    assert read_textgrid(said.rpartition(" in ")[2]).annotation == GRID
    assert read_annotations(path, size, checkpoint=session.card.digest) == (session.owned_annotation,)
