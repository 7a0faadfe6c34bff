"""Spectral slices: nothing above a layer's own Nyquist, frequencies and levels in their places."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from widgets.plots.items import CurveItem, thinned
from widgets.results.slice_chart import SliceArea, SliceChart, apart
from widgets.results.slice_plot import SlicePlot
from widgets.results.slice_views import Slice, SliceView
from widgets.theme.theme import DARK, LIGHT


def made(title: str, nyquist_hz: float, level_db: float = -10.0, main: bool = False) -> Slice:
    hertz = np.linspace(0, 8000, 801)
    return Slice(title, hertz, np.full(801, level_db), nyquist_hz, main)


@pytest.fixture
def plot(qtbot) -> SlicePlot:
    widget = SlicePlot()
    qtbot.addWidget(widget)
    widget.resize(384, 236)
    widget.set_theme(LIGHT)
    widget.show_view(SliceView())
    widget.show()
    return widget


def area_of(plot: SlicePlot) -> SliceArea:
    assert isinstance(plot.chart, SliceChart)
    return plot.chart.area


def dark_at(pixels, plot, hertz: float, level_db: float) -> bool:
    seen = pixels(plot)
    x, y = round(area_of(plot).x_of(hertz)), round(area_of(plot).y_of(level_db))
    return bool((seen[y - 2 : y + 3, x - 1 : x + 2].sum(axis=2) < 500).any())


def test_a_line_ends_at_its_layers_nyquist_frequency(plot, pixels):
    plot.show_view(SliceView((made("Conv4", 2000.0),)))
    assert dark_at(pixels, plot, 1900, -10)
    assert not dark_at(pixels, plot, 2100, -10)
    assert not dark_at(pixels, plot, 1000, -30)


def test_a_lines_data_end_at_its_layers_nyquist_frequency(plot):
    plot.show_view(SliceView((made("Conv4", 2000.0), made("Out", 8000.0, main=True)), high_hz=5000.0))
    ends = [item.xs.max() for item in area_of(plot).items if isinstance(item, CurveItem)]
    assert ends == [2000.0, 5100.0]


def test_levels_and_frequencies_stand_on_the_ticks(plot):
    area = area_of(plot)
    frame = area.box.geometry()
    assert area.x_of(0) == pytest.approx(frame.left())
    assert area.x_of(5000) == pytest.approx(frame.right())
    assert area.y_of(-60) == pytest.approx(frame.bottom())
    assert area.y_of(-20) - area.y_of(0) == pytest.approx(area.y_of(-40) - area.y_of(-20))
    numbers = [axis.tickValues(*axis.range, 200)[0][1] for axis in (area.across, area.up)]
    assert numbers == [[0, 1000, 2000, 3000, 4000, 5000], [-60, -40, -20, 0]]
    assert area.up.tickStrings(numbers[1], 1.0, 20.0) == ["−60", "−40", "−20", "0 dB"]


def test_formants_are_marked_below_their_frequency(plot, pixels):
    plot.show_view(SliceView((made("Out", 8000.0, main=True),), (572.0, float("nan"), 2805.0, 9000.0)))
    seen = pixels(plot)
    colour = np.array([LIGHT.formant.red(), LIGHT.formant.green(), LIGHT.formant.blue()])
    frame = area_of(plot).box.geometry()
    row = seen[round(frame.bottom()) - 4]
    marked = np.flatnonzero((np.abs(row - colour).max(axis=1) < 90) & (row[:, 0] > 200) & (row[:, 2] < 150))
    assert {round((x - frame.left()) / frame.width() * 5000, -2) for x in marked} <= {500, 600, 2800}
    assert len(marked) >= 4


def test_an_empty_plot_says_why(plot):
    plot.show_view(SliceView((), (), reason="No layer has enough samples here for a slice."))
    assert "enough samples" in plot.accessibleDescription()


def test_slices_from_before_are_greyed_until_the_new_ones_come(plot, pixels):
    plot.show_view(SliceView((made("Out", 8000.0, main=True),)))
    assert dark_at(pixels, plot, 2500, -10)
    plot.fade()
    assert not dark_at(pixels, plot, 2500, -10)
    plot.show_view(SliceView((made("Out", 8000.0, main=True),)))
    assert dark_at(pixels, plot, 2500, -10)


def test_a_slice_of_a_million_bins_keeps_its_extremes_in_few_points():
    levels = np.random.default_rng(0).normal(-40, 5, 1_000_000)
    levels[[3, 654_321]] = 0.0, -99.0
    x, y = thinned(np.arange(1_000_000.0), levels, 300)
    assert len(x) == len(y) <= 1300
    assert (y.min(), y.max()) == (-99.0, 0.0)
    assert np.all(np.diff(x) >= 0)
    few = np.arange(500.0)
    assert thinned(few, few, 300)[0] is few


def test_names_of_formants_never_stand_on_each_other_nor_beyond_the_plot():
    chance = np.random.default_rng(3)
    for _ in range(200):
        places = np.sort(chance.uniform(0, 120, 4)).tolist()
        found = apart(places, 16.0, 124.0)
        assert np.all(np.diff(found) >= 16.0 - 1e-9)
        assert max(found) <= 124.0
    assert apart([10.0, 50.0, 90.0], 16.0, 124.0) == [10.0, 50.0, 90.0]


KNOWN = (("Conv4", 2000.0), ("Conv3", 500.0), ("hum", 8000.0), ("Conv2", 125.0))
FIVE = (*(made(title, nyquist_hz) for title, nyquist_hz in KNOWN), made("Out", 8000.0, main=True))


def test_every_line_has_a_name_and_a_stroke_of_its_own(plot):
    view = SliceView(FIVE)
    plot.show_view(view)
    named = [one.entry for one in area_of(plot).legend]
    assert [one.words for one in named] == ["Out", "hum", "Conv4", "Conv3", "Conv2"]
    pens = [one.stroke.pen(LIGHT) for one in named]
    assert len({(pen.color().name(), tuple(pen.dashPattern())) for pen in pens}) == len(FIVE)
    assert {one.words: one.stroke for one in named} == strokes_drawn(plot, view)


def strokes_drawn(plot: SlicePlot, view: SliceView) -> dict:
    """Give the strokes of the lines as they are drawn, by the names of the slices in the order drawn."""
    drawn = sorted(view.slices, key=lambda one: (one.main, one.nyquist_hz))
    items = [item for item in area_of(plot).items if isinstance(item, CurveItem)]
    return {one.title: item.stroke for one, item in zip(drawn, items, strict=True)}


def test_names_of_lines_stay_within_the_widget_and_off_each_other(plot):
    long = made("a_recording_of_which_the_name_is_far_too_long_to_be_read", 8000.0)
    plot.show_view(SliceView((*FIVE, long), without=("Conv1", "FC")))
    rooms = [one.place for one in area_of(plot).legend]
    assert all(room.right() <= plot.width() for room in rooms)
    assert not any(a.intersects(b) for k, a in enumerate(rooms) for b in rooms[:k])
    assert area_of(plot).box.geometry().top() >= max(room.bottom() for room in rooms)


def test_no_line_goes_through_the_names_of_formants(plot, pixels):
    plot.show_view(SliceView((made("Out", 8000.0, -59.5, main=True),), (572.0, 1500.0)))
    under = round(area_of(plot).box.geometry().bottom()) + 2
    with_lines = pixels(plot)[under : under + 12]
    plot.show_view(SliceView((made("Out", 8000.0, -30.0, main=True),), (572.0, 1500.0)))
    np.testing.assert_array_equal(with_lines, pixels(plot)[under : under + 12])
    assert with_lines.min() < 200


def test_a_zoom_stays_while_new_slices_come_and_ends_with_another_range(plot):
    plot.show_view(SliceView(FIVE))
    box = area_of(plot).box
    box.setRange(xRange=(100, 600), padding=0)
    plot.show_view(SliceView(FIVE[:2]))
    assert box.viewRange()[0] == pytest.approx([100, 600])
    plot.show_view(SliceView(FIVE, high_hz=8000.0))
    assert box.viewRange()[0] == pytest.approx([0, 8000])


def test_both_themes_draw_the_same_lines_in_their_own_colours(plot):
    plot.show_view(SliceView(FIVE))
    for theme in (LIGHT, DARK):
        plot.set_theme(theme)
        colours = {item.opts["pen"].color().name() for item in area_of(plot).items}
        assert colours == {theme.sound.name(), theme.curve.name()}


def test_the_window_starts_without_pyqtgraph_and_gets_it_beside_its_own_thread():
    script = """
import sys
import numpy as np
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
import widgets.results.dock
from widgets.results.slice_plot import SlicePlot
from widgets.results.slice_views import Slice, SliceView
app = QApplication([])
plot = SlicePlot()
plot.show_view(SliceView())
assert "pyqtgraph" not in sys.modules
waits = QEventLoop()
plot.importing.done.connect(waits.quit)
hertz = np.linspace(0, 8000, 801)
plot.show_view(SliceView((Slice("Out", hertz, -hertz / 200, 8000.0, True),)))
assert plot.chart is None
waits.exec()
assert len(plot.chart.area.items) == 1
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
