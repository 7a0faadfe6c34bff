"""Integrated gradients: gradients along the way from a sound in which nothing is heard (captum)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from core.explain.gradients import no_cause
from core.explain.steps import IMAGE
from core.explain.subject import WAVEFORM, Found, Subject, check_moves, columns, numbers, repeated
from core.explain.targets import Target

if TYPE_CHECKING:
    from torch import Tensor

AT_ONCE = 8

cause = no_cause


@dataclass(frozen=True, slots=True)
class IntegratedGradientsSettings:
    """`steps` gradients on the way from the baseline.

    The baseline is 0; the quietest value of the recording in each bin ("floor"), or each bin's mean.
    """

    steps: int = 32
    baseline: Literal["zero", "floor", "mean"] = "zero"


def baseline_of(subject: Subject, place: str, kind: str) -> Tensor:
    """Return the baseline [1, ...] for what relevance is with respect to; that of a layer or a sound is 0."""
    import torch

    maps = subject.maps(place)
    if kind == "zero" or place == WAVEFORM or place != IMAGE:
        return torch.zeros_like(maps)
    each = maps.amin(1, keepdim=True) if kind == "floor" else maps.mean(1, keepdim=True)
    return each.expand_as(maps)


def integrated_gradients(
    subject: Subject, target: Target, settings: IntegratedGradientsSettings, place: str
) -> Found:
    """Return integrated gradients (Sundararajan, Taly & Yan 2017), by captum's Gauss-Legendre rule.

    Their sum is the score minus that of the baseline, up to the error that `facts` names "missing".
    """
    import torch
    from captum.attr import IntegratedGradients  # pyright: ignore[reportMissingTypeStubs]

    def forward(maps: Tensor) -> Tensor:
        return subject.scores(place, maps, target)

    maps, baseline = subject.maps(place).detach(), baseline_of(subject, place, settings.baseline)
    method = cast(Any, IntegratedGradients(forward))
    found = method.attribute(
        maps.clone(), baselines=baseline, n_steps=settings.steps, internal_batch_size=AT_ONCE
    )
    values = columns(numbers(cast("Tensor", found)))
    check_moves(values, subject, target, place)
    with torch.no_grad():
        both = forward(torch.cat((maps, repeated(baseline, 1))))
    missing = float(both[0] - both[1]) - float(values.sum(dtype="float64"))
    return Found(values, place, facts={"baseline score": float(both[1]), "missing": missing})
