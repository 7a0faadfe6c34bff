"""A Praat pool that tests can exchange under a running window."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from concurrent.futures import Future
from typing import Any

from core.processes.praat_pool import InlinePool, Pool


class ExchangeablePool:
    """Passes every call on to the pool that is `current`."""

    def __init__(self) -> None:
        self.current: Pool = InlinePool()

    def submit(self, name: str, track: Any, settings: Any = None, key: Hashable = "") -> Future[Any]:
        return self.current.submit(name, track, settings, key)

    def submit_many(self, asks: Sequence[Any], key: Hashable = "", patient: bool = False) -> Future[Any]:
        return self.current.submit_many(asks, key, patient)

    def warm(self) -> None:
        self.current.warm()

    def restart(self) -> None:
        self.current.restart()

    def close(self) -> None:
        self.current.close()
