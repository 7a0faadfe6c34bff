"""The protocol of engines: name the layers of a network, and run it with some of them recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.layer_info import LayerInfo
from core.networks.reductions import Reduction
from core.networks.spec import NetworkSpec

Array = NDArray[np.float32]
Cancel = Callable[[], bool] | None
INPUT = "input"
"""Names, among the layers to record, what the front end gives to the first layer."""


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


def check_layers(spec: NetworkSpec, record: Sequence[Record], edits: Sequence[Edit]) -> None:
    """Raise Fault for a layer to record or to edit that the network does not have."""
    known = [layer.name for layer in spec.layers]
    names = [*(wanted.layer for wanted in record if wanted.layer != INPUT), *(edit.layer for edit in edits)]
    for name in names:
        if name not in known:
            raise Fault(f"The network {spec.role} has no layer “{name}”.", f"It has {', '.join(known)}.")


def recorded(wanted: Record, maps: Array) -> Array:
    """Return maps as they are wanted: reduced to one curve, or whole."""
    return maps if wanted.reduction is None else wanted.reduction(maps)
