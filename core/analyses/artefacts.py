"""Numbers that upsampling or rectifying layers make by themselves, and that are easily taken for speech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analyses.resolution_guard import figure, hertz

LEAST_VALUES = 4
MOST_MULTIPLE = 8
_NEAR, _MOSTLY = 0.005, 0.7
_RULING = 0.5


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A flat pitch at `multiple` times the rate of a lower layer, which repeats its kernel that often."""

    hz: float
    multiple: int
    layer: str
    rate_hz: float

    @property
    def words(self) -> str:
        """One sentence without its full stop."""
        times = f"{self.multiple} × " if self.multiple > 1 else ""
        of = f"{times}the rate of {self.layer}"
        rate = f" ({hertz(self.rate_hz)})" if self.multiple > 1 else ""
        return f"Flat pitch at {hertz(self.hz)}, {of}{rate}: probably an artefact of upsampling"

    @property
    def short(self) -> str:
        """The same for a lane."""
        return f"Flat pitch at {hertz(self.hz)}: upsampling?"


def rhythm_of(f0_hz: NDArray[np.float64], lower: Mapping[str, float]) -> Rhythm | None:
    """Return the rhythm of upsampling in a pitch contour, None if it follows none.

    A transposed convolution with a stride lays one kernel after the other, once per sample of its input, so
    its output can repeat itself at that layer's rate whatever is said. `f0_hz` are values of a contour,
    `lower` the rates of the layers below in Hz by name. A contour follows a rhythm if seven values of ten lie
    within half a per cent of one multiple of such a rate, up to the eighth.
    """
    voiced = f0_hz[np.isfinite(f0_hz) & (f0_hz > 0)]
    if voiced.size < LEAST_VALUES:
        return None
    middle_hz = float(np.median(voiced))
    for layer, rate_hz in sorted(lower.items(), key=lambda one: -one[1]):
        multiple = round(middle_hz / rate_hz)
        if not 1 <= multiple <= MOST_MULTIPLE:
            continue
        near = np.abs(voiced - multiple * rate_hz) <= _NEAR * multiple * rate_hz
        if np.mean(near) >= _MOSTLY:
            return Rhythm(multiple * rate_hz, multiple, layer, rate_hz)
    return None


def ruling_offset(samples: NDArray[np.float32]) -> str:
    """Say that the mean of a curve holds most of its power, so that it rules moments from 0 Hz up; else "".

    The mean of a rectified layer is far above 0, and a spectrum has it at 0 Hz.
    """
    values = np.asarray(samples, dtype=np.float64)
    power = float(np.mean(values**2)) if values.size else 0.0
    part = float(np.mean(values)) ** 2 / power if power > 0 and np.isfinite(power) else 0.0
    if part <= _RULING:
        return ""
    return f"The offset at 0 Hz holds {figure(100 * round(part, 3))} % of the power and rules the moments"
