"""The results: chosen, noted, removed and copied by mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from widgets.results.results_table import HEAD_PX, ROW_PX, ResultRow, ResultsTable
from widgets.theme.theme import LIGHT


def rows(count: int) -> tuple[ResultRow, ...]:
    return tuple(
        ResultRow(n, "Out", "Mean pitch", "0.180979–0.331697", f"{100 + n}.00 Hz")
        for n in range(1, count + 1)
    )


@pytest.fixture
def table(qtbot) -> ResultsTable:
    made = ResultsTable()
    qtbot.addWidget(made)
    made.resize(384, HEAD_PX + 5 * ROW_PX + 10)
    made.show_rows(rows(4))
    made.show()
    return made


def click(qtbot, table, place: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, table.row_rect(place).center())


def test_a_new_row_is_scrolled_to(table):
    table.show_rows(rows(30))
    assert table.row_rect(29).bottom() <= table.viewport().height()
    assert table.row_rect(0).bottom() < HEAD_PX


def test_rows_that_came_before_the_table_had_its_size_show_the_newest(qtbot):
    made = ResultsTable()
    qtbot.addWidget(made)
    made.show_rows(rows(15))
    made.resize(384, HEAD_PX + 5 * ROW_PX)
    made.show()
    assert made.row_rect(14).bottom() <= made.viewport().height()
    made.verticalScrollBar().setValue(0)
    made.resize(384, HEAD_PX + 4 * ROW_PX)
    assert made.row_rect(0).top() == HEAD_PX


def test_rows_are_chosen_as_lists_are_everywhere(qtbot, table):
    click(qtbot, table, 1)
    assert table.chosen == [2]
    click(qtbot, table, 3, Qt.KeyboardModifier.ShiftModifier)
    assert table.chosen == [2, 3, 4]
    click(qtbot, table, 2, Qt.KeyboardModifier.ControlModifier)
    assert table.chosen == [2, 4]
    with qtbot.waitSignal(table.copy_wanted) as copied:
        qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == [[2, 4]]
    with qtbot.waitSignal(table.remove_wanted) as removed:
        qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert removed.args == [[2, 4]]


@pytest.mark.parametrize("count", [1, 30])
def test_values_end_clear_of_the_focus_ring_also_beside_a_scroll_bar(table, count, pixels):
    table.show_rows(rows(count))
    row = table.row_rect(count - 1)
    seen = pixels(table.viewport())[row.top() + 4 : row.bottom() - 4, 60:]
    ink = (np.abs(seen - seen[0, 0]).max(axis=2) > 60).any(axis=0)
    assert ink.sum() > 20
    assert not ink[-4:-2].any()  # the ring itself takes the last two columns


def test_a_double_click_writes_a_note(qtbot, table):
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.row_rect(2).center())
    editor = table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "creaky")
    with qtbot.waitSignal(table.note_wanted) as noted:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert noted.args == [3, "creaky"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_in_a_note_opened_by_enter_stores_and_closes_it(qtbot, table, key):
    click(qtbot, table, 2)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    editor = table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "creaky")
    with qtbot.waitSignal(table.note_wanted) as noted:
        qtbot.keyClick(editor, key)
    assert noted.args == [3, "creaky"]
    assert [one for one in table.findChildren(QLineEdit) if one.isVisible()] == []


def test_esc_leaves_a_note_as_it_was(qtbot, table):
    table.edit_note(2)
    editor = table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "creaky")
    with qtbot.assertNotEmitted(table.note_wanted):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()


def test_a_row_of_another_point_is_painted_in_the_quiet_ink(table):
    first = ResultRow(1, "Out", "Mean pitch", "0.1", "101.00 Hz", about="File: a.pt", elsewhere=False)
    table.show_rows((first, replace(first, number=2, elsewhere=True)))
    table.viewport().repaint()
    image = table.viewport().grab().toImage()
    ink = LIGHT.ink.rgb()

    def has_ink(place: int) -> bool:
        rect = table.row_rect(place)
        return any(
            image.pixel(x, y) == ink
            for y in range(rect.top(), rect.bottom()) for x in range(rect.left(), rect.right())
        )  # fmt: skip

    assert has_ink(0)
    assert not has_ink(1)
    assert "File: a.pt" in table.about(0)


def test_a_row_with_a_note_is_higher_and_moves_the_others_down(table):
    before = table.row_rect(2).top()
    first, second, *rest = rows(4)
    table.show_rows((first, ResultRow(2, "Out", "Mean F1", "0.1", "500 Hz", "breathy"), *rest))
    assert table.row_rect(2).top() > before
    assert table.row_rect(1).contains(table.row_rect(1).center())
    assert second.note == ""


def test_a_note_of_the_last_row_is_in_view_once_it_is_written(table):
    table.show_rows(rows(30))
    table.show_rows((*rows(29), replace(rows(30)[-1], note="creaky")))
    assert table.row_rect(29).bottom() <= table.viewport().height()


def test_what_is_no_longer_there_is_no_longer_chosen(qtbot, table):
    click(qtbot, table, 3)
    table.show_rows(rows(2))
    assert table.chosen == []


def test_copying_means_the_table_while_it_has_the_focus(qtbot, table):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    for key, keys, own in (
        (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier, True),
        (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier, False),
    ):
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, keys)
        asked.ignore()
        QApplication.sendEvent(table, asked)
        assert asked.isAccepted() == own
