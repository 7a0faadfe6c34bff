"""The slices in the dock: whose formants are marked, and which layers have no slice here."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QFileDialog, QPushButton

from app.base.picture_saver import PictureSaver
from app.queries.dock import DockView
from app.queries.slice_view import SliceSource
from core.analyses.measures import MEASURES
from core.queries.queries import ask
from core.signals.axis import Range
from tests.support.figure_origin import origin_in_figure
from tests.support.keys import G, recording
from widgets.results import slice_chart  # noqa: F401  imported, so that no test waits for it
from widgets.results.dock import Dock
from widgets.results.slice_plot import SliceDialog

SELECTION = Range(0.2, 0.25)


@pytest.fixture
def hummed(services, tmp_path):
    """Give the services with a hum beside the model, everything computed."""
    time_s = np.arange(16000) / 16000
    voice = sum(np.sin(2 * np.pi * 150 * k * time_s) / k for k in range(1, 30))
    soundfile.write(tmp_path / "hum.wav", 0.1 * voice, 16000)
    services.recordings.open(tmp_path / "hum.wav")
    services.session.set_selection(SELECTION)
    return services


@pytest.fixture
def dock(qtbot):
    """Give the dock, connected to nothing."""
    made = Dock()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dock_view(hummed, host, dock):
    """Give what shows the slices in the dock."""
    on, context = hummed, hummed.context
    slices = SliceSource(context, on.alignment, on.sound_driven, on.tiled_overlays, on.layer_results)
    saver = PictureSaver(context, host)
    made = DockView(
        context, host, dock, on.overlays, on.latent_driven, slices, on.layer_results, on.queries, saver,
        on.sound_driven,
    )  # fmt: skip
    made.set_shown(True)
    return made


def settle(services, dock_view, dock):
    services.layer_results.refresh()
    dock_view.show()
    return dock.plot.view


@pytest.mark.parametrize(
    ("active", "of", "said"),
    [(recording("hum.wav"), recording("hum.wav"), "hum"), (G("conv4"), G("out"), "")],
)
def test_the_marked_formants_are_those_of_the_active_lanes_sound(hummed, dock_view, dock, active, of, said):
    hummed.session.set_active(active)
    view = settle(hummed, dock_view, dock)
    layer = hummed.layer_results.layer(of)
    truth = [ask(layer, MEASURES[f"f{k}"], SELECTION).value for k in (1, 2, 3, 4)]
    np.testing.assert_array_equal(view.formants_hz, truth)
    assert np.isfinite(view.formants_hz).any()
    assert view.formants_of == said


def test_layers_that_have_no_slice_here_are_named(hummed, dock_view, dock):
    view = settle(hummed, dock_view, dock)
    assert view.without
    assert {one.title for one in view.slices}.isdisjoint(view.without)
    assert "FC" in view.without


def test_the_large_slice_is_saved_as_a_picture_with_what_it_is_of(
    hummed, dock_view, dock, parent, tmp_path, monkeypatch
):
    settle(hummed, dock_view, dock)
    dock_view.show_large()
    (dialog,) = parent.findChildren(SliceDialog)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.svg"), ""))
    next(one for one in dialog.findChildren(QPushButton) if one.text() == "Save picture…").click()
    kept = json.loads(origin_in_figure(tmp_path / "a.svg"))
    assert {"Out", "hum"} <= set(kept["layers"])
    assert kept["slice"]["start_s"] == pytest.approx(SELECTION.start_s)
    assert ">Out</text>" in (tmp_path / "a.svg").read_text()
