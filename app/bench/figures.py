"""The results of benchmarks: named costs with their limits, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Limit = float | tuple[float, float]
WIDTHS = (32, 10, 10, 5, 8, 8, 13, 6)
HEADS = ("", "median", "p95", "", "ratio", "p95", "limit", "n")


@dataclass(frozen=True)
class Yardstick:
    """What a figure is compared with: its name, and its times in the same run and in the figure's unit."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return float(np.median(self.values))


@dataclass(frozen=True)
class Figure:
    """One measured cost (lower is better), as a ratio to a yardstick of the same run.

    `limit` is for the median ratio, or for those of the median and the 95th percentile. A figure that was
    measured as a ratio (unit "x") has no yardstick: its values are the ratios.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    limit: Limit
    yardstick: Yardstick | None = None

    @property
    def median(self) -> float:
        return float(np.median(self.values))

    @property
    def p95(self) -> float:
        return float(np.percentile(self.values, 95))

    @property
    def ratio(self) -> float:
        """The median relative to the yardstick's."""
        return self.median / self._measure

    @property
    def ratio_p95(self) -> float:
        """The 95th percentile relative to the yardstick's median."""
        return self.p95 / self._measure

    @property
    def _measure(self) -> float:
        return self.yardstick.median if self.yardstick is not None else 1.0

    @property
    def kept(self) -> bool:
        """Whether the ratio is within the limit."""
        if isinstance(self.limit, tuple):
            return self.ratio <= self.limit[0] and self.ratio_p95 <= self.limit[1]
        return self.ratio <= self.limit

    def line(self) -> str:
        """Return the figure as one JSON object."""
        row = {
            "name": self.name,
            "median": round(self.median, 4),
            "p95": round(self.p95, 4),
            "unit": self.unit,
            "n": len(self.values),
            "ratio": round(self.ratio, 4),
            "ratio_p95": round(self.ratio_p95, 4),
            "to": self.yardstick.name if self.yardstick is not None else "",
            "limit": self.limit,
        }
        return json.dumps(row, ensure_ascii=False)

    def words(self) -> str:
        """Return the figure as one line of the table."""
        limits = self.limit if isinstance(self.limit, tuple) else (self.limit,)
        bound = " / ".join(f"{limit:g}" for limit in limits)
        times = (f"{self.median:.2f}", f"{self.p95:.2f}", self.unit) if self.yardstick else ("", "", "")
        name, ratios = self.name.replace("_", " "), (f"{self.ratio:.2f}", f"{self.ratio_p95:.2f}")
        row = _row((name, *times, *ratios, bound, str(len(self.values))))
        beside = f"  to {self.yardstick.name}" if self.yardstick else ""
        return row + beside + ("" if self.kept else "  above")


def head() -> str:
    """Return the header of the table."""
    return _row(HEADS)


def _row(cells: Sequence[str]) -> str:
    first, *rest = zip(cells, WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in rest)


def milliseconds(seconds: Iterable[float]) -> tuple[float, ...]:
    """Return seconds as milliseconds."""
    return tuple(1000 * each for each in seconds)
