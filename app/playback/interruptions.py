"""What Esc stops."""

from __future__ import annotations

from collections.abc import Callable


class Interruptions:
    """A list of what can be interrupted; each service that plays or computes for long adds its own."""

    def __init__(self) -> None:
        self._stops: list[Callable[[], object]] = []

    def add(self, stop: Callable[[], object]) -> None:
        """Have `stop` called, too, when somebody presses Esc."""
        self._stops.append(stop)

    def run(self) -> None:
        """Stop everything."""
        for stop in self._stops:
            stop()
