"""The knobs: every turn is a wish, any real value is taken, and the panel holds no opinion of its own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from core.networks.latent import LatentLayout, Point, draw
from tests.support import pointer
from widgets.controls.button import Button
from widgets.controls.number_field import NumberField
from widgets.controls.segmented import Segmented
from widgets.latent.knob_list import KnobList
from widgets.latent.panel import LatentPanel
from widgets.latent.point_field import PointField
from widgets.theme.theme import DARK

LAYOUT = LatentLayout(100, 4, "one-hot")
DRAWN = draw(LAYOUT, 69, (0, 0, 1, 0))


def told(signal):
    """Collect what a signal says."""
    said = []
    signal.connect(lambda *values: said.append(values if len(values) > 1 else values[0] if values else None))
    return said


@pytest.fixture
def panel(qtbot):
    made = LatentPanel()
    qtbot.addWidget(made)
    made.resize(240, 800)
    made.show_layout(LAYOUT)
    made.show_point(DRAWN, DRAWN)
    made.show()
    return made


@pytest.fixture
def knobs(panel):
    return panel.findChild(KnobList)


def row_of(knobs, index):
    return knobs.shown.all.index(index)


def at(knobs, index, share):
    """Give the place on a knob's slider, 0 its left end and 1 its right."""
    line = knobs.line_rect(row_of(knobs, index))
    return QPoint(round(line.left() + share * line.width()), round(line.center().y()))


def field(panel, name):
    return next(one for one in panel.findChildren(NumberField) if one.accessibleName() == name)


def button(panel, name):
    return next(one for one in panel.findChildren(Button) if one.accessibleName() == name)


def typed(qtbot, line, text):
    line.setFocus()
    line.selectAll()
    line.insert(text)  # Qt's test keys know no U+2212
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_the_list_holds_every_z_and_no_code_slot(knobs):
    assert knobs.shown.all == tuple(range(4, 100))


def test_pressing_the_line_brings_the_handle_there_and_letting_go_is_final(qtbot, panel, knobs):
    panel.show_point(DRAWN.set(10, -0.5), DRAWN)
    said = told(knobs.value_wanted)
    qtbot.mousePress(knobs.viewport(), Qt.MouseButton.LeftButton, pos=at(knobs, 10, 0.75))
    qtbot.mouseRelease(knobs.viewport(), Qt.MouseButton.LeftButton, pos=at(knobs, 10, 0.75))
    index, value, final = said[0]
    assert (index, final) == (10, False)
    assert value == pytest.approx(0.5, abs=0.02)
    assert said[-1] == (10, value, True)


def test_a_dragged_value_is_the_value_on_the_screen(qtbot, knobs):
    said = told(knobs.value_wanted)
    qtbot.mousePress(knobs.viewport(), Qt.MouseButton.LeftButton, pos=at(knobs, 10, 0.2))
    for share in (0.3, 0.41, 0.6):
        pointer.drag(knobs.viewport(), at(knobs, 10, share))
    qtbot.mouseRelease(knobs.viewport(), Qt.MouseButton.LeftButton)
    assert all(value == round(value, 2) for _, value, _ in said)
    assert [final for *_, final in said].count(True) == 1


def test_a_press_on_the_handle_alone_turns_nothing(qtbot, knobs, panel):
    panel.show_point(DRAWN.set(10, 0.0), DRAWN)
    said = told(knobs.value_wanted)
    qtbot.mouseClick(knobs.viewport(), Qt.MouseButton.LeftButton, pos=at(knobs, 10, 0.5))
    assert said == []


@pytest.mark.parametrize(
    ("modifier", "step"),
    [
        (Qt.KeyboardModifier.NoModifier, 0.05),
        (Qt.KeyboardModifier.ShiftModifier, 0.01),
        (Qt.KeyboardModifier.ControlModifier, 0.5),
    ],
)
def test_arrow_keys_turn_plainly_finely_and_coarsely(qtbot, panel, knobs, modifier, step):
    panel.show_point(DRAWN.set(4, 0.3), DRAWN)
    said = told(knobs.value_wanted)
    qtbot.keyClick(knobs, Qt.Key.Key_Right, modifier)
    assert said == [(4, round(0.3 + step, 2), False), (4, round(0.3 + step, 2), True)]


