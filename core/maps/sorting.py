"""Orders of feature maps: by correlation with a contour, and by cosine distance between two points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.maps.contours import Contour
from core.probing.feature_maps import FeatureMaps
from core.signals.axis import TimeAxis

Doubles = NDArray[np.float64]
LEAST_FRAMES = 3


def correlations(maps: FeatureMaps, contour: Contour) -> Doubles:
    """Return Pearson's r of every map with a contour, float64 [channels]; NaN for a map that is constant.

    Both are averaged over the same windows: those of the contour's frames or, where the layer is slower,
    one of the layer's steps around each of its samples. Frames where the contour is undefined are left out.
    """
    window_s = window_of(maps.axis, contour)
    slower = maps.axis.rate_hz < contour.track.axis.rate_hz
    grid = maps.axis if slower else contour.track.axis
    theirs = window_means(
        contour.track.samples[:, None], contour.track.axis, grid, 0 if not slower else window_s
    )
    mine = window_means(maps.values, maps.axis, grid, window_s)
    defined = np.isfinite(theirs[:, 0]) & np.isfinite(mine).all(1)
    return pearson(mine[defined], theirs[defined, 0])


def window_of(axis: TimeAxis, contour: Contour) -> float:
    """Return the length of the windows over which a layer and a contour are compared, in seconds."""
    return max(contour.window_s, axis.step_s, contour.track.axis.step_s)


def pearson(columns: Doubles, values: Doubles) -> Doubles:
    """Return Pearson's r of every column [n, columns] with `values` [n]; NaN where it is undefined.

    >>> pearson(np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]]), np.array([1.0, 2.0, 3.0])).tolist()
    [1.0, -1.0]
    """
    if len(values) < LEAST_FRAMES:
        return np.full((columns.shape[1],), np.nan, np.float64)
    mine, theirs = columns - columns.mean(0), values - values.mean()
    size = np.sqrt((mine**2).sum(0) * (theirs @ theirs))
    flat: NDArray[np.bool_] = (np.ptp(columns, axis=0) == 0) | (np.ptp(values) == 0) | (size == 0)
    together: Doubles = theirs @ mine
    found: Doubles = np.clip(together / np.where(flat, 1.0, size), -1.0, 1.0)
    found[flat] = np.nan
    return found


def window_means(
    values: NDArray[np.float32] | Doubles, axis: TimeAxis, grid: TimeAxis, window_s: float
) -> Doubles:
    """Return the means of samples [n, columns] in a window around each time of a grid, float64 [times, ..].

    A window without a sample, and a window of 0 s, takes the nearest sample; outside the samples it is NaN.
    """
    times = grid.times()
    nearest = np.rint((times - axis.start_s) * axis.rate_hz).astype(np.intp)
    inside = (nearest >= 0) & (nearest < axis.n)
    first = np.ceil((times - window_s / 2 - axis.start_s) * axis.rate_hz - 1e-6).astype(np.intp)
    last = np.floor((times + window_s / 2 - axis.start_s) * axis.rate_hz + 1e-6).astype(np.intp) + 1
    first, last = np.clip(first, 0, axis.n), np.clip(last, 0, axis.n)
    empty = (last <= first) | (window_s == 0)
    first, last = np.where(empty, np.clip(nearest, 0, axis.n - 1), first), np.where(empty, nearest + 1, last)
    last = np.clip(last, 1, axis.n)
    known = np.isfinite(values)
    sums = _running(np.where(known, values, 0.0))
    counts = _running(known.astype(np.float64))
    total, count = sums[last] - sums[first], counts[last] - counts[first]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(count > 0, total / count, np.nan)
    means[~inside] = np.nan
    return means


def _running(values: Doubles) -> Doubles:
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:])
    return sums


def cosine_distances(here: FeatureMaps, there: FeatureMaps) -> Doubles:
    """Return 1 − cos of the angle between each map and the same map elsewhere, float64 [channels].

    A map that is zero in one of the two has the distance 1, in both 0. Raises Fault for maps of other sizes.
    """
    if here.values.shape != there.values.shape:
        raise Fault(
            f"{here.name} has other maps at the two points.", "Compare points of one network and one length."
        )
    a, b = here.values.astype(np.float64), there.values.astype(np.float64)
    sizes = np.sqrt((a**2).sum(0)) * np.sqrt((b**2).sum(0))
    both_silent = ~a.any(0) & ~b.any(0)
    cosines = np.where(sizes > 0, (a * b).sum(0) / np.where(sizes > 0, sizes, 1.0), 0.0)
    return np.where(both_silent, 0.0, np.clip(1 - cosines, 0.0, 2.0))


def ranked(values: Doubles, largest_first: bool) -> tuple[int, ...]:
    """Return channels in the order of their values; equal ones by number, undefined ones last."""
    keys = np.where(np.isfinite(values), -values if largest_first else values, np.inf)
    return tuple(int(k) for k in np.argsort(keys, kind="stable"))
