"""Tiers that are shown together, and their owner."""

from __future__ import annotations

from dataclasses import dataclass

from core.annotation.tiers import OwnedAnnotation
from core.session.lane_key import RecordingKey


@dataclass(frozen=True)
class TierGroup:
    """Tiers that belong together: those of a point, or with `key` those of a recording's lane.

    `first` is the index on screen of the first tier; `own` says whether they can be edited. `moved_s` is the
    time shift of their recording, in seconds.
    """

    kept: OwnedAnnotation
    first: int
    own: bool = True
    key: RecordingKey | None = None
    moved_s: float = 0.0

    @property
    def name(self) -> str:
        """The name of the recording that the tiers belong to, "" for those of a point."""
        return self.key.id if self.key is not None else ""

    @property
    def last(self) -> int:
        return self.first + len(self.kept.annotation.tiers) - 1
