"""The slider and its scales: any value can be shown, and a turn ends with one final wish."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.support import pointer
from widgets.controls.scales import Decibels, Linear, Steps
from widgets.controls.slider import Slider
from widgets.theme.theme import DARK


@pytest.fixture
def slider(qtbot):
    made = Slider("Volume", Linear(-1, 1))
    qtbot.addWidget(made)
    made.resize(216, 24)
    made.show()
    made.wishes = []
    made.value_wanted.connect(lambda *said: made.wishes.append(said))
    return made


@pytest.mark.parametrize(("value", "half"), [(0.5, 1), (1.0, 1), (1.01, 2), (-3.2, 5), (15, 20)])
def test_a_scale_stretches_to_one_two_or_five_times_a_power_of_ten(value, half):
    assert Linear(-1, 1).holding(value) == Linear(-half, half)


def test_decibels_come_back_from_their_place():
    for level_db in (-59.0, -30.0, -6.0, 0.0):
        assert Decibels().value(Decibels().place(level_db)) == pytest.approx(level_db)


def test_steps_leave_no_dust_of_binary_fractions():
    value = 0.0
    for _ in range(20):
        value = Steps().turned(value, 1, Qt.KeyboardModifier.NoModifier)
    assert value == 1.0


def test_showing_a_value_asks_for_nothing_and_one_outside_is_no_error(slider):
    slider.show_value(-40.0, drawn=3.0)
    slider.set_theme(DARK)
    assert not slider.grab().isNull()
    assert slider.wishes == []
    assert slider.accessibleDescription() == "−40.00"


def test_a_drag_is_many_wishes_and_one_final(qtbot, slider):
    slider.show_value(0.0)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(108, 12))
    for x in (120, 140, 160):
        pointer.drag(slider, QPoint(x, 12))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(160, 12))
    assert [final for _, final in slider.wishes] == [False, False, False, True]
    assert slider.wishes[-1][0] == slider.wishes[-2][0] == pytest.approx(0.52, abs=0.02)


def test_the_end_of_the_line_stops_a_bounded_slider_and_says_nothing_more(qtbot, slider):
    slider.show_value(1.0)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.wishes == []


def test_an_unbounded_slider_is_turned_past_its_scale_by_keys(qtbot):
    free = Slider("c1", Linear(-2, 2), bounded=False)
    qtbot.addWidget(free)
    free.show_value(2.0)
    with qtbot.waitSignals([free.value_wanted, free.value_wanted]):
        qtbot.keyClick(free, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert free.accessibleName() == "c1"


def test_a_value_outside_comes_back_step_by_step(qtbot, slider):
    slider.show_value(5.0)
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.wishes == [(4.95, False), (4.95, True)]
