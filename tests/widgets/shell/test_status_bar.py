"""The status bar: three texts, each where it belongs, none lost."""

from __future__ import annotations

from widgets.shell.status_bar import StatusBar
from widgets.theme.control_paint import Words
from widgets.theme.theme import DARK


def test_help_pointer_and_state_do_not_touch_each_other(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(1600, 24)
    bar.show_help("Drag selects")
    bar.show_pointer("0.262344 s  2350 Hz")
    bar.show_state("All layers and analyses up to date")
    bar.set_theme(DARK)
    bar.show()
    places = [words.geometry() for words in bar.findChildren(Words)]
    assert [words.text() for words in bar.findChildren(Words)][1] == "0.262344 s  2350 Hz"
    assert all(not a.intersects(b) for a in places for b in places if a is not b)
    assert bar.height() == 24


def test_a_long_text_is_shortened_and_told_in_full_by_its_tooltip(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(900, 24)
    long = "Drag selects, " * 20
    bar.show_help(long)
    bar.grab()
    assert bar.findChildren(Words)[0].toolTip() == long


def test_a_long_help_takes_the_room_that_the_pointer_leaves(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(1600, 24)
    bar.show_state("All layers and analyses up to date")
    bar.show_help(
        "This map depends only partly on the trained weights: " + "as large with shuffled ones, " * 3
    )
    bar.show()
    help_words, pointer, state = bar.findChildren(Words)
    short_px = help_words.width()
    assert short_px > help_words.fontMetrics().horizontalAdvance(help_words.text())
    bar.show_pointer("Pointer 0.648338 s  m at 0.640000 s " * 5)
    assert help_words.width() < short_px
    places = [words.geometry() for words in (help_words, pointer, state)]
    assert all(not a.intersects(b) for a in places for b in places if a is not b)
