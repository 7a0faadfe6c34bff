"""`sweep.json` read again: which checkpoint was swept, over which grid, from which draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.families.card import Answer
from core.faults import Fault
from core.files.own_files import DAMAGE
from core.files.regular import check_file
from core.networks.latent import LatentLayout, Point
from core.sweeps.grid import MOST_STEPS, Axis, Grid
from core.sweeps.sweep import Draw, Sweep

LARGEST_BYTES = 200_000_000
NAME = "sweep.json"


class _AxisRow(msgspec.Struct):
    variables: list[str]
    values: list[list[float]]


class _DrawRow(msgspec.Struct):
    z: list[float]
    seed: int | None = None


class _Record(msgspec.Struct):
    checkpoint: str
    axes: list[_AxisRow]
    draws: list[_DrawRow]
    path: str = ""
    answers: dict[str, bool | int | float | str] = {}


@dataclass(frozen=True)
class SweepFile:
    """A sweep's record: its checkpoint by digest and path, the answers it was opened with, and the rest."""

    checkpoint: str
    path: str
    answers: Mapping[str, Answer]
    record: _Record

    def sweep(self, layout: LatentLayout) -> Sweep:
        """Return the sweep in a model with this layout. Raises Fault if it does not fit."""
        axes = tuple(_axis(row, layout) for row in self.record.axes)
        grid = Grid(axes)
        if not axes or not 0 < len(grid) <= MOST_STEPS or not self.record.draws:
            raise Fault(f"This {NAME} holds no sweep.", "Run `phonoscope sweep` again.")
        return Sweep(grid, tuple(_draw(row, layout) for row in self.record.draws))


def is_sweep_file(path: Path) -> bool:
    """Return whether a file is called like a sweep's record."""
    return path.name == NAME or (path.suffix == ".json" and path.stem.endswith("sweep"))


def read_sweep(path: Path) -> SweepFile:
    """Read a sweep's record. Raises Fault for what is none."""
    check_file(path)
    try:
        with path.open("rb") as file:
            record = msgspec.json.decode(file.read(LARGEST_BYTES), type=_Record)
    except OSError as problem:
        raise Fault(f"“{path.name}” could not be read: {problem.strerror}.") from None
    except DAMAGE:
        raise Fault(
            f"“{path.name}” is not the record of a sweep.", "`phonoscope sweep` writes one."
        ) from None
    return SweepFile(record.checkpoint, record.path, record.answers, record)


def _axis(row: _AxisRow, layout: LatentLayout) -> Axis:
    indices = tuple(layout.index(name) for name in row.variables)
    if any(len(step) != len(indices) for step in row.values):
        raise Fault(f"The values of {', '.join(row.variables)} do not fit.", "Run `phonoscope sweep` again.")
    names = layout.names()
    return Axis(tuple(names[k] for k in indices), indices, tuple(tuple(step) for step in row.values))


def _draw(row: _DrawRow, layout: LatentLayout) -> Draw:
    if len(row.z) != layout.size:
        raise Fault(f"The sweep's draws have {len(row.z)} values; this model takes {layout.size}.")
    return Draw(Point(tuple(row.z)), row.seed)


def axis_text(axis: Axis) -> str:
    """Return an axis as `--vary` takes it.

    >>> axis_text(Axis(("c1", "c2"), (0, 1), ((1.5, 0.0), (0.0, 0.5))))
    'c1,c2=1.5/0.0,0.0/0.5'
    """
    return f"{','.join(axis.names)}={','.join('/'.join(map(repr, step)) for step in axis.steps)}"


def texts_of(grid: Grid) -> Sequence[str]:
    """Return a grid's axes as `--vary` takes them."""
    return tuple(axis_text(axis) for axis in grid.axes)
