"""The faults of a Praat worker; each names the measure and the sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.analyses.registry import TABLE
from core.faults import Fault
from core.tiles.scatter import TILE, Ask

UNSTARTED = Fault("No process could be started for the measurement.", "Close other programs, then try again.")


def crashed(asks: Sequence[Ask]) -> Fault:
    """Return the fault for a job during which a worker crashed twice."""
    return Fault(
        f"{_named(asks)} stopped unexpectedly, twice; other measurements go on.",
        "Change its settings, or report the problem.",
    )


def stuck(asks: Sequence[Ask]) -> Fault:
    """Return the fault for a job that did not finish in time."""
    return Fault(
        f"{_named(asks)} did not finish and was stopped.", "Change its settings, or measure a shorter part."
    )


def _named(asks: Sequence[Ask]) -> str:
    """Return the name of the first measure and its sound, and how many more were requested with it."""
    name, track, _settings = asks[0]
    sound: Any = getattr(track, "name", "")
    first = f"{_title(name)} of {sound}" if sound else _title(name)
    return first if len(asks) == 1 else f"{first}, or one of {len(asks) - 1} requested with it,"


def _title(name: str) -> str:
    """Return an analysis's title; steps that are not a tile of an analysis belong to formants."""
    known = name.removeprefix(TILE)
    return TABLE[known].title if known in TABLE else TABLE["formants"].title
