"""A dose-response as the values that the dock shows: lines, rows and words."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from app.sweeping.dose_run import DRAW, DoseState
from app.sweeping.sweep_run import SweepState
from core.analyses.measures import MEASURES
from core.measures.correlation import pearson_r
from core.sweeps.dose_response import DoseResponse
from core.sweeps.positions import shares
from widgets.sweep.dose_views import DoseLine, DoseRow, DoseView
from widgets.theme.praat_numbers import NONE, four_digits, signed

MOST_LINES = 40
ONE_DRAW = "One draw only. Use more draws before you call it an effect."
BAND = "Lines: mean over the draws; bands: one standard deviation."
RANKED = "Lines: means. Ranked by the mean slope; effects are differences from "


def dose_view(
    state: DoseState, sweep: SweepState | None, titles: Mapping[str, str], running: bool
) -> DoseView:
    """Return what the dock shows: layers against one variable, or several variables against each other."""
    unit = _unit(state)
    words = f"{state.done} of {state.count}" if running else _done(state)
    if len(state.asked.lines) > 1:
        return _of_variables(state, unit, words, running)
    return _of_layers(state, sweep, titles, unit, words, running)


def _done(state: DoseState) -> str:
    draws = state.asked.draws
    said = "1 draw" if draws == 1 else f"{draws:,} draws"
    return said if state.done == state.count else f"{said}, stopped after {state.done} of {state.count}"


def _unit(state: DoseState) -> str:
    """Return the unit of the vertical axis, with what is compared."""
    asked = state.asked
    if asked.answer is not None:
        unit = asked.answer.title
    else:
        row = MEASURES[asked.plan.measures[0]]
        unit = row.unit or row.title
    if not asked.baseline:
        return unit
    at = "the draw" if asked.baseline == DRAW else signed(asked.baseline)
    return f"{unit}, less that at {at}"


def _of_layers(
    state: DoseState,
    sweep: SweepState | None,
    titles: Mapping[str, str],
    unit: str,
    words: str,
    running: bool,
) -> DoseView:
    asked, places = state.asked, state.positions[0]
    output = asked.card.output
    found = {layer: state.response(0, layer) for layer in reversed(state.layers)}
    known = {layer: one for layer, one in found.items() if one is not None}
    lines = tuple(
        DoseLine(titles[layer], np.array(places.places), *_course(state, one), layer == output)
        for layer, one in known.items()
    )
    current = sweep.current if sweep is not None and sweep.positions == places else None
    rows = [
        DoseRow(
            (signed(word), *(_cell(_course(state, one)[0][step]) for one in known.values())),
            share,
            step,
            step == current,
        )
        for step, (word, share) in enumerate(zip(places.words, shares(places.places), strict=True))
    ]
    rows.sort(key=lambda row: -places.places[row.step or 0])
    heads = (
        places.name if places.is_value else "step",
        *(f"{titles[layer]} {_short(state)}" for layer in known),
    )
    return DoseView(
        unit, _both_names(state), lines, heads, tuple(rows),
        None if current is None else places.places[current],
        _drawn(state), _told(state, known, titles), _note(state, bool(known)), _refusals(state, titles),
        words, running,
    )  # fmt: skip


def _of_variables(state: DoseState, unit: str, words: str, running: bool) -> DoseView:
    """Rank the variables by the size of their mean slope, for the first layer that has the measure."""
    layer = state.layers[-1]
    found = [(one.name, state.response(k, layer)) for k, one in enumerate(state.positions)]
    known = sorted(
        ((name, one) for name, one in found if one is not None),
        key=lambda pair: -abs(pair[1].slope) if math.isfinite(pair[1].slope) else 0.0,
    )
    lines = tuple(DoseLine(name, one.values, *_course(state, one)) for name, one in known[:MOST_LINES])
    rows = tuple(
        DoseRow((name, _cell(one.slope), _cell(_largest(one.effect)), _cell(_spread(one))))
        for name, one in known
    )
    heads = ("variable", "mean slope", "largest effect", "SD there")
    return DoseView(
        unit, "latent value", lines, heads, rows, note=_ranked(state, bool(known)),
        refusals=_refusals(state, {}), state=words, running=running,
    )  # fmt: skip


def _both_names(state: DoseState) -> str:
    """Return what moves: one variable as in prose, from 1, and as in scripts, from 0."""
    axis = state.asked.lines[0].axes[0]
    name = state.positions[0].name
    return f"{name} (z[{axis.indices[0]}])" if axis.names == (name,) else name


def _course(state: DoseState, one: DoseResponse) -> tuple[np.ndarray, np.ndarray]:
    """Return means and spreads: of the measure, or of its difference from the baseline."""
    if state.asked.baseline:
        return one.effect, one.effect_sd
    return one.mean, one.sd


def _largest(effect: np.ndarray) -> float:
    known = np.flatnonzero(np.isfinite(effect))
    return float(effect[known[np.abs(effect[known]).argmax()]]) if known.size else math.nan


def _spread(one: DoseResponse) -> float:
    known = np.flatnonzero(np.isfinite(one.effect))
    return float(one.effect_sd[known[np.abs(one.effect[known]).argmax()]]) if known.size else math.nan


def _cell(value: float) -> str:
    return four_digits(float(value)) if math.isfinite(value) else NONE


def _short(state: DoseState) -> str:
    """Return what stands after a layer's name in the head of a column."""
    if state.asked.answer is not None:
        return ""
    return MEASURES[state.asked.plan.measures[0]].unit


