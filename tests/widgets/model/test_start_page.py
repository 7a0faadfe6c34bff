"""The start page: the ways in, each one click or one key."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from widgets.controls.button import Button
from widgets.model.start_page import LAYERS, MOST_RECENT, ExampleRow, RecentRow, StartPage, mark_curve
from widgets.theme.theme import DARK


@pytest.fixture
def page(qtbot):
    made = StartPage()
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    return made


@pytest.mark.parametrize(
    ("words", "signal"),
    [
        ("Open a checkpoint…", "file_wanted"),
        ("Open a folder…", "folder_wanted"),
        ("Open a recording…", "sound_wanted"),
    ],
)
def test_each_way_in_is_a_wish(qtbot, page, words, signal):
    found = next(one for one in page.findChildren(Button) if one.text() == words)
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def test_an_example_opens_by_click_and_by_key(qtbot, page):
    assert page.findChildren(ExampleRow) == []
    page.show_examples([("A generator", "ciwGAN", "turn it"), ("A pitch tracker", "CREPE", "see F0")])
    chosen = []
    page.example_wanted.connect(chosen.append)
    first, second = page.findChildren(ExampleRow)
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert chosen == [1, 0]
    assert second.accessibleName() == "Try A pitch tracker: CREPE"
    page.grab()


def test_a_recent_file_opens_by_click_and_by_key(qtbot, page):
    page.show_recent(("/runs/a.pt", "/runs/b.index"))
    said = []
    page.open_wanted.connect(said.append)
    first, second = page.findChildren(RecentRow)
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.keyClick(second, Qt.Key.Key_Return)
    assert said == ["/runs/a.pt", "/runs/b.index"]
    assert first.accessibleName() == "Open a.pt"


def test_the_list_of_recent_files_is_short_and_replaced(qtbot, page):
    page.show_recent([f"/runs/{k}.pt" for k in range(30)])
    assert len(page.findChildren(RecentRow)) == MOST_RECENT
    page.set_theme(DARK)
    page.show_recent(())
    qtbot.waitUntil(lambda: not page.findChildren(RecentRow))


def test_the_keyboard_begins_at_the_first_way_in(page):
    assert page.focusProxy().text() == "Open a checkpoint…"


def test_the_mark_stays_in_its_rows():
    for count in LAYERS:
        curve = mark_curve(count)
        assert len(curve) == count
        assert np.abs(curve).max() <= 1.0
