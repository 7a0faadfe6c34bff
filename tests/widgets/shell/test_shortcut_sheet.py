"""The sheet of keys: made from the commands, in the order of the menus, with the mouse."""

from __future__ import annotations

import pytest

from widgets.shell.command_match import PaletteRow
from widgets.shell.shortcut_sheet import (
    MOUSE,
    KeyLine,
    ShortcutSheet,
    columns,
    fitting,
    groups,
    series,
    widths_px,
)
from widgets.theme.theme import DARK

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
    sheet.set_theme(DARK)
    heard = [line.accessibleName() for line in sheet.findChildren(KeyLine)]
    assert "Play or stop: Tab" in heard
    assert len(heard) == 3 + len(MOUSE)
    assert not sheet.grab().isNull()


def test_keys_that_count_up_are_one_line_and_two_of_them_are_not():
    tiers = [(f"Ctrl+F{k}", f"Add on tier {k}") for k in range(1, 9)]
    assert series(tiers) == [("Ctrl+F1 to 8", "Add on tier 1 to 8")]
    assert series(tiers[:2]) == tiers[:2]
    assert series([*tiers[:3], ("Ctrl+F9", "Add on all tiers")])[1] == ("Ctrl+F9", "Add on all tiers")


def test_words_are_aligned_in_each_column_and_never_shortened(qtbot):
    long = PaletteRow("time.nearest", "Move start of selection to the nearest zero crossing", "Time", "F6")
    sheet = ShortcutSheet((*ROWS, long))
    qtbot.addWidget(sheet)
    sheet.show()
    lines = sheet.findChildren(KeyLine)
    by_column: dict[int, set[tuple[int, int]]] = {}
    for line in lines:
        by_column.setdefault(line.x(), set()).add(line.column_px)
        assert line.width() >= line.sizeHint().width()
    assert all(len(widths) == 1 for widths in by_column.values())


@pytest.mark.parametrize("wide_px", [1000, 1300, 1440, 1920])
def test_as_many_columns_as_fit_and_none_beyond_the_edge(qtbot, wide_px):
    many = [
        PaletteRow(
            f"a.{k}", f"Move the end of a selection to a boundary {'x' * (k % 9)}", f"Menu {k // 6}", "F6"
        )
        for k in range(48)
    ]
    spread = fitting(groups(many), wide_px)
    widths = [widths_px([line for _, lines in column for line in lines]) for column in spread]
    room_px = sum(sum(one) + 12 + 32 for one in widths)
    assert room_px <= wide_px or len(spread) == 2
    assert len(spread) == 4 or room_px / len(spread) * (len(spread) + 1) > wide_px * 0.95
