"""A whole search: which step comes next, what has been found, and which settings it speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.generation.frechet import DISTANCES, SPLITS, Distance, floor_of
from core.generation.grid import Grid, Setting
from core.generation.latent_prior import LatentPrior
from core.generation.real_excerpts import RealExcerpts
from core.generation.trajectory import Best, Course, Trajectory, begun

Array = NDArray[np.float32]
LARGEST_FLOOR_WORK = 20_000
"""More splits than this many items allow are not drawn: a layer's floor would take minutes."""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of the table of settings: what was reached, and how far it is from the real excerpts."""

    setting: Setting
    mean: float
    sd: float
    n: int
    distance: Distance | None = None


@dataclass(frozen=True)
class Comparison:
    """The real excerpts of a search: the pool, how many of its extremes are compared, and the distance."""

    pool: RealExcerpts
    n: int = 50
    kind: str = "unit"

    def chosen(self, sign: int) -> RealExcerpts:
        """Return the most (sign 1) or least (-1) activating excerpts."""
        return self.pool.take(self.pool.extreme(sign, self.n))

    def items(self, real: RealExcerpts) -> Array:
        """Return what is compared: the unit's values [n, 1], or the layer's averages [n, d]."""
        return real.values[:, None] if self.kind == "unit" else real.layers


@dataclass
class Search:
    """The trajectories of a grid, as far as they have come.

    `next` says what to compute, `put` takes the answer; between them anything may stop, and everything found
    stays. `layers` holds the layer's averages of settings, where a distance of layers asks for them.
    """

    latent: LatentPrior
    grid: Grid
    comparison: Comparison | None = None
    trajectories: dict[Course, Trajectory] = field(default_factory=dict[Course, Trajectory])
    layers: dict[Setting, Array] = field(default_factory=dict[Setting, Array])
    _floors: dict[tuple[int, int, str], float] = field(default_factory=dict[tuple[int, int, str], float])

    def next(self, chunk: int) -> tuple[Trajectory, int] | None:
        """Return a trajectory and the step to take it to, `chunk` steps further at most; None at the end.

        All courses reach one number of steps before any goes further, so that halving can compare them, and
        every cell of the table fills early.
        """
        alive = self.grid.courses()
        for rung in self.grid.ordered_steps:
            for course in alive:
                found = self._at(course)
                if found.step < rung:
                    return found, min(rung, found.step + max(1, chunk))
            alive = self._going_on(alive, rung)
        return None

    def _at(self, course: Course) -> Trajectory:
        if course not in self.trajectories:
            marks = self.grid.ordered_steps
            self.trajectories[course] = begun(self.latent, course, self.grid.restarts, self.grid.seed, marks)
        return self.trajectories[course]

    def _going_on(self, alive: tuple[Course, ...], rung: int) -> tuple[Course, ...]:
        """Return the courses that go beyond a number of steps: all, or the better half of each direction."""
        if not self.grid.halving:
            return alive
        kept: list[Course] = []
        for sign in self.grid.signs:
            some = [course for course in alive if course.sign == sign]
            ranked = sorted(some, key=lambda course: _rank(self.row(Setting(course, rung))))
            kept += ranked[: max(1, -(-len(ranked) // 2))]
        return tuple(course for course in alive if course in kept)

    def put(self, trajectory: Trajectory) -> None:
        """Take a trajectory that has come further."""
        self.trajectories[trajectory.course] = trajectory

    @property
    def done_steps(self) -> int:
        """The steps that have been taken, of all trajectories."""
        return sum(one.step for one in self.trajectories.values())

    def best(self, setting: Setting) -> Best | None:
        """Return the best of a setting's restarts, None while it has not come so far."""
        found = self.trajectories.get(setting.course)
        return None if found is None else found.snapshots.get(setting.steps)

    def row(self, setting: Setting) -> SettingRow | None:
        """Return a setting's line, None while it has not come so far."""
        best = self.best(setting)
        if best is None:
            return None
        n = len(best.values)
        sd = float(best.values.std(ddof=1)) if n > 1 else 0.0
        return SettingRow(setting, float(best.values.mean()), sd, n, self._distance(setting, best))

    def _distance(self, setting: Setting, best: Best) -> Distance | None:
        """Return how far a setting is from the real excerpts; None without them, or before its layers."""
        comparison = self.comparison
        items = self._items(setting, best)
        if comparison is None or items is None or len(best.values) < 2:
            return None
        real = comparison.chosen(setting.course.sign)
        values = comparison.items(real)
        value = DISTANCES[comparison.kind].compute(values, items)
        floor = self.floor(setting.course.sign, len(items))
        return Distance(
            value, comparison.kind, len(items), len(real), values.shape[1], len(comparison.pool), floor
        )

    def _items(self, setting: Setting, best: Best) -> Array | None:
        layered = self.comparison is not None and self.comparison.kind != "unit"
        return self.layers.get(setting) if layered else best.values[:, None]

    def floor(self, sign: int, n: int) -> float:
        """Return the noise floor of a direction for `n` generated sounds."""
        assert self.comparison is not None
        key = (sign, n, self.comparison.kind)
        if key not in self._floors:
            real = self.comparison.items(self.comparison.chosen(sign))
            splits = SPLITS if real.shape[1] == 1 else max(20, LARGEST_FLOOR_WORK // max(1, real.shape[1]))
            self._floors[key] = floor_of(real, n, self.comparison.kind, min(SPLITS, splits))
        return self._floors[key]

    def rows(self, sign: int) -> tuple[SettingRow, ...]:
        """Return the lines of a direction that are there already."""
        found = (self.row(setting) for setting in self.grid.settings(sign))
        return tuple(row for row in found if row is not None)

    def marks(self, sign: int) -> Mapping[str, SettingRow]:
        """Return the best, median and worst setting of a direction: nearest to the real excerpts, or, without
        them, furthest in its direction. Empty while nothing is there.
        """
        ranked = sorted(self.rows(sign), key=_rank)
        if not ranked:
            return {}
        return {"best": ranked[0], "median": ranked[(len(ranked) - 1) // 2], "worst": ranked[-1]}


def _rank(row: SettingRow | None) -> float:
    if row is None:
        return float("inf")
    return -row.setting.course.sign * row.mean if row.distance is None else row.distance.value
