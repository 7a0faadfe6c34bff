"""Means and standard deviations of every measure at every step, gathered while a sweep is measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.sweeps.sweep_table import Step

Doubles = NDArray[np.float64]


class Courses:
    """Gathers measured steps; what it holds does not grow with the number of draws (Welford 1962)."""

    def __init__(self, steps: int) -> None:
        self._count = steps
        self._sums: dict[tuple[str, str], Doubles] = {}

    def through(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Yield steps unchanged, and gather them."""
        for one in steps:
            self.add(one)
            yield one

    def add(self, one: Step) -> None:
        """Gather one measured step; undefined values do not count."""
        for found in one.found:
            if np.isfinite(found.value):
                known = self._sums.setdefault((found.measure, found.layer), np.zeros((3, self._count)))
                count, mean, squares = known[:, one.step]
                away = found.value - mean
                mean += away / (count + 1)
                known[:, one.step] = count + 1, mean, squares + away * (found.value - mean)

    def measures(self) -> tuple[str, ...]:
        """Return the measures that have a value anywhere."""
        return tuple(dict.fromkeys(measure for measure, _ in self._sums))

    def layers(self, measure: str) -> tuple[str, ...]:
        """Return the layers that have a value of a measure."""
        return tuple(layer for one, layer in self._sums if one == measure)

    def course(self, measure: str, layer: str) -> tuple[Doubles, Doubles]:
        """Return mean and standard deviation (n - 1), float64 [steps], NaN where undefined."""
        count, mean, squares = self._sums[measure, layer]
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.where(count > 1, np.sqrt(squares / (count - 1)), np.nan)
        return np.where(count > 0, mean, np.nan), spread
