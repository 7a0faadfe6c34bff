"""Guided backpropagation and deconvolution: gradients that a ReLU lets through by its own rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.explain.backward import (
    BendRule,
    LinearRule,
    Rules,
    opaque_cause,
    passed_down,
    pulled_back,
    start_of,
)
from core.explain.steps import Bend, Linear, NormOfInput
from core.explain.subject import WAVEFORM, Floats, Found, Subject, check_moves, columns, numbers
from core.explain.targets import Target
from core.faults import Fault

if TYPE_CHECKING:
    from torch import Tensor

INSTEAD = "Use the gradient or integrated gradients."


@dataclass(frozen=True, slots=True)
class GuidedSettings:
    """There is nothing to set."""


def cause(subject: Subject, target: Target, place: str) -> str | None:
    """Return which layer is no ReLU: both methods are defined for ReLUs alone."""
    last = subject.steps.before_activation(target.layer)
    first = 0 if place == WAVEFORM else subject.first_step(place)
    if place == WAVEFORM and subject.module.spec.layers and not _takes_samples(subject):
        return f"the front end is no ReLU network, so it ends at the input image. {INSTEAD}"
    for step in subject.steps.all[first : last + 1]:
        if isinstance(step, Bend) and not _is_relu(step):
            return (
                f"{step.layer} ends in {_words(step)}, and the method is defined for ReLUs alone. {INSTEAD}"
            )
        if isinstance(step, NormOfInput):
            return f"{step.layer} is normalised by its own input, which is no ReLU network. {INSTEAD}"
    return opaque_cause(subject.steps, first, last, "the method", INSTEAD)


def _takes_samples(subject: Subject) -> bool:
    from core.networks.spec import SoundDrive

    drive = subject.spec.drive
    return isinstance(drive, SoundDrive) and drive.frontend.channels == 1


def _is_relu(step: Bend) -> bool:
    kind, slope = step.activation.kind, step.activation.slope
    return kind == "relu" or (kind == "leaky" and slope == 0) or kind == "linear"


def _words(step: Bend) -> str:
    slope = step.activation.slope
    return f"a leaky ReLU of slope {slope:g}" if step.activation.kind == "leaky" else step.activation.kind


def guided_backprop(subject: Subject, target: Target, settings: GuidedSettings, place: str) -> Found:
    """Return guided backpropagation: a ReLU passes what is positive both on the way up and down.

    Springenberg et al. 2015, "Striving for simplicity: the all convolutional net".
    """
    return _found(subject, target, place, guided_bend)


def deconvolution(subject: Subject, target: Target, settings: GuidedSettings, place: str) -> Found:
    """Return the deconvolution: a ReLU passes what is positive on the way down (Zeiler & Fergus 2014)."""
    return _found(subject, target, place, deconvolution_bend)


def guided_bend(step: Bend, x: Tensor, passed: Tensor) -> Tensor:
    """Pass what is positive on both ways.

    >>> import torch
    >>> from core.networks.operations import RELU
    >>> relu = Bend("", RELU, torch.relu)
    >>> guided_bend(relu, torch.tensor([1.0, -1, 5]), torch.tensor([6.0, -3, 1])).tolist()
    [6.0, 0.0, 1.0]
    """
    if step.activation.kind == "linear":
        return passed * step.activation.gain
    return passed.clamp_min(0) * (x > 0) * step.activation.gain


def deconvolution_bend(step: Bend, x: Tensor, passed: Tensor) -> Tensor:
    """Pass what is positive on the way down."""
    if step.activation.kind == "linear":
        return passed * step.activation.gain
    return passed.clamp_min(0) * step.activation.gain


def plain_bend(step: Bend, x: Tensor, passed: Tensor) -> Tensor:
    """Pass the gradient."""
    return pulled_back(step.function, x, passed)


def gradient_linear(linear: Linear) -> LinearRule:
    """Return the rule that passes the gradient through a linear part."""

    def rule(step: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        return pulled_back(lambda inside: step.apply(inside, step.weight), x, passed), 0.0

    return rule


def _both(layer: str, one: Tensor, other: Tensor, passed: Tensor) -> tuple[Tensor, Tensor]:
    return passed, passed


def guided_values(subject: Subject, target: Target, place: str, bend: BendRule = guided_bend) -> Floats:
    """Return the gradient with another rule for ReLUs, [frames, channels]."""
    rules = Rules(gradient_linear, bend, _both, "guided backpropagation", INSTEAD)
    layer = "image" if place == WAVEFORM else place
    found, _ = passed_down(subject, target, layer, rules, start_of(subject, target))
    return columns(numbers(found))


def _found(subject: Subject, target: Target, place: str, bend: BendRule) -> Found:
    refused = cause(subject, target, place)
    if refused:
        raise Fault(f"No guided gradient: {refused}")
    values = guided_values(subject, target, place, bend)
    check_moves(values, subject, target, place)
    return Found(values, place)
