"""The protocol of engines: name the layers of a network, and run it with some of them recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.networks.layer_info import LayerInfo
from core.networks.reductions import Reduction

Array = NDArray[np.float32]
Cancel = Callable[[], bool] | None


@dataclass(frozen=True, slots=True)
class Record:
    """A layer to record: reduced to one curve, or with all its channels if `reduction` is None."""

    layer: str
    reduction: Reduction | None = None


class Edit(Protocol):
    """A change of one layer's maps, made before the layer is recorded and the next one runs."""

    @property
    def layer(self) -> str: ...

    def __call__(self, maps: Array) -> Array:
        """Return the changed maps [items, time, channels], without changing the argument."""
        ...


class Runner(Protocol):
    """A network ready to run, built from a spec or from anything else that can record its layers."""

    @property
    def digest(self) -> str:
        """The SHA-256 over the network's own tensors."""
        ...

    def layers(self) -> tuple[LayerInfo, ...]:
        """Return the layers with a time axis, in the order of computation."""
        ...

    def run(
        self, x: Array, record: Sequence[Record], edits: Sequence[Edit] = (), cancelled: Cancel = None
    ) -> Mapping[Record, Array]:
        """Run on latent vectors [items, size] or sounds [items, samples].

        Return the records in the order of computation: curves [items, time], or maps [items, time, channels].
        Raises Cancelled between layers once `cancelled()` is true, and Fault for an unknown layer.
        """
        ...
