"""Editing tiers: what Praat's own commands do, and what must never be lost."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.annotation import editing as edits
from core.annotation.textgrid import read_textgrid
from core.annotation.tiers import (
    Annotation,
    Instant,
    OwnedAnnotation,
    Tier,
    annotation_at,
    new_annotation,
    put,
)
from core.faults import Fault
from core.networks.latent import Point
from core.session.history import History
from core.session.session import EMPTY, Session
from core.signals.axis import Range
from tests.support.praat_oracle import needs_praat


def note(*tiers: Tier) -> Annotation:
    return Annotation(tiers, 0.0, 1.0)


def intervals(*parts: tuple[float, str], name: str = "phones") -> Tier:
    """Give a tier over one second from the ends and labels of its intervals."""
    ends, labels = zip(*parts, strict=True)
    return Tier(name, "interval", 0.0, 1.0, (0.0, *ends), labels)


AB = intervals((0.25, "a"), (0.5, "b"), (1.0, ""))
WORDS = intervals((0.5, "ab"), (1.0, ""), name="words")
BELL = Tier("bell", "point", 0.0, 1.0, (0.25, 0.75), ("H", "L"))


# --- beside Praat


@needs_praat
def test_boundaries_and_points_come_and_go_as_in_praat(tmp_path):
    script = tmp_path / "edit.praat"
    script.write_text(
        f"""Create TextGrid: 0, 1, "phones words bell", "bell"
        Insert boundary: 1, 0.5
        Set interval text: 1, 1, "left"
        Set interval text: 1, 2, "right"
        Insert boundary: 1, 0.25
        Insert boundary: 1, 0.75
        Remove left boundary: 1, 3
        Insert point: 3, 0.3, "x"
        Insert point: 3, 0.1, "y"
        Remove point: 3, 2
        Duplicate tier: 1, 2, "copy"
        Set tier name: 1, "sounds"
        Remove tier: 3
        Save as text file: "{tmp_path}/praat.TextGrid"
        """
    )
    subprocess.run(["praat", "--run", str(script)], check=True, timeout=60)
    made = new_annotation(("phones", "words"), ("bell",), 0.0, 1.0)
    made = edits.add_boundary(made, 0, 0.5)
    made = edits.set_label(edits.set_label(made, 0, 0, "left"), 0, 1, "right")
    made = edits.add_boundary(edits.add_boundary(made, 0, 0.25), 0, 0.75)
    made = edits.remove_boundary(made, 0, 0.5)
    made = edits.add_boundary(edits.add_boundary(made, 2, 0.3, "x"), 2, 0.1, "y")
    made = edits.remove_boundary(made, 2, 0.3)
    made = edits.rename_tier(edits.duplicate_tier(made, 0, "copy"), 0, "sounds")
    made = edits.remove_tier(made, 2)
    assert made == read_textgrid(tmp_path / "praat.TextGrid").annotation


# --- boundaries


def test_a_selected_stretch_becomes_an_interval_that_keeps_the_label():
    made = edits.add_interval(note(AB), 0, Range(0.3, 0.4)).tiers[0]
    assert made.times == (0.0, 0.25, 0.3, 0.4, 0.5, 1.0)
    assert made.labels == ("a", "", "b", "", "")
    shared = edits.add_interval(note(AB), 0, Range(0.25, 0.4)).tiers[0]
    assert shared.labels == ("a", "b", "", "")


def test_a_stretch_over_several_intervals_gets_its_two_boundaries():
    made = edits.add_interval(note(AB), 0, Range(0.1, 0.6)).tiers[0]
    assert made.times == (0.0, 0.1, 0.25, 0.5, 0.6, 1.0)
    assert made.labels == ("a", "", "b", "", "")


def test_a_cursor_takes_the_boundaries_around_it_from_the_other_tiers():
    empty = intervals((1.0, ""), name="words")
    made = edits.add_interval(note(AB, empty), 1, Range(0.3, 0.3)).tiers[1]
    assert made.times == (0.0, 0.25, 0.5, 1.0)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda n: edits.add_boundary(n, 0, 0.25), "already a boundary at 0.250000 s"),
        (lambda n: edits.add_boundary(n, 1, 0.75), "already a point at 0.750000 s"),
        (lambda n: edits.add_boundary(n, 0, 1.5), "outside tier “phones”"),
        (lambda n: edits.add_boundary(n, 7, 0.5), "no tier 8"),
        (lambda n: edits.add_interval(n, 1, Range(0.1, 0.2)), "is a point tier"),
        (lambda n: edits.add_interval(n, 0, Range(0.25, 0.5)), "already exist"),
        (lambda n: edits.remove_boundary(n, 0, 0.0), "no boundary to remove at 0.000000 s"),
        (lambda n: edits.remove_boundary(n, 1, 0.3), "no point to remove at 0.300000 s"),
        (lambda n: edits.move_boundary(n, 0, 3, 0.9), "ends of a tier cannot be moved"),
        (lambda n: edits.add_tier(n, "  ", "interval"), "needs a name"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(edit, said):
    with pytest.raises(Fault, match=said):
        edit(note(AB, BELL))


@pytest.mark.parametrize("time_s", [-9.0, 0.0, 0.5, 0.51, 9.0])
def test_a_boundary_is_not_moved_to_or_past_its_neighbours(time_s):
    with pytest.raises(Fault, match=r"A boundary cannot be moved past another: it stays at 0\.250000 s"):
        edits.move_boundary(note(AB), 0, 1, time_s)


def test_a_point_is_not_moved_past_another():
    with pytest.raises(Fault, match="A point cannot be moved past another"):
        edits.move_boundary(note(BELL), 0, 0, 0.8)
    assert edits.move_boundary(note(BELL), 0, 0, 0.0).tiers[0].times == (0.0, 0.75)


def test_shift_takes_coincident_boundaries_of_all_tiers_along():
    made = edits.move_boundary(note(AB, WORDS, BELL), 0, 2, 0.6, together=True)
    assert [tier.times[1:-1] for tier in made.tiers[:2]] == [(0.25, 0.6), (0.6,)]
    assert made.tiers[2] == BELL
    alone = edits.move_boundary(note(AB, WORDS), 0, 2, 0.6)
    assert alone.tiers[1] == WORDS
    with_point = edits.move_boundary(note(AB, BELL), 0, 1, 0.3, together=True)
    assert with_point.tiers[1].times == (0.3, 0.75)


TIMES = st.floats(0.0, 1.0)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 1), TIMES),
        st.tuples(st.just("remove"), st.integers(0, 1), st.integers(0, 9)),
        st.tuples(st.just("move"), st.integers(0, 1), st.integers(0, 9), TIMES, st.booleans()),
        st.tuples(st.just("interval"), st.integers(0, 1), TIMES, TIMES),
    ),
    max_size=12,
)


@settings(max_examples=150)
@given(STEPS)
def test_whatever_is_cut_and_moved_intervals_touch_and_no_letter_is_lost(steps):
    now = note(AB, WORDS)
    for step in steps:
        try:
            now = _done(now, *step)
        except Fault:
            continue
        for tier, was in zip(now.tiers, (AB, WORDS), strict=True):
            assert (tier.times[0], tier.times[-1]) == (0.0, 1.0)
            assert np.all(np.diff(tier.times_s) > 0)
            assert "".join(tier.labels) == "".join(was.labels)


def _done(now: Annotation, what: str, place: int, *more) -> Annotation:
    times = now.tiers[place].times
    if what == "add":
        return edits.add_boundary(now, place, more[0])
    if what == "remove":
        return edits.remove_boundary(now, place, times[more[0] % len(times)])
    if what == "interval":
        return edits.add_interval(now, place, Range(min(more), max(more)))
    return edits.move_boundary(now, place, more[0] % len(times), more[1], more[2])


def test_a_file_s_digits_leave_with_the_boundary_that_moves():
    tier = Tier("t", "interval", 0.0, 1.0, (Instant("0.0"), Instant("0.50", "0.5"), Instant("1")), ("a", "b"))
    moved = edits.move_boundary(note(tier), 0, 1, 0.6).tiers[0]
    assert [type(time) for time in moved.times] == [Instant, float, Instant]
    assert (tier.times[1].before, tier.times[1].after) == ("0.50", "0.5")


# --- finding and snapping


def test_the_interval_of_a_time_begins_with_its_boundary():
    assert [AB.index_at(t) for t in (0.0, 0.2499, 0.25, 0.5, 1.0, 1.01)] == [0, 0, 1, 2, 2, None]
    assert [BELL.index_at(t) for t in (0.25, 0.3)] == [0, None]


def test_a_dragged_boundary_snaps_to_other_tiers_only_when_near():
    tiers = (AB, WORDS, BELL)
    assert edits.snapped(tiers, 0.51, 0.02, frozenset({0})) == 0.5
    assert edits.snapped(tiers, 0.53, 0.02, frozenset({0})) == 0.53
    assert edits.snapped(tiers, 0.74, 0.02, frozenset({0, 1})) == 0.75
    assert edits.snapped(tiers, 0.26, 0.02, frozenset({0, 1, 2})) == 0.26


# --- annotations with their owners


def test_tiers_belong_to_one_point_and_come_back_with_it():
    here, there = Point((0.0, 1.0)), Point((0.0, 2.0))
    annotations = put((), OwnedAnnotation(here, note(AB)))
    assert annotation_at(annotations, there) is None
    annotations = put(annotations, OwnedAnnotation(there, note(WORDS)))
    annotations = put(annotations, OwnedAnnotation(here, note(AB, BELL)))
    assert annotation_at(annotations, here).annotation == note(AB, BELL)
    assert annotation_at(annotations, there).annotation == note(WORDS)
    assert put(annotations, OwnedAnnotation(here, note())) == annotations[:1]


def test_one_history_undoes_turns_and_tiers_alike():
    session = Session()
    session.history = History(EMPTY)
    session.change("tiers", tiers=(OwnedAnnotation(session.point, note(AB)),))
    session.change("turn", point=Point((1.0,)))
    assert session.owned_annotation is None
    session.undo()
    assert session.owned_annotation is not None
    assert session.owned_annotation.annotation == note(AB)
    session.undo()
    assert session.snapshot.tiers == ()
    session.redo()
    assert session.owned_annotation is not None
