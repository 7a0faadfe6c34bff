"""The contact sheet: outputs by code value, heard by a click, starred, opened, walked by keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QSpinBox

from widgets.controls.button import Button
from widgets.model.contact_paint import low_high, thumbnail
from widgets.model.contact_sheet import ContactSheetPanel, SheetItem
from widgets.theme.theme import DARK, LIGHT

GREYS = np.tile(np.linspace(0, 255, 62).astype(np.uint8), (128, 1))


def item(key, code="c1", samples=None, starred=False):
    made = np.sin(np.arange(1024) / 9).astype(np.float32) if samples is None else samples
    return SheetItem(key, code, f"seed {key}", made, 16000.0, GREYS, starred)


@pytest.fixture
def sheet(qtbot):
    made = ContactSheetPanel(each=3)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.clear(6)
    made.add([item(f"{code}{k}", code) for code in ("c1", "c2") for k in range(3)])
    made.show()
    made.said = []
    for name in ("play_wanted", "open_wanted", "star_wanted", "draw_wanted"):
        getattr(made, name).connect(lambda *values, name=name: made.said.append((name, *values)))
    return made


def middle(sheet, key):
    return sheet.view.place(key).center() - QPoint(0, 20)


def click(qtbot, sheet, at):
    qtbot.mouseClick(sheet.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_is_heard(qtbot, sheet):
    click(qtbot, sheet, middle(sheet, "c21"))
    assert sheet.said == [("play_wanted", "c21")]


def test_beside_the_outputs_nothing_happens(qtbot, sheet):
    click(qtbot, sheet, QPoint(4, 4))
    assert sheet.said == []


def test_a_double_click_opens_in_the_stack(qtbot, sheet):
    qtbot.mouseDClick(sheet.view.viewport(), Qt.MouseButton.LeftButton, pos=middle(sheet, "c10"))
    assert sheet.said[-1] == ("open_wanted", "c10")


def test_the_corner_stars_and_unstars_without_a_sound(qtbot, sheet):
    corner = sheet.view.place("c12").bottomRight() - QPoint(9, 9)
    click(qtbot, sheet, corner)
    click(qtbot, sheet, corner)
    assert sheet.said == [("star_wanted", "c12", True), ("star_wanted", "c12", False)]


def test_arrows_walk_enter_opens_s_stars_space_plays(qtbot, sheet):
    view = sheet.view
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    assert sheet.said == [("play_wanted", "c21"), ("star_wanted", "c21", True), ("open_wanted", "c21")]
    assert "seed c21" in view.accessibleDescription()


def test_the_walk_ends_at_the_edges(qtbot, sheet):
    for _ in range(9):
        qtbot.keyClick(sheet.view, Qt.Key.Key_Left)
        qtbot.keyClick(sheet.view, Qt.Key.Key_Up)
    qtbot.keyClick(sheet.view, Qt.Key.Key_Space)
    assert sheet.said == [("play_wanted", "c10")]


def test_drawing_again_asks_for_the_number_in_the_field(qtbot, sheet):
    sheet.findChild(QSpinBox).setValue(7)
    assert sheet.said == []
    qtbot.mouseClick(sheet.findChild(Button), Qt.MouseButton.LeftButton)
    assert sheet.said == [("draw_wanted", 7)]


def test_code_values_stand_in_rows_of_their_own(sheet):
    tops = {key: sheet.view.place(key).top() for key in ("c10", "c12", "c20", "c22")}
    assert tops["c10"] == tops["c12"] < tops["c20"] == tops["c22"]


def test_places_stay_while_further_batches_arrive(sheet):
    sheet.clear(6)
    sheet.add([item("c10")])
    before = sheet.view.place("c10")
    sheet.add([item("c11"), item("c12")])
    assert sheet.view.place("c10") == before


def test_a_cleared_sheet_is_empty_and_silent(qtbot, sheet):
    sheet.clear()
    qtbot.keyClick(sheet.view, Qt.Key.Key_Space)
    assert len(sheet.view) == 0
    assert sheet.said == []
    assert not sheet.grab().isNull()


def test_a_star_that_is_shown_is_no_wish(sheet):
    sheet.show_star("c10", True)
    sheet.show_star("c10", True)
    sheet.set_theme(DARK)
    assert sheet.said == []
    assert not sheet.grab().isNull()


@pytest.mark.parametrize(
    "samples",
    [np.zeros(16384), np.full(100, np.nan), np.array([np.inf, -np.inf, 1.0]), np.ones(3), np.zeros(0)],
)
def test_whatever_a_network_gives_can_be_painted(qtbot, samples):
    made = item("x", samples=samples.astype(np.float32))
    assert not thumbnail(made, QSize(120, 84), LIGHT).isNull()


def test_no_sample_is_lost_between_two_pixels():
    samples = np.zeros(16384, np.float32)
    samples[12345] = 1.0
    low, high = low_high(samples, 97)
    assert high.max() == 1.0
    assert low.min() == 0.0
    assert np.argmax(high) == 12345 * 97 // 16384


def test_low_frequencies_stand_at_the_bottom():
    greys = np.zeros((8, 8), np.uint8)
    greys[:, 0] = 255  # the lowest bin is the loudest
    made = SheetItem("x", "c1", "seed", np.zeros(10, np.float32), 16000.0, greys)
    image = thumbnail(made, QSize(80, 84), LIGHT).toImage()
    assert image.pixelColor(40, 82).lightness() < 60 < 200 < image.pixelColor(40, 34).lightness()
