"""A curve over time or a time-by-frequency image, with its axis and its origin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.provenance import Origin
from core.signals.axis import Range, TimeAxis


def frozen(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `values` as a read-only float32 array; copy them if they are still writeable."""
    array = np.asarray(values, dtype=np.float32)
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Track:
    """A curve: samples float32 [n] on a time axis, NaN where undefined (unvoiced).

    `unit` is "" for an activation or a waveform, "Hz" for pitch and formants, "dB" for intensity.
    """

    name: str
    samples: NDArray[np.float32]
    axis: TimeAxis
    unit: str = ""
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.shape[0] != self.axis.n:
            raise ValueError(f"{self.name}: {self.samples.shape} samples on an axis of {self.axis.n}")
        object.__setattr__(self, "samples", frozen(self.samples))

    def at(self, time_s: float) -> float:
        """Return the linearly interpolated value at `time_s`; NaN outside the track or next to NaN."""
        place = self.axis.index(time_s)
        if not -0.5 <= place <= self.axis.n - 0.5:
            return float("nan")
        low = int(np.clip(np.floor(place), 0, self.axis.n - 1))
        high = min(low + 1, self.axis.n - 1)
        part = min(max(place - low, 0.0), 1.0)
        if part == 0.0:
            return float(self.samples[low])
        return float(self.samples[low]) * (1 - part) + float(self.samples[high]) * part

    def part(self, window: Range) -> NDArray[np.float32]:
        """Return the samples whose centres lie in `window`."""
        first, last = self.axis.samples_in(window)
        return self.samples[first:last]

    def within(self, window: Range) -> Track:
        """Return the samples whose centres lie in `window`, on their own axis."""
        first, last = self.axis.samples_in(window)
        axis = TimeAxis(self.axis.rate_hz, last - first, self.axis.seconds(first))
        return replace(self, samples=self.samples[first:last], axis=axis)

    def renamed(self, name: str) -> Track:
        return replace(self, name=name)


@dataclass(frozen=True, eq=False)
class Image:
    """A time-by-frequency image: values float32 [frames, bins]; bin k is at `low_hz + k * step_hz`."""

    name: str
    values: NDArray[np.float32]
    axis: TimeAxis
    low_hz: float
    step_hz: float
    unit: str = "dB/Hz"
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[0] != self.axis.n:
            raise ValueError(f"{self.name}: {self.values.shape} values on an axis of {self.axis.n}")
        object.__setattr__(self, "values", frozen(self.values))

    @property
    def high_hz(self) -> float:
        """The upper edge of the highest bin."""
        return self.low_hz + (self.values.shape[1] - 0.5) * self.step_hz
