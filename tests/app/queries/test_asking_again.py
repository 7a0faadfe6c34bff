"""What has failed is left alone by what is computed by itself, and tried again when somebody asks again."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest

from core.analyses.presets import PRESETS
from core.processes import praat_faults
from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import long_file, noted  # noqa: F401
from tests.support.keys import G, recording

KEY = recording("long.wav")


@pytest.fixture
def stuck(monkeypatch):
    """Let every analysis fail, until it is told to go on; counts what was asked."""

    def hold(services):
        asked = []

        def fail(asks, key="", patient=False):
            asked.extend(name for name, _, _ in asks)
            future = Future()
            future.set_result((praat_faults.stuck(asks),) * len(asks))
            return future

        monkeypatch.setattr(services.pool, "submit_many", fail)
        return asked

    return hold


@pytest.fixture
def spoken(fresh, long_file):  # noqa: F811
    fresh.model_loader.open(long_file)
    fresh.analysis_settings.set_preset("Praat 6.1-6.3")
    fresh.session.set_lane(KEY, "none", shown=frozenset())
    fresh.session.set_range(Range(100.0, 110.0))
    fresh.session.set_cursor(105.0)
    return fresh


def test_a_layers_failed_analysis_is_asked_again_by_a_query_only(services, stuck, monkeypatch):
    services.session.set_lane(G("out"), "none", shown=frozenset())
    services.analysis_settings.set("pitch", replace(PRESETS["Praat 6.4"].pitch, ceiling_hz=470.0))
    asking, asked = services.layer_results, stuck(services)
    asking.wanted = True
    asking.refresh()
    assert asking.layer(G("out")).failures["pitch"] == "Pitch of out did not finish and was stopped."
    asked.clear()
    asking.refresh()
    assert asked == []
    monkeypatch.undo()
    asking.refresh()
    assert "pitch" in asking.layer(G("out")).failures
    services.queries.ask("f0", key=G("out"), where=Range(0.2, 0.3))
    assert services.queries.results.rows[-1].answer.measure == "Mean pitch"
    assert "pitch" not in asking.layer(G("out")).failures


def test_a_tile_that_failed_is_asked_again_by_a_query_only(spoken, stuck, monkeypatch):
    said, asked = noted(spoken), stuck(spoken)
    queries = spoken.queries
    queries.ask("f0")
    assert said[-1] == "No pitch: it cannot be measured here"
    asked.clear()
    spoken.layer_results.wanted = True
    spoken.layer_results.refresh()
    assert "tile of pitch" not in asked
    monkeypatch.undo()
    queries.ask("f0")
    assert queries.results.rows[-1].answer.value == pytest.approx(150.0, abs=0.1)


@pytest.mark.parametrize("measure", ["pitch", "spectrogram"])
def test_a_lanes_failed_tile_is_asked_again_when_the_measure_is_switched_on_again(
    spoken, stuck, monkeypatch, measure
):
    session, analysing, asked = spoken.session, spoken.overlays, stuck(spoken)

    def found():
        return (
            KEY in session.shown.images
            if measure == "spectrogram"
            else (KEY, measure) in session.shown.overlays
        )

    session.set_lane(KEY, measure, shown=frozenset({measure}))
    analysing.refresh()
    assert asked
    monkeypatch.undo()
    analysing.refresh()
    assert not found()
    session.set_lane(KEY, "none", shown=frozenset())
    analysing.refresh()
    session.set_lane(KEY, measure, shown=frozenset({measure}))
    analysing.refresh()
    assert found()


def test_the_loudest_moment_is_looked_for_again_once_the_file_is_back(spoken, long_file):  # noqa: F811
    session, away = spoken.session, long_file.with_name("away.wav")
    session.set_lane(KEY, "pitch", shown=frozenset({"pitch"}))
    long_file.rename(away)
    try:
        spoken.analysis_settings.set("pitch", replace(PRESETS["Praat 6.4"].pitch, ceiling_hz=460.0))
        assert (KEY, "pitch") not in session.shown.overlays
    finally:
        away.rename(long_file)
    spoken.overlays.refresh()
    assert session.shown.overlays[KEY, "pitch"][0].at(105.0) == pytest.approx(150.0, abs=0.1)
