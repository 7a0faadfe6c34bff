"""Many short requests to an engine, one after the other: they can be cancelled, and are seen as they come."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from typing import Any

from core.faults import Fault
from core.processes.latest_wins import Jobs

AHEAD = 2  # requests at once: the engine never waits for the window, and others wait for one request

Ask = Callable[[Any, Hashable], Future[Any]]
Arrived = Callable[[int, Any], object]
Ended = Callable[[Fault | None], object]


class RequestsInTurn:
    """Asks one request after another; `name` sets its keys apart from those of others."""

    def __init__(self, jobs: Jobs, name: str, ask: Ask, stop: Callable[[Hashable], object]) -> None:
        self._jobs = jobs
        self._name = name
        self._ask, self._stop = ask, stop
        self._asked: Sequence[Any] = ()
        self._round = self._next = self._answered = 0
        self._pumping = False
        self.running = False

    def start(self, asked: Sequence[Any], arrived: Arrived, ended: Ended) -> None:
        """Begin; `arrived` gets each request's number and answer, `ended` what failed, or None."""
        self.cancel()
        self._asked, self._arrived, self._ended = asked, arrived, ended
        self._round, self._next, self._answered = self._round + 1, 0, 0
        self.running = bool(asked)
        self._pump()

    def cancel(self) -> None:
        """Stop; what was not answered yet never comes, and `ended` is not called."""
        if self.running:
            self.running = False
            self._round += 1
            for slot in range(AHEAD):
                self._stop((self._name, slot))

    def _pump(self) -> None:
        """Keep a few requests in hand; an answer that comes at once does not start another round."""
        if self._pumping:
            return
        self._pumping = True
        while self.running and self._next < len(self._asked) and self._next - self._answered < AHEAD:
            self._send(self._next)
        self._pumping = False

    def _send(self, place: int) -> None:
        number, key = self._round, (self._name, place % AHEAD)
        self._next = place + 1
        try:
            future = self._ask(self._asked[place], key)
        except Fault as fault:  # a model that is not open any more
            self._over(number, fault)
            return
        self._jobs.follow(
            (self._name, place),
            future,
            lambda answer: self._answer(number, place, answer),
            lambda fault: self._over(number, fault),
            gone=lambda: self._over(number, None),
        )

    def _answer(self, number: int, place: int, answer: Any) -> None:
        if number != self._round:
            return
        self._answered += 1
        self._arrived(place, answer)
        if number == self._round and self._answered == len(self._asked):
            self._over(number, None)
        self._pump()

    def _over(self, number: int, fault: Fault | None) -> None:
        """End, because all is answered, something failed, or an answer will never come."""
        if number == self._round and self.running:
            self.cancel()
            self._ended(fault)
