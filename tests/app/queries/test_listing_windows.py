"""Listings in the window: of the active lane, over the selection or the whole, with all that was found."""

from __future__ import annotations

import pytest

from core.signals.axis import Range
from tests.support.keys import G, Q


@pytest.fixture
def listed(window, monkeypatch):
    """Give what each listing shows, in place of its window."""
    made = []
    monkeypatch.setattr(window.listing_windows, "open", made.append)

    def run(key: str, id: str):
        window.on.session.set_active(key)
        window.menus.run(id)
        return made[-1]

    return run


def test_a_layers_envelope_peaks_have_their_height_and_their_latency_from_the_outputs(window, listed):
    window.on.session.set_selection(Range(0.1, 0.9))
    own = listed(G("out"), "analyses.envelope_peaks")
    assert own.head == ("Time_s", "Height", "Latency_from_Out_s")
    assert {row[2] for row in own.rows} == {"0.000000"}
    layer = listed(G("conv3"), "analyses.envelope_peaks")
    assert layer.head == own.head
    assert all(0.1 <= float(row[0]) <= 0.9 and float(row[1]) > 0 for row in layer.rows)


def test_the_peaks_of_a_network_that_hears_are_told_from_what_it_hears(window, listed):
    window.menus.run("layers.through_q")
    heard = listed(Q("conv1"), "analyses.envelope_peaks")
    assert heard.head == ("Time_s", "Height", "Latency_from_Out_s")
