"""Requests to run a network, and their results, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.networks.reductions import MEAN, Reduction
from core.probing.drive import Drive
from core.probing.feature_maps import FeatureMaps
from core.probing.model_id import ModelId
from core.probing.surgery import LayerEdit
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """Run one network of an open model and record its layers.

    `record` names the layers, or all of them if empty; `reduction` makes one curve of their channels, where
    `reductions` names none for the layer; `edits` change layers during the run. `maps` names the layers to
    record with all their channels as well, for the first item, and `similar` those of them whose channels are
    to be sorted by similarity.
    `input` also records what the front end gives to the first layer.
    """

    model: ModelId
    network: str
    drive: Drive
    record: tuple[str, ...] = ()
    edits: tuple[LayerEdit, ...] = ()
    reduction: Reduction = MEAN
    reductions: tuple[tuple[str, Reduction], ...] = ()
    maps: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    input: bool = False


@dataclass(frozen=True)
class Probed:
    """The results of one run: each item's curves, the first one's spectrograms and feature maps, and logits.

    `logits` are float32 [classes] for a network that ends in classes, [frames, labels] on `frames` for one
    that answers in frames, else None. `input` is the front end's float32 [frames, values] of the first item,
    if it was asked for.
    """

    items: tuple[Mapping[str, Track], ...]
    images: Mapping[str, Image] = field(default_factory=dict[str, Image])
    logits: NDArray[np.float32] | None = None
    frames: TimeAxis | None = None
    maps: Mapping[str, FeatureMaps] = field(default_factory=dict[str, FeatureMaps])
    input: NDArray[np.float32] | None = None

    @property
    def tracks(self) -> Mapping[str, Track]:
        """The curves of the first item."""
        return self.items[0]
