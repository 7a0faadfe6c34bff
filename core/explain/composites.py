"""Composites: which rule each layer gets, as named presets and as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.explain.lrp_rules import ZB, AlphaBeta, Epsilon, Flat, Gamma, Pass, Rule, WSquared, Zero, ZPlus
from core.explain.steps import Linear, NormOfInput, Step, Steps, Sum
from core.faults import Fault

PRESETS: Mapping[str, str] = {
    "recogniser": "first=zb,inner=gamma:0.25,dense=epsilon:0.25,last=epsilon:0.25,scalings=pass",
    "zero": "all=zero",
    "epsilon": "all=epsilon:0.1",
    "gamma": "all=gamma:0.25",
    "z-plus": "all=z-plus",
    "alpha1-beta0": "all=alpha-beta:1:0",
    "alpha2-beta1": "all=alpha-beta:2:1",
    "epsilon-plus": "all=z-plus,dense=epsilon:0.1,last=epsilon:0.1",
    "epsilon-plus-flat": "all=z-plus,dense=epsilon:0.1,last=epsilon:0.1,first=flat",
    "epsilon-alpha2-beta1": "all=alpha-beta:2:1,dense=epsilon:0.1,last=epsilon:0.1,first=w-squared",
    "deep-taylor": "all=z-plus,first=zb,scalings=pass",
    "deep-taylor-w-squared": "all=z-plus,first=w-squared,scalings=pass",
}
PLACES = "all, first, inner, dense (one tap), last, scalings (normalisations of their own), or layers"


def _numbers(text: str, *usual: float) -> list[float]:
    given = [float(one) for one in text.split(":")] if text else []
    if len(given) > len(usual) or any(one < 0 for one in given):
        raise ValueError(text)
    return [*given, *usual[len(given) :]]


RULES: Mapping[str, Callable[[str], Rule]] = {
    "zero": lambda text: Zero(),
    "epsilon": lambda text: Epsilon(*_numbers(text, 0.25)),
    "gamma": lambda text: Gamma(*_numbers(text, 0.25)),
    "alpha-beta": lambda text: AlphaBeta(*_numbers(text, 2.0, 1.0)),
    "z-plus": lambda text: ZPlus(),
    "w-squared": lambda text: WSquared(),
    "flat": lambda text: Flat(),
    "zb": lambda text: ZB("unit" if text == "unit" else "recording"),
    "pass": lambda text: Pass(),
}


@dataclass(frozen=True, slots=True)
class Composite:
    """The rule of each linear part: by layer and kind, "sum" for the sum of two layers' maps."""

    rules: Mapping[tuple[str, str], Rule]
    words: str

    def rule(self, layer: str, kind: str) -> Rule:
        """Return the rule of one linear part."""
        return self.rules[layer, kind]


def composite(text: str, steps: Steps, first: int, last: int) -> Composite:
    """Return the composite that a preset's name or a text gives for the steps from `first` to `last`.

    A text is PLACE=RULE[:NUMBER[:NUMBER]], with commas; of several places that fit, the last counts.
    Raises Fault for an unknown preset, place, layer or rule, and where a layer is left without a rule.
    """
    whole = PRESETS.get(text, text)
    if "=" not in whole:
        raise Fault(
            f"There is no composite “{text}”.",
            f"Choose {', '.join(PRESETS)}; or write PLACE=RULE with commas. Places: {PLACES}.",
        )
    rows = [_row(part, steps) for part in whole.split(",")]
    parts = _parts(steps, first, last)
    if not parts:
        return Composite({}, whole)
    found: dict[tuple[str, str], Rule] = {}
    for (layer, kind), roles in parts.items():
        fitting = [rule for place, rule in rows if place in roles or layer in _layers(place, steps)]
        if not fitting:
            raise Fault(f"The composite “{text}” has no rule for {layer}.", "Begin it with all=epsilon:0.25.")
        found[layer, kind] = fitting[-1]
    return Composite(found, whole)


def _row(part: str, steps: Steps) -> tuple[str, Rule]:
    place, _, text = part.strip().partition("=")
    name, _, numbers = text.partition(":")
    if name not in RULES:
        raise Fault(f"There is no rule “{name}”.", f"Choose {', '.join(RULES)}.")
    try:
        rule = RULES[name](numbers)
    except ValueError:
        raise Fault(
            f"The numbers of the rule “{text}” cannot be used.", "Write for instance gamma:0.25."
        ) from None
    if isinstance(rule, AlphaBeta) and abs(rule.alpha - rule.beta - 1) > 1e-9:
        raise Fault(f"In “{text}” alpha minus beta is not 1.", "Use alpha-beta:2:1 or alpha-beta:1:0.")
    if place not in ROLES and not _layers(place, steps):
        raise Fault(
            f"The composite names “{place}”, which this network does not have.",
            f"Places are {PLACES}: {', '.join(steps.ends)}.",
        )
    return place, rule


ROLES = ("all", "first", "inner", "dense", "last", "scalings")


def _layers(place: str, steps: Steps) -> list[str]:
    """Return the layers that a place names, conv2 or conv2-conv8."""
    names = list(steps.ends)
    if place in names:
        return [place]
    between = re.fullmatch(r"(.+)-(.+)", place)
    if between and between[1] in names and between[2] in names:
        return names[names.index(between[1]) : names.index(between[2]) + 1]
    return []


def _parts(steps: Steps, first: int, last: int) -> dict[tuple[str, str], frozenset[str]]:
    """Return the linear parts in order, each with the roles that it plays."""
    inside = steps.all[first : last + 1]
    kernels = [step for step in inside if isinstance(step, Linear) and step.kind in ("kernel", "dense")]
    found: dict[tuple[str, str], frozenset[str]] = {}
    for step in inside:
        kind = _kind(step)
        if kind is not None:
            found[step.layer, kind] = frozenset(_roles(step, kind, kernels))
    return found


def _kind(step: Step) -> str | None:
    if isinstance(step, Linear):
        return step.kind
    if isinstance(step, NormOfInput):
        return "norm"
    return "sum" if isinstance(step, Sum) else None


def _roles(step: Step, kind: str, kernels: list[Linear]) -> list[str]:
    if kind in ("norm", "standardise"):
        return ["all", "scalings"]
    roles = ["all", "inner"]
    if kernels and step is kernels[0]:
        roles = ["all", "first"] if len(kernels) > 1 else ["all", "first", "last"]
    elif kernels and step is kernels[-1]:
        roles = ["all", "last"]
    elif kind == "dense":
        roles = ["all", "dense"]
    return roles
