"""The frozen values that the page of sweeps shows."""

from __future__ import annotations

from dataclasses import dataclass

from core.signals.axis import Range
from core.signals.track import Track


@dataclass(frozen=True, eq=False)
class SweptLayer:
    """One layer over the steps: its name and facts, and a track for each step, None while it is to come."""

    key: str
    title: str
    facts: str
    limit: str
    is_sound: bool
    tracks: tuple[Track | None, ...]


@dataclass(frozen=True, eq=False)
class SweepView:
    """A sweep as it is drawn.

    `name` is what moves, `words` each step's name, `shares` each step's place in the colour scale. `places`
    are the steps' values on the scrubber, `drawn` the value of the frozen draw, None where steps have no
    single value. `current` is the step looked at, -1 for none.
    """

    name: str
    words: tuple[str, ...]
    places: tuple[float, ...]
    shares: tuple[float, ...]
    layers: tuple[SweptLayer, ...]
    current: int = 0
    drawn: float | None = None
    length_s: float = 1.0
    selection: Range | None = None

    @property
    def done(self) -> int:
        """The number of steps that are computed."""
        return sum(track is not None for track in self.layers[0].tracks) if self.layers else 0
