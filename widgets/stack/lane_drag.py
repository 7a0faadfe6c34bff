"""Where a dragged lane would be dropped: on the axes of another lane, or between two."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRect

from widgets.timeline.lane_views import LaneView

EDGE_PX = 10


class LanePlace(Protocol):
    """A lane with a position in the column."""

    @property
    def lane(self) -> LaneView: ...

    def geometry(self) -> QRect: ...


@dataclass(frozen=True)
class Drop:
    """A lane to merge with (`target`), or a new order of the lanes and the height of the gap."""

    target: Hashable = None
    order: tuple[Hashable, ...] = ()
    line_px: int = 0


def drop_at(key: Hashable, lanes: Sequence[LanePlace], y_px: int) -> Drop | None:
    """Return the effect of dropping lane `key` at a height; None over itself."""
    keys = [placed.lane.key for placed in lanes]
    for place, placed in enumerate(lanes):
        rect = placed.geometry()
        edge = min(EDGE_PX, rect.height() // 4)
        if rect.top() + edge <= y_px <= rect.bottom() - edge:
            return None if placed.lane.key == key else Drop(target=placed.lane.key)
        if rect.top() <= y_px < rect.top() + edge:
            return _between(key, keys, place, rect.top())
        if rect.bottom() - edge < y_px <= rect.bottom():
            return _between(key, keys, place + 1, rect.bottom() + 1)
    return None


def _between(key: Hashable, keys: list[Hashable], place: int, line_px: int) -> Drop:
    before = [other for other in keys[:place] if other != key]
    after = [other for other in keys[place:] if other != key]
    return Drop(order=(*before, key, *after), line_px=line_px)
