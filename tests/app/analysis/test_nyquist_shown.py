"""Nothing above a layer's own Nyquist frequency is drawn, in the stack, in the dock or on paper."""

from __future__ import annotations

import numpy as np
import pytest

from app.queries.slice_view import SliceSource
from core.analyses.overlay_names import OVERLAYS
from core.analyses.presets import PRESETS
from core.analyses.speakers import SPEAKERS
from widgets.figures.figure_files import Paper


def show_all(services) -> None:
    session = services.session
    for lane in session.lanes:
        session.set_lane(lane.key, "Show", shown=frozenset(OVERLAYS))


@pytest.mark.parametrize("preset", PRESETS)
def test_no_lane_draws_anything_above_its_nyquist(window, preset):
    show_all(window.on)
    window.on.analysis_settings.set_preset(preset)
    for speaker in SPEAKERS:
        window.menus.run(f"formants.{speaker}")
        on_screen, on_paper = window.on.stack_views.view(), window.figures.current(Paper(170.0, 300.0)).stack
        for lane in (*on_screen.lanes, *on_paper.lanes):
            nyquist_hz = window.on.session.shown.tracks[lane.key].axis.nyquist_hz
            assert lane.view_high_hz <= nyquist_hz
            assert lane.pitch_ceiling_hz <= nyquist_hz
            for measure in ("pitch", "formants"):
                for track in lane.overlays.get(measure, ()):
                    assert not np.any(track.samples > nyquist_hz)
            if lane.spectrogram is not None:
                assert lane.spectrogram.low_hz <= nyquist_hz
                assert lane.spectrogram.high_hz <= nyquist_hz + lane.spectrogram.step_hz / 2
            for measure in lane.refusals:
                assert not lane.overlays.get(measure)
            assert lane.pulses is None or "pulses" not in lane.refusals


def test_no_slice_of_the_dock_goes_beyond_its_layers_nyquist(services):
    services.session.set_cursor(0.3)
    services.layer_results.wanted = True
    services.layer_results.refresh()
    on = services
    slices = SliceSource(on.context, on.alignment, on.sound_driven, on.tiled_overlays, on.layer_results)
    for view in (slices.view(5000.0), slices.view(1e9)):
        assert len(view.slices) >= 3
        for one in view.slices:
            assert one.frequencies_hz.max() <= one.nyquist_hz


def test_a_refused_measure_has_no_cell_and_no_result(window):
    window.on.layer_results.refresh()
    window.dock_view.show()
    for row in window.dock.table.rows:
        layer = window.on.layer_results.layer(row.key)
        for cell, measure in zip(
            row.cells, ("", "pitch", *["formants"] * 3, "intensity", "harmonicity"), strict=True
        ):
            if measure and layer.refusals[measure]:
                assert (cell.state, cell.text) == ("refused", "")
                assert cell.tip == layer.refusals[measure]
