"""All channels of one layer over time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.networks.reductions import Reduction
from core.provenance import Origin
from core.signals.axis import TimeAxis
from core.signals.track import Track, frozen

ALL_CHANNELS = "all channels"
"""The reduction of an Origin where the channels were not reduced."""


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """The feature maps of a layer: values float32 [samples, channels] on the layer's axis."""

    name: str
    values: NDArray[np.float32]
    axis: TimeAxis
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or len(self.values) != self.axis.n:
            raise ValueError(f"{self.name}: {self.values.shape} values on an axis of {self.axis.n}")
        object.__setattr__(self, "values", frozen(np.ascontiguousarray(self.values)))

    @property
    def channels(self) -> int:
        """The number of maps."""
        return self.values.shape[1]

    def curve(self, how: Reduction) -> Track:
        """Return the maps reduced to one curve, bit-equal to what the engine gives for this reduction."""
        from core.networks.blas_threads import products_on_one_thread

        with products_on_one_thread():
            samples = how(self.values[None])[0]
        return Track(self.name, samples, self.axis, origin=self.origin.of(reduction=how.name))
