"""The status line: what was said of one action is gone with the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.base.panel_table import all_panels
from core.signals.axis import Range
from tests.support.keys import G
from tests.support.screen import dialogs, status
from widgets.controls.form import SettingsForm


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    """Keep what one test keeps from the next."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def said(window) -> str:
    return status(window)


@pytest.fixture
def refused(window):
    """The window, in which something has just been refused."""
    window.on.session.set_active(G("conv2"))
    window.menus.run("pitch.get")
    assert said(window).startswith("No pitch: Nyquist is 125 Hz")
    return window


@pytest.mark.parametrize("id", ["latent.randomise", "time.all", "edit.undo"])
def test_a_refusal_goes_with_the_next_command(refused, id):
    refused.on.session.set_value(10, 1.0)
    refused.menus.run(id)
    assert said(refused) == all_panels()["stack"].hint


def test_a_refusal_goes_with_the_next_click(refused):
    QTest.mouseClick(refused.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(700, 400))
    assert said(refused) == all_panels()["stack"].hint


def test_a_refusal_goes_with_the_next_key(refused):
    QTest.keyClick(refused.windowHandle(), Qt.Key.Key_Z)
    assert said(refused) == all_panels()["stack"].hint


def test_a_refusal_goes_with_a_click_in_a_dialog(refused):
    refused.menus.run("pitch.settings")
    refused.menus.run("pitch.get")
    assert said(refused).startswith("No pitch")
    (form,) = dialogs(refused, SettingsForm)
    QTest.mouseClick(form.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert said(refused) == all_panels()["stack"].hint
    form.reject()


def test_an_interval_that_is_there_already_is_not_told_of_the_next_one(window):
    window.on.tier_editor.new_tiers(("phones",), ())
    window.on.session.set_selection(Range(0.2, 0.3))
    window.menus.run("interval.add_1")
    window.menus.run("interval.add_1")
    assert said(window).startswith("Both boundaries already exist")
    window.on.session.set_selection(Range(0.4, 0.5))
    window.menus.run("interval.add_1")
    assert said(window) == all_panels()["stack"].hint


def test_what_an_action_says_stays_until_the_next(window):
    window.menus.run("intensity.get")
    assert said(window).startswith("Intensity of Out")


def test_what_plays_is_named_as_long_as_it_plays(window):
    window.menus.run("play.window")
    words = said(window)
    assert words.startswith("out: ")
    window.menus.run("time.all")
    assert said(window) == words
    window.on.player.stop()
    window.menus.run("time.in")
    assert said(window) == all_panels()["stack"].hint