def _drawn(state: DoseState) -> float | None:
    """Return the value of the moving variable in the knobs' draw, where there is one."""
    places, line = state.positions[0], state.asked.lines[0]
    if state.asked.draws > 1 or not places.is_value:
        return None
    axis = line.axes[0]
    return state.asked.base.z[axis.indices[axis.names.index(places.name.split(", ")[0])]]


def _told(state: DoseState, known: Mapping[str, DoseResponse], titles: Mapping[str, str]) -> str:
    """Return r of each layer with the output over the steps, and the mean slope of the output."""
    output = known.get(state.asked.card.output)
    if output is None:
        return ""
    parts: list[str] = []
    for layer, one in known.items():
        if one is output:
            continue
        both = np.isfinite(one.mean) & np.isfinite(output.mean)
        r = pearson_r(output.mean[both], one.mean[both])
        if r is not None:
            parts.append(f"{titles[layer]} {signed(f'{r:.3f}')}")
    said = [f"r with {titles[state.asked.card.output]} over the steps: {'  '.join(parts)}"] if parts else []
    slopes = (
        f"{titles[layer]} {_cell(one.slope)}" for layer, one in known.items() if math.isfinite(one.slope)
    )
    if state.positions[0].is_value:
        said.append(f"Incremental effect (mean slope): {'  '.join(slopes)}")
    return "\n".join(said)


def _note(state: DoseState, known: bool) -> str:
    if not known:
        return "" if state.done < state.count else "No layer has a value of this measure."
    return ONE_DRAW if state.asked.draws == 1 else BAND


def _ranked(state: DoseState, known: bool) -> str:
    """Return how variables are compared, with the caution that one draw needs."""
    if not known:
        return _note(state, known)
    baseline = state.asked.baseline
    at = "the draw" if baseline in ("", DRAW) else f"the measure at {signed(baseline)}"
    return f"{RANKED}{at}. {ONE_DRAW if state.asked.draws == 1 else ''}".strip()


def _refusals(state: DoseState, titles: Mapping[str, str]) -> str:
    """Return who cannot have the measure and why, layers with one reason together."""
    reasons: dict[str, list[str]] = {}
    for layer, sentence in reversed(tuple(state.refusals.items())):
        reasons.setdefault(sentence, []).append(titles.get(layer, layer))
    return "\n".join(f"⊘ {', '.join(layers)}: {sentence}" for sentence, layers in reasons.items())
