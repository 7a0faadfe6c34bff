"""The results of benchmarks: named costs with their limits, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Limit = float | tuple[float, float]
WIDTHS = (34, 9, 9, 17, 5)
HEADS = ("", "median", "p95", "limit", "n")


@dataclass(frozen=True)
class Figure:
    """One measured cost (lower is better); `limit` is for the median, or for median and p95."""

    name: str
    values: tuple[float, ...]
    unit: str
    limit: Limit

    @property
    def median(self) -> float:
        return float(np.median(self.values))

    @property
    def p95(self) -> float:
        return float(np.percentile(self.values, 95))

    @property
    def kept(self) -> bool:
        """Whether the cost is within the limit."""
        if isinstance(self.limit, tuple):
            return self.median <= self.limit[0] and self.p95 <= self.limit[1]
        return self.median <= self.limit

    def line(self) -> str:
        """Return the figure as one JSON object."""
        row = {
            "name": self.name,
            "median": round(self.median, 4),
            "p95": round(self.p95, 4),
            "unit": self.unit,
            "n": len(self.values),
            "limit": self.limit,
        }
        return json.dumps(row)

    def words(self) -> str:
        """Return the figure as one line of the table."""
        limits = self.limit if isinstance(self.limit, tuple) else (self.limit,)
        bound = f"{' / '.join(f'{limit:g}' for limit in limits)} {self.unit}"
        name = self.name.replace("_", " ")
        cells = (name, f"{self.median:.2f}", f"{self.p95:.2f}", bound, str(len(self.values)))
        return _row(cells) + ("" if self.kept else "  above")


def head() -> str:
    """Return the header of the table."""
    return _row(HEADS)


def _row(cells: Sequence[str]) -> str:
    first, *rest = zip(cells, WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in rest)


def milliseconds(seconds: Iterable[float]) -> tuple[float, ...]:
    """Return seconds as milliseconds."""
    return tuple(1000 * each for each in seconds)
