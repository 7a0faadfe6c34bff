"""The gradient of a target with respect to the sound, the input image or a layer, and times the input."""

from __future__ import annotations

from dataclasses import dataclass

from core.explain.subject import Floats, Found, Subject, check_moves, columns, numbers
from core.explain.targets import Target


@dataclass(frozen=True, slots=True)
class GradientSettings:
    """There is nothing to set."""


def no_cause(subject: Subject, target: Target, place: str) -> str | None:
    """Return None: gradients pass through every layer."""
    return None


def gradient_values(subject: Subject, target: Target, place: str) -> Floats:
    """Return the gradient of the score, [frames, channels], or [samples, 1] for a sound of one channel."""
    import torch

    maps = subject.maps(place).detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(subject.scores(place, maps, target).sum(), maps)
    return columns(numbers(found))


def gradient(subject: Subject, target: Target, settings: GradientSettings, place: str) -> Found:
    """Return how much the score changes per unit of each value (Simonyan, Vedaldi & Zisserman 2014)."""
    found = gradient_values(subject, target, place)
    check_moves(found, subject, target, place)
    return Found(found, place)


def gradient_x_input(subject: Subject, target: Target, settings: GradientSettings, place: str) -> Found:
    """Return the gradient times the value itself (Shrikumar et al. 2016).

    The sum is the score if the network has no biases and its activations are ReLUs.
    """
    slope = gradient_values(subject, target, place)
    check_moves(slope, subject, target, place)
    return Found(slope * columns(numbers(subject.maps(place))), place)
