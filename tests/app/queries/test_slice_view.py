"""The slices in the dock: whose formants are marked, and which layers have no slice here."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.analyses.measures import MEASURES
from core.queries.queries import ask
from core.signals.axis import Range

SELECTION = Range(0.2, 0.25)


@pytest.fixture
def window(window, tmp_path):
    """The window with a hum beside the model, everything computed."""
    time_s = np.arange(16000) / 16000
    voice = sum(np.sin(2 * np.pi * 150 * k * time_s) / k for k in range(1, 30))
    soundfile.write(tmp_path / "hum.wav", 0.1 * voice, 16000)
    window.on.recordings.open(tmp_path / "hum.wav")
    window.on.session.set_selection(SELECTION)
    return window


def settle(window):
    window.dock_view.layer_results.refresh()
    window.dock_view.show()
    return window.dock.plot.view


@pytest.mark.parametrize(
    ("active", "of", "said"), [("sound:hum.wav", "sound:hum.wav", "hum"), ("conv4", "out", "")]
)
def test_the_marked_formants_are_those_of_the_active_lanes_sound(window, active, of, said):
    window.on.session.set_active(active)
    view = settle(window)
    layer = window.dock_view.layer_results.layer(of)
    truth = [ask(layer, MEASURES[f"f{k}"], SELECTION).value for k in (1, 2, 3, 4)]
    np.testing.assert_array_equal(view.formants_hz, truth)
    assert np.isfinite(view.formants_hz).any()
    assert view.formants_of == said


def test_layers_that_have_no_slice_here_are_named(window):
    view = settle(window)
    assert view.without
    assert {one.title for one in view.slices}.isdisjoint(view.without)
    assert "FC" in view.without
