"""The envelope under each pixel against plain minima and maxima."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.signals.axis import Range, TimeAxis
from core.signals.envelope import Envelope, Pyramid, envelope, extremes, is_long
from core.signals.track import Track


def track(samples, rate_hz=16000.0):
    values = np.asarray(samples, dtype=np.float32)
    return Track("out", values, TimeAxis.of_sound(rate_hz, values.shape[0]))


def noise(n, seed=0):
    return np.random.default_rng(seed).standard_normal(n).astype(np.float32)


def block_of(found: Envelope, whole: Track, k: int) -> slice:
    """The samples that block k stands for, from its centre alone."""
    middle = whole.axis.index(found.first_s + k * found.step_s)
    first = round(middle - (found.per_block - 1) / 2)
    return slice(first, first + found.per_block)


windows = st.tuples(st.floats(-0.2, 1.2), st.floats(0.0005, 1.5)).map(lambda w: Range(w[0], w[0] + w[1]))


@settings(max_examples=60)
@given(window=windows, width=st.integers(1, 900), n=st.integers(1, 9000), seed=st.integers(0, 9))
def test_each_block_holds_the_least_and_greatest_of_its_own_samples(window, width, n, seed):
    whole = track(noise(n, seed))
    found = envelope(whole, window, width)
    for k in range(found.low.shape[0]):
        part = whole.samples[block_of(found, whole, k)]
        assert found.low[k] == part.min()
        assert found.high[k] == part.max()


@settings(max_examples=60)
@given(window=windows, width=st.integers(1, 900), n=st.integers(1, 9000))
def test_nothing_visible_is_lost(window, width, n):
    whole = track(noise(n))
    visible = whole.part(window)
    found = envelope(whole, window, width)
    if visible.size:
        assert found.low.min() <= visible.min()
        assert found.high.max() >= visible.max()


@settings(max_examples=60)
@given(window=windows, width=st.integers(1, 900))
def test_a_block_is_never_wider_than_a_pixel_nor_narrower_than_half_of_one(window, width):
    whole = track(noise(16384))
    found = envelope(whole, window, width)
    per_px = window.length_s * 16000 / width
    assert found.per_block <= max(1.0, per_px * (1 + 1e-6))
    assert found.per_block * 2 > per_px


def test_scrolling_moves_the_same_blocks():
    whole = track(noise(16384))
    here = envelope(whole, Range(0.100, 0.500), 300)
    there = envelope(whole, Range(0.1307, 0.5307), 300)
    shift = round((there.first_s - here.first_s) / here.step_s)
    assert there.first_s == pytest.approx(here.first_s + shift * here.step_s, abs=1e-12)
    same = min(here.low.shape[0] - shift, there.low.shape[0])
    np.testing.assert_array_equal(here.low[shift : shift + same], there.low[:same])
    np.testing.assert_array_equal(here.high[shift : shift + same], there.high[:same])


def test_close_up_every_sample_is_its_own_block_at_its_true_time():
    whole = track(noise(64), rate_hz=62.5)
    found = envelope(whole, Range(0.2, 0.4), 700)
    assert found.per_block == 1
    first = round(whole.axis.index(found.first_s))
    np.testing.assert_array_equal(found.low, whole.samples[first : first + found.low.shape[0]])
    np.testing.assert_allclose(found.times(), whole.axis.times()[first : first + found.low.shape[0]])


def test_one_neighbour_past_each_edge_lets_the_line_reach_it():
    whole = track(noise(64), rate_hz=62.5)
    times = envelope(whole, Range(0.2, 0.4), 700).times()
    assert times[0] < 0.2 < 0.4 < times[-1]


@settings(max_examples=25)
@given(start=st.floats(0, 15), length=st.floats(0.01, 20), width=st.integers(20, 900))
def test_a_pyramid_gives_the_same_extremes_as_the_samples(start, length, width):
    whole = track(noise(1 << 18))
    tall = Pyramid.of(whole.samples)
    found = envelope(whole, Range(start, start + length), width, tall)
    for k in range(0, found.low.shape[0], 17):
        part = whole.samples[block_of(found, whole, k)]
        assert (found.low[k], found.high[k]) == (part.min(), part.max())


def test_only_long_tracks_want_a_pyramid():
    assert not is_long(track(np.zeros(65536)))
    assert is_long(track(np.zeros(1 << 18)))


def test_a_hole_stays_a_hole_and_its_neighbours_stay_whole():
    samples = np.arange(40, dtype=np.float32)
    samples[10:20] = np.nan
    samples[25] = np.nan
    found = envelope(track(samples, 100.0), Range(0.0, 0.4), 4)
    assert found.per_block == 10
    assert np.isnan(found.low[1])
    assert (found.low[2], found.high[2]) == (20, 29)


def test_extremes_of_a_window_are_those_of_its_finite_samples():
    samples = np.array([5, -3, np.nan, 2, 9], dtype=np.float32)
    assert extremes(track(samples, 10.0), Range(0.1, 0.4)) == (-3, 2)
    assert all(np.isnan(extremes(track(samples, 10.0), Range(0.2, 0.3))))
    assert all(np.isnan(extremes(track(samples, 10.0), Range(3.0, 4.0))))


def test_a_window_outside_the_track_and_an_empty_track_give_nothing():
    assert envelope(track(noise(100)), Range(5.0, 6.0), 100).low.shape[0] <= 3
    assert envelope(track(np.zeros(0)), Range(0.0, 1.0), 100).low.shape == (0,)
