"""The sheet of keys: made from the commands, in the order of the menus, with the mouse."""

from __future__ import annotations

from widgets.look import DARK
from widgets.palette_match import PaletteRow
from widgets.shortcuts import MOUSE, KeyLine, ShortcutSheet, columns, groups

ROWS = (
    PaletteRow("play.toggle", "Play or stop", "Play", "Tab"),
    PaletteRow("file.open", "Open a checkpoint…", "File", "Ctrl+Shift+O"),
    PaletteRow("file.demo", "Open the built-in model", "File"),
    PaletteRow("time.in", "Zoom in", "Time", "Ctrl+I"),
)


def test_groups_follow_the_rows_and_the_mouse_comes_last():
    made = groups(ROWS)
    assert [name for name, _ in made] == ["Play", "File", "Time", "Mouse"]
    assert made[-1][1] == MOUSE


def test_a_command_without_a_key_is_not_listed():
    assert dict(groups(ROWS))["File"] == (("Ctrl+Shift+O", "Open a checkpoint"),)


def test_columns_keep_the_order_and_lose_nothing():
    made = groups(ROWS)
    spread = columns(made, 3)
    assert len(spread) == 3
    assert [group for column in spread for group in column] == list(made)


def test_each_line_can_be_heard(qtbot):
    sheet = ShortcutSheet(ROWS)
    qtbot.addWidget(sheet)
    sheet.set_look(DARK)
    heard = [line.accessibleName() for line in sheet.findChildren(KeyLine)]
    assert "Play or stop: Tab" in heard
    assert len(heard) == 3 + len(MOUSE)
    assert not sheet.grab().isNull()
