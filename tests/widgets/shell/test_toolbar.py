"""The toolbar: the same actions as the menus, and fields that only ask."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.slider import Slider
from widgets.shell.toolbar import BUTTONS, Toolbar
from widgets.theme.theme import DARK

IDS = [id for id, *_ in BUTTONS if id] + ["help.palette"]
SOUNDS = [("published", "as published, clipped"), ("dc", "DC removed")]


@pytest.fixture
def actions(qtbot):
    made = {id: QAction(id) for id in IDS}
    for id in ("play.loop", "play.follow"):
        made[id].setCheckable(True)
    made["help.palette"].setShortcut("Ctrl+K")
    return made


@pytest.fixture
def bar(qtbot, actions):
    made = Toolbar(actions)
    qtbot.addWidget(made)
    made.resize(1600, 40)
    made.set_sounds(SOUNDS, "published")
    made.set_presets([("6.4", "Praat 6.4"), ("6.3", "Praat 6.3")], "6.4")
    made.show()
    return made


def named(bar, kind, name):
    return next(one for one in bar.findChildren(kind) if one.accessibleName() == name)


def test_every_button_runs_its_action_once(qtbot, bar, actions):
    ran = []
    for id, action in actions.items():
        action.triggered.connect(lambda _=False, id=id: ran.append(id))
    for button in bar.findChildren(Button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert ran == IDS


def test_a_button_follows_its_action(bar, actions):
    actions["edit.undo"].setText("Undo turn z49")
    actions["edit.undo"].setEnabled(False)
    actions["play.loop"].setChecked(True)
    assert not named(bar, Button, "Undo turn z49").isEnabled()
    assert named(bar, Button, "play.loop").isChecked()


def test_a_checkable_button_is_only_on_when_the_action_is(qtbot, bar, actions):
    button = named(bar, Button, "play.follow")
    actions["play.follow"].triggered.connect(lambda _=False: actions["play.follow"].setChecked(False))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isChecked()


def test_choosing_asks_and_choosing_the_same_again_does_not(bar):
    said = []
    bar.sound_wanted.connect(said.append)
    choice = named(bar, ComboBox, "What is heard")
    for row in (0, 1, 1):
        choice.setCurrentIndex(row)
        choice.activated.emit(row)
    assert said == ["dc"]


def test_showing_asks_for_nothing(bar):
    said = []
    for name in ("sound_wanted", "device_wanted", "volume_wanted", "preset_wanted"):
        getattr(bar, name).connect(said.append)
    bar.set_sounds(SOUNDS, "dc")
    bar.set_devices([("hw0", "Built-in Audio")], "hw0")
    bar.set_volume(-12.0)
    bar.set_presets([("6.3", "Praat 6.3")], "6.3")
    bar.show_playing(True)
    bar.set_theme(DARK)
    assert said == []


def test_a_device_that_is_gone_is_still_named(bar):
    bar.set_devices([("hw0", "Built-in Audio")], "USB headset")
    assert named(bar, ComboBox, "Output device").currentText() == "USB headset (not connected)"


def test_devices_are_looked_up_when_the_list_opens(qtbot, bar):
    choice = named(bar, ComboBox, "Output device")
    with qtbot.waitSignal(bar.devices_needed):
        choice.showPopup()
    choice.hidePopup()


def test_the_volume_is_turned_in_decibels(qtbot, bar):
    said = []
    bar.volume_wanted.connect(said.append)
    slider = named(bar, Slider, "Volume")
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    qtbot.keyClick(slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert said == [-7.0, -13.0]
    bar.set_volume(0.0)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert said == [-7.0, -13.0]


def test_missing_actions_leave_no_button(qtbot):
    bar = Toolbar({})
    qtbot.addWidget(bar)
    assert bar.findChildren(Button) == []


def test_everything_that_can_be_reached_has_a_name(bar):
    for kind in (Button, ComboBox, Slider):
        assert all(one.accessibleName() for one in bar.findChildren(kind))


def test_in_a_narrow_toolbar_the_fields_keep_their_words_and_buttons_their_names(bar):
    bar.resize(1000, 40)
    bar.layout().activate()
    loop = named(bar, Button, "play.loop")
    assert loop.text() == ""
    assert all(one.width() >= 140 for one in bar.findChildren(ComboBox))
    bar.resize(1600, 40)
    assert loop.text() == "Loop"
    assert named(bar, Button, "play.loop") is loop
