"""Grids of latent values: which variables move, together or each by itself, and through which values.

The grids of the papers are in `PUBLISHED` (Beguš & Zhou 2022; Beguš 2020, 2021; Beguš, Leban & Gero 2023).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.faults import Fault
from core.networks.latent import LatentLayout, Point

MOST_STEPS = 10_000
HINT = "Write start, stop and step, for instance z11=-15:5:2, or the values themselves: z11=-1,0,1."


@dataclass(frozen=True, slots=True)
class Axis:
    """Variables that move together: their names and indices, and for each step a value for each of them."""

    names: tuple[str, ...]
    indices: tuple[int, ...]
    steps: tuple[tuple[float, ...], ...]

    def at(self, step: int) -> dict[str, float]:
        """Return the variables' values at a step."""
        return dict(zip(self.names, self.steps[step], strict=True))

    def moved(self, point: Point, step: int) -> Point:
        """Return a point with the variables at a step; all others stay."""
        for index, value in zip(self.indices, self.steps[step], strict=True):
            point = point.set(index, value)
        return point


@dataclass(frozen=True, slots=True)
class Grid:
    """All combinations of the steps of several axes, the last axis fastest."""

    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return math.prod(len(axis.steps) for axis in self.axes)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables that move."""
        return tuple(name for axis in self.axes for name in axis.names)

    def _places(self) -> Iterator[tuple[int, ...]]:
        return itertools.product(*(range(len(axis.steps)) for axis in self.axes))

    def values(self) -> tuple[dict[str, float], ...]:
        """Return each step's values by variable."""
        return tuple(
            {
                name: value
                for axis, step in zip(self.axes, place, strict=True)
                for name, value in axis.at(step).items()
            }
            for place in self._places()
        )

    def points(self, base: Point) -> tuple[Point, ...]:
        """Return each step's point: `base` with the variables of the grid moved."""
        found: list[Point] = []
        for place in self._places():
            point = base
            for axis, step in zip(self.axes, place, strict=True):
                point = axis.moved(point, step)
            found.append(point)
        return tuple(found)


def grid_of(texts: Sequence[str], layout: LatentLayout) -> Grid:
    """Read axes such as `z11=-15:5:2` and `c1,c2=0:2:0.25`, and return all their combinations.

    Raises Fault for a variable that the layout does not have or that moves twice, for values that are no
    numbers, and for more than `MOST_STEPS` steps.
    """
    if not texts:
        raise Fault("No variable moves.", HINT)
    grid = Grid(tuple(read_axis(text, layout) for text in texts))
    indices = [index for axis in grid.axes for index in axis.indices]
    for index in indices:
        if indices.count(index) > 1:
            raise Fault(f"{layout.names()[index]} moves twice.", "Name each variable once.")
    if len(grid) > MOST_STEPS:
        raise Fault(
            f"The grid has {len(grid):,} steps, more than {MOST_STEPS:,}.", "Use fewer or larger steps."
        )
    return grid


def read_axis(text: str, layout: LatentLayout) -> Axis:
    """Read one axis, for instance `z11=-15:5:2`, `c1=0,1,5`, or two variables together: `c1,c2=0:2:0.25`.

    Slashes give each variable its own value in each step: `c1,c2=1.5/0,0/0,0/1.5`.
    """
    names, equals, values = text.partition("=")
    if not equals:
        raise Fault(f"“{text}” moves nothing.", HINT)
    indices = tuple(layout.index(name) for name in names.split(","))
    known = layout.names()
    if "/" in values:
        steps = tuple(_own_values(part, len(indices)) for part in values.split(","))
    else:
        steps = tuple((one,) * len(indices) for one in read_values(values))
    return Axis(tuple(known[index] for index in indices), indices, steps)


def _own_values(text: str, count: int) -> tuple[float, ...]:
    """Read the values of one step, one for each variable, with slashes between them."""
    parts = text.split("/")
    if len(parts) != count:
        raise Fault(f"“{text.strip()}” does not hold {count} values, one for each variable.", HINT)
    return tuple(float(_decimal(part)) for part in parts)


def read_values(text: str) -> tuple[float, ...]:
    """Read `start:stop:step`, with the stop included, or values with commas between them.

    The values of a range are those of the decimals as written: 0:1:0.1 ends at 1 and holds 0.3.
    """
    if ":" not in text:
        return tuple(float(_decimal(part)) for part in text.split(","))
    parts = text.split(":")
    if len(parts) != 3:
        raise Fault(f"“{text}” is not a range.", HINT)
    start, stop, step = map(_decimal, parts)
    if step == 0:
        raise Fault(f"“{text}” has a step of 0 and never ends.", HINT)
    if (stop - start) * step < 0:
        raise Fault(f"“{text}” leads away from {stop}: its step has the wrong sign.", HINT)
    count = int((stop - start) / step) + 1
    if count > MOST_STEPS:
        raise Fault(f"“{text}” has {count:,} steps, more than {MOST_STEPS:,}.", "Use a larger step.")
    return tuple(float(start + k * step) for k in range(count))


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.strip().replace("\u2212", "-"))
    except InvalidOperation:
        raise Fault(f"“{text.strip()}” is not a number.", HINT) from None
    if not value.is_finite() or not math.isfinite(float(value)):
        raise Fault(f"“{text.strip()}” is not a finite number.", HINT)
    return value


