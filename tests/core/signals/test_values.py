"""Axes, tracks, points and origins: the values that pass between rooms."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw, path
from core.provenance import Origin
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

axes = st.builds(TimeAxis, st.floats(0.5, 96000), st.integers(1, 5000), st.floats(-3, 3))


@given(axes, st.integers(0, 4999))
def test_seconds_and_index_are_inverse(axis, k):
    assert axis.index(axis.seconds(k)) == pytest.approx(k, abs=1e-6)


@given(axes, st.floats(-4, 4), st.floats(0, 5))
def test_samples_in_a_window_are_those_with_centres_in_it(axis, start, length):
    window = Range(start, start + length)
    first, last = axis.samples_in(window)
    times = axis.times()
    slack = 1e-6 / axis.rate_hz + 1e-9
    assert all(window.start_s - slack <= t <= window.end_s + slack for t in times[first:last])
    outside = np.concatenate([times[:first], times[last:]])
    assert not any(window.start_s + slack < t < window.end_s - slack for t in outside)


@given(axes)
def test_the_extent_is_as_long_as_the_samples(axis):
    assert axis.extent.length_s == pytest.approx(axis.duration_s)
    assert axis.extent.middle_s == pytest.approx((axis.times()[0] + axis.times()[-1]) / 2, abs=1e-6)


def test_a_range_zoomed_around_a_point_keeps_that_point_in_place():
    half = Range(0.0, 1.0).scaled(0.5, around_s=0.8)
    assert (0.8 - half.start_s) / half.length_s == pytest.approx(0.8)


def test_a_track_interpolates_linearly_and_is_undefined_outside():
    track = Track("a", np.array([0, 2, np.nan], np.float32), TimeAxis(10, 3, 0.0))
    assert track.at(0.05) == pytest.approx(1.0)
    assert track.at(0.1) == 2.0
    assert math.isnan(track.at(0.15))
    assert math.isnan(track.at(1.0))


def test_a_track_cannot_be_written_to_through_the_array_it_was_made_of():
    mine = np.zeros(3, np.float32)
    track = Track("a", mine, TimeAxis(10, 3))
    mine[0] = 5
    assert track.samples[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        track.samples[0] = 1


@given(st.text(max_size=5), st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=4))
def test_an_origin_comes_back_from_json(word, z):
    origin = Origin(checkpoint=word, drive=tuple(z), settings=(("floor_hz", 75.0), ("method", word)))
    assert Origin.from_plain(json.loads(json.dumps(origin.plain()))) == origin


def test_a_draw_is_numpys_default_rng_then_the_code_then_the_changes():
    layout = LatentLayout(100, 3, "one-hot")
    whole = np.random.default_rng(7).uniform(-1, 1, 100)
    whole[:3] = [0, 1, 0]
    whole[10] = -15
    assert draw(layout, 7, (0, 1, 0), {"z11": -15}).z == tuple(whole)
    assert draw(LatentLayout(100, 3, "bits"), 7).z[:3] == (0.0, 0.0, 0.0)


def test_names_count_from_one_and_brackets_from_zero():
    layout = LatentLayout(100, 3, "bits")
    assert layout.index("z11") == layout.index("z[10]") == 10
    assert layout.index("c2") == layout.index("z2") == 1
    for wrong in ("z0", "z101", "c4", "w3", "z", "z1.5"):
        with pytest.raises(Fault):
            layout.index(wrong)


def test_every_code_of_a_kind_is_listed():
    assert LatentLayout(10, 2, "bits").codes() == ((0, 0), (0, 1), (1, 0), (1, 1))
    assert LatentLayout(10, 2, "one-hot").codes() == ((1, 0), (0, 1))


def test_a_path_has_both_ends():
    steps = path(Point((0.0, 0.0)), Point((1.0, 2.0)), 5)
    assert (steps[0].z, steps[2].z, steps[-1].z) == ((0, 0), (0.5, 1.0), (1, 2))
