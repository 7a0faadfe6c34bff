"""Sweeps: a grid of latent values run from one frozen draw, or from many.

One draw runs a step at a time along the knob's own way (`core.probing.forward.generate`), so a step equals
setting the knob by hand, bit for bit. Many draws run in batches and agree with it to 1e-6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, Stop
from core.processes.workers import Workers, results
from core.signals.track import Track
from core.sweeps.grid import Grid

if TYPE_CHECKING:
    from core.families.model import Model

Array = NDArray[np.float32]
GENERATOR = ModelId("generator")
"""The name under which the workers of a sweep hold its model."""


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


@dataclass(frozen=True, slots=True)
class StepTask(ModelTask):
    """Run the generator at one point, along the knob's own way."""

    point: Point

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (GENERATOR,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> Mapping[str, Track]:
        """Return every layer, in order of computation."""
        from core.probing.forward import generate

        return generate(models[GENERATOR], self.point, stop)


@dataclass(frozen=True, slots=True)
class ItemTask(ModelTask):
    """Run the generator at all steps of one draw."""

    points: tuple[Point, ...]

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (GENERATOR,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> Mapping[str, Array]:
        """Return the layer averages, float32 [steps, samples]."""
        from core.probing.forward import generate_many

        return generate_many(models[GENERATOR], self.points, layers=True, cancelled=stop)


def run_steps(workers: Workers, sweep: Sweep, item: int = 0) -> Iterator[Mapping[str, Track]]:
    """Yield every layer of each step of one draw as it is computed, the layers in order of computation.

    Raises Cancelled between layers.
    """
    return results(workers, (StepTask(point) for point in sweep.points(item)))


def run_items(workers: Workers, sweep: Sweep, first: int = 0) -> Iterator[Mapping[str, Array]]:
    """Yield the layer averages of each draw from `first` on, float32 [steps, samples], computed in batches.

    Raises Cancelled between layers.
    """
    items = range(first, len(sweep.draws))
    return results(workers, (ItemTask(tuple(sweep.points(item))) for item in items))


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
