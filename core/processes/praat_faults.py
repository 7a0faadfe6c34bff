"""What went wrong in a Praat worker, each time with the measure and the sound that it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.analyses.registry import TABLE
from core.faults import Fault
from core.tiles.scatter import TILE, Ask

UNSTARTED = Fault("No process could be started to measure in.", "Close other programs, then ask once more.")


def crashed(asks: Sequence[Ask]) -> Fault:
    """Say what was measured where a worker died over it, twice."""
    return Fault(
        f"{_named(asks)} stopped unexpectedly, twice; other measurements go on.",
        "Change its settings, or report what was open.",
    )


def stuck(asks: Sequence[Ask]) -> Fault:
    """Say what was measured where a worker came to no end with it."""
    return Fault(
        f"{_named(asks)} came to no end and was stopped.", "Change its settings, or measure a shorter part."
    )


def _named(asks: Sequence[Ask]) -> str:
    """Name the first measure and its sound, and how many more were asked with it."""
    name, track, _settings = asks[0]
    sound: Any = getattr(track, "name", "")
    first = f"{_title(name)} of {sound}" if sound else _title(name)
    return first if len(asks) == 1 else f"{first}, or one of {len(asks) - 1} asked with it,"


def _title(name: str) -> str:
    """Return an analysis' title; the steps that are no tile of one are those of formants."""
    known = name.removeprefix(TILE)
    return TABLE[known].title if known in TABLE else TABLE["formants"].title