def test_up_and_down_choose_another_knob(qtbot, knobs):
    qtbot.keyClick(knobs, Qt.Key.Key_Down)
    qtbot.keyClick(knobs, Qt.Key.Key_Down)
    said = told(knobs.value_wanted)
    qtbot.keyClick(knobs, Qt.Key.Key_Left)
    assert said[0][0] == 6
    assert knobs.accessibleDescription().startswith("z7, ")


def wheel(knobs, index, notches=1):
    at_pixel = QPointF(at(knobs, index, 0.5))
    event = QWheelEvent(
        at_pixel, knobs.viewport().mapToGlobal(at_pixel), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    knobs.wheelEvent(event)


def test_the_wheel_scrolls_unless_the_pointer_rests_on_the_chosen_knob(qtbot, panel, knobs):
    qtbot.addWidget(panel)
    with qtbot.waitActive(panel):
        panel.activateWindow()
    knobs.setFocus()
    said = told(knobs.value_wanted)
    wheel(knobs, 4)
    assert [index for index, *_ in said] == [4]
    said.clear()
    wheel(knobs, 12, -1)
    assert all(index != 12 for index, *_ in said)
    assert knobs.verticalScrollBar().value() > 0


def test_a_turned_wheel_becomes_final_when_it_rests(qtbot, panel, knobs):
    with qtbot.waitActive(panel):
        panel.activateWindow()
    knobs.setFocus()
    with qtbot.waitSignal(knobs.value_wanted, check_params_cb=lambda i, v, final: final):
        wheel(knobs, 4)


@pytest.mark.parametrize("text", ["-15", "−15", "3.14159265", "1e6", "0,25", "-0.001"])
def test_any_real_number_may_be_typed_into_a_z(qtbot, knobs, text):
    said = told(knobs.value_wanted)
    qtbot.keyClick(knobs, Qt.Key.Key_Return)
    editor = knobs.viewport().findChild(NumberField)
    typed(qtbot, editor, text)
    assert said == [(4, float(text.replace("−", "-").replace(",", ".")), True)]
    assert editor.isHidden()


def test_a_digit_begins_typing_at_once(qtbot, knobs):
    said = told(knobs.value_wanted)
    qtbot.keyClicks(knobs, "7")
    editor = knobs.viewport().findChild(NumberField)
    qtbot.keyClicks(editor, ".5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert said == [(4, 7.5, True)]


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1,2,3", "--1", "1e999"])
def test_what_is_no_number_is_refused_in_a_sentence(qtbot, knobs, text):
    said = told(knobs.value_wanted)
    qtbot.keyClick(knobs, Qt.Key.Key_Return)
    editor = knobs.viewport().findChild(NumberField)
    refused = told(editor.refused)
    typed(qtbot, editor, text or "x")
    assert said == []
    assert "is not a number" in refused[0]
    assert editor.accessibleDescription() == refused[0]


def test_escape_gives_typing_up(qtbot, knobs):
    said = told(knobs.value_wanted)
    qtbot.keyClick(knobs, Qt.Key.Key_Return)
    editor = knobs.viewport().findChild(NumberField)
    qtbot.keyClicks(editor, "5")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert said == []
    assert editor.isHidden()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_PageDown])
def test_the_windows_shortcuts_do_not_take_the_keys_of_knobs_and_fields(qtbot, panel, knobs, key):
    taken = []
    action = QAction(panel)
    action.setShortcut(key)
    action.triggered.connect(lambda: taken.append(key))
    panel.addAction(action)
    with qtbot.waitActive(panel):
        panel.activateWindow()
    knobs.setFocus()
    if key == Qt.Key.Key_Escape:
        qtbot.keyClick(knobs, Qt.Key.Key_Return)
    qtbot.keyClick(QApplication.focusWidget(), key)
    assert taken == []
    qtbot.keyClick(button(panel, "Randomise"), key)
    assert taken == [key]


