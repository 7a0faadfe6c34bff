"""The frozen values that the page of profiles shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class HeatView:
    """One group's profile [units, time] in the order of its rows, beside its mean input [bands, frames].

    `rows[k]` is the unit in row k; steps are `step_s` apart and step `centre` is time 0; `limit` is the end
    of the scale; `highest_hz` belongs to the uppermost band.
    """

    title: str
    facts: str
    values: Array
    rows: NDArray[np.intp]
    sound: Array
    step_s: float
    centre: int
    limit: float
    highest_hz: float
    unit: int = 0
    plain: bool = False

    @property
    def seconds(self) -> tuple[float, float]:
        """Where the first step begins and the last one ends."""
        begin_s = -(self.centre + 0.5) * self.step_s
        return begin_s, begin_s + self.values.shape[1] * self.step_s


@dataclass(frozen=True, eq=False)
class Curve:
    """A group's curve [time] with its band; `share` is its place in the colour scale."""

    name: str
    mean: Array
    low: Array
    high: Array
    share: float


@dataclass(frozen=True, eq=False)
class CurvesView:
    """Several groups' curves over the time of the heat map."""

    title: str
    facts: str
    curves: tuple[Curve, ...]
    step_s: float
    centre: int


@dataclass(frozen=True, eq=False)
class TreeView:
    """A tree of groups: names from the top, and brackets [joins, 4, 2] of distance and place."""

    title: str
    facts: str
    names: tuple[str, ...]
    lines: NDArray[np.float64]
    highest: float
    chosen: str = ""
    shares: tuple[tuple[str, float], ...] = ()
    left_out: str = ""


@dataclass(frozen=True, eq=False)
class LayersView:
    """Silhouettes over layers, a solid and a dashed series; probes as a dotted one; and the chosen layer."""

    layers: tuple[str, ...]
    titles: tuple[str, ...]
    solid: tuple[float, ...]
    dashed: tuple[float, ...]
    solid_name: str
    dashed_name: str
    chosen: str
    facts: str = ""
    dotted: tuple[float, ...] = ()
    dotted_name: str = ""


@dataclass(frozen=True, eq=False)
class MapView:
    """One group's topographic map [cells, cells], rows from the bottom."""

    name: str
    facts: str
    cells: Array


@dataclass(frozen=True, eq=False)
class MapsView:
    """Maps of several groups on one scale; `places` [units, 2] in the unit square, `values` [maps, units]."""

    title: str
    facts: str
    maps: tuple[MapView, ...]
    places: NDArray[np.float64]
    values: Array
    limit: float
    beyond: float
    unit: int = 0


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A stretch of a recording that drives a unit: its samples, and when the unit answers most."""

    label: str
    name: str
    at_s: float
    activation: float
    begin_s: float
    length_s: float
    wave: Array
    file: str = ""


@dataclass(frozen=True, eq=False)
class UnitView:
    """One unit: its value for every group, the units most like it, and what drives it most.

    `pattern` [bands, taps] is what a unit of the first layer has learnt.
    """

    title: str
    layer: str
    groups: tuple[str, ...]
    values: tuple[float, ...]
    near: tuple[tuple[str, float, str, str], ...]
    excerpts: tuple[Excerpt, ...]
    facts: str = ""
    pattern: Array | None = None
