"""Relevance passed down through a network's steps, one rule for each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.explain.steps import Bend, Linear, Most, NormOfInput, Opaque, Steps, Sum
from core.explain.subject import LayerShare, Subject
from core.explain.targets import Target
from core.faults import Fault

if TYPE_CHECKING:
    from torch import Tensor

LinearRule = Callable[[Linear, "Tensor", "Tensor"], "tuple[Tensor, float]"]
"""(linear part, its input, relevance of its output) -> relevance of its input, and what its biases keep."""
BendRule = Callable[[Bend, "Tensor", "Tensor"], "Tensor"]
SumRule = Callable[[str, "Tensor", "Tensor", "Tensor"], "tuple[Tensor, Tensor]"]
"""(layer, one part, the other, relevance of their sum) -> relevance of each."""


@dataclass(frozen=True)
class Rules:
    """What is done at each kind of step; `linear` finds the rule of a linear part."""

    linear: Callable[[Linear], LinearRule]
    bend: BendRule
    sum: SumRule
    name: str
    instead: str = "Use gradient x input or integrated gradients."


@dataclass
class _Passed:
    """Relevance on its way down: of the chain, and of earlier layers that a sum has given their part."""

    chain: Tensor
    aside: dict[str, Tensor] = field(default_factory=dict["str", "Tensor"])
    biases: dict[str, float] = field(default_factory=dict[str, float])


def opaque_cause(steps: Steps, first: int, last: int, name: str, instead: str) -> str | None:
    """Return why relevance cannot pass between two steps: a layer that no rule knows."""
    for step in reversed(steps.all[first : last + 1]):
        if isinstance(step, Opaque):
            return f"{step.layer} is {step.what}, and {name} has no rule for such a layer. {instead}"
    return None


def passed_down(
    subject: Subject, target: Target, place: str, rules: Rules, start: Tensor
) -> tuple[Tensor, tuple[LayerShare, ...]]:
    """Pass `start`, the relevance of what the target's step gives, down to `place`.

    Return the relevance there and each layer's share. Raises Fault for a layer that cannot be passed.
    """
    steps = subject.steps
    first, last = subject.first_step(place), subject.last_step(place, target)
    flow = _Passed(start)
    shares = [LayerShare(target.layer, float(start.double().sum()))]
    for at in range(last, first - 1, -1):
        step = steps.all[at]
        if steps.ends[step.layer] == at and step.layer in flow.aside:
            flow.chain = flow.chain + flow.aside.pop(step.layer)
        _through(step, at, subject, rules, flow)
        if at == first or steps.all[at - 1].layer != step.layer:
            total = sum(float(one.double().sum()) for one in (flow.chain, *flow.aside.values()))
            shares.append(LayerShare(step.layer, total, flow.biases.get(step.layer, 0.0)))
    if flow.aside:
        _join_aside(flow, place)
    return flow.chain, tuple(shares[1:])


def _join_aside(flow: _Passed, place: str) -> None:
    """Add what sums gave to the layer that the map is of. Raises Fault if it went past it."""
    if place in flow.aside:
        flow.chain = flow.chain + flow.aside.pop(place)
    if flow.aside:
        raise Fault(
            f"Relevance also flows past {place}, from {', '.join(flow.aside)}.",
            "Explain an earlier layer or the input image.",
        )


def _through(step: object, at: int, subject: Subject, rules: Rules, flow: _Passed) -> None:
    """Pass relevance through one step."""
    x = subject.trace[at]
    if isinstance(step, Linear | NormOfInput):
        linear = step.at(x)
        flow.chain, biases = rules.linear(linear)(linear, x, flow.chain)
        flow.biases[step.layer] = flow.biases.get(step.layer, 0.0) + biases
    elif isinstance(step, Bend):
        flow.chain = rules.bend(step, x, flow.chain)
    elif isinstance(step, Most):
        flow.chain = pulled_back(step.function, x, flow.chain)
    elif isinstance(step, Sum):
        earlier = subject.trace[subject.steps.ends[step.earlier] + 1]
        flow.chain, aside = rules.sum(step.layer, x, earlier, flow.chain)
        flow.aside[step.earlier] = flow.aside[step.earlier] + aside if step.earlier in flow.aside else aside
    elif isinstance(step, Opaque):
        cause = opaque_cause(subject.steps, at, at, rules.name, "")
        raise Fault(f"No {rules.name}: {cause}".strip(), rules.instead)


def pulled_back(function: Callable[[Tensor], Tensor], x: Tensor, cotangent: Tensor) -> Tensor:
    """Return the vector-Jacobian product of a function at x."""
    import torch

    with torch.enable_grad():
        inside = x.detach().requires_grad_()
        (found,) = torch.autograd.grad(function(inside), inside, cotangent)
    return found


def start_of(subject: Subject, target: Target) -> Tensor:
    """Return 1 at the target's unit and frames, -1 at the rival's, 0 elsewhere."""
    import torch

    given = subject.trace[subject.steps.before_activation(target.layer) + 1]
    start = torch.zeros_like(given)
    start[:, list(target.frames), target.unit] = 1
    if target.against is not None:
        start[:, list(target.frames), target.against] = -1
    return start
