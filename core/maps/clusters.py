"""Feature maps grouped by spectral clustering, as published: an RBF affinity, then k-means.

Beguš & Zhou (2022) average each map of Conv4 over 1000 outputs and group the averages with a gamma of 1e-10
into two clusters.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

PUBLISHED_GAMMA = 1e-10
PUBLISHED_CLUSTERS = 2
MOST_CLUSTERS = 6
STARTS = 10  # of k-means


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """The number of clusters, and the gamma of exp(−gamma * |a − b|²), the affinity of two maps."""

    count: int = PUBLISHED_CLUSTERS
    gamma: float = PUBLISHED_GAMMA


PUBLISHED = ClusterSettings()


def cluster(maps: NDArray[np.float32], settings: ClusterSettings | None = None) -> tuple[int, ...]:
    """Return the cluster of every map [samples, channels], counted from 0 in the order of time.

    The first cluster is the one whose mean has its centre of mass earliest. Raises Fault for a number of
    clusters that the maps cannot have.
    """
    used = settings or PUBLISHED
    channels = maps.shape[1]
    most = min(MOST_CLUSTERS, channels)
    if not 1 <= used.count <= most:
        raise Fault(
            f"{channels} maps cannot make {used.count} clusters.", f"Choose a number from 1 to {most}."
        )
    if not (np.isfinite(used.gamma) and used.gamma > 0):
        raise Fault(f"A gamma of {used.gamma:g} gives no affinity.", "Choose a number above 0.")
    from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]

    curves = np.nan_to_num(maps.T.astype(np.float64), posinf=0.0, neginf=0.0)
    if used.count == 1 or not np.ptp(curves, axis=0).any():
        return (0,) * channels
    with threadpool_limits(1):  # on a busy machine several threads wait for each other, for seconds
        return _in_time(_labels(curves, used), curves)


def _labels(curves: NDArray[np.float64], used: ClusterSettings) -> NDArray[np.intp]:
    from sklearn.cluster import KMeans  # pyright: ignore[reportMissingTypeStubs]

    made: Any = KMeans
    grouping = made(used.count, n_init=STARTS, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer different maps than clusters: some stay empty
        return np.asarray(grouping.fit_predict(embedding(curves, used)), np.intp)


def embedding(curves: NDArray[np.float64], used: ClusterSettings) -> NDArray[np.float64]:
    """Return the maps' places in the leading eigenvectors of the normalised affinity, float64 [maps, ...].

    With a gamma of 1e-10 all affinities are 1 − 1e-8 or so, where sparse solvers stop: so the
    whole matrix is solved, without the constant part, which carries no information. Scaled as in
    scikit-learn's `spectral_embedding`, which drops nothing.
    """
    from scipy.linalg import eigh

    squares = (curves**2).sum(1)
    distances = np.maximum(squares[:, None] + squares[None] - 2 * curves @ curves.T, 0.0)
    np.fill_diagonal(distances, 0.0)
    weak = np.expm1(-used.gamma * distances)  # the affinity less 1, to all its digits
    degrees = len(curves) + weak.sum(1)
    scale = 1 / np.sqrt(degrees)
    normalised = scale[:, None] * (1.0 + weak) * scale[None]
    own = np.sqrt(degrees / degrees.sum())
    rest = normalised - np.outer(own, own)  # its first eigenvector is known: the constant one
    kept = [len(curves) - max(1, used.count - 1), len(curves) - 1]
    vectors = np.asarray(eigh(rest, subset_by_index=kept)[1], np.float64)
    return vectors * scale[:, None]


def _in_time(labels: NDArray[np.intp], curves: NDArray[np.float64]) -> tuple[int, ...]:
    """Number clusters by the centre of mass, in time, of their mean curve's size."""
    found = np.unique(labels)
    times = np.arange(curves.shape[1], dtype=np.float64)
    sizes = [np.abs(curves[labels == one].mean(0)) for one in found]
    centres = [float(size @ times / size.sum()) if size.sum() > 0 else np.inf for size in sizes]
    place = {int(found[k]): rank for rank, k in enumerate(np.argsort(centres, kind="stable"))}
    return tuple(place[int(one)] for one in labels)
