"""How far two sets of activations are apart: Fréchet distances and their bias, and the unbiased MMD.

Between normal distributions (Dowson & Landau 1982): |mu1 - mu2|² + tr(S1 + S2 - 2 (S1 S2)^½). With few items
the estimate is far above 0 even for equal sets, so no number stands without N, d and its floor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Floats = NDArray[np.float64]
LEAST = 2
SPLITS, FLOOR_SHARE = 400, 0.95
FITTED = 8
"""The sizes of subsets whose distances give the line that is followed to infinitely many items."""


def checked(values: NDArray[Any], what: str) -> Floats:
    """Return items [n, d] as float64. Raises Fault for fewer than two, and for values that are no numbers."""
    found = np.asarray(values, np.float64)
    found = found[:, None] if found.ndim == 1 else found
    if len(found) < LEAST:
        raise Fault(
            f"A distance needs at least {LEAST} {what}, and there {'is one' if len(found) else 'are none'}.",
            "Choose more recordings, or more restarts.",
        )
    if not np.isfinite(found).all():
        raise Fault(f"Some of the {what} are no numbers.", "See whether the network's weights are damaged.")
    return found


def scalar(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return (difference of means)² + (difference of standard deviations)² of two sets of numbers.

    >>> scalar(np.array([-1.0, 1.0]), np.array([2.0, 4.0]))
    9.0
    """
    x, y = checked(one, "values")[:, 0], checked(other, "values")[:, 0]
    return float((x.mean() - y.mean()) ** 2 + (x.std(ddof=1) - y.std(ddof=1)) ** 2)


def of_moments(mean1: Floats, covariance1: Floats, mean2: Floats, covariance2: Floats) -> float:
    """Return the distance of two normal distributions, by the eigenvalues of S1^½ S2 S1^½."""
    values, vectors = np.linalg.eigh(covariance1)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.linalg.eigvalsh(root @ covariance2 @ root).clip(0)
    shift = np.square(mean1 - mean2).sum()
    return max(0.0, float(shift + np.trace(covariance1) + np.trace(covariance2) - 2 * np.sqrt(cross).sum()))


