"""The comparison of layers with the output: where its dots and lines stand, and its pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from core.measures.correlation import Pair
from widgets.plots.area import PlotArea
from widgets.plots.items import CurveItem, DotItem
from widgets.results.layer_plots import (
    COURSES,
    PANEL,
    SCATTER,
    PlotsDialog,
    PlotSheet,
    ends_of,
    legend_entries,
    measure_words,
    mode_words,
)
from widgets.theme.theme import DARK, LIGHT

NAN = float("nan")
NONE = np.full((1, 3), NAN)


def pair(layer="conv4", measure="f0", mine=((100, 200, NAN),), theirs=((110, 190, 150),), unit="Hz") -> Pair:
    return Pair(layer, measure, unit, np.array(mine, float), np.array(theirs, float))


PAIRS = (
    pair("conv3", "intensity", unit="dB"),
    pair("conv4", "f0"),
    pair("conv4", "intensity", unit="dB"),
)


@pytest.fixture
def sheet(qtbot):
    def made(*pairs: Pair) -> PlotSheet:
        one = PlotSheet(pairs)
        qtbot.addWidget(one)
        one.show()
        return one

    return made


def ink(image: QImage, place: QPointF, paper: QColor) -> bool:
    """Tell whether something is painted within a pixel of a place."""
    x, y = round(place.x()), round(place.y())
    around = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return any(image.pixelColor(*place).name() != paper.name() for place in around)


def place_of(area: PlotArea, across: float, up: float) -> QPointF:
    """Give where a value stands in the sheet."""
    return area.box.mapToScene(area.box.mapFromView(QPointF(across, up)))


def test_formants_are_named_as_phoneticians_write_them():
    words = [measure_words(one) for one in ("f0", "f1", "f2_bandwidth", "intensity", "duration")]
    assert words == ["F0", "F1", "F2 bandwidth", "intensity", "duration"]


def test_an_axis_of_one_duration_does_not_go_below_0():
    assert ends_of(np.array([0.2162, 0.2162])) == (0.0, pytest.approx(0.7162))
    assert ends_of(np.array([-3.0])) == (-3.5, -2.5)
    assert ends_of(np.array([3.0])) == (2.5, 3.5)


def test_dots_stand_at_the_outputs_value_across_and_the_layers_up(sheet):
    made = sheet(pair(mine=((100, 150, 200),), theirs=((10, 40, 30),)))
    image, area = made.grab().toImage(), made.areas[0]
    (dots,) = area.items
    assert isinstance(dots, DotItem)
    np.testing.assert_array_equal(dots.getData(), ((10, 40, 30), (100, 150, 200)))
    for across, up in ((10, 100), (40, 150), (30, 200)):
        assert ink(image, place_of(area, across, up), LIGHT.plot)
    assert not ink(image, place_of(area, 19, 180), LIGHT.plot)


def test_in_time_both_share_one_axis_and_a_gap_stays_a_gap(sheet):
    made = sheet(pair(mine=((0, 0, NAN, NAN, 0, 0),), theirs=((100, 100, 100, 100, 100, 100),)))
    made.show_mode(COURSES)
    image, area = made.grab().toImage(), made.areas[0]
    assert ink(image, place_of(area, 1 / 6, 0), LIGHT.plot)
    assert ink(image, place_of(area, 5 / 6, 0), LIGHT.plot)
    assert not ink(image, place_of(area, 0.5, 0), LIGHT.plot)
    assert ink(image, place_of(area, 0.5, 100), LIGHT.plot)


def test_no_dot_touches_the_frame(sheet):
    made = sheet(pair(mine=((100, 200, 300),), theirs=((100, 300, 200),)))
    image = made.grab().toImage()
    frame = made.areas[0].box.sceneBoundingRect().toAlignedRect()
    for x in range(frame.left() + 2, frame.right() - 1):
        assert not {image.pixelColor(x, y).name() for y in (frame.top() + 2, frame.bottom() - 2)} - {
            LIGHT.plot.name()
        }
    for y in range(frame.top() + 2, frame.bottom() - 1):
        assert not {image.pixelColor(x, y).name() for x in (frame.left() + 2, frame.right() - 2)} - {
            LIGHT.plot.name()
        }


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_both_lines_of_an_interval_have_its_own_colour(sheet, theme):
    made = sheet(pair(mine=((0, 0, 0), (30, 30, 30)), theirs=((20, 20, 20), (10, 10, 10))))
    made.set_theme(theme)
    made.show_mode(COURSES)
    curves = [item for item in made.areas[0].items if isinstance(item, CurveItem)]
    assert [float(curve.ys[0]) for curve in curves] == [20, 10, 0, 30]
    assert [bool(curve.stroke.dashes) for curve in curves] == [True, True, False, False]
    seen = [curve.opts["pen"].color().name() for curve in curves]
    assert seen == [theme.step(row).name() for row in (0, 1, 0, 1)]


def test_words_in_a_panel_lie_on_no_line(sheet):
    across = np.linspace(0, 1, 30)
    fall = Pair("conv4", "f0", "Hz", np.array([1 - across]), np.full((1, 30), NAN), "as published")
    alone = Pair("conv4", "f0", "Hz", np.full((1, 30), NAN), np.full((1, 30), NAN), "as published")
    pictures = []
    for one in (fall, alone):
        made = sheet(one)
        made.show_mode(COURSES)
        frame = made.areas[0].box.sceneBoundingRect().toAlignedRect()
        pictures.append(made.grab().toImage())
    above = [image.copy(0, 0, image.width(), frame.top()) for image in pictures]
    assert above[0] == above[1]
    assert pictures[0] != pictures[1]


def test_measures_stand_in_the_order_asked_and_the_nearest_layer_first(sheet):
    made = sheet(*PAIRS)
    assert made.place_of(PAIRS[1]).topLeft().toTuple() == (0, 0)
    assert made.place_of(PAIRS[2]).topLeft().toTuple() == (PANEL.width(), 0)
    assert made.place_of(PAIRS[0]).topLeft().toTuple() == (PANEL.width(), PANEL.height())


def test_r_is_read_out_and_missing_where_undefined(sheet):
    clear = pair(mine=((1, 2, 3, 4),), theirs=((2, 4, 6, 9),))
    said = sheet(clear, pair("conv3", mine=((NAN,),), theirs=((1,),))).accessibleDescription()
    assert said == "conv4 f0 r 0.99, conv3 f0 r –"


def test_a_pair_without_values_and_a_flat_one_paint_without_a_word(sheet):
    made = sheet(
        pair(mine=((NAN, NAN),), theirs=((NAN, NAN),)), pair("conv3", mine=((5, 5),), theirs=((1, 1),))
    )
    for mode in (SCATTER, COURSES):
        for theme in (LIGHT, DARK):
            made.show_mode(mode)
            made.set_theme(theme)
            assert not made.grab().isNull()
    assert ends_of(np.array([5.0, 5.0])) == (4.5, 5.5)


def test_an_axis_without_values_has_no_numbers_and_one_with_values_has_them_again(sheet):
    made = sheet(pair(mine=((NAN, NAN),), theirs=((20, 10),)))
    assert not made.areas[0].up.isVisible()
    made.show_mode(COURSES)
    assert made.areas[0].up.isVisible()
    assert made.areas[0].up.width() > 0


def test_the_dialog_changes_between_dots_and_courses_and_asks_for_a_picture(qtbot):
    asked: list[PlotSheet] = []
    dialog = PlotsDialog(PAIRS, asked.append)
    qtbot.addWidget(dialog)
    dialog.modes.wanted.emit(COURSES)
    assert dialog.sheet.mode == COURSES
    assert "dashed: output" in dialog.words.text()
    from PySide6.QtWidgets import QPushButton

    (save,) = [button for button in dialog.findChildren(QPushButton) if button.text() == "Save picture…"]
    save.click()
    assert asked == [dialog.sheet]


def test_a_panel_says_that_its_layer_is_as_published(sheet):
    native, lifted = (Pair("conv4", "f0", "Hz", NONE, NONE, words) for words in ("", "as published"))
    notes = [sheet(one).areas[0].words.note for one in (native, lifted)]
    assert notes == ["No value is defined in both", "as published, No value is defined in both"]


def test_a_measure_of_whole_intervals_has_no_course(sheet):
    made = sheet(pair("conv3", "duration", ((0.1,), (0.2,)), ((0.1,), (0.3,)), "s"), pair("conv4", "f0"))
    made.show_mode(COURSES)
    assert [area.isVisible() for area in made.areas] == [False, True]


def named(count: int, measure="f0") -> Pair:
    """A pair of as many labelled intervals, of three points each."""
    values = np.arange(3.0 * count).reshape(count, 3)
    labels = tuple(f"a{k}" for k in range(count))
    return Pair("conv4", measure, "Hz", values, values + 1, "", labels)


@pytest.mark.parametrize(("count", "said"), [(3, ""), (60, ""), (75, "; the first 60 of 75 intervals")])
def test_that_only_the_first_intervals_are_shown_is_said_when_it_is_so(count, said):
    words = mode_words(COURSES, [named(count)])
    assert words.endswith(f"over normalised time{said}")
    assert "first" not in mode_words(SCATTER, [named(count)])


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_colours_of_intervals_have_a_legend(sheet, theme):
    entries = legend_entries([named(3)])
    assert [entry.words for entry in entries] == ["layer", "output", "a0", "a1", "a2"]
    made = sheet(named(3))
    made.set_theme(theme)
    made.show_mode(COURSES)
    curves = [item for item in made.areas[0].items if isinstance(item, CurveItem) and not item.stroke.dashes]
    drawn = [curve.stroke.colour(theme).name() for curve in curves]
    assert drawn == [entry.stroke.colour(theme).name() for entry in entries[2:]]
    assert made.legend.isVisible()
    assert made.place_of(made.pairs[0]).top() >= made.legend.height_for(made.width())
    made.show_mode(SCATTER)
    assert not made.legend.isVisible()
    assert made.place_of(made.pairs[0]).top() == 0


def test_many_intervals_have_a_few_names_from_first_to_last():
    words = [entry.words for entry in legend_entries([named(75)])]
    assert words[2:] == ["a0", "a15", "a30", "a44", "a59"]


def test_moments_are_there_on_request(qtbot):
    dialog = PlotsDialog((named(3), named(3, "cog"), named(3, "sd")), lambda sheet: None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert [pair.measure for pair in dialog.sheet.shown] == ["f0"]
    assert [box.isChecked() for box in dialog.boxes] == [True, False, False]
    dialog.boxes[1].setChecked(True)
    assert [pair.measure for pair in dialog.sheet.shown] == ["f0", "cog"]
    assert dialog.sheet.width() == 2 * PANEL.width()
    dialog.boxes[0].setChecked(False)
    dialog.boxes[1].setChecked(False)
    assert [pair.measure for pair in dialog.sheet.shown] == ["cog"], "one stays"


def test_moments_alone_are_shown_at_once(sheet):
    assert [pair.measure for pair in sheet(named(3, "cog")).shown] == ["cog"]


def test_r_is_asked_to_be_copied_and_saved(qtbot):
    from PySide6.QtWidgets import QPushButton

    dialog = PlotsDialog((named(3), named(3, "cog")), lambda sheet: None)
    qtbot.addWidget(dialog)
    asked = []
    dialog.copy_wanted.connect(lambda pairs: asked.append(("copy", pairs)))
    dialog.table_wanted.connect(lambda pairs: asked.append(("save", pairs)))
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    buttons["Copy r"].click()
    buttons["Save r as CSV…"].click()
    assert asked == [("copy", dialog.sheet.shown), ("save", dialog.sheet.shown)]
