"""The banner: every fault is read once, the newest first, and the way out is one button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from widgets.controls.banner import MOST, Banner, BannerText
from widgets.controls.button import Button
from widgets.theme.theme import DARK


@pytest.fixture
def notice(qtbot):
    made = Banner()
    qtbot.addWidget(made)
    made.resize(800, 32)
    return made


def button(notice, name):
    return next(one for one in notice.findChildren(Button) if one.accessibleName() == name)


def test_it_is_hidden_until_there_is_something_to_say(notice):
    assert notice.isHidden()
    notice.show_fault("The file ends early.", "Copy it again.")
    assert not notice.isHidden()
    assert notice.accessibleName() == "The file ends early. Copy it again."


def test_the_newest_notice_stands_before_older_ones_and_none_is_said_twice(notice):
    for sentence in ("One.", "Two.", "Three.", "One."):
        notice.show_fault(sentence)
    read = []
    while notice.shown:
        read.append(notice.shown.sentence)
        notice.dismiss()
    assert read == ["One.", "Three.", "Two."]
    assert notice.isHidden()


def test_the_button_names_the_way_out_and_ends_the_notice(qtbot, notice):
    notice.show_fault("No sound device.", "", "Choose a device")
    said = []
    notice.action_wanted.connect(said.append)
    qtbot.mouseClick(button(notice, "Choose a device"), Qt.MouseButton.LeftButton)
    assert said == ["Choose a device"]
    assert notice.isHidden()


def test_a_notice_without_a_way_out_has_only_a_close_button(qtbot, notice):
    notice.show_fault("No sound device.")
    assert [one for one in notice.findChildren(Button) if not one.isHidden()] == [
        button(notice, "Close this notice")
    ]
    qtbot.mouseClick(button(notice, "Close this notice"), Qt.MouseButton.LeftButton)
    assert notice.shown is None


def test_a_flood_is_bounded(notice):
    for count in range(MOST + 5):
        notice.show_fault(f"Fault {count}.")
    assert notice.shown == BannerText(f"Fault {MOST + 4}.")
    for _ in range(MOST - 1):
        notice.dismiss()
    assert notice.shown == BannerText("Fault 5.")
    notice.set_theme(DARK)
    assert not notice.grab().isNull()


def test_a_banner_with_nothing_to_say_can_be_painted(notice):
    assert not notice.grab().isNull()


def test_a_notice_that_is_no_longer_true_is_taken_back_and_the_others_stay(notice):
    for sentence in ("One.", "Two."):
        notice.show_fault(sentence)
    notice.withdraw("Two.")
    assert notice.shown == BannerText("One.")
    notice.withdraw("Three.")
    assert not notice.isHidden()
    notice.withdraw("One.")
    assert notice.isHidden()
