"""The frozen values that the plot of spectral slices is told to show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Slice:
    """One layer's slice: levels in dB below its own highest, over frequency; `main` is the output's."""

    title: str
    frequencies_hz: NDArray[np.float64]
    levels_db: NDArray[np.float64]
    nyquist_hz: float
    main: bool = False
    active: bool = False


@dataclass(frozen=True)
class SliceView:
    """What the plot shows: slices, the marks of the formants and whose they are, the highest frequency.

    Slices that are `stale` are of a place or of curves from before, and greyed.
    """

    slices: tuple[Slice, ...] = ()
    formants_hz: tuple[float, ...] = ()
    high_hz: float = 5000.0
    reason: str = ""
    stale: bool = False
    formants_of: str = ""  # where they are not the output's
    without: tuple[str, ...] = ()  # layers that have no slice here
