"""Joined buttons: one is on, and only another one is a wish."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from widgets.controls.segmented import Segment, Segmented
from widgets.theme.theme import DARK


@pytest.fixture
def row(qtbot):
    made = Segmented((("a", "One-hot"), ("b", "Bits"), ("c", "Free")), "Mode")
    qtbot.addWidget(made)
    made.show_current("a")
    made.show()
    made.said = []
    made.wanted.connect(made.said.append)
    return made


def test_only_another_choice_is_a_wish(qtbot, row):
    first, second, _ = row.findChildren(Segment)
    for segment in (first, second, second):
        qtbot.mouseClick(segment, Qt.MouseButton.LeftButton)
    assert row.said == ["b"]
    assert row.current == "b"


def test_showing_is_no_wish_and_an_unknown_key_shows_none(row):
    row.show_current("c")
    assert [segment.isChecked() for segment in row.findChildren(Segment)] == [False, False, True]
    row.show_current("z")
    assert not any(segment.isChecked() for segment in row.findChildren(Segment))
    assert row.said == []


def test_arrow_keys_choose_the_neighbour(qtbot, row):
    qtbot.keyClick(row.findChildren(Segment)[0], Qt.Key.Key_Right)
    assert row.said == ["b"]


def test_a_refused_choice_says_why(qtbot, row):
    row.enable("b", False, "No code")
    second = row.findChildren(Segment)[1]
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    row.set_theme(DARK)
    assert row.said == []
    assert second.toolTip() == "No code"
    assert not row.grab().isNull()
