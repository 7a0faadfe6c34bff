"""An analysis shared between several Praat workers, from its first round of requests to its result."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from typing import Any

from core.tiles.scatter import Ask, Rounds


class ScatteredAnalysis:
    """An analysis in rounds: the requests of one round go to all workers, and their answers make the next."""

    def __init__(self, rounds: Rounds, ask: Callable[[Ask], Future[Any]]) -> None:
        self.future: Future[Any] = Future()
        self.over = False
        self._rounds, self._ask = rounds, ask
        self._asked: list[Future[Any]] = []
        self._left = 0
        self._change = threading.Lock()
        self.future.add_done_callback(self._cancelled)

    def go_on(self, answers: list[Any] | None = None) -> None:
        """Send the next round, or complete the future."""
        try:
            asks = self._rounds.send(answers) if answers is not None else next(self._rounds)
        except StopIteration as end:
            result = end.value
            self._settle(lambda: self.future.set_result(result))
        except Exception as bug:  # reported to the caller, like a worker's fault
            self._fail(bug)
        else:
            self._left = len(asks)
            self._asked = [self._ask(each) for each in asks]
            for each in self._asked:
                each.add_done_callback(self._answered)

    def stop(self) -> None:
        """Send no more requests; the future is cancelled."""
        self._settle(lambda: self.future.cancel())

    def _cancelled(self, future: Future[Any]) -> None:
        """Send no more requests once the future is cancelled."""
        if future.cancelled():
            self.over = True

    def _answered(self, answer: Future[Any]) -> None:
        failure = None if answer.cancelled() else answer.exception()
        if answer.cancelled():
            self.stop()
        elif failure:
            self._fail(failure)
        with self._change:
            self._left -= 1
            done = self._left == 0 and not self.over
        if done:
            self.go_on([each.result() for each in self._asked])

    def _fail(self, failure: BaseException) -> None:
        self._settle(lambda: self.future.set_exception(failure))

    def _settle(self, tell: Callable[[], object]) -> None:
        with self._change:
            first, self.over = not self.over, True
        if first:
            with contextlib.suppress(InvalidStateError):  # cancelled at this very moment
                tell()