def test_typing_the_same_value_asks_for_nothing(qtbot, panel, knobs):
    panel.show_point(DRAWN.set(4, 0.5), DRAWN)
    said = told(knobs.value_wanted)
    qtbot.keyClick(knobs, Qt.Key.Key_Return)
    typed(qtbot, knobs.viewport().findChild(NumberField), "0.50")
    assert said == []


def test_only_a_changed_knob_can_be_reset(qtbot, panel, knobs):
    said = told(panel.reset_wanted)
    qtbot.keyClick(knobs, Qt.Key.Key_Delete)
    assert said == []
    panel.show_point(DRAWN.set(4, 3.0), DRAWN)
    qtbot.keyClick(knobs, Qt.Key.Key_Delete)
    assert said == [4]


def test_reset_all_asks_for_minus_one_and_only_where_a_z_was_changed(qtbot, panel):
    said = told(panel.reset_wanted)
    reset = button(panel, "Reset all")
    assert not reset.isEnabled()
    panel.show_point(DRAWN.set(2, 3.0), DRAWN)
    assert not reset.isEnabled()
    panel.show_point(DRAWN.set(50, 3.0), DRAWN)
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert said == [-1]


def test_a_pin_is_a_wish_and_shows_when_it_is_granted(qtbot, panel, knobs):
    said = told(panel.pins_wanted)
    qtbot.mouseClick(
        knobs.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(19, knobs.row_rect(3).center().y())
    )
    assert said == [frozenset({7})]
    assert knobs.shown.pinned == ()
    panel.show_pins(frozenset({7, 48}))
    assert knobs.shown.pinned == (7, 48)
    assert 7 not in knobs.shown.others


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("11", {10}),
        ("z49", {48}),
        ("z[48]", {48}),
        ("5-8", {4, 5, 6, 7}),
        ("changed", {20}),
        ("pin", {48, 10}),
        ("11, changed", {10, 20}),
        ("1000", set()),
    ],
)
def test_search_finds_numbers_pinned_and_changed(panel, knobs, search, found):
    panel.show_pins(frozenset({48, 10}))
    panel.show_point(DRAWN.set(20, 2.0), DRAWN)
    next(
        one for one in panel.findChildren(QLineEdit) if one.accessibleName() == "Filter the latent variables"
    ).setText(search)
    assert set(knobs.shown.all) == found


def test_a_value_far_outside_stretches_its_slider_and_no_other(qtbot, panel, knobs):
    panel.show_point(DRAWN.set(10, -15.0), DRAWN)
    said = told(knobs.value_wanted)
    for index in (10, 11):
        qtbot.mouseClick(knobs.viewport(), Qt.MouseButton.LeftButton, pos=at(knobs, index, 1.0))
    reached = {index: value for index, value, final in said if final}
    assert reached == {10: pytest.approx(20, abs=0.5), 11: pytest.approx(1, abs=0.03)}


def test_any_real_number_may_be_typed_into_a_code_slot(qtbot, panel):
    said = told(panel.value_wanted)
    typed(qtbot, field(panel, "c3, value"), "-27.5")
    assert said == [(2, -27.5, True)]


def test_a_code_slot_shows_what_it_is_told_and_can_be_reset(qtbot, panel):
    panel.show_point(DRAWN.set(2, 1.4), DRAWN)
    assert field(panel, "c3, value").text() == "1.40"
    said = told(panel.reset_wanted)
    qtbot.mouseClick(button(panel, "Reset c3"), Qt.MouseButton.LeftButton)
    assert said == [2]


def test_no_digit_of_a_drawn_value_is_lost_by_visiting_its_field(qtbot, panel):
    panel.show_point(DRAWN.set(0, 0.123456789), DRAWN)
    said = told(panel.value_wanted)
    line = field(panel, "c1, value")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    line.clearFocus()
    assert said == []


