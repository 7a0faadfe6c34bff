"""Spectral slices: nothing above a layer's own Nyquist, frequencies and levels in their places."""

from __future__ import annotations

import numpy as np
import pytest

from widgets.plots.legend import apart
from widgets.results.slice_plot import Slice, SlicePlot, SliceView, thinned
from widgets.theme.theme import LIGHT


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


def test_every_line_has_a_name_and_a_pen_of_its_own(plot):
    plot.show_view(SliceView(FIVE))
    named = plot._legend
    assert [one.words for one in named] == ["Out", "hum", "Conv4", "Conv3", "Conv2"]
    pens = {(one.entry.pen.color().name(), tuple(one.entry.pen.dashPattern())) for one in named}
    assert len(pens) == len(FIVE)
    for one in FIVE:
        sample = next(entry for entry in named if entry.words == one.title).entry.pen
        assert sample == plot._pen(one)


def test_names_of_lines_stay_within_the_widget_and_off_each_other(plot):
    long = made("a_recording_of_which_the_name_is_far_too_long_to_be_read", 8000.0)
    plot.show_view(SliceView((*FIVE, long), without=("Conv1", "FC")))
    rooms = [one.place for one in plot._legend]
    assert all(room.right() <= plot.width() for room in rooms)
    assert not any(a.intersects(b) for k, a in enumerate(rooms) for b in rooms[:k])
    assert plot.plot.top() >= max(room.bottom() for room in rooms)


def test_no_line_goes_through_the_names_of_formants(plot, pixels):
    plot.show_view(SliceView((made("Out", 8000.0, -59.5, main=True),), (572.0, 1500.0)))
    with_lines = pixels(plot)
    plot.show_view(SliceView((), (572.0, 1500.0)))
    under = round(plot.plot.bottom()) + 2
    without = pixels(plot)
    np.testing.assert_array_equal(with_lines[under : under + 12], without[under : under + 12])
