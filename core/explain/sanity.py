"""The sanity check: does a map change when the network forgets what it has learned?

Adebayo et al. 2018: the weights are shuffled from the target's layer down to the first, and layer by layer. A
map that stays the same shows the sound, not the network.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core.explain.field import inside
from core.explain.ranks import spearman
from core.explain.registry import METHODS, explain
from core.explain.relevance import Relevance
from core.explain.steps import IMAGE, steps_of
from core.explain.subject import Floats, Subject
from core.explain.targets import Target
from core.faults import Fault

Way = Literal["cascading", "independent"]
PARTLY, BARELY = 0.5, 0.9


@dataclass(frozen=True, eq=False)
class SanityStep:
    """One check: the layers that were shuffled, Spearman's rho of |R| and of R, and the map itself.

    Rho is NaN where nothing was left that moves the target.
    """

    layers: tuple[str, ...]
    rho: float
    rho_signed: float
    values: Floats


@dataclass(frozen=True)
class Sanity:
    """All checks of one map; `floor` and `floor_signed` are the rho of two shuffled networks."""

    cascading: tuple[SanityStep, ...]
    independent: tuple[SanityStep, ...] = ()
    floor: float = math.nan
    floor_signed: float = math.nan

    @property
    def verdict(self) -> str:
        """What the check says, in words; "" before its last step."""
        return verdict(self.cascading)


def shuffled_layers(subject: Subject, target: Target, place: str = IMAGE) -> tuple[str, ...]:
    """Return the layers with weights between the map and the target, from the target down."""
    first, last = (
        (subject.first_step(place) if place != "waveform" else 0),
        subject.steps.before_activation(target.layer),
    )
    names = [
        name for name, end in subject.steps.ends.items() if end >= first and name in subject.module.layers
    ]
    heard = [name for name in names if subject.steps.before_activation(name) <= last]
    return tuple(
        name
        for name in reversed(heard)
        if any(value.numel() > 1 for value in subject.module.layers[name].parameters())
    )


def shuffled(subject: Subject, layers: Sequence[str], seed: int = 0) -> Subject:
    """Return the same sound with a copy of the network in which some layers' numbers changed places."""
    import torch

    module = copy.deepcopy(subject.module)
    for name in layers:
        place = list(subject.module.layers).index(name)
        chance = torch.Generator().manual_seed(1000 * seed + place)
        for value in module.layers[name].parameters():
            order = torch.randperm(value.numel(), generator=chance)
            with torch.no_grad():
                value.copy_(value.flatten()[order].view_as(value))
    made = Subject(module, subject.spec, subject.samples, steps_of(module))
    made.image = subject.image
    return made


def sanity_step(
    subject: Subject,
    found: Relevance,
    settings: Any,
    layers: Sequence[str],
    place: str = IMAGE,
    seed: int = 0,
) -> SanityStep:
    """Shuffle some layers and compare the map with `found`, inside the receptive field."""
    values = _again(shuffled(subject, layers, seed), found, settings, place)
    return SanityStep(tuple(layers), *_rho(found.values, values, inside(found, subject)), values)


def _again(other: Subject, found: Relevance, settings: Any, place: str) -> Floats:
    try:
        return explain(other, found.target, found.method, settings, place).values
    except Fault:
        if METHODS[found.method].refusal(other, found.target, place):
            raise
        return np.zeros_like(found.values)


def _rho(one: Floats, other: Floats, where: Any) -> tuple[float, float]:
    first, second = one[where], other[where]
    return spearman(np.abs(first), np.abs(second)), spearman(first, second)


def sanity_plan(layers: Sequence[str]) -> Iterator[tuple[Way, tuple[str, ...]]]:
    """Yield what is shuffled in each step: the top, the top two, .. all; then each layer alone."""
    for count in range(1, len(layers) + 1):
        yield "cascading", tuple(layers[:count])
    for layer in layers:
        yield "independent", (layer,)


def sanity(
    subject: Subject,
    found: Relevance,
    settings: Any = None,
    place: str = IMAGE,
    seed: int = 0,
    done: Callable[[int, int], object] = lambda at, of: None,
) -> Sanity:
    """Return the whole check of a map; `done(step, of)` is told of each step."""
    layers = shuffled_layers(subject, found.target, place)
    if not layers:
        raise Fault("Nothing between the map and the target has weights, so there is nothing to shuffle.")
    plan = list(sanity_plan(layers))
    steps: dict[Way, list[SanityStep]] = {"cascading": [], "independent": []}
    for at, (way, names) in enumerate(plan, 1):
        steps[way].append(sanity_step(subject, found, settings, names, place, seed))
        done(at, len(plan))
    other = sanity_step(subject, found, settings, layers, place, seed + 1)
    floor = _rho(steps["cascading"][-1].values, other.values, inside(found, subject))
    return Sanity(tuple(steps["cascading"]), tuple(steps["independent"]), *floor)


def verdict(steps: Sequence[SanityStep]) -> str:
    """Return what a finished cascade says of a map: whether its size and its sign depend on the weights.

    >>> step = SanityStep(("conv2", "conv1"), 0.95, 0.2, np.zeros(1))
    >>> verdict([step])[:60]
    'This map barely depends on the trained weights: its size kee'
    """
    if not steps:
        return ""
    last, count = steps[-1], len(steps[-1].layers)
    rho, signed = (0.0 if math.isnan(one) else one for one in (last.rho, last.rho_signed))
    layers = f"all {count} layers" if count > 1 else f"{last.layers[0]}"
    signs = f"with its sign {_number(signed)}"
    if rho >= BARELY:
        return (
            f"This map barely depends on the trained weights: its size keeps ρ {_number(rho)} with {layers} "
            f"shuffled, {signs}."
        )
    if rho >= PARTLY:
        return (
            f"This map depends only partly on the trained weights: its size keeps ρ {_number(rho)} with "
            f"{layers} shuffled, {signs}."
        )
    fallen = next(step for step in steps if math.isnan(step.rho) or step.rho < PARTLY)
    return (
        f"This map depends on the trained weights: its size falls below ρ 0.5000 once "
        f"{_shuffled_words(fallen)} shuffled, and ends at {_number(rho)}, {signs}."
    )


def _shuffled_words(step: SanityStep) -> str:
    if len(step.layers) == 1:
        return f"{step.layers[0]} is"
    return f"{step.layers[0]} to {step.layers[-1]} are"


def _number(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")
