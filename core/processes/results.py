"""The store of results: each is computed once, whoever needs it, and kept within a byte budget.

All calls come from the session's thread; answers reach it through `Jobs`.
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
"""The approximate size of a result apart from its arrays: its origin, axis and entry in the store."""

BROKEN = Fault("This could not be computed because of an error in Phonoscope.", "See the log for details.")


class Urgency(IntEnum):
    """The order of requests. Those that a person waits for may be shared between workers; those of a table
    run one by one.
    """

    AWAITED = 0
    SHOWN = 1
    TABLE = 2


@dataclass(frozen=True, slots=True)
class Known:
    """The result is available."""

    value: Any


@dataclass(frozen=True, slots=True)
class Pending:
    """The result is being computed."""


@dataclass(frozen=True, slots=True)
class Refused:
    """There can be no result; the sentence says why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The computation failed; it is only repeated on request."""

    fault: Fault


State = Known | Pending | Refused | Failed

PENDING = Pending()


@dataclass(eq=False)
class _Batch:
    """Requests that one worker answers together, with their urgency."""

    requests: tuple[ResultRequest, ...]
    urgency: Urgency
    patient: bool
    future: Future[Any] | None = None
    slot: int = 0

    @property
    def asks(self) -> list[Ask]:
        """The analyses that the workers run."""
        return [ask for one in self.requests for ask in one.asks]

    @property
    def is_single(self) -> bool:
        """Whether the answer is single, not a tuple of answers."""
        if self.requests[0].start is not None:
            return True
        return self.urgency is Urgency.AWAITED and len(self.asks) == 1

    @property
    def takes_turns(self) -> bool:
        """Whether this is a table's work for the workers, which runs one by one."""
        return self.urgency is Urgency.TABLE and self.requests[0].start is None

    @property
    def is_under_way(self) -> bool:
        """Whether it has been started."""
        return self.future is not None


