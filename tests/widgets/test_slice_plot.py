"""Spectral slices: nothing above a layer's own Nyquist, frequencies and levels in their places."""

from __future__ import annotations

import numpy as np
import pytest

from widgets.look import LIGHT
from widgets.slice_plot import Slice, SlicePlot, SliceView, lines, thinned


def made(title: str, nyquist_hz: float, level_db: float = -10.0, main: bool = False) -> Slice:
    hertz = np.linspace(0, 8000, 801)
    return Slice(title, hertz, np.full(801, level_db), nyquist_hz, main)


@pytest.fixture
def plot(qtbot) -> SlicePlot:
    widget = SlicePlot()
    qtbot.addWidget(widget)
    widget.resize(384, 236)
    widget.set_look(LIGHT)
    return widget


def dark_at(pixels, plot, hertz: float, level_db: float) -> bool:
    seen = pixels(plot)
    x, y = round(plot.x_of(hertz)), round(plot.y_of(level_db))
    return bool((seen[y - 2 : y + 3, x - 1 : x + 2].sum(axis=2) < 500).any())


def test_a_line_ends_at_its_layers_nyquist_frequency(plot, pixels):
    plot.show_view(SliceView((made("Conv4", 2000.0),)))
    assert dark_at(pixels, plot, 1900, -10)
    assert not dark_at(pixels, plot, 2100, -10)
    assert not dark_at(pixels, plot, 1000, -30)


def test_levels_and_frequencies_stand_on_the_ticks(plot):
    assert plot.x_of(0) == plot.plot.left()
    assert plot.x_of(5000) == plot.plot.right()
    assert plot.y_of(-60) == plot.plot.bottom()
    assert plot.y_of(-20) - plot.y_of(0) == pytest.approx(plot.y_of(-40) - plot.y_of(-20))


def test_formants_are_marked_below_their_frequency(plot, pixels):
    plot.show_view(SliceView((made("Out", 8000.0, main=True),), (572.0, float("nan"), 2805.0, 9000.0)))
    seen = pixels(plot)
    colour = np.array([LIGHT.formant.red(), LIGHT.formant.green(), LIGHT.formant.blue()])
    row = seen[round(plot.plot.bottom()) - 4]
    marked = np.flatnonzero((np.abs(row - colour).max(axis=1) < 90) & (row[:, 0] > 200) & (row[:, 2] < 150))
    assert {round((x - plot.plot.left()) / plot.plot.width() * 5000, -2) for x in marked} <= {500, 600, 2800}
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


def test_names_of_formants_never_stand_on_each_other():
    chance = np.random.default_rng(3)
    for _ in range(200):
        places = np.sort(chance.uniform(0, 120, 4)).tolist()
        found = lines(places, 16.0)
        on = list(zip(places, found, strict=True))
        assert all(abs(x - y) >= 16 or a != b for k, (x, a) in enumerate(on) for y, b in on[:k])
    assert lines([10.0, 50.0, 90.0], 16.0) == [0, 0, 0]
