"""What the page of feature maps shows: frozen values without logic."""

from __future__ import annotations

from dataclasses import dataclass

from core.probing.feature_maps import FeatureMaps
from core.signals.axis import Range
from core.signals.track import Track

LETTERS = "ABCDEF"
"""The names of clusters, in the order of time."""


@dataclass(frozen=True, slots=True)
class MapRow:
    """One map, counted from 0: its cluster or −1, its largest activation by size, and r (NaN for none).

    `distance` is the cosine distance to point B, NaN for none.
    """

    channel: int
    most: float
    r: float = float("nan")
    distance: float = float("nan")
    cluster: int = -1
    muted: bool = False
    soloed: bool = False
    sounds: bool = True


@dataclass(frozen=True, eq=False)
class ClusterRow:
    """One cluster: its place in time, how many maps it has, their mean, and r with the contour."""

    cluster: int
    count: int
    mean: Track
    r: float = float("nan")


@dataclass(frozen=True, slots=True)
class CutMark:
    """A range of a layer that was changed, in some maps (all if empty), and what was done in a word."""

    window: Range
    channels: frozenset[int]
    words: str
    key: int = 0


@dataclass(frozen=True, eq=False)
class HeatView:
    """The heat map: all maps, their rows from the top, and what is marked in it."""

    maps: FeatureMaps
    rows: tuple[MapRow, ...]
    clusters: tuple[ClusterRow, ...] = ()
    cluster_count: int = 0
    cuts: tuple[CutMark, ...] = ()
    selected: int = -1
    has_r: bool = False

    @property
    def title(self) -> str:
        """The layer, its channels, samples and rate."""
        axis = self.maps.axis
        return f"{self.maps.name.capitalize()}: {self.maps.channels} × {axis.n} · {axis.rate_hz:g} Hz"


@dataclass(frozen=True, slots=True)
class TimeView:
    """The visible range, the cursor and the selection."""

    visible: Range
    whole: Range
    cursor_s: float | None = None
    selection: Range | None = None
