"""Where the steps of a grid stand on an axis, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.sweeps.grid import Axis, Grid

MOST_NAMED = 3  # values that a step's name can hold


@dataclass(frozen=True, slots=True)
class Positions:
    """The steps on one axis: its name, a place for each step, and each step's name.

    `is_value` is whether the places are values of a latent variable; otherwise steps are numbered from 1.
    """

    name: str
    places: tuple[float, ...]
    words: tuple[str, ...]
    is_value: bool = True


def positions(grid: Grid) -> Positions:
    """Return the places of a grid's steps.

    Steps stand at the value that moves. Where several values move independently, or in different ways, the
    steps are numbered, and a name holds up to three values.
    """
    if len(grid.axes) == 1:
        one = _of_one_value(grid.axes[0])
        if one is not None:
            return one
    count = len(grid)
    names = grid.names if len(grid.names) <= MOST_NAMED else ()
    words = (
        tuple(", ".join(f"{step[name]:g}" for name in names) for step in grid.values())
        if names
        else tuple(str(k + 1) for k in range(count))
    )
    name = ", ".join(names) if names else f"path of {len(grid.names)} variables"
    return Positions(name, tuple(float(k + 1) for k in range(count)), words, False)


def _of_one_value(axis: Axis) -> Positions | None:
    """Return the places on an axis along which one value moves, alone or in several variables alike."""
    columns = list(zip(*axis.steps, strict=True))
    moving = [k for k, column in enumerate(columns) if min(column) < max(column)]
    chosen = [k for k in moving or range(len(columns)) if columns[k] == columns[(moving or [0])[0]]]
    if len(chosen) < len(moving) or (chosen and len(axis.steps) != len(set(columns[chosen[0]]))):
        return None
    values = columns[chosen[0]]
    return Positions(
        ", ".join(axis.names[k] for k in chosen), tuple(values), tuple(f"{value:g}" for value in values)
    )


def shares(places: Sequence[float]) -> tuple[float, ...]:
    """Return each place as a share of the way from the lowest to the highest, 0.5 where all are equal."""
    low, high = min(places), max(places)
    return tuple((place - low) / (high - low) if high > low else 0.5 for place in places)
