"""Channels in an order in which similar ones stand next to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.networks.blas_threads import products_on_one_thread


def similarity_order(maps: NDArray[np.float32]) -> tuple[int, ...]:
    """Return the channels of maps [samples, channels] by the angle of their two leading components.

    The order of Friendly ("Corrgrams", American Statistician 56, 2002): channels are placed by the first two
    eigenvectors of their correlations, and read off around the circle from its widest gap on. Silent channels
    come last, by number.

    >>> times = np.arange(8.0)
    >>> one, two = np.sin(times), np.cos(times)
    >>> similarity_order(np.stack([one, two, one * 3, two * 2], 1).astype(np.float32))
    (0, 2, 1, 3)
    """
    values = np.nan_to_num(maps.astype(np.float64), posinf=0.0, neginf=0.0)
    values -= values.mean(0)
    sizes = np.sqrt((values**2).sum(0))
    heard = np.flatnonzero(sizes > 0)
    silent = tuple(int(k) for k in np.flatnonzero(sizes == 0))
    if heard.size < 3:
        return (*(int(k) for k in heard), *silent)
    with products_on_one_thread():
        places = _components(values[:, heard] / sizes[heard])
    angles = np.arctan2(places[:, 1], places[:, 0])
    order = np.argsort(angles, kind="stable")
    steps = np.diff(np.append(angles[order], angles[order[0]] + 2 * np.pi))
    order = np.roll(order, -(int(np.argmax(steps)) + 1))
    turned = order if heard[order[0]] < heard[order[-1]] else order[::-1]
    return (*(int(k) for k in heard[turned]), *silent)


def _components(unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the channels' places in the two leading components, float64 [channels, 2]."""
    samples, channels = unit.shape
    if samples < channels:
        vectors = np.linalg.eigh(unit @ unit.T)[1][:, -2:]
        return np.asarray(unit.T @ vectors, np.float64)[:, ::-1]
    return np.asarray(np.linalg.eigh(unit.T @ unit)[1][:, -2:], np.float64)[:, ::-1]
