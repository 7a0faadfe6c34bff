"""A question has one window: while Praat works it says so, and asking again brings it to the front."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from tests.support.keys import G
from widgets.controls.progress_dialog import ProgressDialog
from widgets.results.listing import ReportDialog


class HeldPool:
    """A pool that answers only when it is told to."""

    def __init__(self, pool) -> None:
        self._pool = pool
        self.waiting: list[tuple[Future, Future]] = []

    def _held(self, done: Future) -> Future:
        held: Future = Future()
        self.waiting.append((held, done))
        return held

    def submit(self, *asked, **more):
        return self._held(self._pool.submit(*asked, **more))

    def submit_many(self, *asked, **more):
        return self._held(self._pool.submit_many(*asked, **more))

    def release(self) -> None:
        while self.waiting:
            held, done = self.waiting.pop()
            held.set_result(done.result())

    def warm(self) -> None: ...

    def close(self) -> None: ...


def reports(window) -> list[ReportDialog]:
    return [one for one in window.findChildren(ReportDialog) if one.isVisible()]


def working(window) -> list[ProgressDialog]:
    return [one for one in window.findChildren(ProgressDialog) if one.isVisible()]


@pytest.fixture
def held(window):
    window.on.session.set_active(G("out"))
    window.on.pool.current = HeldPool(window.on.pool.current)
    return window.on.pool.current


def test_the_same_question_has_one_window(window):
    window.on.session.set_active(G("out"))
    window.menus.run("pulses.voice_report")
    window.menus.run("pulses.voice_report")
    assert len(reports(window)) == 1
    window.on.session.redraw(5)
    window.menus.run("pulses.voice_report")
    assert len(reports(window)) == 2, "another point is another question"


def test_a_closed_answer_can_be_asked_for_again(window):
    window.on.session.set_active(G("out"))
    window.menus.run("pulses.voice_report")
    reports(window)[0].close()
    assert reports(window) == []
    window.menus.run("pulses.voice_report")
    assert len(reports(window)) == 1


def test_a_slow_report_shows_that_it_is_working(window, held, qtbot):
    window.menus.run("pulses.voice_report")
    window.menus.run("pulses.voice_report")
    qtbot.waitUntil(lambda: len(working(window)) == 1, timeout=20_000)
    assert "Out" in working(window)[0].words
    assert reports(window) == []
    held.release()
    assert working(window) == []
    assert len(reports(window)) == 1


def test_a_cancelled_report_does_not_open_later(window, held, qtbot):
    window.menus.run("pulses.voice_report")
    qtbot.waitUntil(lambda: len(working(window)) == 1, timeout=20_000)
    working(window)[0].reject()
    held.release()
    assert (working(window), reports(window)) == ([], [])
    window.menus.run("pulses.voice_report")
    assert len(reports(window)) == 1


def test_a_failure_ends_the_wait(window, held, qtbot, faults):
    from core.faults import Fault

    window.menus.run("pulses.voice_report")
    qtbot.waitUntil(lambda: len(working(window)) == 1, timeout=20_000)
    for waiting, _ in held.waiting:
        waiting.set_exception(Fault("Praat stopped.", "Try again."))
    qtbot.waitUntil(lambda: working(window) == [], timeout=20_000)
    assert faults[-1].sentence == "Praat stopped."
