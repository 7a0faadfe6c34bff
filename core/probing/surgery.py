"""Edits of a layer's maps during a run, before the following layers are computed.

An edit is a frozen value: a place (layer, channels, range of samples) and an action. It is part of the Origin
of every curve that it can change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.latent import LARGEST
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


@dataclass(frozen=True, slots=True)
class Move:
    """Move the values later by some samples within the range, or earlier; what comes in is 0."""

    by: int

    def __call__(self, part: Array) -> Array:
        moved, n = np.zeros_like(part), part.shape[1]
        if abs(self.by) < n:
            start, stop = max(0, self.by), n + min(0, self.by)
            moved[:, start:stop] = part[:, start - self.by : stop - self.by]
        return moved

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        return (("action", "move"), ("by", self.by))


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep every value at that of the first sample of the range."""

    def __call__(self, part: Array) -> Array:
        return np.repeat(part[:, :1], part.shape[1], 1)

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        return (("action", "hold"),)


@dataclass(frozen=True, slots=True)
class Copy:
    """Take the values of the same channels from a range of the same length that begins at sample `begin`."""

    begin: int

    def __call__(self, part: Array) -> Array:
        """Return the part of a whole layer that begins at `begin`: see `LayerEdit`."""
        return part

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        return (("action", "copy"), ("begin", self.begin))


@dataclass(frozen=True, slots=True)
class FromPoint:
    """Take the values that the same place has at another latent point; resolved before the run."""

    z: tuple[float, ...]
    name: str = ""

    def __call__(self, part: Array) -> Array:
        raise NotImplementedError("an edit from another point is resolved before it runs")

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        values = " ".join(f"{value:.17g}" for value in self.z)
        return (("action", "from point"), ("point", values), *((("name", self.name),) if self.name else ()))


@dataclass(frozen=True, slots=True)
class WeightColumn:
    """Take the weights with which one latent variable, counted from 0, reaches the fully connected layer.

    Ferenc Segedin & Beguš (2025) feed this column, reshaped, to the convolutions; resolved before the run.
    """

    variable: int

    def __call__(self, part: Array) -> Array:
        raise NotImplementedError("a column of weights is resolved before it runs")

    def plain(self) -> Settings:
        """Return the action as an Origin keeps it."""
        return (("action", "weight column"), ("variable", self.variable + 1))


Action = Fill | Multiply | Shift | Replace | Move | Hold | Copy | FromPoint | WeightColumn


@dataclass(frozen=True, slots=True)
class LayerEdit:
    """A change of one layer, in all its channels and samples or in some.

    `channels` count from 0; an empty tuple means all. Samples from `first` up to but not including `last`
    change; a `last` of None means the end. Over `edge` samples at either end of the range the change sets in
    and out along a cosine.
    """

    layer: str
    action: Action
    channels: tuple[int, ...] = ()
    first: int = 0
    last: int | None = None
    edge: int = 0

    def __call__(self, maps: Array) -> Array:
        """Return the changed maps [items, samples, channels], without changing the argument."""
        _, n, width = maps.shape
        last = n if self.last is None else self.last
        outside = [channel for channel in self.channels if not 0 <= channel < width]
        if outside:
            raise Fault(f"{self.layer} has {width} channels; there is no channel {outside[0] + 1}.")
        self._check(self.first, last, n)
        channels = np.array(self.channels or range(width))
        changed, part = maps.copy(), maps[:, self.first : last, channels]
        made = self.action(
            self._copied(maps, last - self.first, channels) if isinstance(self.action, Copy) else part
        )
        changed[:, self.first : last, channels] = _blended(part, made, self.edge) if self.edge else made
        return changed

    def _copied(self, maps: Array, length: int, channels: NDArray[np.intp]) -> Array:
        assert isinstance(self.action, Copy)
        begin = self.action.begin
        self._check(begin, begin + length, maps.shape[1])
        return maps[:, begin : begin + length, channels]

    def _check(self, first: int, last: int, n: int) -> None:
        if not 0 <= first < last <= n:
            raise Fault(f"{self.layer} has {n} samples; {first} to {last} is not a range within it.")

    def plain(self) -> Settings:
        """Return the edit as an Origin keeps it: names and values in a fixed order."""
        place: Settings = (
            ("layer", self.layer),
            ("channels", " ".join(str(channel + 1) for channel in self.channels)),
            ("first", self.first),
            ("last", self.last),
        )
        edge: Settings = (("edge", self.edge),) if self.edge else ()
        return (*place, *edge, *self.action.plain())


def _blended(before: Array, after: Array, edge: int) -> Array:
    """Return `after`, reached from `before` and left again over `edge` samples; equal values stay equal."""
    n = before.shape[1]
    width = min(edge, n // 2)
    share = np.ones(n, np.float32)
    rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(width) + 0.5) / max(1, width))).astype(np.float32)
    share[:width], share[n - width :] = rise, rise[::-1]
    weights = share[None, :, None]
    return np.where(weights == 1, after, before + weights * (after - before))


@dataclass(frozen=True, slots=True)
class NetworkEdit:
    """An edit of a layer of one of a model's networks, "G" for the generator."""

    network: str
    edit: LayerEdit

    def plain(self) -> Settings:
        """Return the edit as a file keeps it."""
        return (("network", self.network), *self.edit.plain())


def edits_of(network: str, edits: Iterable[NetworkEdit]) -> tuple[LayerEdit, ...]:
    """Return the edits of one network, in their order."""
    return tuple(one.edit for one in edits if one.network == network)


def edit_from(values: Mapping[str, Any]) -> NetworkEdit:
    """Return the edit that `NetworkEdit.plain` wrote, but for values that were kept as a hash.

    Raises ValueError or KeyError for anything else.
    """
    row = _ACTIONS[values["action"]](values)
    channels = tuple(int(word) - 1 for word in str(values["channels"]).split())
    first, last, edge = int(values["first"]), values["last"], int(values.get("edge", 0))
    if last is not None and int(last) <= first:
        raise ValueError("an edit needs a range")
    place = LayerEdit(str(values["layer"]), row, channels, first, None if last is None else int(last), edge)
    return NetworkEdit(str(values["network"]), place)


def _number(values: Mapping[str, Any], name: str) -> float:
    value = float(values[name])
    if not abs(value) <= LARGEST:
        raise ValueError(f"{name} is {value}")
    return value


def _point(values: Mapping[str, Any]) -> FromPoint:
    z = tuple(float(word) for word in str(values["point"]).split())
    if not all(abs(value) <= LARGEST for value in z):
        raise ValueError("a value is so far out that a network's numbers overflow")
    return FromPoint(z, str(values.get("name", "")))


_ACTIONS: Mapping[str, Callable[[Mapping[str, Any]], Action]] = {
    "fill": lambda values: Fill(_number(values, "value")),
    "scale": lambda values: Multiply(_number(values, "factor")),
    "shift": lambda values: Shift(_number(values, "amount")),
    "move": lambda values: Move(int(values["by"])),
    "hold": lambda values: Hold(),
    "copy": lambda values: Copy(int(values["begin"])),
    "from point": _point,
    "weight column": lambda values: WeightColumn(int(values["variable"]) - 1),
}