def test_one_hot_asks_for_a_category_and_bits_flip_one(qtbot, panel):
    said = told(panel.code_wanted)
    panel.show_mode("one-hot")
    qtbot.mouseClick(button(panel, "c2"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button(panel, "c3"), Qt.MouseButton.LeftButton)
    panel.show_mode("bits")
    qtbot.mouseClick(button(panel, "c2"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button(panel, "c3"), Qt.MouseButton.LeftButton)
    assert said == [(0, 1, 0, 0), (0, 1, 1, 0), (0, 0, 0, 0)]


def test_switching_the_mode_changes_no_code(qtbot, panel):
    said = told(panel.code_wanted)
    panel.show_point(DRAWN.set(2, 1.4), DRAWN)
    for mode in ("one-hot", "bits", "free"):
        panel.show_mode(mode)
    assert said == []


def test_a_model_without_a_code_shows_no_code(panel):
    panel.show_layout(LatentLayout(100))
    assert field(panel, "Seed").isVisible()
    assert panel.findChild(KnobList).shown.all == tuple(range(100))


def test_a_seed_is_asked_for_once_and_must_be_whole(qtbot, panel):
    panel.show_seed(69)
    said = told(panel.seed_wanted)
    typed(qtbot, field(panel, "Seed"), "69")
    typed(qtbot, field(panel, "Seed"), "70")
    typed(qtbot, field(panel, "Seed"), "7.5")
    typed(qtbot, field(panel, "Seed"), "-3")
    assert said == [70]


def test_randomise_and_the_two_points_are_wishes(qtbot, panel):
    dice, slots = told(panel.randomise_wanted), told(panel.ab_wanted)
    qtbot.mouseClick(button(panel, "Randomise"), Qt.MouseButton.LeftButton)
    ab = next(one for one in panel.findChildren(Segmented) if "points" in one.accessibleName())
    for segment in ab.children()[1:]:
        qtbot.mouseClick(segment, Qt.MouseButton.LeftButton)
    assert dice == [None]
    assert slots == ["B"]


def test_a_named_point_is_starred_once_it_was_turned_and_nameless_after_another_draw(panel):
    name = panel.findChild(PointField)
    panel.findChild(KnobList).setFocus()
    panel.show_points(("seven-49", "eight"))
    panel.show_point_name("seven-49")
    assert name.text() == "seven-49"
    panel.show_point(DRAWN.set(48, 3.0), DRAWN)
    assert name.text() == "seven-49*"
    panel.show_point(DRAWN, DRAWN)
    assert name.text() == "seven-49"
    other = draw(LAYOUT, 70)
    panel.show_point(other, other)
    assert name.text() == ""


def test_a_typed_name_keeps_the_point_and_a_chosen_one_goes_there(qtbot, panel):
    named, wanted = told(panel.point_named), told(panel.point_wanted)
    panel.show_points(("seven-49",))
    line = panel.findChild(PointField)
    line.setFocus()
    qtbot.keyClicks(line, " eight ")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    line.menu().actions()[0].trigger()
    assert named == ["eight"]
    assert wanted == ["seven-49"]


def test_showing_never_asks(panel):
    signals = (
        panel.value_wanted,
        panel.code_wanted,
        panel.seed_wanted,
        panel.reset_wanted,
        panel.pins_wanted,
    )
    said = [told(signal) for signal in signals]
    other = draw(LAYOUT, 3)
    panel.show_point(other.set(2, -4.0), other)
    panel.show_seed(3)
    panel.show_pins(frozenset({5}))
    panel.show_layout(LatentLayout(1000, 10, "bits"))
    panel.show_point(Point((0.5,) * 1000), Point((0.5,) * 1000))
    panel.set_theme(DARK)
    assert said == [[]] * 5


def test_a_thousand_knobs_are_shown_and_painted_like_a_hundred(panel, knobs):
    layout = LatentLayout(1000, 0)
    panel.show_layout(layout)
    point = draw(layout, 1)
    panel.show_point(point, point)
    assert len(knobs.shown.all) == 1000
    assert len(panel.findChildren(NumberField)) < 10
    assert not panel.grab().isNull()


def test_esc_empties_the_search_before_it_stops_the_sound(qtbot, panel):
    stopped, field = (
        [],
        next(one for one in panel.findChildren(QLineEdit) if "Filter" in one.accessibleName()),
    )
    stop = QAction(panel, shortcut="Escape")
    stop.triggered.connect(lambda: stopped.append(True))
    panel.addAction(stop)
    with qtbot.waitActive(panel):
        panel.activateWindow()
    field.setFocus()
    qtbot.keyClicks(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), stopped) == ("", [])
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert stopped
