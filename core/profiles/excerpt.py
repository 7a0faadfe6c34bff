"""A stretch of a recording around a moment, to be seen and heard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.recordings.sound_file import look_at, read_sound


@dataclass(frozen=True, eq=False)
class Stretch:
    """Samples float32 [n] at `rate_hz` that begin at `begin_s` in their recording."""

    samples: NDArray[np.float32]
    rate_hz: float
    begin_s: float


def stretch_of(path: Path, at_s: float, half_s: float) -> Stretch:
    """Read a recording around a moment; raises Fault if it cannot be read."""
    samples, axis, _ = read_sound(path)
    rate_hz = look_at(path).rate_hz
    first = max(0, round((at_s - half_s) * axis.rate_hz))
    last = min(len(samples), round((at_s + half_s) * axis.rate_hz))
    return Stretch(samples[first : max(first, last)], rate_hz, first / axis.rate_hz)
