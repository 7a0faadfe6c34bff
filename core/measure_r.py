"""Pearson's r of each layer against the output, on the concatenated values of all intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.analyses.results import Doubles
from core.measure import Measured, Table


@dataclass(frozen=True, slots=True)
class Correlation:
    """One layer against the output: r, None where undefined, over `n` pairs that both layers have."""

    layer: str
    measure: str
    r: float | None
    n: int


def correlations(table: Table) -> tuple[Correlation, ...]:
    """Give r of every layer but the output, for every measure that both have."""
    layers = {one.layer: None for one in table.layers if one.output and one.layer != one.output}
    return tuple(
        Correlation(layer, measure, pearson_r(*pair), int(pair[0].size))
        for layer in layers
        for measure in table.plan.measures
        if (pair := paired(table, layer, measure)) is not None
    )


def paired(table: Table, layer: str, measure: str) -> tuple[Doubles, Doubles] | None:
    """Give the values of a layer and of the output wherever both are defined, all items and intervals
    one after the other; None where no item has both.
    """
    outputs = {(one.file, one.item): one for one in table.layers if one.layer == one.output}
    pairs: list[tuple[Doubles, Doubles]] = []
    for one in table.layers:
        other = outputs.get((one.file, one.item))
        if one.layer != layer or other is None or len(one.stretches) != len(other.stretches):
            continue
        mine, theirs = _values(one, measure), _values(other, measure)
        if mine is not None and theirs is not None:
            pairs.append((mine, theirs))
    if not pairs:
        return None
    x, y = (np.concatenate(side) for side in zip(*pairs, strict=True))
    both = np.isfinite(x) & np.isfinite(y)
    return x[both], y[both]


def _values(one: Measured, measure: str) -> Doubles | None:
    """Give a measure's values at the points, or of the whole intervals where it has no points."""
    for column in one.columns:
        if column.measure == measure:
            found = column.points if column.points is not None else column.whole
            return None if found is None else found.ravel()
    return None


def pearson_r(x: Doubles, y: Doubles) -> float | None:
    """Give Pearson's r; None for fewer than 3 pairs or where either does not vary.

    >>> round(pearson_r(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 5.0])), 4)
    0.982
    """
    if x.size < 3:
        return None
    away_x, away_y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((away_x @ away_x) * (away_y @ away_y)))
    return float(np.clip((away_x @ away_y) / size, -1.0, 1.0)) if size > 0 else None
