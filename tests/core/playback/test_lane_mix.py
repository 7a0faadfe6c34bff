"""Lanes are summed at their own times, whatever their rates; one alone stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from core.playback.lane_mix import LaneSound, mixed


def tone(rate_hz: int, f_hz: float, length_s: float, start_s: float = 0.0) -> LaneSound:
    times_s = np.arange(round(rate_hz * length_s)) / rate_hz
    return LaneSound(np.sin(2 * np.pi * f_hz * times_s).astype(np.float32), rate_hz, start_s)


def test_one_lane_is_neither_copied_nor_read():
    alone = tone(8000, 100.0, 0.1)
    assert mixed([alone]) is alone


def test_lanes_of_one_rate_are_added_sample_by_sample_at_their_own_times():
    first, later = tone(8000, 100.0, 0.1), tone(8000, 150.0, 0.1, 0.05)
    both = mixed([first, later])
    assert (both.rate_hz, both.start_s, len(both.samples)) == (8000, 0.0, 1200)
    np.testing.assert_array_equal(both.samples[:400], first.samples[:400])
    np.testing.assert_array_equal(both.samples[800:], later.samples[400:])
    np.testing.assert_allclose(both.samples[400:800], first.samples[400:] + later.samples[:400], atol=1e-7)


def test_a_lane_of_another_rate_is_resampled_to_the_first_ones():
    both = mixed([tone(16000, 200.0, 0.5), tone(44100, 200.0, 0.5)])
    middle = slice(2000, 6000)
    expected = 2 * np.sin(2 * np.pi * 200.0 * np.arange(8000) / 16000)
    assert both.rate_hz == 16000
    np.testing.assert_allclose(both.samples[middle], expected[middle], atol=0.01)


@pytest.mark.parametrize("start_s", [-0.25, 0.25])
def test_the_sum_begins_where_the_earliest_lane_does(start_s):
    both = mixed([tone(8000, 100.0, 0.1), tone(8000, 100.0, 0.1, start_s)])
    assert both.start_s == min(0.0, start_s)
