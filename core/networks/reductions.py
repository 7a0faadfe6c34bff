"""Channels reduced to one curve: the mean (as published), one channel, the mean of some, the largest, or a
weighted sum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reduction:
    """The reduction of a layer's channels to one curve.

    `kind` names a row of the table below; `channel` and `channels` count from 0; `weights` has one entry per
    channel.
    """

    kind: str = "mean"
    channel: int = 0
    weights: tuple[float, ...] = ()
    channels: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name kept in an Origin, with channels counted from 1."""
        if self.kind == "channel":
            return f"channel {self.channel + 1}"
        if self.kind == "some":
            return "mean of channels " + " ".join(str(channel + 1) for channel in self.channels)
        if self.kind == "weighted":
            return "weighted " + " ".join(f"{weight:g}" for weight in self.weights)
        return self.kind

    def __call__(self, maps: Array) -> Array:
        """Return curves [.., time] of maps [.., time, channels]."""
        with np.errstate(all="ignore"):
            return REDUCTIONS[self.kind](maps, self)


def _mean(maps: Array, how: Reduction) -> Array:
    channels = maps.shape[-1]
    return maps @ np.full(channels, 1 / channels, np.float32)


def _channel(maps: Array, how: Reduction) -> Array:
    if not 0 <= how.channel < maps.shape[-1]:
        raise Fault(f"This layer has {maps.shape[-1]} channels; there is no channel {how.channel + 1}.")
    return maps[..., how.channel]


def _some(maps: Array, how: Reduction) -> Array:
    """Return the mean of some channels; of all of them it is the layer's average, bit by bit."""
    width, chosen = maps.shape[-1], sorted(set(how.channels))
    outside = [channel for channel in chosen if not 0 <= channel < width]
    if outside:
        raise Fault(f"This layer has {width} channels; there is no channel {outside[0] + 1}.")
    if not chosen:
        raise Fault("The mean of no channels has no value.", "Choose at least one channel.")
    return _mean(maps if len(chosen) == width else np.ascontiguousarray(maps[..., chosen]), how)


def _largest(maps: Array, how: Reduction) -> Array:
    return maps.max(-1)


def _weighted(maps: Array, how: Reduction) -> Array:
    if len(how.weights) != maps.shape[-1]:
        raise Fault(f"This layer has {maps.shape[-1]} channels, so it needs as many weights.")
    return maps @ np.array(how.weights, np.float32)


REDUCTIONS: dict[str, Callable[[Array, Reduction], Array]] = {
    "mean": _mean,
    "channel": _channel,
    "some": _some,
    "max": _largest,
    "weighted": _weighted,
}
MEAN = Reduction()
