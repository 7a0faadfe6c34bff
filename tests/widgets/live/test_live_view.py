"""The lanes of a live network, painted from made-up tracks."""

import numpy as np
import pytest

from core.annotation.tiers import Tier
from core.signals.axis import Range, TimeAxis
from core.signals.channel_image import ChannelImage
from core.signals.track import Track
from widgets.live.live_panel import LivePanel
from widgets.live.live_view import LEAST_PX, LiveScene, LiveView, lane_heights
from widgets.timeline.lane_views import Curve, LaneView


def lane(key, **more):
    track = Track(key, np.sin(np.arange(100, dtype=np.float32)), TimeAxis(50, 100, 0.01))
    return LaneView(key, key, "50 Hz", curves=(Curve(track),), **more)


def scene(layers=3, settled_s=1.5):
    image = ChannelImage("input", np.ones((100, 8), np.float32), TimeAxis(50, 100, 0.01), 0.0, 1.0)
    lanes = (
        lane("microphone"),
        LaneView("input", "Input", channel_image=image),
        *(lane(f"conv{k}") for k in range(layers)),
    )
    return LiveScene(Range(0.0, 2.0), lanes, Tier("letters", "point", 0.0, 2.0, (1.0,), ("a",)), settled_s)


@pytest.fixture
def view(qtbot):
    made = LiveView()
    qtbot.addWidget(made)
    made.resize(900, 500)
    return made


def test_the_layers_share_the_height_that_is_left():
    heights = lane_heights(scene(3), 400)
    assert heights[:2] == [56, 112]
    assert len(set(heights[2:])) == 1
    assert sum(heights) + 31 <= 400
    assert lane_heights(scene(40), 400)[2] == LEAST_PX


def test_what_is_not_settled_looks_different(view):
    view.show_scene(scene(settled_s=2.0))
    before = view.grab().toImage()
    view.show_scene(scene(settled_s=1.0))
    assert view.grab().toImage() != before


def test_a_sentence_stands_in_place_of_lanes(view):
    view.show_scene(scene())
    view.grab()
    view.show_words("Open a network.")
    assert view.accessibleDescription() == "Open a network."
    view.grab()
    assert view.frames == 1


def test_only_what_makes_sense_can_be_pressed(qtbot):
    panel = LivePanel()
    qtbot.addWidget(panel)
    asked = []
    panel.start_wanted.connect(lambda: asked.append("start"))
    panel.stop_wanted.connect(lambda: asked.append("stop"))
    panel.show_state("", listens=False, can_listen=True, can_keep=False)
    panel.start_button.click()
    panel.show_state("", listens=True, can_listen=True, can_keep=False)
    panel.stop_button.click()
    assert asked == ["start", "stop"]
    assert panel.start_button.isHidden()
    assert panel.keep_button.isHidden()
