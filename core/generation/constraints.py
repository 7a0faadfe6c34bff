"""Phonetic constraints: a unit is driven while what Praat measures stays in a range.

Praat gives no gradients, so the search is by CMA-ES (Hansen 2016): it draws vectors around a mean, and moves
the mean and the shape of the cloud to where the better ones lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Cancelled, Fault
from core.frontends.tensors import tensor
from core.generation.acoustics import NAMES, Acoustics, acoustics
from core.generation.latent_prior import LatentPrior
from core.generation.trajectory import Best, Course, Stop, Trajectory

if TYPE_CHECKING:
    from core.generation.chain import Chain

Array = NDArray[np.float32]
WEIGHT = 10.0
"""How much a constraint that is missed by its own width counts, in deviations of the unit's values."""

UNDEFINED = 3.0
"""By how many widths a constraint counts as missed where Praat finds no value, such as no F0."""

SIGMA = 0.3


@dataclass(frozen=True, slots=True)
class Constraint:
    """A measure that stays between two values, such as F0 from 150 to 250 Hz."""

    measure: str
    low: float
    high: float

    def missed(self, found: Acoustics) -> float:
        """Return by how many of its own widths a sound misses the range, 0 inside it."""
        value = float(getattr(found, self.measure))
        if not np.isfinite(value):
            return UNDEFINED
        return max(0.0, self.low - value, value - self.high) / (self.high - self.low)

    @property
    def words(self) -> str:
        """Say it in words."""
        title, unit = NAMES[self.measure]
        return f"{title} from {self.low:g} to {self.high:g} {unit}"


def parse_constraint(text: str) -> Constraint:
    """Read a constraint such as f0=150:250. Raises Fault for what Praat does not measure here."""
    found = re.fullmatch(r"\s*([a-z0-9_]+)\s*=\s*(-?[\d.]+)\s*:\s*(-?[\d.]+)\s*", text)
    names = [one.name for one in fields(Acoustics)]
    if found is None or found[1] not in names:
        raise Fault(
            f"“{text}” is no constraint.", f"Write one such as f0=150:250; there are {', '.join(names)}."
        )
    low, high = float(found[2]), float(found[3])
    if not low < high:
        raise Fault(f"“{text}” is an empty range.", "Write the lower value first.")
    return Constraint(found[1], low, high)


def constrained(
    chain: Chain,
    prior: LatentPrior,
    course: Course,
    constraints: Sequence[Constraint],
    restarts: int,
    seed: int,
    steps: int,
    stop: Stop = lambda: False,
) -> Trajectory:
    """Return a search of `steps` generations, each restart begun where the gradient search begins.

    A vector that keeps all constraints is better than any that does not. The curve holds the best so far of
    each generation. Raises Fault if the library is not installed, and Cancelled.
    """
    found = [
        list(_generations(chain, prior, course, constraints, seed, number, steps, stop))
        for number in range(restarts)
    ]
    curve = np.array([[one.value for one in row] for row in found], np.float32).T
    z = np.stack([row[-1].z for row in found]).astype(np.float32)
    best, nothing = Best(curve[-1], z), np.zeros_like(z)
    return Trajectory(course, seed, z, nothing, nothing, best, steps, curve, (steps,), {steps: best})


@dataclass(frozen=True, eq=False, slots=True)
class _Candidate:
    """A vector with by how much it misses its constraints, and the unit's value there."""

    missed: float
    value: float
    z: Array

    def beats(self, other: _Candidate | None, sign: int) -> bool:
        return other is None or (self.missed, -sign * self.value) < (other.missed, -sign * other.value)


def _generations(
    chain: Chain,
    prior: LatentPrior,
    course: Course,
    constraints: Sequence[Constraint],
    seed: int,
    number: int,
    steps: int,
    stop: Stop,
) -> Iterator[_Candidate]:
    """Yield the best so far after each generation of one restart."""
    start, free = prior.draws(1, seed, number)[0], prior.free
    settings = {"seed": seed * 1000 + number + 1, "verbose": -9}
    evolution = _library().CMAEvolutionStrategy(start[free], SIGMA, settings)
    best: _Candidate | None = None
    for _ in range(steps):
        if stop():
            raise Cancelled
        drawn = evolution.ask()
        z = _vectors(prior, start, free, drawn)
        values, missed = _heard(chain, z, constraints)
        spread = max(1e-6, float(values.std()))
        losses = -course.sign * values + course.penalty * np.square(z).sum(1) + WEIGHT * spread * missed
        evolution.tell(drawn, [float(one) for one in losses])
        for one in map(_Candidate, missed.tolist(), values.tolist(), z):
            best = one if one.beats(best, course.sign) else best
        assert best is not None
        yield best


def _vectors(prior: LatentPrior, start: Array, free: NDArray[np.bool_], drawn: Sequence[Any]) -> Array:
    """Return whole vectors, moved back to where the prior lets them lie."""
    z = np.tile(start, (len(drawn), 1))
    z[:, free] = np.asarray(drawn, np.float32)
    return prior.kept(tensor(z)).numpy()


def _heard(chain: Chain, z: Array, constraints: Sequence[Constraint]) -> tuple[Array, NDArray[np.float64]]:
    """Return the unit's values, and by how much each sound misses its constraints."""
    import torch

    with torch.no_grad():
        sounds = chain.sounds(tensor(z))
        values = chain.listener.responses(chain.resampler(sounds)).numpy()
    wanted = frozenset(one.measure for one in constraints)
    if not wanted:
        return values, np.zeros(len(values))
    rate_hz = chain.output.rate_hz
    measured = [acoustics(sound, rate_hz, wanted=wanted) for sound in sounds.numpy()]
    return values, np.array([sum(one.missed(found) for one in constraints) for found in measured])


def _library() -> Any:
    try:
        import cma  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as missing:
        raise Fault(
            "Searching without gradients needs the library cma, which is not installed.",
            "Install Phonoscope with the extra “search”: pip install phonoscope[search].",
        ) from missing
    return cma


Tried = list[tuple[Course, int, float]]


def tuned(
    trials: int, seed: int, most_steps: int, sign: int, distance: Callable[[Course, int], float]
) -> Tried:
    """Return settings tried by optuna's sampler, with their distances, in the order of the trials.

    `distance(course, steps)` gives the distance of a setting to the real excerpts. Raises Fault if the
    library is not installed.
    """
    try:
        import optuna
    except ImportError as missing:
        raise Fault(
            "Tuning the settings needs the library optuna, which is not installed.",
            "Install Phonoscope with the extra “search”: pip install phonoscope[search].",
        ) from missing
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    found: Tried = []

    def objective(trial: Any) -> float:
        rate = trial.suggest_float("rate", 1e-3, 0.3, log=True)
        penalty = trial.suggest_float("penalty", 1e-4, 0.3, log=True)
        steps = trial.suggest_int("steps", 1, most_steps, log=True)
        course = Course(sign, rate, penalty)
        value = float(distance(course, steps))
        found.append((course, steps, value))
        return value

    study: Any = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=trials)
    return found
