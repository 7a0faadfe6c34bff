"""Each layer against the output: the paired values of all intervals, and Pearson's r of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.analyses.results import Doubles, Locked, locked
from core.measures.measuring import MeasuredLayer, Table


@dataclass(frozen=True, eq=False)
class Pair(Locked):
    """One measure of a layer and of the output: float64 [intervals, points], the items one after another,
    with one column if the measure is of whole intervals.

    `resampling` is that of the layer's curve, "" at its native rate. `labels` name the intervals, in order.
    """

    layer: str
    measure: str
    unit: str
    mine: Doubles
    theirs: Doubles
    resampling: str = ""
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "mine", locked(self.mine))
        object.__setattr__(self, "theirs", locked(self.theirs))

    @cached_property
    def both(self) -> tuple[Doubles, Doubles]:
        """The values of the layer and of the output where both are defined, float64 [n] each."""
        defined = np.isfinite(self.mine) & np.isfinite(self.theirs)
        return self.mine[defined], self.theirs[defined]

    @property
    def n(self) -> int:
        return int(self.both[0].size)

    @cached_property
    def r(self) -> float | None:
        return pearson_r(*self.both)


@dataclass(frozen=True, slots=True)
class Correlation:
    """One layer against the output: r (None if undefined) over `n` pairs in which both are defined."""

    layer: str
    measure: str
    r: float | None
    n: int


def correlations(table: Table) -> tuple[Correlation, ...]:
    """Return r of every layer except the output, for every measure that both have."""
    return tuple(Correlation(one.layer, one.measure, one.r, one.n) for one in pairs(table))


def pairs(table: Table) -> Iterator[Pair]:
    """Yield every layer except the output, paired with the output, for every measure that both have."""
    layers = {one.layer: None for one in table.layers if one.output and one.layer != one.output}
    for layer in layers:
        for measure in table.plan.measures:
            if (found := paired(table, layer, measure)) is not None:
                yield found


def paired(table: Table, layer: str, measure: str) -> Pair | None:
    """Return one measure of a layer paired with the output's; None if no item has both.

    An interval of a layer's own tier is paired with the output's interval of the same label, the first "a"
    with the first "a" and so on. Measures in the same intervals say nothing about durations.
    """
    sides: list[tuple[Doubles, Doubles]] = []
    names: list[tuple[str, str]] = []
    unit = resampling = ""
    for one, other in _beside(table, layer):
        own, others = _values(one, measure), _values(other, measure)
        if own is None or others is None or (measure == "duration" and one.stretches == other.stretches):
            continue
        mine, theirs = matching_intervals(one, other)
        if mine:
            sides.append((own[0][mine], others[0][theirs]))
            names += [(one.item, one.stretches[k].label.strip()) for k in mine]
            unit, resampling = own[1], one.origin.resampling
    if not sides:
        return None
    mine, theirs = (np.concatenate(side) for side in zip(*sides, strict=True))
    return Pair(layer, measure, unit, mine, theirs, resampling, interval_names(names))


def interval_names(pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the names of intervals from their items and labels: the label alone if there is one item, and
    equal names numbered.

    >>> interval_names([("word", "a"), ("word", "i"), ("word", "a")])
    ('a', 'i', 'a (2)')
    >>> interval_names([("p1", "a"), ("p2", "")])
    ('p1: a', 'p2')
    """
    single = len({item for item, _ in pairs}) <= 1
    names = [label or item if single else ": ".join(filter(None, (item, label))) for item, label in pairs]
    seen: Counter[str] = Counter()
    numbered: list[str] = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(numbered)


def _beside(table: Table, layer: str) -> Iterator[tuple[MeasuredLayer, MeasuredLayer]]:
    """Yield the layer and the output of every item that has both."""
    outputs = {(one.file, one.item): one for one in table.layers if one.layer == one.output}
    for one in table.layers:
        if one.layer == layer and (other := outputs.get((one.file, one.item))) is not None:
            yield one, other


def matching_intervals(one: MeasuredLayer, other: MeasuredLayer) -> tuple[list[int], list[int]]:
    """Return the indices of matching intervals on each side: equal labels, paired in order."""
    places = {name: k for k, name in enumerate(_numbered(other))}
    found = [(k, places[name]) for k, name in enumerate(_numbered(one)) if name in places]
    return [k for k, _ in found], [k for _, k in found]


def _numbered(one: MeasuredLayer) -> list[tuple[str, int]]:
    """Return each interval's label and how many earlier intervals have the same label."""
    seen: Counter[str] = Counter()
    named: list[tuple[str, int]] = []
    for stretch in one.stretches:
        label = stretch.label.strip()
        named.append((label, seen[label]))
        seen[label] += 1
    return named


def unpaired(table: Table) -> tuple[str, ...]:
    """Return a remark for each item whose layer tier or output has labels without a match."""
    said: dict[str, None] = {}
    for layer in {one.layer: None for one in table.layers if one.output and one.layer != one.output}:
        for one, other in _beside(table, layer):
            mine, theirs = Counter(_numbered(one)), Counter(_numbered(other))
            for lone, where in ((mine - theirs, other.layer), (theirs - mine, layer)):
                labels = ", ".join(f"“{label}”" for label in dict.fromkeys(label for label, _ in lone))
                if labels:
                    said[f"{layer}: {labels} of {one.item} has no match in {where}, so r leaves it out"] = (
                        None
                    )
    return tuple(said)


def _values(one: MeasuredLayer, measure: str) -> tuple[Doubles, str] | None:
    """Return a measure's values at the points, or for whole intervals if it has no points."""
    for column in one.columns:
        if column.measure == measure:
            found = column.points if column.points is not None else column.whole
            return None if found is None else (found.reshape(len(one.stretches), -1), column.unit)
    return None


def pearson_r(x: Doubles, y: Doubles) -> float | None:
    """Return Pearson's r; None for fewer than 3 pairs or if one side is constant.

    `scipy.stats.pearsonr` agrees within 1e-15, but it takes 15 times as long, because it also computes p and
    an interval, and a second to import.

    >>> round(pearson_r(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 5.0])), 4)
    0.982
    """
    if x.size < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    away_x, away_y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((away_x @ away_x) * (away_y @ away_y)))
    return float(np.clip((away_x @ away_y) / size, -1.0, 1.0)) if size > 0 else None
