"""Annotations kept on the disk come back with every digit, point and layout."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.annotation.store import read_annotations, write_changes
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.textgrid_syntax import Style
from core.annotation.tiers import Annotation, Instant, OwnedAnnotation, Tier
from core.faults import Fault
from core.networks.latent import Point

NUMBERS = st.floats(-4, 4)
TIMES = (Instant("0"), Instant("0.500", "0.5"), Instant("1.0"))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(NUMBERS, NUMBERS), st.tuples(st.text(max_size=9), st.text(max_size=9)), st.text(max_size=9))
def test_annotations_come_back_as_they_were(tmp_path, z, labels, name):
    tiers = (Tier(name, "interval", Instant("0.0"), Instant("1"), TIMES, labels),)
    style = Style(long=False, encoding="utf-16-le", newline="\r\n")
    annotations = (OwnedAnnotation(Point(z), Annotation(tiers, 0.0, 1.0), "a/b.TextGrid", style),)
    path = tmp_path / "annotations" / "one.json"
    path.unlink(missing_ok=True)
    write_changes(path, (), annotations, "mine")
    read = read_annotations(path, 2)
    assert read == annotations
    assert textgrid_bytes(read[0].annotation, style) == textgrid_bytes(annotations[0].annotation, style)
    assert read_annotations(path, 3) == ()


def test_what_is_no_file_of_annotations_holds_nothing(tmp_path):
    path = tmp_path / "x.json"
    assert read_annotations(path, 2) == ()
    path.write_bytes(b"\x00\xff{")
    assert read_annotations(path, 2) == ()


def labelled(number: float, label: str) -> OwnedAnnotation:
    """Give tiers of a point of one number."""
    tier = Tier("t", "interval", 0.0, 1.0, (0.0, 1.0), (label,))
    return OwnedAnnotation(Point((number,)), Annotation((tier,), 0.0, 1.0))


@pytest.fixture
def path(tmp_path):
    """A file with the tiers of three points."""
    annotations = tuple(labelled(k, f"old {k}") for k in range(3))
    write_changes(tmp_path / "x.json", (), annotations, "before")
    return tmp_path / "x.json"


def test_a_row_that_cannot_be_read_stays_as_it_stands_and_hides_no_other(path):
    rows = json.loads(path.read_text("utf-8"))
    rows[0]["textgrid"] = rows[0]["textgrid"][:-9]
    rows[1]["style"] = {"long": "perhaps"}
    odd = [rows[0], {"something": "else"}, rows[1], {**rows[2], "z": [1.0, 2.0]}]
    path.write_text(json.dumps([*odd, rows[2]]), "utf-8")
    assert read_annotations(path, 1) == (labelled(2, "old 2"),)
    mine = labelled(0, "new")
    assert write_changes(path, (), (mine,), "mine") == ()
    assert json.loads(path.read_text("utf-8"))[:4] == odd
    assert read_annotations(path, 1) == (labelled(2, "old 2"), mine)


@pytest.mark.parametrize("damage", [b'[{"z": [0.0], "textg', b"{}", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_kept_under_another_name(path, damage):
    for name in ("x.json.damaged", "x.json.damaged1"):
        path.write_bytes(damage)
        (said,) = write_changes(path, (), (labelled(5, "new"),), "mine")
        assert str(path.with_name(name)) in said
        assert path.with_name(name).read_bytes() == damage
        assert read_annotations(path, 1) == (labelled(5, "new"),)


def test_what_another_window_wrote_of_the_same_point_is_kept_beside(path):
    read = read_annotations(path, 1)
    hers, his = (*read[1:], labelled(0, "hers")), (*read[1:], labelled(0, "his"))
    assert write_changes(path, read, hers, "her window") == ()
    (said,) = write_changes(path, read, his, "his window")
    assert read_annotations(path, 1) == his
    apart = said.rpartition(" in ")[2]
    assert read_textgrid(apart).annotation == labelled(0, "hers").annotation
    newer = (*read[1:], labelled(0, "hers, newer"))
    (_,) = write_changes(path, hers, newer, "her window")
    (again,) = write_changes(path, his, (*read[1:], labelled(0, "his, newer")), "his window")
    assert again == said, "of each window the newest is kept"
    assert read_textgrid(apart).annotation == labelled(0, "hers, newer").annotation
    labels = {read_textgrid(file).annotation.tiers[0].labels[0] for file in path.parent.glob("*.TextGrid")}
    assert labels == {"hers, newer", "his"}


def test_tiers_that_another_window_went_on_with_are_kept_when_they_are_removed_here(path):
    read = read_annotations(path, 1)
    write_changes(path, read, (*read[1:], labelled(0, "hers")), "her window")
    (said,) = write_changes(path, read, read[1:], "his window")
    assert read_textgrid(said.rpartition(" in ")[2]).annotation.tiers[0].labels == ("hers",)
    assert read_annotations(path, 1) == read[1:]


def test_one_window_alone_or_the_same_tiers_in_two_leave_no_copy(path):
    read = read_annotations(path, 1)
    for window in ("one", "two"):
        assert write_changes(path, read, (*read[1:], labelled(0, "same")), window) == ()
    first = (labelled(7, "a"),)
    assert write_changes(path, (), first, "two") == ()
    assert write_changes(path, first, (labelled(7, "b"),), "two") == ()
    assert list(path.parent.glob("*.TextGrid")) == []


def test_annotations_that_may_not_be_read_are_not_written_over(path, monkeypatch):
    def refused(self):
        raise PermissionError(13, "Permission denied")

    before = path.read_bytes()
    monkeypatch.setattr(type(path), "read_bytes", refused)
    with pytest.raises(Fault, match="cannot be read"):
        write_changes(path, (), (labelled(5, "new"),), "mine")
    monkeypatch.undo()
    assert path.read_bytes() == before


def test_tiers_that_came_too_late_for_what_this_window_wrote_are_kept_beside(path):
    write_changes(path, (), (labelled(0, "early"),), "mine")
    (said,) = write_changes(path, (), (labelled(0, "made before these were read"),), "mine")
    assert "This window" in said
    assert read_textgrid(said.rpartition(" in ")[2]).annotation.tiers[0].labels == ("early",)
