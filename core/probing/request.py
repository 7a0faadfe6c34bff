"""What is asked of a network, as one frozen value, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.networks.reductions import MEAN, Reduction
from core.probing.drive import Drive
from core.probing.model_id import ModelId
from core.probing.surgery import LayerEdit
from core.signals.track import Image, Track


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """Run one network of an open model and record its layers.

    `record` names the layers, all of them where it is empty; `reduction` is how their channels
    become a curve. `edits` are made to the layers on the way.
    """

    model: ModelId
    network: str
    drive: Drive
    record: tuple[str, ...] = ()
    edits: tuple[LayerEdit, ...] = ()
    reduction: Reduction = MEAN


@dataclass(frozen=True)
class Probed:
    """What one run gave: for each item its layers' curves, pictures of the first one's, and logits.

    `logits` are float32 [classes] of a network that ends in classes, else None.
    """

    items: tuple[Mapping[str, Track], ...]
    images: Mapping[str, Image] = field(default_factory=dict[str, Image])
    logits: NDArray[np.float32] | None = None

    @property
    def tracks(self) -> Mapping[str, Track]:
        """The curves of the first item."""
        return self.items[0]
