"""Edits of a layer's maps during a run, before the following layers are computed.

An edit is a frozen value: a place (layer, channels, range of samples) and an action. It is part of the Origin
of every curve that it can change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.provenance import Settings

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fill:
    """Set every value to the same number; 0 silences."""

    value: float = 0.0

    def __call__(self, part: Array) -> Array:
        return np.full_like(part, self.value)

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        return (("action", "fill"), ("value", self.value))


@dataclass(frozen=True, slots=True)
class Multiply:
    """Multiply every value by `factor`."""

    factor: float

    def __call__(self, part: Array) -> Array:
        return part * np.float32(self.factor)

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        return (("action", "scale"), ("factor", self.factor))


@dataclass(frozen=True, slots=True)
class Shift:
    """Add `amount` to every value."""

    amount: float

    def __call__(self, part: Array) -> Array:
        return part + np.float32(self.amount)

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        return (("action", "shift"), ("amount", self.amount))


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace the values by others, float32 [samples, channels] in `shape`, kept as bytes so that edits
    compare.
    """

    data: bytes
    shape: tuple[int, int]

    @classmethod
    def by(cls, values: Array) -> Replace:
        """Return the action that writes an array [samples, channels]."""
        kept = np.ascontiguousarray(values, np.float32)
        if kept.ndim != 2:
            raise ValueError("replacement values must be [samples, channels]")
        return cls(kept.tobytes(), (kept.shape[0], kept.shape[1]))

    def __call__(self, part: Array) -> Array:
        values = np.frombuffer(self.data, np.float32).reshape(self.shape)
        if values.shape != part.shape[1:]:
            have, want = (" × ".join(map(str, shape)) for shape in (self.shape, part.shape[1:]))
            raise Fault(f"The replacement is {have} (samples × channels), but the place is {want}.")
        return np.broadcast_to(values, part.shape)

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it, with the values as a hash."""
        return (("action", "replace"), ("values", hashlib.sha256(self.data).hexdigest()))


Action = Fill | Multiply | Shift | Replace


@dataclass(frozen=True, slots=True)
class LayerEdit:
    """A change of one layer, in all its channels and samples or in some.

    `channels` count from 0; an empty tuple means all. Samples from `first` up to but not including `last`
    change; a `last` of None means the end.
    """

    layer: str
    action: Action
    channels: tuple[int, ...] = ()
    first: int = 0
    last: int | None = None

    def __call__(self, maps: Array) -> Array:
        """Return the changed maps [items, samples, channels], without changing the argument."""
        _, n, width = maps.shape
        last = n if self.last is None else self.last
        outside = [channel for channel in self.channels if not 0 <= channel < width]
        if outside:
            raise Fault(f"{self.layer} has {width} channels; there is no channel {outside[0] + 1}.")
        if not 0 <= self.first < last <= n:
            raise Fault(f"{self.layer} has {n} samples; {self.first} to {last} is not a range within it.")
        channels = np.array(self.channels or range(width))
        changed = maps.copy()
        changed[:, self.first : last, channels] = self.action(maps[:, self.first : last, channels])
        return changed

    def plain(self) -> Settings:
        """Return the edit as an Origin keeps it: names and values in a fixed order."""
        place: Settings = (
            ("layer", self.layer),
            ("channels", " ".join(str(channel + 1) for channel in self.channels)),
            ("first", self.first),
            ("last", self.last),
        )
        return (*place, *self.action.plain())
