"""The window's thread and other threads, as services use them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any


def at_once(task: Callable[[], Any]) -> Future[Any]:
    """Run a task in the calling thread: for tests and pictures."""
    future: Future[Any] = Future()
    try:
        future.set_result(task())
    except BaseException as error:
        future.set_exception(error)
    return future


@dataclass
class Clock:
    """Four ways to run a call.

    `post` queues it for the window's thread. `rest` runs it there once nothing has asked for rest for a
    moment. `work` runs it in a worker thread, for whatever takes longer than a frame. `in_turn` runs it in
    one worker thread, after everything given to `in_turn` before: for files that are both read and written.
    """

    post: Callable[[Callable[[], None]], None]
    rest: Callable[[Callable[[], None]], None]
    work: Callable[[Callable[[], Any]], Future[Any]] = at_once
    in_turn: Callable[[Callable[[], Any]], Future[Any]] = at_once
