"""What is read from a disk comes later: meanwhile the model, the tiers and the file may have changed."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest
from filelock import Timeout

from app.base.clock import at_once
from core.annotation.store import default_path, read_annotations, write_changes
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.tiers import annotation_at
from core.files.locks import lock_beside, unlock
from tests.app.annotation.test_autosave import GRID, recorded
from tests.app.recordings.test_open_recordings import noted as said
from tests.support.annotating import cut
from tests.support.commands import run


@pytest.fixture
def later(tiered, monkeypatch):
    """Hold back what is read and written; gives a function that lets all of it happen, in order."""
    waiting, held = [], [True]

    def work(task):
        if not held:
            return at_once(task)
        waiting.append((Future(), task))
        return waiting[-1][0]

    def arrive():
        while waiting:
            future, task = waiting.pop(0)
            future.set_result(task())
        held.clear()

    monkeypatch.setattr(tiered.clock, "work", work)
    monkeypatch.setattr(tiered.clock, "in_turn", work)
    return arrive


def test_a_textgrid_that_arrives_after_another_model_is_dropped_with_a_word(tiered, later, tmp_path):
    on, path = tiered, tmp_path / "late.TextGrid"
    path.write_bytes(textgrid_bytes(GRID))

    on.tier_editor.open(path)
    on.session.open(replace(on.session.card, digest="0" * 40), on.session.lanes)
    heard = said(tiered)
    later()
    assert on.session.snapshot.tiers == ()
    assert heard == ["late.TextGrid was not opened because another model is open now"]


def test_saving_again_begins_where_was_saved_also_after_undo_and_in_the_next_window(tiered, tmp_path):
    on, path = tiered, str(tmp_path / "mine.TextGrid")
    on.tier_editor.save(path)
    assert on.session.owned_annotation.file == path
    assert on.tier_editor.saved.kept.file == path
    run(tiered, "edit.undo")
    assert on.session.owned_annotation.file == path
    on.tier_editor.autosave.close()
    digest, size = on.session.card.digest, on.session.layout.size
    assert read_annotations(default_path(digest), size)[0].file == path


def test_saving_moved_tiers_of_a_recording_leaves_the_points_file_alone(tiered, tmp_path):
    key, on = recorded(tiered, tmp_path), tiered
    on.tier_editor.new_tiers(("words",), ())
    on.alignment.to(key, 0.25)
    on.tier_editor.save(tmp_path / "said.TextGrid")
    assert on.tier_editor.annotation_of(key).file == str(tmp_path / "said.TextGrid")
    assert on.tier_editor.annotation_of(key).annotation.end_s == 0.5
    assert on.session.owned_annotation.file == ""


def again(tiered) -> None:
    """Open the same model anew, at the point that was there, its tiers on the disk."""
    session = tiered.session
    tiered.tier_editor.autosave.close()
    session.open(session.card, session.lanes, start=session.snapshot)


def test_the_tiers_of_a_model_come_beside_the_windows_thread(tiered, later):
    session, made = tiered.session, tiered.session.owned_annotation
    again(tiered)
    assert session.owned_annotation is None
    later()
    assert (session.owned_annotation, session.tier) == (made, 0)
    assert session.history.undo_words == ""


def test_tiers_of_a_model_that_was_left_meanwhile_are_dropped(tiered, later):
    session = tiered.session
    again(tiered)
    session.models[session.model] = replace(session.card, digest="0" * 40)
    later()
    assert session.snapshot.tiers == ()


def test_what_is_annotated_before_the_tiers_come_stays_and_neither_is_lost(tiered, later):
    session, made = tiered.session, tiered.session.owned_annotation
    path, size = default_path(session.card.digest), session.layout.size
    again(tiered)
    tiered.tier_editor.new_tiers(("early",), ())
    early = session.owned_annotation
    later()
    assert session.owned_annotation == early
    run(tiered, "edit.undo")
    assert annotation_at(session.snapshot.tiers, made.point, made.checkpoint) == made
    run(tiered, "edit.redo")
    tiered.tier_editor.autosave.close()
    assert read_annotations(path, size, checkpoint=session.card.digest) == (early,)
    apart = path.parent.glob("*.TextGrid")
    assert made.annotation in [read_textgrid(file).annotation for file in apart]


def test_tiers_of_other_points_that_come_late_are_written_by_no_earlier_edit(tiered, later):
    session, made = tiered.session, tiered.session.owned_annotation
    path, size = default_path(session.card.digest), session.layout.size
    again(tiered)
    session.redraw(9)
    tiered.tier_editor.new_tiers(("early",), ())
    early = session.owned_annotation
    later()
    tiered.tier_editor.autosave.close()
    assert (
        set(read_annotations(path, size, checkpoint=session.card.digest))
        == {made, early}
        == set(session.snapshot.tiers)
    )
    assert list(path.parent.glob("*.TextGrid")) == []


def test_an_edit_at_the_moment_when_the_one_before_it_has_been_written_is_written_too(tiered, monkeypatch):
    """The writing thread and the window's take turns here by hand: the second edit comes during a writing."""
    session, turns, edits = tiered.session, [], [0.9]

    def in_turn(task):
        turns.append((Future(), task))
        return turns[-1][0]

    def written(*what):
        said = write_changes(*what)
        if edits:
            cut(tiered, edits.pop())
        return said

    monkeypatch.setattr(tiered.clock, "in_turn", in_turn)
    monkeypatch.setattr("app.annotation.autosave.write_changes", written)
    cut(tiered, 0.8)
    for turn in range(2):
        future, task = turns[turn]
        future.set_result(task())
    assert len(turns) == 2
    path, size = default_path(session.card.digest), session.layout.size
    assert session.owned_annotation.annotation.tiers[0].times[-3:] == (0.8, 0.9, 1.024)
    assert read_annotations(path, size, checkpoint=session.card.digest) == (session.owned_annotation,)


def test_no_other_window_writes_between_the_reading_of_tiers_and_their_writing(tiered, monkeypatch):
    session, path = tiered.session, default_path(tiered.session.card.digest)
    others = []

    def written(place, *rest):
        with pytest.raises(Timeout):
            lock_beside(place)
        others.append(place)
        return write_changes(place, *rest)

    monkeypatch.setattr("app.annotation.autosave.write_changes", written)
    cut(tiered, 0.8)
    assert others == [path]
    unlock(lock_beside(path))
    kept = read_annotations(path, session.layout.size, checkpoint=session.card.digest)
    assert kept == (session.owned_annotation,)
