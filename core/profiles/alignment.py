"""Examples moved so that what drove the network lies in the middle, and masked where nothing did.

The authors' released code (iNNtrospect): the largest value of the alignment curve is shifted to length // 2,
with zeros on one side and the other side cut off; a flat curve leaves the example where it is.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Align = Literal["none", "gradient", "gradient-activation"]
Mask = Literal["none", "hard", "soft"]


def alignment_curve(activations: Array, gradients: Array, how: Align) -> Array:
    """Return one value per time step [time] of activations and gradients [time, units].

    "gradient" is the mean over units of |gradient| (released code), "gradient-activation" the sum of
    |gradient| times activation (the authors' lecture).
    """
    if how == "gradient-activation":
        return (np.abs(gradients) * activations).sum(1)
    return np.abs(gradients).mean(1)


def shift_of(curve: Array) -> int | None:
    """Return by how many steps an example moves so that its largest value comes to length // 2; None if the
    curve is flat.

    >>> shift_of(np.array([0.0, 3.0, 1.0, 0.0])), shift_of(np.zeros(4))
    (1, None)
    """
    if not len(curve) or not np.isfinite(curve).all() or curve.max() == curve.min():
        return None
    return len(curve) // 2 - int(curve.argmax())


def shifted(rows: Array, steps: int) -> Array:
    """Return rows [time, ..] moved later by `steps`, with zeros where nothing was.

    >>> shifted(np.array([1.0, 2.0, 3.0]), 1)
    array([0., 1., 2.])
    """
    moved = np.zeros_like(rows)
    n = len(rows)
    if abs(steps) < n:
        moved[max(0, steps) : n + min(0, steps)] = rows[max(0, -steps) : n - max(0, steps)]
    return moved


def masked(activations: Array, gradients: Array, how: Mask, keep: float = 0.5) -> Array:
    """Return activations without those of low |gradient|: the `keep` share of the largest stays, or with
    "soft" each is weighted by |gradient| over the largest. Equal gradients keep everything; gradients of 0
    are only kept if all are.
    """
    size = np.abs(gradients)
    if how == "none" or not size.size or size.max() == size.min():
        return activations
    if how == "soft":
        return activations * (size / size.max())
    count = max(1, round(keep * size.size))
    least = np.partition(size, size.size - count, axis=None)[size.size - count]
    return np.where((size >= least) & ((size > 0) | (keep == 1)), activations, 0)
