"""One store of results: every question is asked once, whoever asks, and its answer kept within a budget.

All calls come from the thread that owns the session; answers reach it through `Jobs`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from typing import Any, cast

import numpy as np
from psygnal import Signal

from core.faults import Cancelled, Fault
from core.processes.latest_wins import Jobs
from core.processes.praat_pool import Pool
from core.processes.requests import Key, ResultRequest
from core.provenance import Origin
from core.tiles.scatter import Ask

BUDGET_BYTES = 256 << 20

MOST_FAILED = 1000

AROUND_BYTES = 1024
"""About so much takes what is around a result's arrays: its origin, its axis, its place in the store."""

BROKEN = Fault("This could not be computed: the program has an error here.", "The log says more.")


class Urgency(IntEnum):
    """Who goes first. What a person waits for may be shared between workers; a table goes one by one."""

    AWAITED = 0
    SHOWN = 1
    TABLE = 2


@dataclass(frozen=True, slots=True)
class Known:
    """The result is there."""

    value: Any


@dataclass(frozen=True, slots=True)
class Pending:
    """The result is under way."""


@dataclass(frozen=True, slots=True)
class Refused:
    """There can be no such result; the sentence says why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The computation failed; it is not tried again before somebody asks for that."""

    fault: Fault


State = Known | Pending | Refused | Failed

PENDING = Pending()


@dataclass(eq=False)
class _Batch:
    """Requests that one worker answers together, and what they were asked with."""

    requests: tuple[ResultRequest, ...]
    urgency: Urgency
    patient: bool
    future: Future[Any] | None = None
    slot: int = 0

    @property
    def asks(self) -> list[Ask]:
        """What the workers are asked for."""
        return [ask for one in self.requests for ask in one.asks]

    @property
    def is_single(self) -> bool:
        """Whether one answer comes, not a tuple of answers."""
        if self.requests[0].start is not None:
            return True
        return self.urgency is Urgency.AWAITED and len(self.asks) == 1

    @property
    def takes_turns(self) -> bool:
        """Whether it is a table's work for the workers, which goes one by one."""
        return self.urgency is Urgency.TABLE and self.requests[0].start is None

    @property
    def is_under_way(self) -> bool:
        """Whether it was handed on."""
        return self.future is not None


