"""What the bar of the sweep page asks for: a range of one variable, a grid of the papers, axes, or a path."""

from __future__ import annotations

from dataclasses import dataclass

from core.networks.latent import LatentLayout, Point
from core.sweeps.grid import PUBLISHED, Grid, grid_of, path_grid
from core.sweeps.sweep_record import texts_of

RANGE, AXES, PATH = "range", "axes", "path"
Ends = tuple[float, float, float]
FIRST_ENDS: Ends = (-15.0, 5.0, 2.0)  # Beguš & Zhou 2022, figures 9 and 13
USUAL = 10  # z11, the variable of those figures


@dataclass(frozen=True)
class GridChoice:
    """One way to move: `kind` is `RANGE`, `AXES` (`texts`, as for `--vary`), `PATH` or a published grid."""

    variable: str
    kind: str = RANGE
    ends: Ends = FIRST_ENDS
    texts: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    steps: int = 10

    def grid(self, layout: LatentLayout) -> Grid:
        """Return the grid. Raises Fault for one that makes no sense."""
        if self.kind == PATH:
            return path_grid(self.points, self.steps, layout)
        if self.kind == AXES:
            return grid_of(self.texts, layout)
        if self.kind == RANGE:
            start, stop, step = self.ends
            return grid_of([f"{self.variable}={start!r}:{stop!r}:{step!r}"], layout)
        return grid_of([axis.format(self.variable) for axis in PUBLISHED[self.kind].axes], layout)

    @property
    def shown_ends(self) -> Ends | None:
        """First value, last value and step, of a grid that is such a range."""
        if self.kind == RANGE:
            return self.ends
        if self.kind in (AXES, PATH):
            return None
        parts = PUBLISHED[self.kind].axes[0].partition("=")[2].split(":")
        return (float(parts[0]), float(parts[1]), float(parts[2])) if len(parts) == 3 else None


def choice_of(grid: Grid) -> GridChoice:
    """Return the choice that gives a grid that came from elsewhere."""
    return GridChoice(grid.names[0], AXES, texts=tuple(texts_of(grid)))


def first_choice(layout: LatentLayout, pins: frozenset[int]) -> GridChoice:
    """Return the grid to begin with: of a pinned variable, or of that of the papers."""
    names = layout.names()
    index = min(pins) if pins else min(USUAL, layout.size - 1)
    return GridChoice(names[index])


def variables(layout: LatentLayout) -> tuple[tuple[str, str], ...]:
    """Return each variable's name from 1, as in prose, and from 0, as in scripts."""
    return tuple((name, f"z[{k}]") for k, name in enumerate(layout.names()))


def published(layout: LatentLayout) -> tuple[tuple[str, str], ...]:
    """Return the papers' grids that a model can have: keys, and words with their source."""
    return tuple(
        (name, f"{name.replace('-', '−')}   {grid.source}")
        for name, grid in PUBLISHED.items()
        if layout.code >= grid.code
    )
