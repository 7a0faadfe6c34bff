"""Generation numbers per key, which tell whether an answer still counts; late answers are dropped."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from typing import Any

from core.faults import Cancelled, Fault


class Generations:
    """Counts the requests of each key; only the answer to the latest one counts."""

    def __init__(self) -> None:
        self._latest: dict[Hashable, int] = {}

    def next(self, key: Hashable) -> int:
        """Start a new generation of `key` and return its number."""
        self._latest[key] = self._latest.get(key, 0) + 1
        return self._latest[key]

    def wanted(self, key: Hashable, generation: int) -> bool:
        return self._latest.get(key) == generation


class Jobs:
    """Tracks futures by key and passes on only the answers that still count.

    `post` moves a call to the session's thread (in the window, through a queued signal). The generation is
    checked there, so no answer slips in between.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        on_fault: Callable[[Fault], None],
        on_bug: Callable[[BaseException], None],
    ) -> None:
        self._post = post
        self._on_fault = on_fault
        self._on_bug = on_bug
        self._generations = Generations()
        self._pending: dict[Hashable, int] = {}
        self._arrived: dict[Hashable, int] = {}

    def follow(
        self,
        key: Hashable,
        future: Future[Any],
        done: Callable[[Any], None],
        failed: Callable[[Fault], None] | None = None,
        stream: bool = False,
        gone: Callable[[], None] | None = None,
    ) -> None:
        """Call `done` with the answer, unless a newer request with this key was made meanwhile.

        With `stream` an answer counts until a newer one has arrived, so that a moving knob is followed.
        `gone` is called if no answer comes because the request was cancelled or ended in a bug, which is
        reported.
        """
        generation = self._generations.next(key)
        self._pending[key] = generation
        report = failed or self._on_fault
        future.add_done_callback(
            lambda over: self._post(
                lambda: self._arrive(key, generation, over, done, report, stream, gone or _nothing)
            )
        )

    def drop(self, key: Hashable) -> None:
        """Ignore the answer to any running request with this key."""
        self._arrived[key] = self._generations.next(key)
        self._pending.pop(key, None)

    def waits(self, key: Hashable) -> bool:
        """Return whether an answer that counts is still expected for `key`."""
        return key in self._pending

    def _counts(self, key: Hashable, generation: int, stream: bool) -> bool:
        if stream:
            return generation > self._arrived.get(key, 0)
        return self._generations.wanted(key, generation)

    def _arrive(
        self,
        key: Hashable,
        generation: int,
        over: Future[Any],
        done: Callable[[Any], None],
        failed: Callable[[Fault], None],
        stream: bool,
        gone: Callable[[], None],
    ) -> None:
        if not self._counts(key, generation, stream):
            return
        self._arrived[key] = generation
        if self._pending.get(key) == generation:
            del self._pending[key]
        try:
            answer = over.result()
        except (Cancelled, CancelledError):
            gone()
            return
        except Fault as fault:
            failed(fault)
            return
        except BaseException as bug:  # reported, never silent
            gone()
            self._on_bug(bug)
            return
        done(answer)


def _nothing() -> None:
    """Do nothing: nobody needs to know."""