class ResultStore:
    """Computes what is needed, once, and keeps it for as long as the budget allows.

    An asker states all that it needs at a time; its next statement replaces that one. What nobody
    needs any more and has not begun is dropped; an answer that comes nevertheless is kept. Results
    that an asker needs now stay, whatever the budget; the others go, the least recently used first.

    `arrived` carries the origins of results that came or failed together.
    """

    arrived = Signal(frozenset)

    def __init__(self, pool: Pool, jobs: Jobs, budget_bytes: int = BUDGET_BYTES) -> None:
        self.pool = pool
        self._jobs = jobs
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[Key, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._failed: OrderedDict[Key, Fault] = OrderedDict()
        self._needs: dict[Hashable, frozenset[Key]] = {}
        self._batches: list[_Batch] = []
        self._pending: dict[Key, _Batch] = {}
        self._is_starting = False

    # --- what is known ---------------------------------------------------------------------------

    @property
    def size_bytes(self) -> int:
        """About how much memory the results take."""
        return self._bytes

    def look(self, request: ResultRequest) -> State | None:
        """Return what is known of a result; None where nobody has asked for it. Computes nothing."""
        key = request.key
        if key in self._kept:
            self._kept.move_to_end(key)
            return Known(self._kept[key][0])
        if key in self._pending:
            return PENDING
        if key in self._failed:
            return Failed(self._failed[key])
        sentence = request.refusal()
        return Refused(sentence) if sentence else None

    def waits(self, asker: Hashable) -> bool:
        """Return whether something that an asker needs is under way."""
        return any(key in self._pending for key in self._needs.get(asker, ()))

    # --- what is needed --------------------------------------------------------------------------

    def need(
        self,
        asker: Hashable,
        requests: Sequence[ResultRequest],
        urgency: Urgency = Urgency.SHOWN,
        patient: bool = False,
    ) -> tuple[State, ...]:
        """State all that an asker needs now; compute what is unknown, and tell how each stands.

        What is `patient` may take long and comes after all that is not.
        """
        self._needs[asker] = frozenset(one.key for one in requests)
        for one in requests:
            self._hurry(one.key, urgency, patient)
        unknown = {one.key: one for one in requests if self.look(one) is None}
        self._queue(tuple(unknown.values()), urgency, patient)
        self._order(requests)
        self._tidy()
        return tuple(self.look(one) or PENDING for one in requests)

    def drop(self, asker: Hashable) -> None:
        """Forget what an asker needs."""
        if self._needs.pop(asker, None) is not None:
            self._tidy()

    def forgive(self, requests: Iterable[ResultRequest]) -> None:
        """Let results that failed be computed again: a person asks for them anew."""
        for one in requests:
            self._failed.pop(one.key, None)

    def made(self, origin: Origin, part: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is quickly made of other results; made only where it is not kept."""
        key = origin, part
        if key not in self._kept:
            value = make()
            self._keep(key, value)
            self._evict()
            return value
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def set_budget(self, budget_bytes: int) -> None:
        """Keep more or less from now on."""
        self._budget_bytes = budget_bytes
        self._evict()

    # --- what waits ------------------------------------------------------------------------------

    def _queue(self, requests: tuple[ResultRequest, ...], urgency: Urgency, patient: bool) -> None:
        """Put requests into the queue: a table's one by one, so that nothing waits long behind it."""
        alone = urgency is Urgency.TABLE or any(one.start for one in requests)
        groups = [(one,) for one in requests] if alone else [requests] if requests else []
        for group in groups:
            batch = _Batch(group, urgency, patient)
            self._batches.append(batch)
            self._pending.update((one.key, batch) for one in group)

    def _order(self, requests: Sequence[ResultRequest]) -> None:
        """Let what waits alone wait in the order in which it is needed now."""
        for one in requests:
            batch = self._pending.get(one.key)
            if batch is not None and not batch.is_under_way and len(batch.requests) == 1:
                self._batches.remove(batch)
                self._batches.append(batch)

    def _hurry(self, key: Key, urgency: Urgency, patient: bool) -> None:
        """Take back what waits behind others, where it is now needed before them."""
        batch = self._pending.get(key)
        if batch is None or (batch.urgency, batch.patient) <= (urgency, patient):
            return
        waits_in_pool = batch.future is not None and batch.patient and not patient
        if batch.future is None or (waits_in_pool and batch.future.cancel()):
            self._forget(batch)
            others = tuple(one for one in batch.requests if one.key != key)
            self._queue(others, batch.urgency, batch.patient)

    def _tidy(self) -> None:
        """Drop what nobody needs, start what may start, keep to the budget."""
        needed = self._needed()
        for batch in list(self._batches):
            if batch in self._batches and any(one.key not in needed for one in batch.requests):
                self._loosen(batch, needed)
        self._start()
        self._evict()

    def _needed(self) -> frozenset[Key]:
        return frozenset[Key]().union(*self._needs.values())

    def _loosen(self, batch: _Batch, needed: frozenset[Key]) -> None:
        """Drop what nobody needs of a batch that has not begun; one with the workers goes as a whole."""
        wanted = tuple(one for one in batch.requests if one.key in needed)
        if batch.future is None:
            self._forget(batch)
            if wanted:
                self._queue(wanted, batch.urgency, batch.patient)
        elif not wanted and batch.future.cancel():
            self._forget(batch)

    def _forget(self, batch: _Batch) -> None:
        """Want no answer to a batch any more."""
        if batch in self._batches:
            self._batches.remove(batch)
        for one in batch.requests:
            if self._pending.get(one.key) is batch:
                del self._pending[one.key]

    def _start(self) -> None:
        """Hand on what may start now; with answers at once it is called from within itself."""
        if self._is_starting:
            return
        self._is_starting = True
        try:
            while (batch := self._next()) is not None:
                self._submit(batch)
        finally:
            self._is_starting = False

    def _next(self) -> _Batch | None:
        """Return what may start first: all that is shown or awaited, of tables one short and one long."""
        busy = {one.patient for one in self._batches if one.takes_turns and one.is_under_way}
        ready = [
            one
            for one in self._batches
            if not one.is_under_way and not (one.takes_turns and one.patient in busy)
        ]
        return min(ready, key=lambda one: (one.urgency, one.patient), default=None)

    def _submit(self, batch: _Batch) -> None:
        taken = {other.slot for other in self._batches}
        batch.slot = next(k for k in range(1, len(taken) + 2) if k not in taken)
        batch.future = future = self._computed(batch)
        self._jobs.follow(
            ("results", batch.slot),
            future,
            lambda found: self._arrive(batch, found),
            lambda fault: self._settle(batch, [fault] * len(batch.requests)),
            stream=True,
            gone=lambda: self._gone(batch, future),
        )

    def _computed(self, batch: _Batch) -> Future[Any]:
        start = batch.requests[0].start
        if start is not None:
            return start()
        if batch.is_single:
            return self.pool.submit(*batch.asks[0])  # several workers may share it
        return self.pool.submit_many(batch.asks, patient=batch.patient)

    # --- what comes ------------------------------------------------------------------------------

    def _arrive(self, batch: _Batch, found: Any) -> None:
        """Part the answers among the requests of a batch."""
        if found is None:  # nothing was found this time
            self._forget(batch)
            self._tidy()
            return
        answers: Sequence[Any] = (found,) if batch.is_single else found
        outcomes, first = list[Any](), 0
        for one in batch.requests:
            last = first + max(1, len(one.asks))
            own = tuple(answers[first:last])
            fault = next((answer for answer in own if isinstance(answer, Fault)), None)
            outcomes.append(fault or one.join(own))
            first = last
        self._settle(batch, outcomes)

    def _settle(self, batch: _Batch, outcomes: Sequence[Any]) -> None:
        """Keep what came, or why it failed, and say so."""
        self._forget(batch)
        for one, outcome in zip(batch.requests, outcomes, strict=True):
            if isinstance(outcome, Fault):
                self._failed[one.key] = outcome
                self._failed.move_to_end(one.key)
            else:
                self._failed.pop(one.key, None)
                self._keep(one.key, outcome)
        while len(self._failed) > MOST_FAILED:
            self._failed.popitem(last=False)
        self._tidy()
        self.arrived.emit(frozenset(one.origin for one in batch.requests))

    def _gone(self, batch: _Batch, future: Future[Any]) -> None:
        """Go on after a computation that was cancelled, or that an error in the program ended."""
        if batch not in self._batches:
            return  # it was cancelled here
        if _cancelled(future):
            self._forget(batch)
            self._tidy()
        else:
            self._settle(batch, [BROKEN] * len(batch.requests))

    # --- what is kept ----------------------------------------------------------------------------

    def _keep(self, key: Key, value: Any) -> None:
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[1]
        size = size_of(value)
        self._kept[key] = value, size
        self._bytes += size

    def _evict(self) -> None:
        """Let the least recently used go, except what is needed now, until the budget is kept."""
        if self._bytes <= self._budget_bytes:
            return
        needed = self._needed()
        for key in [key for key in self._kept if key not in needed]:
            if self._bytes <= self._budget_bytes:
                return
            self._bytes -= self._kept.pop(key)[1]


def size_of(value: Any) -> int:
    """Return about how many bytes a result takes: its arrays, and a little around them.

    >>> size_of(np.zeros(100)) - AROUND_BYTES
    800
    """
    if isinstance(value, tuple):
        return sum(map(size_of, cast("tuple[Any, ...]", value))) + AROUND_BYTES
    if is_dataclass(value):
        parts = [getattr(value, one.name) for one in fields(value)]
        return AROUND_BYTES + sum(map(_inside, parts))
    return AROUND_BYTES + _inside(value)


def _inside(part: Any) -> int:
    if isinstance(part, np.ndarray):
        return cast("np.ndarray[Any, Any]", part).nbytes
    return size_of(cast("tuple[Any, ...]", part)) if isinstance(part, tuple) else 0


def _cancelled(future: Future[Any]) -> bool:
    return future.cancelled() or isinstance(future.exception(), Cancelled | CancelledError)
