"""The slices in the dock: whose formants are marked, and which layers have no slice here."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QFileDialog, QPushButton

from core.analyses.measures import MEASURES
from core.queries.queries import ask
from core.signals.axis import Range
from tests.support.figure_origin import origin_in_figure
from tests.support.keys import G, recording
from widgets.results import slice_chart  # noqa: F401  imported, so that no test waits for it
from widgets.results.slice_plot import SliceDialog

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
    window.on.layer_results.refresh()
    window.dock_view.show()
    return window.dock.plot.view


@pytest.mark.parametrize(
    ("active", "of", "said"),
    [(recording("hum.wav"), recording("hum.wav"), "hum"), (G("conv4"), G("out"), "")],
)
def test_the_marked_formants_are_those_of_the_active_lanes_sound(window, active, of, said):
    window.on.session.set_active(active)
    view = settle(window)
    layer = window.on.layer_results.layer(of)
    truth = [ask(layer, MEASURES[f"f{k}"], SELECTION).value for k in (1, 2, 3, 4)]
    np.testing.assert_array_equal(view.formants_hz, truth)
    assert np.isfinite(view.formants_hz).any()
    assert view.formants_of == said


def test_layers_that_have_no_slice_here_are_named(window):
    view = settle(window)
    assert view.without
    assert {one.title for one in view.slices}.isdisjoint(view.without)
    assert "FC" in view.without


def test_the_large_slice_is_saved_as_a_picture_with_what_it_is_of(window, tmp_path, monkeypatch):
    settle(window)
    window.dock_view.show_large()
    (dialog,) = window.findChildren(SliceDialog)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.svg"), ""))
    next(one for one in dialog.findChildren(QPushButton) if one.text() == "Save picture…").click()
    kept = json.loads(origin_in_figure(tmp_path / "a.svg"))
    assert {"Out", "hum"} <= set(kept["layers"])
    assert kept["slice"]["start_s"] == pytest.approx(SELECTION.start_s)
    assert ">Out</text>" in (tmp_path / "a.svg").read_text()
