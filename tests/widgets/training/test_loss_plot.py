"""Curves over training steps: what is drawn, against which level, and what is said while there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from widgets.plots.items import CurveItem, DotItem
from widgets.theme.theme import DARK, LIGHT
from widgets.training.loss_plot import LossPlot


@pytest.fixture
def plot(qtbot) -> LossPlot:
    made = LossPlot("Distance to the recordings", "dB²")
    qtbot.addWidget(made)
    made.resize(240, 136)
    made.show()
    return made


def test_a_curve_stands_over_its_steps_beside_its_level(plot):
    plot.show_points(((5, 4.0), (10, 2.0), (15, 1.0)), 1.5)
    level, curve = plot.area.items
    assert isinstance(level, CurveItem)
    assert set(level.ys) == {1.5}
    np.testing.assert_array_equal(curve.getData(), ((5, 10, 15), (4, 2, 1)))
    (left, right), (low, high) = plot.area.box.viewRange()
    assert left < 0 < 15 < right
    assert low < 0 < 4 < high
    assert plot.area.words.remark == "1 dB²"


def test_one_value_is_a_dot(plot):
    plot.show_points(((5, 1.2),))
    (dot,) = plot.area.items
    assert isinstance(dot, DotItem)


def test_nothing_yet_is_said_and_has_no_numbers(plot):
    assert plot.area.words.inside == "Nothing yet"
    assert not plot.area.across.isVisible()
    plot.show_points(((5, 1.2), (10, 1.1)))
    assert plot.area.words.inside == ""
    assert plot.area.across.isVisible()


def test_a_value_that_is_not_finite_leaves_a_gap(plot, pixels):
    plot.show_points(((5, 1.0), (10, float("nan")), (15, 1.0), (20, 1.0)))
    assert plot.area.box.viewRange()[1][1] < 2
    assert pixels(plot).shape[0] == plot.height()


def test_the_curve_takes_the_colours_of_the_theme(plot):
    plot.show_points(((5, 4.0), (10, 2.0)))
    for theme in (LIGHT, DARK):
        plot.set_theme(theme)
        assert plot.area.items[0].opts["pen"].color().name() == theme.accent.name()
