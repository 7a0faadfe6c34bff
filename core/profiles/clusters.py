"""Groups and events by likeness: trees of groups, silhouettes, and the similarity of layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.phonemes.arpabet import manner_of, place_of

Floats = NDArray[np.float64]
Metric = Literal["cosine", "euclidean", "correlation"]
Linkage = Literal["average", "complete", "single", "ward"]


@dataclass(frozen=True, eq=False)
class Tree:
    """A hierarchy of groups: their names from top to bottom, and the lines that join them.

    Each row of `lines` [joins, 4, 2] is a bracket of four points: distance, and place in the order (from 0).
    """

    names: tuple[str, ...]
    lines: Floats
    highest: float


def tree(
    vectors: NDArray[Any], names: tuple[str, ...], metric: Metric = "cosine", linkage: Linkage = "average"
) -> Tree | None:
    """Return the hierarchy of groups by their vectors [groups, values], neighbours as alike as possible (Bar-
    Joseph et al. 2001); None for fewer than two groups.
    """
    if len(names) < 2:
        return None
    from scipy.cluster.hierarchy import dendrogram
    from scipy.cluster.hierarchy import linkage as link

    distances = distances_of(vectors, "euclidean" if linkage == "ward" else metric)
    joined: Any = link(_condensed(distances), linkage, optimal_ordering=True)
    drawn: Any = dendrogram(joined, no_plot=True)
    places = (np.array(drawn["icoord"]) - 5) / 10
    lines = np.stack([np.array(drawn["dcoord"]), places], 2)
    return Tree(tuple(names[int(k)] for k in drawn["leaves"]), lines, float(joined[:, 2].max()))


def distances_of(vectors: NDArray[Any], metric: Metric = "cosine") -> Floats:
    """Return the distances between rows [n, n]; a row of zeros has a cosine distance of 1 to all others."""
    from scipy.spatial.distance import pdist, squareform

    measured: Any = pdist
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = measured(np.asarray(vectors, np.float64), metric)
    return np.asarray(squareform(np.maximum(np.nan_to_num(found, nan=1.0), 0)))


def _condensed(distances: Floats) -> Floats:
    from scipy.spatial.distance import squareform

    found: Any = squareform(distances, checks=False)
    return np.asarray(found)


def silhouette(distances: Floats, labels: Sequence[str]) -> float:
    """Return the mean silhouette (Rousseeuw 1987) of rows with labels; NaN for a single label, or if every
    row has its own. A row alone with its label counts as 0.

    >>> silhouette(np.array([[0, 1, 9, 9], [1, 0, 9, 9], [9, 9, 0, 1], [9, 9, 1, 0.0]]), list("aabb"))
    0.8888888888888888
    """
    names, places = np.unique(np.asarray(labels), return_inverse=True)
    count = len(names)
    if not 2 <= count < len(labels):
        return float("nan")
    member = np.eye(count)[places]
    sizes = member.sum(0)
    sums = distances @ member
    own = sums[np.arange(len(places)), places] / np.maximum(sizes[places] - 1, 1)
    others = np.where(member > 0, np.inf, sums / sizes).min(1)
    larger = np.maximum(own, others)
    values = np.where(larger > 0, (others - own) / np.where(larger > 0, larger, 1), 0)
    return float(np.where(sizes[places] > 1, values, 0).mean())


MOST_PHONEMES = 0.8
"""The share of groups that must be phonemes before their manner and place are compared."""


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """How well a layer tells apart the events by group, by manner and by place of articulation."""

    groups: float
    manner: float
    place: float


def silhouettes(vectors: NDArray[Any], groups: Sequence[str], metric: Metric = "cosine") -> Silhouettes:
    """Return the silhouettes of events [events, units]; manner and place of those that are phonemes.

    Where fewer than `MOST_PHONEMES` of the groups are phonemes, they are letters or words, some of which only
    look like phonemes: manner and place are NaN.
    """
    if len(groups) < 3:
        return Silhouettes(float("nan"), float("nan"), float("nan"))
    centred = np.asarray(vectors, np.float64) - np.asarray(vectors, np.float64).mean(0)
    distances = distances_of(centred, metric)
    found: list[float] = [silhouette(distances, groups)]
    names = set(groups)
    if sum(manner_of(name) is not None for name in names) < MOST_PHONEMES * len(names):
        return Silhouettes(found[0], float("nan"), float("nan"))
    for of in (manner_of, place_of):
        classes = [of(group) for group in groups]
        rows = [k for k, one in enumerate(classes) if one is not None]
        some = [one for one in classes if one is not None]
        found.append(silhouette(distances[np.ix_(rows, rows)], some))
    return Silhouettes(*found)


def similarity(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the linear CKA (Kornblith et al. 2019) of two layers, from vectors of the same events.

    Vectors are [events, units]. It is 1 for layers that are equal up to rotation and size, NaN if one is
    constant.
    """
    x, y = (np.asarray(some, np.float64) - np.asarray(some, np.float64).mean(0) for some in (one, other))
    scale = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(y.T @ x) ** 2 / scale) if scale > 0 else float("nan")


def similarities(ones: Sequence[NDArray[Any]], others: Sequence[NDArray[Any]]) -> Floats:
    """Return the linear CKA of every layer with every other [ones, others]."""
    return np.array([[similarity(one, other) for other in others] for one in ones])
