"""All channels of one layer over time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.networks.reductions import Reduction
from core.provenance import Origin
from core.signals.axis import TimeAxis
from core.signals.channel_image import ChannelImage
from core.signals.track import Track, frozen

ALL_CHANNELS = "all channels"
"""The reduction of an Origin where the channels were not reduced."""


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """The feature maps of a layer: values float32 [samples, channels] on the layer's axis.

    `order` holds the channels, from 0, by similarity; () where that was not asked for.
    """

    name: str
    values: NDArray[np.float32]
    axis: TimeAxis
    origin: Origin = field(default_factory=Origin)
    order: tuple[int, ...] = ()

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

    def image(self) -> ChannelImage:
        """Return the maps as an image, in the order of similarity if there is one, from the top down."""
        order = self.order or tuple(range(self.channels))
        shown = order[::-1]  # an image's first channel is its lowest row
        finite = self.values[np.isfinite(self.values)]
        low, high = (min(0.0, float(finite.min())), float(finite.max())) if finite.size else (0.0, 1.0)
        numbers = tuple(channel + 1 for channel in shown)
        values = np.ascontiguousarray(self.values[:, list(shown)])
        high = high if high > low else low + 1.0
        return ChannelImage(self.name, values, self.axis, low, high, origin=self.origin, numbers=numbers)
