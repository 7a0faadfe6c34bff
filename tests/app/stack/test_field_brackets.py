"""Receptive fields at the pointer: brackets in the stack, and the table on the page of maps."""

from __future__ import annotations

import math

import pytest

from core.networks.dependence import dependence
from core.session.lane_key import LaneKey


def key_of(window, layer, network="G"):
    return LaneKey(window.on.session.model, network, layer)


def brackets(window):
    return {lane.lane.key: lane.plot.bracket for lane in window.stack.lanes if lane.plot.bracket is not None}


@pytest.fixture
def marked(window):
    window.menus.run("layers.fields")
    return window


def test_brackets_stand_under_what_depends_on_each_other(marked):
    session = marked.on.session
    key = key_of(marked, "conv2")
    axis = session.shown.tracks[key].axis
    marked.stack.layer_pointed.emit(key, axis.seconds(100) + 0.2 * axis.step_s)
    found = brackets(marked)
    expected = dependence(session.card.networks["G"].spec, "conv2", 100)
    assert {lane.layer for lane in found} == set(expected)
    for lane, window in found.items():
        own = session.shown.tracks[lane].axis
        first, last = expected[lane.layer]
        assert window.start_s == pytest.approx(own.seconds(first) - own.step_s / 2)
        assert window.end_s == pytest.approx(own.seconds(last) + own.step_s / 2)


def test_they_go_with_the_pointer_and_with_the_command(marked):
    key = key_of(marked, "out")
    marked.stack.layer_pointed.emit(key, 0.5)
    assert len(brackets(marked)) == 6
    marked.stack.layer_pointed.emit(key, math.nan)
    assert not brackets(marked)
    marked.stack.layer_pointed.emit(key, 0.5)
    marked.menus.run("layers.fields")
    assert not brackets(marked)
    marked.stack.layer_pointed.emit(key, 0.5)
    assert not brackets(marked)


def test_a_layer_that_hears_a_sound_marks_the_sound(marked):
    marked.on.sound_driven.listen("Q")
    marked.wiring.show_stack()
    marked.stack.layer_pointed.emit(key_of(marked, "conv2", "Q"), 0.4)
    found = brackets(marked)
    sound = found[key_of(marked, "out")]
    assert sound.start_s < 0.4 < sound.end_s
    assert sound.length_s == pytest.approx(121 / 16000)


def test_the_page_of_maps_lists_the_fields_of_the_map_under_the_pointer(window, qtbot):
    window.menus.run("view.maps")
    page = window.pages.widget("maps")
    qtbot.waitUntil(lambda: page.plot.heat.view is not None)
    page.plot.heat.pointed.emit(0.412, 1)
    rows = {row[0]: row[1:] for row in page.cuts.fields.rows}
    axis = page.plot.heat.view.maps.axis
    sample = round(axis.index(0.412))
    spec = window.on.session.card.networks["G"].spec
    for layer, (first, last) in dependence(spec, "conv2", sample).items():
        assert rows[{"fc": "FC"}.get(layer, layer.capitalize())][0] == str(last - first + 1)
    assert page.lanes[0].plot.bracket is not None
    page.plot.heat.pointed.emit(math.nan, -1)
    assert page.lanes[0].plot.bracket is None
