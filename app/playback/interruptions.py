"""Interruptions: what Esc stops."""

from __future__ import annotations

from collections.abc import Callable


class Interruptions:
    """A list of what can be interrupted; each service that plays or runs long computations adds its own."""

    def __init__(self) -> None:
        self._stops: list[Callable[[], object]] = []

    def add(self, stop: Callable[[], object]) -> None:
        """Call `stop` as well when the user presses Esc."""
        self._stops.append(stop)

    def run(self) -> None:
        """Stop everything."""
        for stop in self._stops:
            stop()
