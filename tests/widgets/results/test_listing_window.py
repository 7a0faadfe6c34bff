"""A listing window: numbers at the right with the screen's minus, copied with the plain one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from widgets.results.listing import ListingDialog, ReportDialog

ROWS = (("0.010000", "--undefined--"), ("0.020000", "-3.250000"), ("0.030000", "120.500000"))


@pytest.fixture
def dialog(qtbot) -> ListingDialog:
    made = ListingDialog("Pitch listing of Out", ("Time_s", "F0_Hz"), ROWS)
    qtbot.addWidget(made)
    made.show()
    return made


def shown(dialog, row: int, column: int) -> str:
    return dialog.rows.data(dialog.rows.index(row, column))


def test_the_screen_has_the_long_minus_and_the_clipboard_the_plain_one(dialog):
    assert shown(dialog, 1, 1) == "−3.250000"
    assert shown(dialog, 0, 1) == "--undefined--"
    dialog.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines == ["Time_s\tF0_Hz", *("\t".join(row) for row in ROWS)]


def test_only_chosen_rows_are_copied(dialog):
    chosen = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    dialog.view.selectionModel().select(dialog.rows.index(2, 0), chosen)
    dialog.copy()
    assert QGuiApplication.clipboard().text() == "Time_s\tF0_Hz\n0.030000\t120.500000\n"


def test_numbers_stand_at_the_right_and_words_at_the_left(qtbot):
    made = ListingDialog("Voice report", ("Measure", "Value"), (("Median pitch", "120.5"),))
    qtbot.addWidget(made)
    sides = [made.rows.data(made.rows.index(0, k), Qt.ItemDataRole.TextAlignmentRole) for k in (0, 1)]
    assert sides[0] & Qt.AlignmentFlag.AlignLeft.value
    assert sides[1] & Qt.AlignmentFlag.AlignRight.value


def test_every_head_has_the_room_for_its_words(qtbot):
    heads = ("Time_s", "Centre_of_gravity_Hz", "Standard_deviation_Hz", "Skewness", "Kurtosis")
    made = ListingDialog("Spectral moments listing of Out", heads, [["0.010000"] * 5] * 50)
    qtbot.addWidget(made)
    made.show()
    header = made.view.horizontalHeader()
    for column in range(5):
        assert header.sectionSize(column) >= header.sectionSizeHint(column)
    assert header.length() <= made.view.viewport().width()
    made.resize(1400, 500)
    assert header.sectionSize(4) > header.sectionSizeHint(4), "wide windows share their room"


@pytest.mark.parametrize("kind", ["listing", "report"])
def test_a_listing_wishes_to_be_saved(qtbot, dialog, kind):
    made = dialog if kind == "listing" else ReportDialog("Voice report", "Voice report\nMedian pitch: 120 Hz")
    qtbot.addWidget(made)
    button = next(one for one in made.findChildren(QPushButton) if one.text() == "Save…")
    with qtbot.waitSignal(made.save_wanted):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