def through(points: Sequence[Point], steps: int) -> tuple[Point, ...]:
    """Return points along straight lines from each point to the next, `steps` between two neighbours.

    The given points are among them, exactly. Raises Fault for fewer than two points, points of different
    lengths, or fewer than one step.
    """
    if len(points) < 2:
        raise Fault("A path needs at least two points.", "Keep another point first.")
    if len({len(point.z) for point in points}) > 1:
        raise Fault("The points have different numbers of values.", "Use points of one model.")
    if steps < 1:
        raise Fault(f"{steps} steps lead nowhere.", "Use at least one step between two points.")
    found: list[Point] = [points[0]]
    for start, end in itertools.pairwise(points):
        for k in range(1, steps + 1):
            share = k / steps
            mixed = (a + (b - a) * share for a, b in zip(start.z, end.z, strict=True))
            found.append(end if k == steps else Point(tuple(mixed)))
    return tuple(found)


def path_grid(points: Sequence[Point], steps: int, layout: LatentLayout) -> Grid:
    """Return the grid along straight lines from each point to the next (see `through`).

    Only the variables that differ between the points move, all together. Raises Fault as `through` does,
    and if all points are equal or there are too many steps.
    """
    if (count := (len(points) - 1) * steps + 1) > MOST_STEPS:
        raise Fault(f"The path has {count:,} steps, more than {MOST_STEPS:,}.", "Use fewer steps.")
    found = through(points, steps)
    indices = tuple(k for k in range(layout.size) if len({point.z[k] for point in found}) > 1)
    if not indices:
        raise Fault("All points of the path are the same.", "Choose points that differ.")
    names = layout.names()
    rows = tuple(tuple(point.z[k] for k in indices) for point in found)
    return Grid((Axis(tuple(names[k] for k in indices), indices, rows),))


@dataclass(frozen=True, slots=True)
class PublishedGrid:
    """A grid of a paper: its axes as text, with `{}` for the variable that moves, and where it stands.

    A grid without `{}` moves variables of the code, of which the model needs at least `code`.
    """

    axes: tuple[str, ...]
    source: str
    code: int = 0


def _spaced(low: float, high: float, count: int) -> str:
    """Return the text of `count` equally spaced values, as numpy's linspace gives them."""
    step = (high - low) / (count - 1)
    return ",".join(repr(low + k * step if k < count - 1 else high) for k in range(count))


def _codes(*steps: tuple[float, float]) -> str:
    return "c1,c2=" + ",".join(f"{first:g}/{second:g}" for first, second in steps)


_TO_2 = [(0.0, k / 4) for k in range(9)]
_ACROSS = [(1.5 - k / 8, 0.0) for k in range(12)] + [(0.0, k / 8) for k in range(13)]
_CDEV = "Beguš, Leban & Gero 2023"

PUBLISHED: Mapping[str, PublishedGrid] = {
    "-15 to 5 by 2": PublishedGrid(("{}=-15:5:2",), "Beguš & Zhou 2022, figures 9 and 13"),
    "-5 to 5 by 0.5": PublishedGrid(("{}=-5:5:0.5",), "Beguš & Zhou 2022"),
    "-4.5 to 4.5 by 0.5": PublishedGrid(("{}=-4.5:4.5:0.5",), "Beguš 2020"),
    "0 to 2 by 0.25": PublishedGrid(("{}=0:2:0.25",), "Beguš & Zhou 2022, codes of ciwGAN"),
    "1, 2, 3, 5, 15": PublishedGrid(("{}=1,2,3,5,15",), "Beguš 2021, forced values"),
    "-12.5 to 12.5 in 40 values": PublishedGrid((f"{{}}={_spaced(-12.5, 12.5, 40)}",), _CDEV),
    "-0.9 to 12.5 in 20 values": PublishedGrid((f"{{}}={_spaced(-0.9, 12.5, 20)}",), _CDEV),
    "c1, c2: 0, 0 to 0, 2": PublishedGrid((_codes(*_TO_2),), "Beguš & Zhou 2022, codes of ciwGAN", 2),
    "c1, c2: 1.5, 0 over 0, 0 to 0, 1.5": PublishedGrid((_codes(*_ACROSS),), "Beguš 2021, reduplication", 2),
}
"""The papers' grids by name."""
