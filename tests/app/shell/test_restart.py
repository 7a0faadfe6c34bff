"""After the processes that compute have failed, one command brings everything back."""

from __future__ import annotations

from concurrent.futures import Future

from core.faults import Fault
from core.processes.praat_pool import InlinePool
from core.processes.requests import analysis_of
from core.processes.results import Failed, Known


class Broken(InlinePool):
    """Workers that fail every job."""

    def submit(self, name, track, settings=None, key=""):
        future = Future()
        future.set_exception(Fault(f"{name} stopped unexpectedly, twice."))
        return future

    def submit_many(self, asks, key="", patient=False):
        future = Future()
        future.set_result(tuple(Fault(f"{name} stopped unexpectedly.") for name, _, _ in asks))
        return future


def test_restarting_computes_what_failed_before(window):
    on = window.on
    good, on.pool.current = on.pool.current, Broken()
    on.session.redraw(5)
    on.overlays.refresh()

    def state():
        track = on.session.shown.tracks[on.session.output]
        return on.results.look(analysis_of(track, "pitch", on.analysis_settings.of("pitch")))

    assert isinstance(state(), Failed)
    on.pool.current = good
    on.overlays.refresh()
    assert isinstance(state(), Failed), "a failure is not tried again by itself"
    window.menus.run("help.restart")
    assert isinstance(state(), Known)
