"""Rank correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]


def spearman(one: Floats, other: Floats) -> float:
    """Return Spearman's rho of two arrays of equal size; NaN if one of them has a single value.

    >>> round(spearman(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 9])), 3)
    0.8
    """
    from scipy.stats import rankdata

    ranks = [rankdata(np.asarray(values, np.float64).ravel()) for values in (one, other)]
    centred = [values - values.mean() for values in ranks]
    sizes = [float(np.sqrt((values**2).sum())) for values in centred]
    if not all(sizes):
        return float("nan")
    return float((centred[0] * centred[1]).sum() / (sizes[0] * sizes[1]))
