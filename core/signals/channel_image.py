"""Many channels over time as one image: what a network takes, or all maps of one of its layers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.provenance import Origin
from core.signals.axis import Range, TimeAxis
from core.signals.track import frozen

QUIETEST = 0.05  # this share of the values lies below the shaded range


@dataclass(frozen=True, eq=False)
class ChannelImage:
    """Values float32 [frames, channels], the first channel lowest; shades run from `low` to `high`.

    `centres_hz` are the channels' frequencies, rising, or () where channels are only numbered; `numbers` are
    their numbers from 1, () if they are in order.
    """

    name: str
    values: NDArray[np.float32]
    axis: TimeAxis
    low: float
    high: float
    centres_hz: tuple[float, ...] = ()
    origin: Origin = field(default_factory=Origin)
    numbers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[0] != self.axis.n:
            raise ValueError(f"{self.name}: {self.values.shape} values on an axis of {self.axis.n}")
        if self.centres_hz and len(self.centres_hz) != self.values.shape[1]:
            raise ValueError(f"{self.name}: {len(self.centres_hz)} frequencies, {self.values.shape} values")
        object.__setattr__(self, "values", frozen(self.values))

    @property
    def channels(self) -> int:
        return self.values.shape[1]

    def number(self, row: int) -> int:
        """Return the number, from 1, of the channel in a row."""
        return self.numbers[row] if self.numbers else row + 1

    def row_of_hz(self, frequency_hz: float) -> float:
        """Return the fractional channel of a frequency, extrapolated half a channel beyond the ends."""
        centres = np.array(self.centres_hz)
        rows = np.arange(centres.size, dtype=np.float64)
        edges = np.array([1.5 * centres[0] - 0.5 * centres[1], 1.5 * centres[-1] - 0.5 * centres[-2]])
        return float(np.interp(frequency_hz, [edges[0], *centres, edges[1]], [-0.5, *rows, rows[-1] + 0.5]))

    def hz_of_row(self, row: float) -> float:
        """Return the frequency of a fractional channel; the inverse of `row_of_hz`."""
        centres = np.array(self.centres_hz)
        rows = np.arange(centres.size, dtype=np.float64)
        edges = [1.5 * centres[0] - 0.5 * centres[1], 1.5 * centres[-1] - 0.5 * centres[-2]]
        return float(np.interp(row, [-0.5, *rows, rows[-1] + 0.5], [edges[0], *centres, edges[1]]))

    def at(self, time_s: float, row: float) -> float:
        """Return the value of the frame and channel nearest to a point; NaN outside the image."""
        frame, channel = round(self.axis.index(time_s)), round(row)
        inside = 0 <= frame < self.values.shape[0] and 0 <= channel < self.channels
        return float(self.values[frame, channel]) if inside else float("nan")

    def later(self, by_s: float) -> ChannelImage:
        """Return the image that much later."""
        axis = TimeAxis(self.axis.rate_hz, self.axis.n, self.axis.start_s + by_s)
        return replace(self, axis=axis)

    def within(self, window: Range) -> ChannelImage:
        """Return the frames whose centres lie in `window`, in the same shades."""
        first, last = self.axis.samples_in(window)
        axis = TimeAxis(self.axis.rate_hz, last - first, self.axis.seconds(first))
        return replace(self, values=self.values[first:last], axis=axis)


def shade_range(values: NDArray[np.float32]) -> tuple[float, float]:
    """Return the ends of the shades for levels of a sound.

    The loudest value is the darkest. Digital silence (values at the front end's floor) and the quietest of
    the rest are the lightest, so that the floor of a logarithm does not decide the picture.
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return 0.0, 1.0
    lowest, high = float(finite.min()), float(finite.max())
    above = finite[finite > lowest]
    low = float(np.quantile(above, QUIETEST)) if above.size else lowest
    return (low, high) if high > low else (lowest, lowest + 1.0)
