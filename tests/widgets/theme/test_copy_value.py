"""A click on a value copies it, wherever it stands, and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from core.signals.axis import Range
from tests.support import pointer
from tests.support.made_up import full_out, lane, view
from widgets.drawing.axes import VALUE
from widgets.drawing.margins import left_labels, right_labels
from widgets.results.layer_rows import Cell, LayerRow
from widgets.results.layer_table import COLUMNS, NAME_END, LayerTable
from widgets.shell.status_bar import StatusBar
from widgets.theme.control_paint import Words
from widgets.theme.copy_value import copy_number
from widgets.timeline.columns import AXIS_PX

LEFT = Qt.MouseButton.LeftButton


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


@pytest.fixture
def heard(stack) -> list[str]:
    said: list[str] = []
    stack.pointer_moved.connect(lambda time_s, words: said.append(words))
    return said


def label(labels, unit: str = ""):
    return next(one for one in labels if one.rank == VALUE and one.unit == unit)


def test_the_value_at_the_cursor_left_of_a_lane_is_copied_by_a_click(qtbot, stack, heard):
    stack.show_view(view(lane("out", active=True), visible=Range(0.0, 1.0), cursor_s=0.3))
    plot = stack.lanes[0].plot
    side = plot.plot_rect.adjusted(-AXIS_PX, 0, 0, 0)
    wanted = label(left_labels(side, plot.lane, plot.columns, plot.theme, plot.marks))
    wishes = []
    stack.cursor_wanted.connect(wishes.append)
    place = QPoint(20, round(wanted.y_px))
    pointer.hover(plot, place)
    assert plot.toolTip() == f"Click to copy {wanted.text}"
    assert plot.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mouseClick(plot, LEFT, pos=place)
    assert clipboard() == wanted.text.replace("−", "-")
    assert heard[-1] == f"Copied {wanted.text}"
    assert wishes == []
    qtbot.mouseClick(plot, LEFT, pos=QPoint(20, round(wanted.y_px) + 20))
    assert heard[-1] == f"Copied {wanted.text}", "a scale's end is no value"


def test_the_pitch_at_the_right_is_copied_as_a_number_and_said_with_its_unit(qtbot, stack, heard):
    shown = replace(full_out(), readings={"pitch": 213.42})
    stack.show_view(view(shown, visible=Range(0.0, 1.0), cursor_s=0.3))
    plot = stack.lanes[0].plot
    wanted = label(right_labels(plot.plot_rect, plot.lane, plot.theme, plot.marks), "Hz")
    qtbot.mouseClick(plot, LEFT, pos=QPoint(round(plot.plot_rect.right()) + 20, round(wanted.y_px)))
    assert (clipboard(), heard[-1]) == ("213.4", "Copied 213.4 Hz")


def test_times_over_the_lanes_are_copied_and_the_button_between_them_plays(qtbot, stack, heard):
    stack.show_view(view(lane("out"), visible=Range(0.0, 1.0), cursor_s=0.25))
    qtbot.mouseClick(stack.ruler, LEFT, pos=QPoint(round(stack.columns.x(0.25)), 14))
    assert (clipboard(), heard[-1]) == ("0.250000", "Copied 0.250000 s")
    stack.show_view(view(lane("out"), visible=Range(0.0, 1.0), selection=Range(0.25, 0.75)))
    played = []
    stack.play_wanted.connect(lambda key, stretch: played.append(stretch))
    qtbot.mouseClick(stack.ruler, LEFT, pos=QPoint(round(stack.columns.x(0.75)) + 20, 14))
    assert clipboard() == "0.750000"
    qtbot.mouseClick(stack.ruler, LEFT, pos=QPoint(round(stack.columns.x(0.5)), 14))
    assert (clipboard(), played) == ("0.750000", [Range(0.25, 0.75)])


def test_a_cell_that_holds_a_value_wishes_to_be_copied_and_no_other(qtbot):
    table, wishes = LayerTable(), []
    qtbot.addWidget(table)
    table.value_wanted.connect(lambda *wish: wishes.append(wish))
    cells = [Cell("", "refused", "why")] * len(COLUMNS)
    cells[1] = Cell("213.4", "value", "")
    table.resize(500, 100)
    table.show_rows([LayerRow("out", "Out", tuple(cells))])
    for column in (1, 2):
        end = COLUMNS[column][2]
        assert end > NAME_END
        qtbot.mouseClick(table, LEFT, pos=QPoint(end - 4, table.row_rect(0).top() + 8))
    assert wishes == [("out", 0, 1)]


def test_the_last_read_out_stays_to_be_copied(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(1600, 24)
    bar.show()
    bar.show_pointer("Pointer 0.262344 s  2350 Hz  −12.5 dB")
    bar.show_pointer("")
    _, pointer, _ = bar.findChildren(Words)
    assert pointer.text() == "Pointer 0.262344 s  2350 Hz  −12.5 dB"
    qtbot.mouseClick(bar, LEFT, pos=pointer.geometry().center())
    assert clipboard() == "0.262344\t2350\t-12.5"
    bar.show_pointer("Copied 213.4 Hz")
    bar.show_pointer("")
    assert pointer.text() == ""


def test_an_undefined_minus_is_plain_when_copied(qtbot):
    assert copy_number("−0.0249") == "Copied −0.0249"
    assert clipboard() == "-0.0249"
