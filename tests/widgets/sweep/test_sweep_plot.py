"""The page of sweeps with made-up layers: which trace is clicked, and how one goes through the steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from core.signals.axis import TimeAxis
from core.signals.track import Track
from widgets.plots.image_item import ImageItem, shortened
from widgets.sweep.layer_area import DIFFERENCE, HEAT, MULTIPLES, WATERFALL, LayerArea
from widgets.sweep.sweep_panel import SweepPanel
from widgets.sweep.sweep_views import SweepView, SweptLayer
from widgets.sweep.traces import TraceItem
from widgets.theme.ramps import diverging, sequential
from widgets.theme.theme import DARK, LIGHT

VALUES = (-2.0, 0.0, 2.0, 4.0)


def layer(key: str, rate_hz: float, signed: bool) -> SweptLayer:
    axis = TimeAxis.of_sound(rate_hz, round(rate_hz))
    curve = np.sin(np.linspace(0, 20, axis.n)).astype(np.float32)
    tracks = [Track(key, (curve if signed else np.abs(curve)) * (k + 1), axis) for k in range(4)]
    return SweptLayer(key, key.capitalize(), f"1 × {axis.n}", f"≤ {rate_hz / 2:g} Hz", signed, tuple(tracks))


@pytest.fixture
def view() -> SweepView:
    layers = (layer("out", 1000.0, True), layer("conv1", 16.0, False))
    words = tuple(f"{value:g}" for value in VALUES)
    return SweepView("z11", words, VALUES, (0.0, 1 / 3, 2 / 3, 1.0), layers, drawn=1.0)


@pytest.fixture
def page(qtbot) -> SweepPanel:
    made = SweepPanel()
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def place_of(area: LayerArea, time_s: float, line: float) -> QPointF:
    return area.box.mapToScene(area.box.mapFromView(QPointF(time_s, line)))


def test_a_click_on_a_trace_tells_its_step(qtbot, page, view):
    page.show_sweep(view, WATERFALL, "out")
    area = page.plot.areas[1]
    for step in range(4):
        track = view.layers[1].tracks[step]
        height = step + area.gain * float(track.samples[8])
        with qtbot.waitSignal(page.plot.step_clicked) as told:
            page.plot.click(place_of(area, track.axis.seconds(8), height))
        assert told.args == [step]
    with qtbot.waitSignal(page.plot.play_clicked) as told:
        page.plot.click(area.mapToScene(area.play_rect.center()))
    assert told.args == ["conv1"]


def test_the_lowest_line_lies_in_front_and_all_share_one_gain(page, view):
    page.show_sweep(view, WATERFALL, "out")
    items = page.plot.areas[0].items
    assert [item.base for item in items if isinstance(item, TraceItem)] == [3.0, 2.0, 1.0, 0.0]
    heights = [item.ys - item.base for item in items]
    peaks = [float(np.abs(one).max()) for one in heights]
    assert peaks == pytest.approx([peaks[3] * k for k in (4, 3, 2, 1)])


def test_a_heat_map_has_a_row_for_each_step(page, view):
    waiting = replace(view.layers[0], tracks=(*view.layers[0].tracks[:3], None))
    page.show_sweep(replace(view, layers=(waiting, view.layers[1])), HEAT, "out")
    (image,) = page.plot.areas[0].items
    assert isinstance(image, ImageItem)
    np.testing.assert_array_equal(image.values[1], view.layers[0].tracks[1].samples)
    assert np.isnan(image.values[3]).all()
    assert page.plot.areas[1].step_at(0.5, 2.4) == 2


def test_small_multiples_have_one_scale(qtbot, page, view):
    page.show_sweep(view, MULTIPLES, "conv1")
    ends = {tuple(area.box.viewRange()[1]) for area in page.plot.areas}
    assert (len(page.plot.areas), len(ends)) == (4, 1)
    with qtbot.waitSignal(page.plot.step_clicked) as told:
        page.plot.click(place_of(page.plot.areas[2], 0.5, 0.5))
    assert told.args == [2]


def test_the_scrubber_goes_through_the_steps_in_the_order_of_their_values(qtbot, page, view):
    backwards = replace(view, places=VALUES[::-1], words=view.words[::-1], current=3)
    page.show_sweep(backwards, WATERFALL, "out")
    scrubber = page.scrubber
    scrubber.setFocus()
    for key, step in ((Qt.Key.Key_Right, 2), (Qt.Key.Key_End, 0)):
        with qtbot.waitSignal(scrubber.step_wanted) as told:
            qtbot.keyClick(scrubber, key)
        assert told.args == [step]
    with qtbot.waitSignal(scrubber.step_wanted) as told:
        qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(round(scrubber.x_of(2.0)) + 3, 20))
    assert told.args == [1]
    with qtbot.waitSignal(scrubber.set_wanted):
        qtbot.keyClick(scrubber, Qt.Key.Key_Return)


def test_every_mode_can_be_painted_in_both_themes(page, view):
    for theme in (LIGHT, DARK):
        page.set_theme(theme)
        for mode in (WATERFALL, HEAT, MULTIPLES, DIFFERENCE):
            page.show_sweep(view, mode, "out")
            assert not page.grab().isNull()
    assert page.steps.baseline.isVisible()


def test_shortened_rows_keep_their_peaks():
    row = np.zeros((1, 10_000), np.float32)
    row[0, 7777] = -3.0
    short = shortened(row)
    assert short.shape[1] <= 2048
    assert float(short.min()) == -3.0


def test_ramps_end_in_the_colours_of_the_design():
    assert [f"{colour:08X}" for colour in sequential(LIGHT)[[0, -1]]] == ["FFFFFFFF", "FF14233C"]
    assert [f"{colour:08X}" for colour in diverging(LIGHT)[[0, -1]]] == ["FF3B2384", "FF5E2500"]
    assert f"{diverging(DARK)[0]:08X}" == "FFE4DCFF"
