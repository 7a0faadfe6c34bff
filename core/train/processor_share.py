"""Whether a training run stands still because other programs use all processors.

A run has the lowest priority, so that an open window never waits for it. On a busy computer it then gets next
to nothing, which looks like a fault if nobody says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

from core.train.monitor import RunStatus

OVER_S = 4.0  # shorter pauses, such as a save, are no waiting
LEAST_SHARE, BUSY = 0.1, 0.9


def all_processors() -> float:
    """Return the part of all processors that was in use since the last call, 0 to 1."""
    import psutil

    return psutil.cpu_percent() / 100


class ProcessorShare:
    """Watches a run that is looked at about once a second; `busy` measures the whole computer."""

    def __init__(
        self, busy: Callable[[], float] = all_processors, now_s: Callable[[], float] = monotonic
    ) -> None:
        self._busy, self._now_s = busy, now_s
        self._seen: deque[tuple[float, float, float]] = deque()  # time, the run's processor time, busy

    def waits(self, run: RunStatus) -> bool:
        """Return whether the run got less than a tenth of one processor in the last seconds, on a busy
        computer.
        """
        if not run.running or (self._seen and run.cpu_s < self._seen[-1][1]):
            self._seen.clear()
        self._seen.append((self._now_s(), run.cpu_s, self._busy()))
        while len(self._seen) > 2 and self._seen[-1][0] - self._seen[1][0] >= OVER_S:
            self._seen.popleft()
        first, last = self._seen[0], self._seen[-1]
        length_s = last[0] - first[0]
        if not run.running or length_s < OVER_S:
            return False
        others = [busy for _, _, busy in self._seen][1:]
        return (last[1] - first[1]) / length_s < LEAST_SHARE and sum(others) / len(others) > BUSY
