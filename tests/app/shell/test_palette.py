"""What users type into the command search, and the keys they expect."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenuBar

from app.base.command_table import MENUS, all_commands, search_words
from widgets.shell.command_match import ranked


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("export", "file.save_picture"),
        ("gain", "layers.gain"),
        ("overlay", "layers.over_output"),
        ("A/B", "latent.ab"),
        ("recent", "file.recent"),
        ("quit", "file.quit"),
        ("exit", "file.close"),
        ("sweep", "latent.find"),
        ("f0", "pitch.show"),
        ("dark", "view.dark"),
        ("rename", "tier.rename"),
        ("jitter", "pulses.voice_report"),
        ("correlation", "analyses.compare"),
    ],
)
def test_a_word_that_users_type_finds_its_command(window, typed, first):
    found = [row.id for row in ranked(typed, window.menus.rows())]
    assert first in found[:3]


def test_search_words_belong_to_commands_and_repeat_no_title():
    commands = all_commands()
    for id, words in search_words().items():
        assert id in commands
        assert words == words.lower()
        assert not set(words.split()) & set(commands[id].title.lower().rstrip("…").split()), id


def test_a_named_command_that_cannot_run_comes_first_and_says_why(window):
    assert not window.menus.actions["file.save_selected"].isEnabled()
    first = ranked("save selected", window.menus.rows())[0]
    assert (first.id, first.enabled) == ("file.save_selected", False)
    assert first.reason == "possible when the active lane has a curve, and a stretch of time is selected"


def test_every_menu_opens_by_an_alt_key_of_its_own(window):
    bar = window.menus.row.findChild(QMenuBar)
    keys = [QKeySequence.mnemonic(action.text()).toString() for action in bar.actions()]
    assert len(keys) == len(MENUS) == len(set(keys))
    assert all(key.startswith("Alt+") for key in keys)


def test_ctrl_q_quits_and_b_switches_between_two_points(window):
    actions = window.menus.actions
    assert actions["file.quit"].shortcut() == QKeySequence("Ctrl+Q")
    assert actions["latent.ab"].shortcut() == QKeySequence("B")
    here = window.on.session.point
    actions["latent.ab"].trigger()
    window.on.session.redraw(5)
    there = window.on.session.point
    actions["latent.ab"].trigger()
    assert window.on.session.point == here
    actions["latent.ab"].trigger()
    assert window.on.session.point == there
    actions["file.quit"].trigger()
    assert not window.isVisible()
