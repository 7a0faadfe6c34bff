"""The comparison of layers with the output: where its dots and lines stand, and its pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from core.faults import Fault
from core.measures.correlation import Pair
from widgets.results.layer_plots import (
    COURSES,
    PANEL,
    SCATTER,
    PlotsDialog,
    PlotSheet,
    ends_of,
    measure_words,
    runs,
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


def ink(image: QImage, x: float, y: float, paper: QColor) -> bool:
    """Tell whether something is painted within a pixel of a place."""
    around = [(round(x) + dx, round(y) + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return any(image.pixelColor(*place).name() != paper.name() for place in around)


def inner() -> tuple[float, float, float, float]:
    """The place of values inside a panel: left, right, top, bottom."""
    return 52 + 6, PANEL.width() - 12 - 6, 26 + 6, PANEL.height() - 22 - 6


def test_formants_are_named_as_phoneticians_write_them():
    words = [measure_words(one) for one in ("f0", "f1", "f2_bandwidth", "intensity", "duration")]
    assert words == ["F0", "F1", "F2 bandwidth", "intensity", "duration"]


def test_an_axis_of_one_duration_does_not_go_below_0():
    assert ends_of(np.array([0.2162, 0.2162])) == (0.0, pytest.approx(0.7162))
    assert ends_of(np.array([-3.0])) == (-3.5, -2.5)
    assert ends_of(np.array([3.0])) == (2.5, 3.5)


def test_dots_stand_at_the_outputs_value_across_and_the_layers_up(sheet):
    made = sheet(pair(mine=((100, 150, 200),), theirs=((10, 40, 30),)))
    image = made.grab().toImage()
    left, right, top, bottom = inner()
    for across, up in ((0.0, 0.0), (1.0, 0.5), (2 / 3, 1.0)):
        x, y = left + across * (right - left), bottom - up * (bottom - top)
        assert ink(image, x, y, LIGHT.plot)
    assert not ink(image, left + 0.3 * (right - left), bottom - 0.8 * (bottom - top), LIGHT.plot)


def test_in_time_both_share_one_axis_and_a_gap_stays_a_gap(sheet):
    made = sheet(pair(mine=((0, 0, NAN, NAN, 0, 0),), theirs=((100, 100, 100, 100, 100, 100),)))
    made.show_mode(COURSES)
    image = made.grab().toImage()
    left, right, _top, bottom = inner()

    def lower(share: float) -> bool:
        return ink(image, left + share * (right - left), bottom, LIGHT.plot)

    assert lower(1 / 6)
    assert lower(5 / 6)
    assert not lower(0.5)


def test_no_dot_touches_the_frame(sheet):
    made = sheet(pair(mine=((100, 200, 300),), theirs=((100, 300, 200),)))
    image = made.grab().toImage()
    left, right, top, bottom = (round(place) for place in inner())
    for x in range(left - 4, right + 4):
        assert not {image.pixelColor(x, y).name() for y in (top - 4, bottom + 3)} - {LIGHT.plot.name()}
    for y in range(top - 4, bottom + 4):
        assert not {image.pixelColor(x, y).name() for x in (left - 4, right + 3)} - {LIGHT.plot.name()}


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_both_lines_of_an_interval_have_its_own_colour(sheet, look):
    made = sheet(pair(mine=((0, 0, 0), (30, 30, 30)), theirs=((20, 20, 20), (10, 10, 10))))
    made.set_look(look)
    made.show_mode(COURSES)
    image = made.grab().toImage()
    left, right, top, bottom = inner()

    def colour_of(value: float) -> str:
        """Give which interval's colour is nearest to what is painted at a value's height."""
        y = round(bottom - value / 30 * (bottom - top))
        near: list[int] = []
        for row in (0, 1):
            wanted = look.step(row)
            seen = (
                image.pixelColor(x, y + dy)
                for x in range(round(left) + 50, round(right) - 50)
                for dy in (-1, 0)
            )
            near.append(min(abs(c.red() - wanted.red()) + abs(c.blue() - wanted.blue()) for c in seen))
        return "first" if near[0] < near[1] else "second"

    assert [colour_of(value) for value in (0, 20, 30, 10)] == ["first", "first", "second", "second"]


def test_words_in_a_panel_lie_on_no_line(sheet):
    across = np.linspace(0, 1, 30)
    fall = Pair("conv4", "f0", "Hz", np.array([1 - across]), np.full((1, 30), NAN), "as published")
    alone = Pair("conv4", "f0", "Hz", np.full((1, 30), NAN), np.full((1, 30), NAN), "as published")
    pictures = []
    for one in (fall, alone):
        made = sheet(one)
        made.show_mode(COURSES)
        pictures.append(made.grab().toImage())
    for top in (26 + 2, PANEL.height() - 22 - 17):
        notes = [image.copy(52 + 1, top, PANEL.width() - 12 - 52 - 2, 15) for image in pictures]
        assert notes[0] == notes[1]
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
        for look in (LIGHT, DARK):
            made.show_mode(mode)
            made.set_look(look)
            assert not made.grab().isNull()
    assert ends_of(np.array([5.0, 5.0])) == (4.5, 5.5)
    assert runs(np.array([False, True, True, False, True])) == [(1, 3), (4, 5)]


def test_the_picture_is_written_in_the_colours_of_paper(sheet, tmp_path):
    made = sheet(*PAIRS)
    made.set_look(DARK)
    made.save(tmp_path / "a.png")
    made.save(tmp_path / "a.svg")
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (3 * made.width(), 3 * made.height())
    assert image.pixelColor(1, 1).name() == "#ffffff"
    assert "conv4 f0" not in (svg := (tmp_path / "a.svg").read_text(encoding="utf-8"))
    assert "Conv4 F0 (Hz)" in svg
    with pytest.raises(Fault, match="does not exist"):
        made.save(tmp_path / "none" / "a.png")


def test_the_dialog_changes_between_dots_and_courses_and_asks_for_a_picture(qtbot):
    asked: list[PlotSheet] = []
    dialog = PlotsDialog(PAIRS, asked.append)
    qtbot.addWidget(dialog)
    dialog.modes.wanted.emit(COURSES)
    assert dialog.sheet.mode == COURSES
    assert "dashed the output" in dialog.words.text()
    from PySide6.QtWidgets import QPushButton

    (save,) = [button for button in dialog.findChildren(QPushButton) if button.text() == "Save picture…"]
    save.click()
    assert asked == [dialog.sheet]


def test_a_panel_says_that_its_layer_is_as_published(sheet):
    native, lifted = (Pair("conv4", "f0", "Hz", NONE, NONE, words) for words in ("", "as published"))
    pictures = [sheet(one).grab().toImage() for one in (native, lifted)]
    left, _, top, _ = (round(place) for place in inner())
    corners = [image.copy(left + 2, top + 1, 70, 14) for image in pictures]
    assert corners[0] != corners[1]
    rest = [image.copy(0, top + 20, PANEL.width(), PANEL.height() - top - 20) for image in pictures]
    assert rest[0] == rest[1]
