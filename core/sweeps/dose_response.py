"""What a variable does to a measure: the mean effect over frozen draws, step by step.

The method of CDEV (Beguš, Leban & Gero 2023, arXiv 2303.10931): one set of latent vectors is drawn and kept;
one variable is set to each value of a grid in all of them; the effect at a value is the mean over the set of
the measure there less the measure at the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DoseResponse:
    """A measure against a latent value, over a set of frozen draws; every array is float64 [steps].

    `mean` and `sd` are those of the measure, `effect` and `effect_sd` those of its difference from the
    baseline in the same draw, `count` how many draws have a value there. `slope` is the incremental causal
    effect: the mean slope of the effect over the grid, per unit of the latent value.
    """

    values: Doubles
    mean: Doubles
    sd: Doubles
    effect: Doubles
    effect_sd: Doubles
    count: NDArray[np.int64]
    baseline: float
    slope: float


def dose_response(values: Doubles, measured: Doubles, baseline: int | Doubles = 0) -> DoseResponse:
    """Return the response to the values of a grid.

    `values` is float64 [steps], `measured` float64 [draws, steps], NaN where undefined. `baseline` is the
    step that is compared with, or the measure at another point, float64 [draws]. The standard deviations are
    those of a sample (n - 1). Raises Fault if no draw is defined at the baseline.
    """
    if measured.ndim != 2 or measured.shape[1] != len(values):
        raise ValueError(f"{measured.shape} values do not fit a grid of {len(values)} steps")
    base = measured[:, baseline] if isinstance(baseline, int) else baseline
    if not np.isfinite(base).any():
        raise Fault("The measure is undefined at the baseline of every draw.", "Choose another baseline.")
    differences = measured - base[:, None]
    effect = _mean(differences)
    return DoseResponse(
        np.asarray(values, np.float64), _mean(measured), _sd(measured), effect, _sd(differences),
        np.isfinite(differences).sum(0), float(np.nanmean(base)), mean_slope(values, effect),
    )  # fmt: skip


def mean_slope(values: Doubles, effect: Doubles) -> float:
    """Return the mean of the slopes between neighbouring steps where both are defined, NaN if none is."""
    steps = np.diff(values)
    slopes = np.diff(effect)[steps != 0] / steps[steps != 0]
    known = slopes[np.isfinite(slopes)]
    return float(known.mean()) if known.size else float("nan")


def _mean(table: Doubles) -> Doubles:
    known = np.isfinite(table)
    count = known.sum(0)
    total = np.where(known, table, 0.0).sum(0)
    return _divided(total, count)


def _sd(table: Doubles) -> Doubles:
    known = np.isfinite(table)
    count = known.sum(0)
    squares = (np.where(known, table - _mean(table), 0.0) ** 2).sum(0)
    return np.sqrt(_divided(squares, count - 1))


def _divided(total: Doubles, count: NDArray[np.int64]) -> Doubles:
    """Return total / count, NaN where the count is not positive."""
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
