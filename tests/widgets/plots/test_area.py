"""A plot under the mouse, and the numbers of its axes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.support import pointer
from widgets.plots.area import AreaWords, PlotArea
from widgets.plots.axis import tick_words
from widgets.plots.items import CurveItem, Stroke
from widgets.plots.view import PlotView


@pytest.fixture
def area(qtbot) -> Iterator[PlotArea]:
    view = PlotView()
    qtbot.addWidget(view)
    made = view.add_area(PlotArea(grid=True))
    x = np.linspace(0, 10, 50)
    made.show_items([CurveItem(x, x, Stroke(lambda theme: theme.curve))])
    made.show_range((0, 10), (0, 10))
    view.resize(300, 200)
    view.show()
    yield made
    view.close()


def turn_wheel(area: PlotArea, at: QPointF, control: bool) -> None:
    """Turn the wheel by one notch, away, over a place of the area."""
    view = area.scene().views()[0]
    place = QPointF(view.mapFromScene(area.mapToScene(at)))
    held = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        place, view.viewport().mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def test_ctrl_and_the_wheel_zoom_at_the_pointer_and_the_wheel_alone_does_not(area):
    frame = area.box.geometry()
    quarter = QPointF(frame.left() + frame.width() / 4, frame.center().y())
    turn_wheel(area, quarter, control=False)
    assert not area.box.zoomed
    turn_wheel(area, quarter, control=True)
    (left, right), _ = area.box.viewRange()
    assert right - left == pytest.approx(8.0, rel=1e-6)
    assert (2.5 - left) / (right - left) == pytest.approx(0.25, abs=0.01)


def test_the_wheel_over_an_axis_zooms_along_it_only(area):
    frame = area.across.geometry()
    turn_wheel(area, QPointF(frame.center().x(), frame.top() + 8), control=True)
    (left, right), up = area.box.viewRange()
    assert right - left == pytest.approx(8.0)
    assert up == [0, 10]


def test_a_drag_moves_what_is_zoomed(area, qtbot, monkeypatch):
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)  # a test moves faster than a hand
    area.box.setRange(xRange=(4, 6), padding=0)
    frame, view = area.box.geometry(), area.scene().views()[0]
    view.grab()  # what is dragged has been painted; pyqtgraph moves by the scale of its last painting
    places = [view.mapFromScene(area.mapToScene(frame.center() - QPointF(30 * k, 0))) for k in range(3)]
    pointer.hover(view.viewport(), places[0])
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        pointer.drag(view.viewport(), place)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=places[-1])
    (left, right), _ = area.box.viewRange()
    assert right - left == pytest.approx(2.0)
    assert 4.1 < left < 4 + 2 * 61 / frame.width()


def test_a_double_click_shows_all_again_and_no_zoom_goes_beyond_the_values(area, qtbot):
    frame = area.box.geometry()
    area.box.setRange(xRange=(2, 3), yRange=(2, 3), padding=0)
    assert area.box.zoomed
    view = area.scene().views()[0]
    middle = view.mapFromScene(area.mapToScene(frame.center()))
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert area.box.viewRange() == [[0, 10], [0, 10]]
    area.box.setRange(xRange=(-50, 50), padding=0)
    assert area.box.viewRange()[0] == [0, 10]


def test_there_is_no_menu_of_the_library(area):
    assert area.box.menu is None


@pytest.mark.parametrize(
    ("values", "spacing", "words"),
    [
        ([0.0, 20.0, 40.0], 20.0, ["0", "20", "40"]),
        ([-0.5, 0.0, 0.5], 0.5, ["−0.5", "0.0", "0.5"]),
        ([0.1, 0.15], 0.05, ["0.10", "0.15"]),
        ([120.001, 120.002], 0.001, ["120.001", "120.002"]),
        ([0.0, 2_000_000.0], 2e6, ["0", "2e+06"]),
        ([-1e-9, 0.0, 1e-9], 1e-9, ["−1e−09", "0", "1e−09"]),
    ],
)
def test_numbers_have_the_digits_that_tell_them_apart(values, spacing, words):
    assert tick_words(values, spacing) == words


def test_a_deep_zoom_still_tells_its_ticks_apart(area):
    area.box.setRange(xRange=(5.0, 5.002), padding=0)
    spacing, values = area.across.tickValues(*area.across.range, 230)[0]
    words = area.across.tickStrings(values, 1.0, spacing)
    assert len(set(words)) == len(words) >= 2
    assert [float(word) for word in words] == pytest.approx(values, abs=1e-9)


def test_a_long_title_gives_way_to_the_remark(area, pixels):
    area.show_words(AreaWords("A title that is far too long for a plot of this width", "r 0.94, n 63"))
    view = area.scene().views()[0]
    long = pixels(view)
    area.show_words(AreaWords("A", "r 0.94, n 63"))
    short = pixels(view)
    right = round(area.box.geometry().right())
    np.testing.assert_array_equal(long[:20, right - 60 : right], short[:20, right - 60 : right])
