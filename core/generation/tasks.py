"""A search as short tasks for the engine: what it finds is told after each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.generation.chain import Chain, chain_of, check_values, hear, make
from core.generation.constraints import Constraint, constrained
from core.generation.latent_prior import LatentPrior
from core.generation.real_excerpts import Place, RealExcerpts, excerpts, heard, places_in
from core.generation.tiles import Example, pictured
from core.generation.trajectory import Best, Course, Trajectory, advanced
from core.generation.unit import Unit, non_linearity
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, Stop

if TYPE_CHECKING:
    from core.families.model import Model

Array = NDArray[np.float32]
Models = Mapping[ModelId, "Model"]
UNDRIVEN_SEED = 77


@dataclass(frozen=True)
class Pair:
    """A generator and the network that hears it, by their models, with the unit and the prior."""

    prior: ModelId
    target: ModelId
    unit: Unit
    latent: LatentPrior

    def chain(self, models: Models) -> Chain:
        """Return the way from latent vectors to the unit, built by the first task."""
        prior, target = models[self.prior], models[self.target]
        return target.made(("chain", self.prior, self.unit), lambda: chain_of(prior, target, self.unit))


@dataclass(frozen=True)
class PairTask(ModelTask):
    """A task over a pair."""

    pair: Pair

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The generator's model and the network's, which may be one."""
        return tuple(dict.fromkeys((self.pair.prior, self.pair.target)))


@dataclass(frozen=True)
class AdvanceTask(PairTask):
    """Take a trajectory to a step; the answer is the trajectory there."""

    trajectory: Trajectory
    to_step: int

    def run(self, models: Models, stop: Stop) -> Trajectory:
        """Take the steps. Raises Fault if a unit gives no gradient at all."""
        chain = self.pair.chain(models)
        found = advanced(self.trajectory, chain.responses, self.pair.latent, self.to_step, stop)
        if found.still == found.restarts:
            raise _still(chain, found.restarts)
        return found


def _still(chain: Chain, restarts: int) -> Fault:
    """Return the fault for a unit that no sound of the prior moves."""
    unit, kind = chain.listener.unit, non_linearity(chain.listener.spec, chain.listener.unit)
    if unit.value == "after" and kind in ("sigmoid", "softmax", "tanh"):
        return Fault(
            f"The {kind} behind {unit.words} is saturated: no sound moves it, from {restarts} beginnings.",
            "Drive the value before it (the logit).",
        )
    where = "Drive the value before the non-linearity." if unit.value == "after" else "Choose another unit."
    return Fault(f"{unit.words} does not react to any of {restarts} sounds of this prior.", where)


@dataclass(frozen=True)
class ConstrainedTask(PairTask):
    """Search without gradients while phonetic constraints hold."""

    course: Course
    constraints: tuple[Constraint, ...]
    restarts: int
    seed: int
    steps: int

    def run(self, models: Models, stop: Stop) -> Trajectory:
        """Return the search after all its generations."""
        chain, latent = self.pair.chain(models), self.pair.latent
        return constrained(
            chain, latent, self.course, self.constraints, self.restarts, self.seed, self.steps, stop
        )


@dataclass(frozen=True)
class RealTask(PairTask):
    """Hear some excerpts of recordings, as long as the generator's sounds."""

    places: tuple[Place, ...]
    n: int
    rate_hz: int

    def run(self, models: Models, stop: Stop) -> RealExcerpts:
        """Return the unit's value in each."""
        return heard(self.pair.chain(models).listener, self.places, self.n, self.rate_hz)


@dataclass(frozen=True)
class UndrivenTask(PairTask):
    """Hear what the prior makes when nothing drives it."""

    count: int

    def run(self, models: Models, stop: Stop) -> Best:
        """Return the unit's value for random vectors."""
        chain, z = self.pair.chain(models), self.pair.latent.draws(self.count, UNDRIVEN_SEED)
        values, _ = hear(chain.listener, make(chain, z), resampler=chain.resampler)
        check_values(values, "sounds of the prior")
        return Best(values, z)


@dataclass(frozen=True)
class LayersTask(PairTask):
    """Average the unit's layer over time for some vectors, for distances of layers."""

    z: Array

    def run(self, models: Models, stop: Stop) -> Array:
        """Return the averages [items, channels]."""
        chain = self.pair.chain(models)
        return hear(chain.listener, make(chain, self.z), resampler=chain.resampler)[1]


@dataclass(frozen=True)
class ExamplesTask(PairTask):
    """Make some examples of a search: sounds, pictures, measures."""

    best: Best
    numbers: tuple[int, ...]

    def run(self, models: Models, stop: Stop) -> tuple[Example, ...]:
        """Return the examples of these restarts, counted from 0."""
        chain = self.pair.chain(models)
        z = self.best.z[list(self.numbers)]
        sounds = make(chain, z)
        rate_hz = chain.output.rate_hz
        return tuple(
            Example(number + 1, float(self.best.values[number]), sound, rate_hz, mel, found, vector)
            for number, vector, sound, (mel, found) in zip(
                self.numbers, z, sounds, pictured(sounds, rate_hz), strict=True
            )
        )


@dataclass(frozen=True)
class RealExamplesTask(PairTask):
    """Read some real excerpts as examples."""

    real: RealExcerpts
    n: int
    rate_hz: int

    def run(self, models: Models, stop: Stop) -> tuple[Example, ...]:
        """Return the excerpts with pictures and measures, in their order."""
        found: list[Example] = []
        for number, (place, value) in enumerate(zip(self.real.places, self.real.values, strict=True), 1):
            _, sounds = excerpts((place,), self.n, self.rate_hz)
            for sound, (mel, measured) in zip(sounds, pictured(sounds, self.rate_hz), strict=True):
                label = place.path.replace("\\", "/").rsplit("/", 1)[-1]
                found.append(
                    Example(
                        number, float(value), sound, self.rate_hz, mel, measured,
                        label=label, path=place.path, start_s=place.start_s,
                    )
                )  # fmt: skip
        return tuple(found)


@dataclass(frozen=True)
class PlacesTask(PairTask):
    """Find the excerpts in a folder of recordings."""

    folder: str
    length_s: float
    most: int

    def run(self, models: Models, stop: Stop) -> tuple[Place, ...]:
        """Return where they begin. Raises Fault if the folder holds no recording."""
        return places_in(Path(self.folder), self.length_s, self.most)