class ResultStore:
    """Computes needed results once and keeps them within a byte budget.

    A client declares all the results it needs; its next declaration replaces this one. Requests that no
    client needs any more are dropped unless they have started; late answers are kept anyway. Results that a
    client needs now stay whatever the budget; of the others, the least recently used go first.

    `arrived` carries the origins of results that arrived or failed together.
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
        """The approximate memory use of the results, in bytes."""
        return self._bytes

    def look(self, request: ResultRequest) -> State | None:
        """Return the state of a result, or None if nobody has requested it. Computes nothing."""
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
        """Return whether something that a client needs is still being computed."""
        return any(key in self._pending for key in self._needs.get(asker, ()))

    # --- what is needed --------------------------------------------------------------------------

    def need(
        self,
        asker: Hashable,
        requests: Sequence[ResultRequest],
        urgency: Urgency = Urgency.SHOWN,
        patient: bool = False,
    ) -> tuple[State, ...]:
        """Declare all results that a client needs now; compute the unknown ones and return the state of each.

        `patient` requests may take long and run after all others.
        """
        self._needs[asker] = frozenset(one.key for one in requests)
        for one in requests:
            self._promote(one.key, urgency, patient)
        unknown = {one.key: one for one in requests if self.look(one) is None}
        self._queue(tuple(unknown.values()), urgency, patient)
        self._order(requests)
        self._update()
        return tuple(self.look(one) or PENDING for one in requests)

    def drop(self, asker: Hashable) -> None:
        """Forget what a client needs."""
        if self._needs.pop(asker, None) is not None:
            self._update()

    def allow_retry(self, requests: Iterable[ResultRequest]) -> None:
        """Allow failed results to be computed again, at a person's request."""
        for one in requests:
            self._failed.pop(one.key, None)

    def start_again(self) -> None:
        """Restart the workers, and allow everything that failed to be computed again."""
        self.pool.restart()
        self._failed.clear()

    def made(self, origin: Origin, part: Hashable, make: Callable[[], Any]) -> Any:
        """Return a value that is quickly made from other results; it is made only if it is not kept."""
        key = origin, part
        if key not in self._kept:
            value = make()
            self._keep(key, value)
            self._evict()
            return value
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def set_budget(self, budget_bytes: int) -> None:
        """Set the byte budget."""
        self._budget_bytes = budget_bytes
        self._evict()

    # --- what waits ------------------------------------------------------------------------------

    def _queue(self, requests: tuple[ResultRequest, ...], urgency: Urgency, patient: bool) -> None:
        """Queue requests, those of a table one by one, so that nothing waits long behind them."""
        alone = urgency is Urgency.TABLE or any(one.start for one in requests)
        groups = [(one,) for one in requests] if alone else [requests] if requests else []
        for group in groups:
            batch = _Batch(group, urgency, patient)
            self._batches.append(batch)
            self._pending.update((one.key, batch) for one in group)

    def _order(self, requests: Sequence[ResultRequest]) -> None:
        """Order single waiting requests as they are needed now."""
        for one in requests:
            batch = self._pending.get(one.key)
            if batch is not None and not batch.is_under_way and len(batch.requests) == 1:
                self._batches.remove(batch)
                self._batches.append(batch)

    def _promote(self, key: Key, urgency: Urgency, patient: bool) -> None:
        """Withdraw waiting requests that are now more urgent, so that they move forward."""
        batch = self._pending.get(key)
        if batch is None or (batch.urgency, batch.patient) <= (urgency, patient):
            return
        waits_in_pool = batch.future is not None and batch.patient and not patient
        if batch.future is None or (waits_in_pool and batch.future.cancel()):
            self._forget(batch)
            others = tuple(one for one in batch.requests if one.key != key)
            self._queue(others, batch.urgency, batch.patient)

    def _update(self) -> None:
        """Drop what nobody needs, start what may start, and keep to the budget."""
        needed = self._needed()
        for batch in list(self._batches):
            if batch in self._batches and any(one.key not in needed for one in batch.requests):
                self._drop_unneeded(batch, needed)
        self._start()
        self._evict()

    def _needed(self) -> frozenset[Key]:
        return frozenset[Key]().union(*self._needs.values())

    def _drop_unneeded(self, batch: _Batch, needed: frozenset[Key]) -> None:
        """Drop what nobody needs from a waiting batch; a batch with the workers is dropped as a whole."""
        wanted = tuple(one for one in batch.requests if one.key in needed)
        if batch.future is None:
            self._forget(batch)
            if wanted:
                self._queue(wanted, batch.urgency, batch.patient)
        elif not wanted and batch.future.cancel():
            self._forget(batch)

    def _forget(self, batch: _Batch) -> None:
        """Ignore the answers to a batch."""
        if batch in self._batches:
            self._batches.remove(batch)
        for one in batch.requests:
            if self._pending.get(one.key) is batch:
                del self._pending[one.key]

    def _start(self) -> None:
        """Start the waiting batches that may start; with an inline pool this calls itself."""
        if self._is_starting:
            return
        self._is_starting = True
        try:
            while (batch := self._next()) is not None:
                self._submit(batch)
        finally:
            self._is_starting = False

    def _next(self) -> _Batch | None:
        """Return the next batch to start: anything shown or awaited, and of tables one short and one long."""
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
        """Distribute a batch's answers to its requests."""
        if found is None:  # nothing was found this time
            self._forget(batch)
            self._update()
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
        """Keep the results, or why they failed, and emit `arrived`."""
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
        self._update()
        self.arrived.emit(frozenset(one.origin for one in batch.requests))

    def _gone(self, batch: _Batch, future: Future[Any]) -> None:
        """Continue after a computation that was cancelled or ended in a bug."""
        if batch not in self._batches:
            return  # it was cancelled here
        if _cancelled(future):
            self._forget(batch)
            self._update()
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
        """Evict the least recently used results that are not needed now, until the budget is met."""
        if self._bytes <= self._budget_bytes:
            return
        needed = self._needed()
        for key in [key for key in self._kept if key not in needed]:
            if self._bytes <= self._budget_bytes:
                return
            self._bytes -= self._kept.pop(key)[1]


def size_of(value: Any) -> int:
    """Return the approximate size of a result in bytes: its arrays and a little for the rest.

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
