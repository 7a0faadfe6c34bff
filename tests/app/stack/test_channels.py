"""A layer's lane as a heat map of all channels, as one channel, or as the average of some."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.faults import Fault
from core.probing.similarity import similarity_order
from core.session.lane_key import LaneKey
from core.session.lane_maps import channels_from


def key_of(on, layer, network="G"):
    return LaneKey(on.session.model, network, layer)


def whole_maps(on, layer):
    """Return all channels of a layer, [samples, channels], by way of a heat map in its lane."""
    on.session.set_lane(key_of(on, layer), "heat map", heat_map="number")
    return on.session.shown.channels[key_of(on, layer)].values[:, ::-1]


def lane_view(on, layer, network="G"):
    return next(lane for lane in on.stack_views.view().lanes if lane.key == key_of(on, layer, network))


def test_a_heat_map_shows_every_channel_the_first_one_on_top(services):
    image = lane_view(services, "conv1").channel_image
    assert image is None
    maps = whole_maps(services, "conv1")
    image = lane_view(services, "conv1").channel_image
    assert image.channels == 8
    assert image.numbers == (8, 7, 6, 5, 4, 3, 2, 1)
    mean = services.session.shown.tracks[key_of(services, "conv1")].samples
    np.testing.assert_allclose(maps.mean(1), mean, atol=1e-6)
    assert image.axis == services.session.shown.tracks[key_of(services, "conv1")].axis


def test_by_similarity_the_same_channels_stand_in_another_order(services):
    maps = whole_maps(services, "conv1")
    services.session.set_lane(key_of(services, "conv1"), "similar", heat_map="similarity")
    image = lane_view(services, "conv1").channel_image
    assert sorted(image.numbers) == list(range(1, 9))
    assert image.numbers[::-1] == tuple(k + 1 for k in similarity_order(maps))
    np.testing.assert_array_equal(image.values, maps[:, [k - 1 for k in image.numbers]])


def test_the_heat_map_follows_the_knobs_and_goes_with_undo(services):
    before = whole_maps(services, "conv2")
    services.session.set_value(3, 4.0)
    assert (
        np.abs(services.session.shown.channels[key_of(services, "conv2")].values[:, ::-1] - before).max() > 0
    )
    services.session.undo()
    services.session.undo()
    assert lane_view(services, "conv2").channel_image is None
    assert not services.session.shown.channels


def test_one_channel_is_the_lanes_curve_and_is_measured_as_such(services):
    maps = whole_maps(services, "conv1")
    services.session.set_lane(key_of(services, "conv1"), "channel", heat_map="", channels=(2,))
    track = services.session.shown.tracks[key_of(services, "conv1")]
    np.testing.assert_array_equal(track.samples, maps[:, 2])
    assert track.origin.reduction == "channel 3"
    assert lane_view(services, "conv1").meta == "channel 3 of 8 × 64 · 62.5 Hz"


def test_some_channels_are_averaged(services):
    maps = whole_maps(services, "conv1")
    services.session.set_lane(key_of(services, "conv1"), "some", heat_map="", channels=(0, 5))
    track = services.session.shown.tracks[key_of(services, "conv1")]
    np.testing.assert_allclose(track.samples, maps[:, [0, 5]].mean(1), atol=1e-6)
    assert lane_view(services, "conv1").meta.startswith("2 of 8 × 64")


def test_a_network_that_a_sound_drives_shows_its_channels_too(services):
    services.sound_driven.listen("Q")
    key = key_of(services, "conv2", "Q")
    services.session.set_lane(key, "heat map", heat_map="number")
    image = lane_view(services, "conv2", "Q").channel_image
    mean = services.session.shown.tracks[key].samples
    np.testing.assert_allclose(image.values.mean(1), mean, atol=1e-6)
    services.session.set_lane(key, "channel", heat_map="", channels=(1,))
    np.testing.assert_array_equal(services.session.shown.tracks[key].samples, image.values[:, 0])
    assert lane_view(services, "conv2", "Q").channel_image is None


def test_the_menus_commands_switch_between_them(window):
    on = window.on
    on.session.set_active(key_of(on, "conv1"))
    window.menus.run("layers.heat_map")
    assert on.session.lane(key_of(on, "conv1")).heat_map == "number"
    assert window.menus.actions["layers.heat_map"].isChecked()
    window.wiring.show_stack()
    window.menus.run("layers.average")
    assert window.menus.actions["layers.average"].isChecked()
    on.session.set_active(key_of(on, "out"))
    window.menus.refresh()
    assert not window.menus.actions["layers.heat_map"].isEnabled()


@pytest.mark.parametrize(("text", "channels"), [("3", (2,)), ("1 3-5", (0, 2, 3, 4)), ("8, 2", (1, 7))])
def test_channels_are_counted_from_one(text, channels):
    assert channels_from(text, 8) == channels


@pytest.mark.parametrize(
    ("text", "words"),
    [("0", "from 1"), ("", "from 1"), ("9", "no channel 9"), ("2-99999999999", "no channel"), ("a", "“a”")],
)
def test_other_channels_are_refused(text, words):
    with pytest.raises(Fault, match=words):
        channels_from(text, 8)


def test_similar_channels_stand_together_and_silent_ones_last():
    times = np.linspace(0, 1, 200)
    chance = np.random.default_rng(1)
    shapes = [np.exp(-(((times - centre) / 0.1) ** 2)) for centre in (0.2, 0.5, 0.8)]
    group = [0, 1, 2, 0, 1, 2, 0]
    maps = np.stack([shapes[k] * chance.uniform(1, 9) for k in group] + [times * 0], 1)
    order = similarity_order(
        (maps + 0.001 * chance.standard_normal(maps.shape) * (maps.any(0))).astype(np.float32)
    )
    assert order[-1] == 7
    found = [group[k] for k in order[:-1]]
    assert sum(a != b for a, b in itertools.pairwise(found)) == 2
