"""A run that gets no processor is told from one that works, that pauses, and that was stopped."""

from __future__ import annotations

import pytest

from core.train.monitor import RunStatus
from core.train.processor_share import ProcessorShare


def looked_at(share_of_run: float, busy: float, seconds: int, running: bool = True) -> list[bool]:
    """Look at a run once a second, and give what was found each time."""
    now = iter(range(seconds))
    share = ProcessorShare(lambda: busy, lambda: float(next(now)))
    return [share.waits(RunStatus(running, cpu_s=10 + share_of_run * k)) for k in range(seconds)]


@pytest.mark.parametrize(
    ("share", "busy", "waits"),
    [(0.02, 1.0, True), (0.02, 0.3, False), (0.9, 1.0, False), (0.5, 0.5, False), (0.0, 0.97, True)],
)
def test_only_a_starved_run_on_a_busy_computer_waits(share, busy, waits):
    assert looked_at(share, busy, 10)[-1] == waits


def test_a_short_pause_is_no_waiting():
    assert looked_at(0.0, 1.0, 4) == [False] * 4
    assert looked_at(0.0, 1.0, 6)[-1]


def test_a_run_that_ended_does_not_wait():
    assert not any(looked_at(0.0, 1.0, 10, running=False))


def test_a_run_that_gets_a_processor_again_waits_no_longer():
    now = iter(range(100))
    share = ProcessorShare(lambda: 1.0, lambda: float(next(now)))
    assert [share.waits(RunStatus(True, cpu_s=5.0)) for _ in range(8)][-1]
    assert not [share.waits(RunStatus(True, cpu_s=5.0 + k)) for k in range(1, 4)][-1]


def test_the_next_run_is_watched_from_its_own_start():
    now = iter(range(100))
    share = ProcessorShare(lambda: 1.0, lambda: float(next(now)))
    assert [share.waits(RunStatus(True, cpu_s=50.0)) for _ in range(8)][-1]
    assert not share.waits(RunStatus(True, cpu_s=0.1))
