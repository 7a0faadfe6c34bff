"""Layer-wise relevance propagation, and deep Taylor decomposition as one of its composites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.explain.backward import LinearRule, Rules, opaque_cause, passed_down, start_of
from core.explain.composites import Composite, composite
from core.explain.steps import Bend, Linear
from core.explain.subject import WAVEFORM, Found, Subject, check_moves, columns, numbers
from core.explain.targets import Target
from core.faults import Fault
from core.networks.spec import SoundDrive

if TYPE_CHECKING:
    from torch import Tensor

INSTEAD = "Use gradient x input, integrated gradients or occlusion."


@dataclass(frozen=True, slots=True)
class LrpSettings:
    """The composite: a preset's name, or PLACE=RULE with commas."""

    composite: str = "recogniser"


@dataclass(frozen=True, slots=True)
class DeepTaylorSettings:
    """The composite: z+ inside; the first layer by bounds (zB), or by w-squared."""

    composite: str = "deep-taylor"


def cause(subject: Subject, target: Target, place: str) -> str | None:
    """Return which layer, or that the front end, cannot carry LRP."""
    drive = subject.spec.drive
    if place == WAVEFORM and isinstance(drive, SoundDrive) and drive.frontend.channels > 1:
        return f"the front end is not made of layers, so LRP ends at the input image. {INSTEAD}"
    first = 0 if place == WAVEFORM else subject.first_step(place)
    return opaque_cause(subject.steps, first, subject.steps.before_activation(target.layer), "LRP", INSTEAD)


def lrp(subject: Subject, target: Target, settings: LrpSettings | DeepTaylorSettings, place: str) -> Found:
    """Return the relevance of each value, and how much arrives at each layer.

    It starts from the score itself, before the activation. Raises Fault with the layer for a network that
    cannot carry it, and for a composite that does not fit.
    """
    refused = cause(subject, target, place)
    if refused:
        raise Fault(f"No LRP: {refused}")
    layer = "image" if place == WAVEFORM else place
    first, last = subject.first_step(layer), subject.last_step(layer, target)
    chosen = composite(settings.composite, subject.steps, first, last)
    start = start_of(subject, target) * subject.trace[last + 1]
    relevance, shares = passed_down(subject, target, layer, rules_of(chosen), start)
    values = columns(numbers(relevance))
    check_moves(values, subject, target, place)
    return Found(values, place, shares=shares)


def rules_of(chosen: Composite) -> Rules:
    """Return a composite as rules for every kind of step: an activation passes relevance unchanged."""

    def linear(step: Linear) -> LinearRule:
        return chosen.rule(step.layer, step.kind)

    def add(layer: str, one: Tensor, other: Tensor, passed: Tensor) -> tuple[Tensor, Tensor]:
        import torch

        both = torch.stack((one, other), -1)
        weight = torch.ones(2, dtype=one.dtype)
        part = Linear(layer, "sum", lambda x, w: (x * w).sum(-1), weight)
        found, _ = chosen.rule(layer, "sum")(part, both, passed)
        return found[..., 0], found[..., 1]

    return Rules(linear, _unchanged, add, "LRP", INSTEAD)


def _unchanged(step: Bend, x: Tensor, passed: Tensor) -> Tensor:
    return passed
