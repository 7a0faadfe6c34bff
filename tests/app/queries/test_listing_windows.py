"""Listings in the window: of the active lane, over the selection or the whole, with all that was found."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog

from app.queries.listing_windows import ListingWindows
from core.signals.axis import Range
from tests.support.commands import run
from tests.support.keys import G, Q


@pytest.fixture
def listed(services, host, monkeypatch):
    """Give what each listing shows, in place of its window."""
    made, windows = [], ListingWindows(services.context, host, services.sound_driven, services.layer_results)

    def open_nothing(listing):
        made.append(listing)
        return QDialog(host.parent)

    monkeypatch.setattr(windows, "open", open_nothing)

    def list_of(key: str, id: str):
        services.session.set_active(key)
        run(services, id, windows)
        return made[-1]

    return list_of


def test_a_layers_envelope_peaks_have_their_height_and_their_latency_from_the_outputs(services, listed):
    services.session.set_selection(Range(0.1, 0.9))
    own = listed(G("out"), "analyses.envelope_peaks")
    assert own.head == ("Time_s", "Height", "Latency_from_Out_s")
    assert {row[2] for row in own.rows} == {"0.000000"}
    layer = listed(G("conv3"), "analyses.envelope_peaks")
    assert layer.head == own.head
    assert all(0.1 <= float(row[0]) <= 0.9 and float(row[1]) > 0 for row in layer.rows)


def test_the_peaks_of_a_network_that_hears_are_told_from_what_it_hears(services, listed):
    run(services, "layers.through_q")
    heard = listed(Q("conv1"), "analyses.envelope_peaks")
    assert heard.head == ("Time_s", "Height", "Latency_from_Out_s")
