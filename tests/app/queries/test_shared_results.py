"""Lanes, the table and questions share their results: nothing is computed twice, whoever asks."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest

from app.program import result_store
from core.processes.praat_pool import InlinePool
from core.provenance import Origin
from core.session.preferences import Preferences
from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import long_file  # noqa: F401
from tests.support.contexts import inline_context
from tests.support.keys import G, recording

KEY = recording("long.wav")


class HeldPool(InlinePool):
    """A pool that keeps what it is asked, and answers when it is told to."""

    def __init__(self):
        self.held, self.asked = [], []

    def submit(self, name, track, settings=None, key=""):
        return self._hold([(name, track, settings)], lambda found: found[0])

    def submit_many(self, asks, key="", patient=False):
        return self._hold(list(asks), lambda found: found)

    def _hold(self, asks, give):
        self.held.append((asks, Future(), give))
        return self.held[-1][1]

    def waiting(self):
        """Give the name, the beginning and the length of everything under way."""
        return [
            (name, track.name, track.axis.start_s, track.axis.n)
            for asks, future, _ in self.held
            if not future.cancelled()
            for name, track, _ in asks
        ]

    def answer(self):
        while self.held:
            asks, future, give = self.held.pop(0)
            if future.set_running_or_notify_cancel():
                self.asked += [(name, track.name, track.axis.start_s) for name, track, _ in asks]
                future.set_result(give(InlinePool().submit_many(asks).result()))


@pytest.fixture
def spoken(fresh, long_file):  # noqa: F811
    """Ten minutes and more of sound, ten seconds of them in view, no measure shown."""
    fresh.model_loader.open(long_file)
    fresh.analysis_settings.set_preset("Praat 6.1-6.3")
    fresh.session.set_lane(KEY, "none", shown=frozenset())
    fresh.session.set_range(Range(100.0, 110.0))
    fresh.session.set_cursor(105.0)
    return fresh


def test_a_lane_the_table_and_a_question_measure_a_tile_once(spoken):
    session, dock = spoken.session, spoken
    pool = spoken.pool.current = HeldPool()
    dock.layer_results.wanted = True
    dock.layer_results.refresh()
    session.set_lane(KEY, "pitch", shown=frozenset({"pitch"}))
    spoken.overlays.refresh()
    dock.queries.ask("f0")
    dock.layer_results.refresh()
    waiting = pool.waiting()
    assert [name for name, *_ in waiting].count("tile of pitch") == 1
    assert len(waiting) == len(set(waiting))
    pool.answer()
    assert len(pool.asked) == len(set(pool.asked))
    assert dock.queries.results.rows[-1].answer.value == pytest.approx(150.0, abs=0.1)
    assert session.shown.overlays[KEY, "pitch"][0].at(105.0) == pytest.approx(150.0, abs=0.1)
    assert "pitch" in dock.layer_results.layer(KEY).results


def test_a_lane_and_the_table_measure_a_layer_once(services):
    session, asking = services.session, services.layer_results
    services.session.set_lane(G("out"), "shown", shown=frozenset({"pitch", "formants"}))
    asking.wanted = True
    pool = services.pool.current = HeldPool()
    session.redraw(5)
    asking.refresh()
    services.queries.ask("f0", key=G("out"), where=0.5)
    pool.answer()
    asking.refresh()
    pool.answer()
    of_layers = [one for one in pool.asked if one[0] in ("pitch", "formants", "intensity", "harmonicity")]
    assert ("pitch", "out") in [one[:2] for one in of_layers]
    assert ("harmonicity", "out") in [one[:2] for one in of_layers]
    assert len(of_layers) == len(set(of_layers))
    lane, row = session.shown.overlays[G("out"), "pitch"], asking.layer(G("out")).results["pitch"]
    assert lane is row


def test_what_a_lane_has_shown_before_is_not_measured_again(services):
    session = services.session
    session.set_lane(G("out"), "shown", shown=frozenset({"pitch", "formants"}))
    services.overlays.refresh()
    before = session.shown.overlays[G("out"), "formants"]
    session.set_value(10, -9.0)
    services.overlays.refresh()
    pool = services.pool.current = HeldPool()
    session.undo()
    services.overlays.refresh()
    after = session.shown.overlays[G("out"), "formants"]
    assert [one.origin for one in after] == [one.origin for one in before]
    assert (G("out"), "formants") not in session.shown.stale
    assert [name for name, *_ in pool.waiting() if name in ("pitch", "formants")] == []


def test_the_budget_of_results_is_a_preference():
    context = inline_context(Preferences(results_mb=1))
    store = result_store(context, HeldPool())
    for number in range(4):
        store.made(Origin(layer=str(number)), None, lambda: np.zeros(50_000))
    assert 0 < store.size_bytes <= 1 << 20
    context.preferences.change(results_mb=0)
    assert store.size_bytes == 0
