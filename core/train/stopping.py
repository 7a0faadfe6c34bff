"""Stopping a training run by Ctrl+C or SIGTERM, after the step it is in."""

from __future__ import annotations

import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def stopping() -> Generator[list[int]]:
    """Yield a list that is filled by the first Ctrl+C or SIGTERM; the second one ends the process at once."""
    asked: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, _frame: object) -> None:
        asked.append(number)
        _handle(before)

    try:
        for number in before:
            signal.signal(number, ask)
        yield asked
    finally:
        _handle(before)


def _handle(handlers: Mapping[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