def full(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the distance of two sets [n, d] with all their covariances.

    With no more items than dimensions it is |dmu|² + |Xc|² + |Yc|² - 2 |Xc Ycᵀ|*, in the nuclear norm: no
    matrix larger than the sets is needed (50 against 50 in 1,024 dimensions take milliseconds).
    """
    x, y = checked(one, "real excerpts"), checked(other, "generated sounds")
    if max(len(x), len(y)) > x.shape[1]:
        return of_moments(x.mean(0), _covariance(x), y.mean(0), _covariance(y))
    shift = np.square(x.mean(0) - y.mean(0)).sum()
    xc, yc = ((part - part.mean(0)) / np.sqrt(len(part) - 1) for part in (x, y))
    nuclear = np.linalg.svd(xc @ yc.T, compute_uv=False).sum()
    return max(0.0, float(shift + np.square(xc).sum() + np.square(yc).sum() - 2 * nuclear))


def _covariance(x: Floats) -> Floats:
    centred = x - x.mean(0)
    return np.asarray(centred.T @ centred / (len(x) - 1), np.float64)


def diagonal(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the distance with variances alone: the sum of the scalar distances of all dimensions."""
    x, y = checked(one, "real excerpts"), checked(other, "generated sounds")
    deviations = x.std(0, ddof=1) - y.std(0, ddof=1)
    return float(np.square(x.mean(0) - y.mean(0)).sum() + np.square(deviations).sum())


def principal(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the distance in the first n / 10 principal components of the first set."""
    x, y = checked(one, "real excerpts"), checked(other, "generated sounds")
    axes = components(x)
    return full((x - x.mean(0)) @ axes.T, (y - x.mean(0)) @ axes.T)


def components(x: Floats) -> Floats:
    """Return the first max(1, n / 10) principal axes of a set [n, d]."""
    count = max(1, min(len(x) // 10, x.shape[1]))
    return np.linalg.svd(x - x.mean(0), full_matrices=False)[2][:count]


def extrapolated(one: NDArray[Any], other: NDArray[Any], seed: int = 0) -> float:
    """Return the distance for infinitely many items: a line through those of smaller sets, over 1 / n.

    After Chong & Forsyth (2020), with sizes from a half to all of the smaller set.
    """
    x, y = checked(one, "real excerpts"), checked(other, "generated sounds")
    most, chance = min(len(x), len(y)), np.random.default_rng(seed)
    sizes = np.unique(np.linspace(max(LEAST, most // 2), most, FITTED).round().astype(int))
    found = [
        full(x[chance.permutation(len(x))[:size]], y[chance.permutation(len(y))[:size]]) for size in sizes
    ]
    if len(sizes) < 2:
        return found[0]
    _, at_infinity = np.polyfit(1 / sizes, found, 1)
    return float(at_infinity)


def mmd(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the unbiased squared maximum mean discrepancy (Gretton et al. 2012).

    Its kernel is Gaussian, as wide as the median distance of all pairs; equal sets give 0 on average,
    sometimes less.
    """
    x, y = checked(one, "real excerpts"), checked(other, "generated sounds")
    both = np.concatenate([x, y])
    square = np.square(both).sum(1)
    away = (square[:, None] + square - 2 * both @ both.T).clip(0)
    middle = np.median(away[np.triu_indices(len(both), 1)])
    kernel = np.exp(-away / max(float(middle), 1e-12))
    n, m = len(x), len(y)
    within = [
        (part.sum() - np.trace(part)) / (k * (k - 1))
        for part, k in ((kernel[:n, :n], n), (kernel[n:, n:], m))
    ]
    return float(within[0] + within[1] - 2 * kernel[:n, n:].mean())


@dataclass(frozen=True, slots=True)
class DistanceKind:
    """A row of the table of distances."""

    title: str
    compute: Callable[[NDArray[Any], NDArray[Any]], float]
    formula: str


DISTANCES: dict[str, DistanceKind] = {
    "unit": DistanceKind("One unit", scalar, "(Δμ)² + (Δσ)²"),
    "layer": DistanceKind("Layer", full, "|Δμ|² + tr(S₁ + S₂ − 2(S₁S₂)^½)"),
    "pca": DistanceKind("Layer, PCA to n/10", principal, "the same in n/10 principal components"),
    "diagonal": DistanceKind("Layer, variances", diagonal, "Σ (Δμ)² + (Δσ)²"),
    "extrapolated": DistanceKind("Layer, N to infinity", extrapolated, "a line over 1/N, at 0"),
    "mmd": DistanceKind("Layer, unbiased MMD", mmd, "unbiased, Gaussian kernel"),
}


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance with all that it means nothing without.

    `n` generated items, `n_real` real ones chosen from a `pool`, `d` dimensions, and the floor below which
    sets of the same kind lie in 95 of 100 cases.
    """

    value: float
    kind: str
    n: int
    n_real: int
    d: int
    pool: int
    floor: float

    @property
    def words(self) -> str:
        """Say all of it in a line."""
        return (
            f"{self.value:.4g} (floor {self.floor:.4g}; N {self.n} generated, {self.n_real} real of "
            f"{self.pool}, d {self.d})"
        )


def floor_of(real: NDArray[Any], n: int, kind: str = "unit", splits: int = SPLITS, seed: int = 0) -> float:
    """Return the distance below which 95 of 100 sets of `n` items like the real ones lie.

    Real items are split at random where there are enough for two sets; else sets are drawn from the normal
    distribution that fits one unit's values, or from the items again for layers.
    """
    x, chance = checked(real, "real excerpts"), np.random.default_rng(seed)
    compute, count = DISTANCES[kind].compute, len(x)
    found = [compute(*_two_sets(x, n, count, chance)) for _ in range(splits)]
    return float(np.quantile(found, FLOOR_SHARE))


def _two_sets(x: Floats, n: int, m: int, chance: np.random.Generator) -> tuple[Floats, Floats]:
    if x.shape[1] == 1:
        drawn = chance.normal(x.mean(), max(1e-300, float(x.std(ddof=1))), n + m)[:, None]
        return drawn[:m], drawn[m:]
    if len(x) >= 2 * n:
        order = chance.permutation(len(x))
        return x[order[:n]], x[order[n : 2 * n]]
    return x[chance.integers(len(x), size=m)], x[chance.integers(len(x), size=n)]
