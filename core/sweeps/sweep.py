"""Sweeps: a grid of latent values run from one frozen draw, or from many.

One draw runs a step at a time along the knob's own way (`core.probing.forward.generate`), so a step equals
setting the knob by hand, bit for bit. Many draws run in batches and agree with it to 1e-6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw
from core.networks.runner import Cancel
from core.signals.track import Track
from core.sweeps.grid import Grid

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Draw:
    """A frozen latent vector, and the seed it was drawn with, None if it came from elsewhere."""

    point: Point
    seed: int | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """A grid, and the draws in which everything else stays frozen."""

    grid: Grid
    draws: tuple[Draw, ...]

    def points(self, item: int) -> tuple[Point, ...]:
        """Return one draw's point at each step."""
        return self.grid.points(self.draws[item].point)


def draws_of(
    layout: LatentLayout,
    count: int,
    first_seed: int = 0,
    code: Sequence[float] | None = None,
    changes: Mapping[str, float] | None = None,
) -> tuple[Draw, ...]:
    """Return draws with the seeds from `first_seed` on; code and changes are the same in all of them."""
    seeds = range(first_seed, first_seed + count)
    return tuple(Draw(draw(layout, seed, code, changes), seed) for seed in seeds)


def run_steps(
    model: Any, sweep: Sweep, item: int = 0, cancelled: Cancel = None
) -> Iterator[Mapping[str, Track]]:
    """Yield every layer of each step of one draw as it is computed, the layers in order of computation.

    Raises Cancelled between layers.
    """
    from core.probing.forward import generate

    for point in sweep.points(item):
        yield generate(model, point, cancelled)


def run_items(
    model: Any, sweep: Sweep, first: int = 0, cancelled: Cancel = None
) -> Iterator[Mapping[str, Array]]:
    """Yield the layer averages of each draw from `first` on, float32 [steps, samples], computed in batches.

    Raises Cancelled between layers.
    """
    from core.probing.forward import generate_many

    for item in range(first, len(sweep.draws)):
        yield generate_many(model, sweep.points(item), layers=True, cancelled=cancelled)


def check_layers(card: Any, names: Sequence[str]) -> None:
    """Raise Fault for a layer that the generator does not have."""
    known = [layer.name for layer in card.layers["G"]]
    for name in names:
        if name not in known:
            raise Fault(f"The generator has no layer “{name}”.", f"It has {', '.join(known)}.")


def tracks_of(card: Any, arrays: Mapping[str, Array], step: int) -> dict[str, Track]:
    """Return one step of a draw's arrays as tracks on the layers' true axes."""
    axes = {layer.name: layer.axis for layer in card.layers["G"]}
    return {name: Track(name, np.ascontiguousarray(rows[step]), axes[name]) for name, rows in arrays.items()}
