"""Units of a layer on a map, those that answer alike beside each other.

The authors' constants (ANN-topomaps): a self-organising map of int(sqrt(n)) + 1 nodes a side, sigma 1, rate
0.5, 10 n iterations in random order; then one unit a cell, by the assignment that moves them least.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Floats = NDArray[np.float64]
Layout = Literal["SOM", "PCA", "t-SNE", "UMAP"]
SIGMA, RATE, ROUNDS = 1.0, 0.5, 10
CELLS = 100
"""Points a side of a map's picture."""


def side(units: int) -> int:
    """Return the nodes a side of a map for this many units.

    >>> side(250), side(64)
    (16, 9)
    """
    return int(np.sqrt(units)) + 1


def placed(features: NDArray[Any], layout: Layout = "SOM", seed: int = 0, one_to_one: bool = True) -> Floats:
    """Return the places of units in the unit square [units, 2], from their features [units, groups].

    Each unit has a place of its own, unless `one_to_one` is off. Raises Fault for fewer than three units, and
    if UMAP is not installed.
    """
    if len(features) < 3:
        raise Fault(f"A layer of {len(features)} units makes no map.", "Choose a layer with more.")
    found = LAYOUTS[layout](_scaled(features), seed)
    size = side(len(features))
    if one_to_one:
        found = apart(unit_square(found) * (size - 1), size)
    return unit_square(found)


def _scaled(features: NDArray[Any]) -> Floats:
    """Return features over their largest size, so that rate and sigma fit every layer."""
    found = np.asarray(features, np.float64)
    largest = float(np.abs(found).max(initial=0))
    return found / largest if largest > 0 else found


def self_organised(features: Floats, seed: int) -> Floats:
    """Return the node that each unit ends at, [units, 2] (Kohonen 1982, with MiniSom's decay)."""
    chance = np.random.default_rng(seed)
    size = side(len(features))
    nodes = features[chance.integers(len(features), size=size * size)]
    nodes = nodes + 1e-3 * chance.standard_normal(nodes.shape)
    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size), indexing="ij"), -1).reshape(-1, 2)
    apart_squared = np.square(grid[:, None] - grid[None]).sum(-1).astype(np.float64)
    rounds = ROUNDS * len(features)
    order = np.concatenate([chance.permutation(len(features)) for _ in range(ROUNDS)])
    for step, unit in enumerate(order):
        decay = 1 + step / (rounds / 2)
        difference = features[unit] - nodes
        winner = int(np.einsum("ij,ij->i", difference, difference).argmin())
        pull = RATE / decay * np.exp(-apart_squared[winner] / (2 * (SIGMA / decay) ** 2))
        nodes += pull[:, None] * difference
    return grid[_nearest(features, nodes)].astype(np.float64)


def _nearest(features: Floats, nodes: Floats) -> NDArray[np.intp]:
    products = features @ nodes.T
    return (np.square(nodes).sum(1) - 2 * products).argmin(1)


def principal(features: Floats, seed: int) -> Floats:
    """Return the first two principal components [units, 2]; the sign makes the largest entry positive."""
    centred = features - features.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((len(features), 2))
    some = (left * sizes)[:, :2]
    signs = np.sign(some[np.abs(some).argmax(0), np.arange(some.shape[1])])
    found[:, : some.shape[1]] = some * np.where(signs == 0, 1, signs)
    return found


def neighbours(features: Floats, seed: int) -> Floats:
    """Return t-SNE (van der Maaten and Hinton 2008) from the principal components [units, 2]."""
    from sklearn.manifold import TSNE  # pyright: ignore[reportMissingTypeStubs]

    start = principal(features, seed)
    spread = start.std() or 1.0
    made: Any = TSNE
    perplexity = max(1.0, min(30.0, (len(features) - 1) / 3))
    model = made(init=start / spread * 1e-4, perplexity=perplexity, random_state=seed)
    return np.asarray(model.fit_transform(features), np.float64)


def manifold(features: Floats, seed: int) -> Floats:
    """Return UMAP's places [units, 2]; raises Fault if the package umap-learn is not installed."""
    try:
        import importlib

        umap: Any = importlib.import_module("umap")
    except ImportError:
        raise Fault(
            "UMAP is not installed.", "Install it with pip install umap-learn, or use t-SNE."
        ) from None
    few = min(15, len(features) - 1)
    return np.asarray(umap.UMAP(n_neighbors=few, random_state=seed).fit_transform(features), np.float64)


LAYOUTS: dict[Layout, Callable[[Floats, int], Floats]] = {
    "SOM": self_organised,
    "PCA": principal,
    "t-SNE": neighbours,
    "UMAP": manifold,
}


def apart(places: Floats, size: int) -> Floats:
    """Return a cell of its own for every unit, on a grid of `size` a side, by the assignment that moves units
    least.
    """
    from scipy.optimize import linear_sum_assignment

    grid = np.stack(np.meshgrid(np.arange(size), np.arange(size), indexing="ij"), -1).reshape(-1, 2)
    moves = np.square(places[:, None] - grid[None]).sum(-1)
    _, cells = linear_sum_assignment(moves)
    return grid[cells].astype(np.float64)


def unit_square(places: Floats) -> Floats:
    """Return places moved and stretched to 0 .. 1 on both axes; an axis without extent becomes 0.5."""
    low, extent = places.min(0), np.ptp(places, axis=0)
    return np.where(extent > 0, (places - low) / np.where(extent > 0, extent, 1), 0.5)


def surface(places: Floats, values: NDArray[Any], cells: int = CELLS) -> Floats:
    """Return a map's picture [cells, cells], rows from the bottom: linear between units, 0 outside them."""
    from scipy.interpolate import griddata
    from scipy.spatial import QhullError

    axis = np.linspace(0, 1, cells)
    across, up = np.meshgrid(axis, axis)
    try:
        found: Any = griddata(places, np.asarray(values, np.float64), (across, up), "linear", 0.0)
    except QhullError:  # all units in a line
        found = griddata(places, np.asarray(values, np.float64), (across, up), "nearest")
    return np.asarray(found)


def neighbour_likeness(
    places: Floats, features: NDArray[Any], layouts: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return the mean correlation of each unit's features with those of its four nearest neighbours on the
    map, and the share of random layouts that reach it.
    """
    distances = np.square(places[:, None] - places[None]).sum(-1)
    np.fill_diagonal(distances, np.inf)
    few = min(4, len(places) - 1)
    near = np.argsort(distances, 1, kind="stable")[:, :few]
    centred = features - features.mean(1, keepdims=True)
    sizes = np.linalg.norm(centred, axis=1, keepdims=True)
    rows = centred / np.where(sizes > 0, sizes, 1)
    likeness = rows @ rows.T
    unit = np.arange(len(places))[:, None]
    found = float(likeness[unit, near].mean())
    chance = np.random.default_rng(seed)
    better = 0
    for _ in range(layouts):
        mixed = chance.permutation(len(places))
        better += float(likeness[mixed[unit], mixed[near]].mean()) >= found
    return found, (better + 1) / (layouts + 1)
