"""Frozen values for the plot of spectral slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Slice:
    """One layer's slice: levels in dB relative to its own maximum, over frequency; `main` marks the
    output's.
    """

    title: str
    frequencies_hz: NDArray[np.float64]
    levels_db: NDArray[np.float64]
    nyquist_hz: float
    main: bool = False
    active: bool = False


@dataclass(frozen=True)
class SliceView:
    """What the plot shows: slices, formant marks with their layer, and the highest frequency.

    `stale` slices belong to an earlier place or earlier curves and are greyed.
    """

    slices: tuple[Slice, ...] = ()
    formants_hz: tuple[float, ...] = ()
    high_hz: float = 5000.0
    reason: str = ""
    stale: bool = False
    formants_of: str = ""  # if they are not the output's
    without: tuple[str, ...] = ()  # layers without a slice here
