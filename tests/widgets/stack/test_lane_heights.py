"""How the lanes share the height of the stack."""

from __future__ import annotations

from widgets.stack.lane_area import stretched


def test_a_recording_alone_fills_the_window():
    assert stretched([265], 900) == [900]
    assert sum(stretched([265, 93], 900)) == 900


def test_several_lanes_grow_by_half_at_most():
    heights = stretched([265, 125, 93, 93, 33], 2000)
    assert heights[:4] == [396, 184, 136, 136]
    assert heights[4] == 33


def test_folded_lanes_keep_their_height_also_with_a_models_name():
    assert stretched([265, 93, 93, 46], 600)[3] == 46


def test_lanes_that_are_too_many_scroll():
    assert stretched([265, 265], 300) == [265, 265]
