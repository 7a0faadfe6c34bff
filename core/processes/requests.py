"""Requests to the results store: one analysis of one track, or one part of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from core.analyses.registry import TABLE
from core.provenance import Origin
from core.signals.track import Track
from core.tiles.scatter import Ask

Key = tuple[Origin, Hashable]
"""Where a result comes from, and which part of it: equal keys mean equal numbers."""


def _first(answers: tuple[Any, ...]) -> Any:
    return answers[0]


def _not_refused() -> str | None:
    return None


@dataclass(frozen=True, eq=False)
class ResultRequest:
    """A needed result: its key, and how to compute it.

    `origin` is the origin of the result and `part` says which part of it (a tile, a stretch). Either Praat
    workers answer `asks` and `join` makes the result from their answers, or `start` begins another
    computation, which returns None if it found nothing this time. `refusal` says why there can be no result.
    """

    origin: Origin
    part: Hashable = None
    asks: tuple[Ask, ...] = ()
    join: Callable[[tuple[Any, ...]], Any] = _first
    start: Callable[[], Future[Any]] | None = None
    refusal: Callable[[], str | None] = _not_refused

    @property
    def key(self) -> Key:
        """The key by which the result is kept."""
        return self.origin, self.part


def analysis_of(track: Track, name: str, settings: Any) -> ResultRequest:
    """Return the request for one analysis of a track with these settings.

    The track's axis is part of the key, because a stretch of a track has the origin of the whole.
    """
    row = TABLE[name]
    return ResultRequest(
        row.origin(track, settings),
        track.axis,
        ((name, track, settings),),
        refusal=lambda: row.refusal(track, settings),
    )
