"""The table of methods of relevance. To add a method, write its module and add a row to `METHODS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from core.explain import (
    grad_cam,
    gradients,
    guided,
    integrated_gradients,
    lrp,
    occlusion,
    smoothgrad,
    surrogate,
)
from core.explain.relevance import Relevance, relevance_of
from core.explain.steps import IMAGE
from core.explain.subject import Found, Subject
from core.explain.targets import Target
from core.faults import Fault
from core.provenance import Origin, Settings


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its names, its settings, what it computes, and when it must be refused.

    `cause` returns why a network cannot carry it, with the layer and what would do instead. `sums` says that
    the map adds up to the score, if only up to biases; `signed` that its sign means for and against.
    """

    name: str
    title: str
    settings: type[Any]
    compute: Callable[[Subject, Target, Any, str], Found]
    cause: Callable[[Subject, Target, str], str | None]
    sums: bool = False
    signed: bool = True

    def refusal(self, subject: Subject, target: Target, place: str = IMAGE) -> str | None:
        """Return why there is no such map, or None."""
        cause = self.cause(subject, target, place)
        return f"No {self.title}: {cause}" if cause else None


TABLE = (
    Method(
        "gradient", "gradient", gradients.GradientSettings, gradients.gradient, gradients.no_cause
    ),
    Method(
        "gradient-x-input", "gradient × input", gradients.GradientSettings, gradients.gradient_x_input,
        gradients.no_cause, sums=True,
    ),
    Method(
        "integrated-gradients", "integrated gradients", integrated_gradients.IntegratedGradientsSettings,
        integrated_gradients.integrated_gradients, integrated_gradients.cause, sums=True,
    ),
    Method(
        "smoothgrad", "SmoothGrad", smoothgrad.SmoothGradSettings, smoothgrad.smoothgrad, smoothgrad.cause
    ),
    Method(
        "guided-backprop", "guided backpropagation", guided.GuidedSettings, guided.guided_backprop,
        guided.cause,
    ),
    Method("deconvolution", "deconvolution", guided.GuidedSettings, guided.deconvolution, guided.cause),
    Method(
        "grad-cam", "Grad-CAM", grad_cam.GradCamSettings, grad_cam.grad_cam, grad_cam.cause, signed=False
    ),
    Method(
        "guided-grad-cam", "guided Grad-CAM", grad_cam.GradCamSettings, grad_cam.guided_grad_cam,
        grad_cam.cause_of_guided,
    ),
    Method("lrp", "LRP", lrp.LrpSettings, lrp.lrp, lrp.cause, sums=True),
    Method("deep-taylor", "deep Taylor", lrp.DeepTaylorSettings, lrp.lrp, lrp.cause, sums=True),
    Method("occlusion", "occlusion", occlusion.OcclusionSettings, occlusion.occlusion, occlusion.cause),
    Method("surrogate", "surrogate", surrogate.SurrogateSettings, surrogate.surrogate, surrogate.cause),
)  # fmt: skip
METHODS: Mapping[str, Method] = {method.name: method for method in TABLE}


def explain(
    subject: Subject,
    target: Target,
    method: str,
    settings: Any = None,
    place: str = IMAGE,
    origin: Origin | None = None,
) -> Relevance:
    """Return the relevance map of one target by one method.

    `origin` is that of the network with its sound; the map's names the method, target and settings besides.
    Raises Fault for an unknown method, and with the reason for one that the network cannot carry.
    """
    if method not in METHODS:
        raise Fault(f"There is no method “{method}”.", f"Choose {', '.join(METHODS)}.")
    chosen = METHODS[method]
    used = chosen.settings() if settings is None else settings
    refused = chosen.refusal(subject, target, place)
    if refused:
        raise Fault(refused)
    found = chosen.compute(subject, target, used, place)
    about = (origin or Origin()).of(
        layer=found.place, analysis=f"relevance: {method}", settings=settings_with(target, used)
    )
    return relevance_of(subject, target, found, method, about)


def settings_with(target: Target, settings: Any) -> Settings:
    """Return target and settings as the sorted pairs that an Origin keeps."""
    about: dict[str, Any] = {
        f"target {key}": _plain(value) for key, value in msgspec.to_builtins(target).items()
    }
    about |= {key: _plain(value) for key, value in msgspec.to_builtins(settings).items()}
    return tuple(sorted(about.items()))


def _plain(value: Any) -> Any:
    """Return a list as words, so that an Origin can hold it."""
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    return " ".join(map(str, cast("Sequence[Any]", value))) if isinstance(value, list | tuple) else value
