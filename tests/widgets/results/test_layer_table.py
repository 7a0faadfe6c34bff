"""The table of all layers: what a click, a key and a pointer mean, and what is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from widgets.results.layer_rows import BELOW_PX, COLUMNS, ROW_PX, TITLE_PX, Below, Cell, LayerRow
from widgets.results.layer_table import LayerTable
from widgets.theme.theme import DARK, LIGHT


def cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(
        Cell("", "refused", f"No {text[1:]}") if text.startswith("!") else Cell(text) for text in texts
    )


OUT = LayerRow(
    "out", "Out", cells("−0.0249", "125.0", "572", "1959", "2805", "78.7", "12.6"),
    (Below("min", cells("−0.4825", "124.3", "553", "1896", "2666", "68.5", "10.6")),
     Below("bandwidth", (None, None, *cells("390", "679", "608"), None, None))),
    active=True,
)  # fmt: skip
CONV3 = LayerRow("conv3", "Conv3", cells("0.2759", "125.0", "!F1", "!F2", "!F3", "70.0", "10.2"))


@pytest.fixture
def table(qtbot) -> LayerTable:
    made = LayerTable()
    qtbot.addWidget(made)
    made.resize(384, 200)
    made.show_rows((OUT, CONV3))
    made.show()
    return made


def point(column: int, place_px: int) -> QPoint:
    return QPoint(COLUMNS[column][2] - 8, place_px)


BELOW_OUT = ROW_PX + 2 * BELOW_PX + 6


def test_every_cell_is_found_where_it_is_painted(table):
    assert table.cell(*table.at(point(1, 10))).text == "125.0"
    assert table.cell(*table.at(point(3, ROW_PX + 4))).text == "1896"
    assert table.cell(*table.at(point(4, ROW_PX + BELOW_PX + 4))).text == "608"
    assert table.cell(*table.at(point(0, BELOW_OUT + 10))).text == "0.2759"
    assert table.at(QPoint(200, 199)) == (-1, -1, -1)


def test_a_long_title_has_a_line_of_its_own_above_its_numbers(table, pixels):
    said = LayerRow("sound:said", "198-209-0000 speaker two", OUT.cells)
    table.show_rows((said, CONV3))
    assert table.height() == 2 * ROW_PX + TITLE_PX
    assert table.at(point(1, ROW_PX + TITLE_PX // 2)) == (0, 0, 1)
    assert table.cell(*table.at(point(0, ROW_PX + TITLE_PX + 10))).text == "0.2759"
    lines = pixels(table)[2:20, 120:180], pixels(table)[TITLE_PX + 8 : TITLE_PX + ROW_PX - 4, 61:115]
    for line in lines:
        assert (np.abs(line - line[0, 0]).max(axis=2) > 100).sum() > 40


def test_a_click_makes_a_layer_active_and_one_on_the_caret_unfolds_it(qtbot, table):
    with qtbot.waitSignal(table.row_wanted) as wanted:
        qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=point(1, BELOW_OUT + 10))
    assert wanted.args == ["conv3"]
    with qtbot.waitSignal(table.fold_wanted) as folded, qtbot.assertNotEmitted(table.row_wanted):
        qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=QPoint(10, BELOW_OUT + 10))
    assert folded.args == ["conv3"]
    with qtbot.assertNotEmitted(table.row_wanted):
        qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=point(1, 10))


def test_a_double_click_on_a_number_asks_that_very_cell(qtbot, table):
    with qtbot.waitSignal(table.ask_wanted) as wanted:
        qtbot.mouseDClick(table, Qt.MouseButton.LeftButton, pos=point(3, ROW_PX + 4))
    assert wanted.args == ["out", 1, 3]
    with qtbot.assertNotEmitted(table.ask_wanted):  # nothing stands there
        qtbot.mouseDClick(table, Qt.MouseButton.LeftButton, pos=point(1, ROW_PX + BELOW_PX + 4))


def test_keys_move_unfold_and_copy(qtbot, table):
    table.setFocus()
    with qtbot.waitSignal(table.row_wanted) as moved:
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert moved.args == ["conv3"]
    with qtbot.waitSignal(table.fold_wanted) as folded:
        qtbot.keyClick(table, Qt.Key.Key_Left)
    assert folded.args == ["out"]
    with qtbot.assertNotEmitted(table.fold_wanted):  # it is unfolded
        qtbot.keyClick(table, Qt.Key.Key_Right)
    with qtbot.waitSignal(table.copy_wanted):
        qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)


def test_a_refusal_has_its_reason_in_the_tooltip_and_a_sign_in_the_cell(table, pixels):
    spot = point(2, BELOW_OUT + 10)
    QApplication.sendEvent(table, QHelpEvent(QEvent.Type.ToolTip, spot, table.mapToGlobal(spot)))
    assert QToolTip.text() == "No F1"
    QToolTip.hideText()
    row = slice(BELOW_OUT + 2, BELOW_OUT + ROW_PX - 2)
    seen = pixels(table)[row, COLUMNS[2][2] - 14 : COLUMNS[2][2] + 1]
    paper = [LIGHT.panel.red(), LIGHT.panel.green(), LIGHT.panel.blue()]
    assert (np.abs(seen - seen[0, 0]).max(axis=2) > 40).sum() > 15, paper


def test_a_long_number_is_painted_whole(table, pixels):
    """The minus of the longest activation keeps its width: 8 px of Inter at 12 px."""
    row = pixels(table)[ROW_PX // 2 - 1 : ROW_PX // 2 + 2, 61 : COLUMNS[0][2] - 38]
    ink = (np.abs(row - row[0, 0]).max(axis=2) > 60).any(axis=0)
    assert ink.sum() >= 5


def test_the_height_follows_what_is_unfolded(table):
    assert table.height() == BELOW_OUT + ROW_PX
    table.show_rows((LayerRow("out", "Out", OUT.cells), CONV3))
    assert table.height() == 2 * ROW_PX


def test_the_active_row_is_told_to_those_who_hear_it(table):
    assert table.accessibleDescription().startswith("Out: Activ. −0.0249")


def test_stale_numbers_are_quiet_in_both_themes(table, pixels):
    for theme in (LIGHT, DARK):
        table.set_theme(theme)
        table.show_rows((OUT,))
        loud = pixels(table)[3 : ROW_PX - 3, 125:160]
        quiet_cells = (*OUT.cells[:1], Cell("125.0", stale=True), *OUT.cells[2:])
        table.show_rows((LayerRow("out", "Out", quiet_cells, OUT.below, True),))
        quiet = pixels(table)[3 : ROW_PX - 3, 125:160]
        paper = loud[2, 2]
        assert np.abs(quiet - paper).max() < np.abs(loud - paper).max()
