"""A ceiling that was lowered to a layer's Nyquist is said wherever its measure is shown, listed or kept."""

from __future__ import annotations

import numpy as np
import pytest

from core.analyses.measures import MEASURES
from core.queries.queries import Layer, ask
from core.signals.track import Track
from tests.support.keys import G
from widgets.stack.lane_header import LaneHeader

PITCH = "Pitch ceiling lowered from 150 Hz to Nyquist, 125 Hz"
FORMANTS = "Formant ceiling lowered from 5500 Hz to Nyquist, 2000 Hz, formants from 5 to 2"


@pytest.fixture
def low(window):
    """The window under the preset for low layers, with pitch and formants shown in four lanes."""
    window.on.layer_results.wanted = False  # no harmonicity from 5 Hz up of every layer
    window.on.analysis_settings.set_preset("Low layers, 5-150 Hz")
    for key in (G("conv1"), G("conv2"), G("conv4"), G("out")):
        window.on.session.set_lane(key, "Show", shown=frozenset({"pitch", "formants"}))
    return window


def lanes_of(window):
    return {lane.key: lane for lane in window.on.stack_views.view().lanes}


def test_a_lane_says_which_ceiling_was_lowered_for_what_it_shows(low):
    lanes = lanes_of(low)
    assert lanes[G("conv2")].note == "Pitch ceiling lowered to 125 Hz"
    assert lanes[G("conv2")].reason.startswith("No formants")
    assert lanes[G("conv1")].note == "Pitch ceiling lowered to 31.25 Hz"
    assert lanes[G("conv4")].note == "Formant ceiling lowered to 2000 Hz"
    assert lanes[G("out")].note == ""


def test_a_lane_is_quiet_on_what_it_does_not_show(low):
    low.on.session.set_lane(G("conv4"), "Show", shown=frozenset({"pitch"}))
    low.on.session.set_lane(G("conv2"), "Show", shown=frozenset({"pulses"}))  # refused
    assert lanes_of(low)[G("conv4")].note == lanes_of(low)[G("conv2")].note == ""


def test_the_buttons_of_a_lane_say_what_was_lowered(low):
    low.wiring.show_stack()
    headers = {header.lane.key: header for header in low.stack.findChildren(LaneHeader)}
    assert headers[G("conv2")].measures["pitch"].toolTip() == f"Pitch of Conv2\n{PITCH}"
    assert headers[G("conv4")].measures["formants"].toolTip() == f"Formants of Conv4\n{FORMANTS}"
    assert headers[G("out")].measures["pitch"].toolTip() == "Pitch of Out"


@pytest.mark.parametrize(
    ("key", "id", "said", "short"),
    [(G("conv2"), "pitch.get", PITCH, "125 Hz"), (G("conv4"), "formants.f1", FORMANTS, "2000 Hz")],
)
def test_a_query_says_it_and_keeps_it_with_its_settings(low, key, id, said, short):
    heard = []
    low.on.messages.noted.connect(heard.append)
    low.on.session.set_active(key)
    low.on.session.set_cursor(0.5)
    low.menus.run(id)
    assert heard[-1].endswith(f" s, ceiling lowered to {short}")
    assert low.on.queries.results.rows[-1].settings == f"Low layers, 5-150 Hz; {said[0].lower()}{said[1:]}"
    low.on.session.set_active(G("out"))
    low.menus.run(id)
    assert low.on.queries.results.rows[-1].settings == "Low layers, 5-150 Hz"


def test_the_table_of_all_layers_says_it_in_the_cell(low):
    low.on.layer_results.wanted = True
    low.on.layer_results.refresh()
    low.dock_view.show()
    rows = {row.key: row for row in low.dock.table.rows}
    assert PITCH in rows[G("conv2")].cells[1].tip.splitlines()
    assert FORMANTS in rows[G("conv4")].cells[2].tip.splitlines()
    assert "lowered" not in rows[G("out")].cells[1].tip


@pytest.mark.parametrize(
    ("key", "id", "said"),
    [
        (G("conv2"), "pitch.listing", PITCH),
        (G("conv4"), "formants.listing", FORMANTS),
        (G("conv4"), "analyses.envelope_peaks", ""),
    ],
)
def test_a_listing_says_it_at_its_head(low, monkeypatch, key, id, said):
    made = []
    monkeypatch.setattr(low.host, "show", made.append)
    low.on.session.set_active(key)
    low.menus.run(id)
    assert made[-1].notice == said


def test_a_pitch_at_a_lower_layers_rate_is_marked_in_the_lane_and_the_table(low):
    session = low.on.session
    axis = session.shown.tracks[G("conv3")].axis
    session.set_lane(G("conv3"), "Show", shown=frozenset({"pitch"}))
    flat = Track("pitch", np.full(axis.n, 125.0, np.float32), axis)
    session.show(overlays={**session.shown.overlays, (G("conv3"), "pitch"): (flat,)})
    lane = lanes_of(low)[G("conv3")]
    assert lane.note.splitlines()[-1] == "Flat pitch at 125 Hz: upsampling?"
    said = "Flat pitch at 125 Hz, 2 × the rate of Conv1 (62.5 Hz): probably an artefact of upsampling"
    assert lane.lowered["pitch"].splitlines()[-1] == said
    layer = Layer(
        G("conv3"), "Conv3", session.shown.tracks[G("conv3")], {}, {"pitch": (flat,)}, {}, {"Conv1": 62.5}
    )
    assert ask(layer, MEASURES["f0"], 0.5).caution == said
    assert ask(layer, MEASURES["activation"], 0.5).caution == ""
