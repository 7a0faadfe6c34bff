"""What the user chose on the page of feature maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.maps.browsing import Sort
from core.maps.clusters import PUBLISHED_CLUSTERS

NONE = ""
Looks = Literal["map", "curves", "similarity"]


@dataclass(frozen=True, slots=True)
class MapsChoice:
    """The layer that is browsed, how its maps are sorted, and which of them sound (channels from 0)."""

    network: str = NONE
    layer: str = NONE
    sort: Sort = "number"
    contour: str = "intensity"
    other: str = NONE
    clusters: int = PUBLISHED_CLUSTERS
    draws: int = 0
    looks: Looks = "map"
    selected: int = -1
    muted: frozenset[int] = frozenset()
    soloed: frozenset[int] = frozenset()
