"""The state of a search as the values that its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Any

import numpy as np

from app.generating.choice import (
    TURN,
    Cards,
    GenerationChoice,
    labels_of,
    layer_named,
    missing,
    networks_of,
    priors_of,
)
from app.generating.generation_run import GenerationRun, GenerationState
from core.generation.acoustics import NAMES, Acoustics, effect, medians
from core.generation.frechet import DISTANCES
from core.generation.grid import Setting
from core.generation.log_mel import apart, diversity
from core.generation.search import SettingRow
from core.generation.tiles import Example
from core.probing.model_id import ModelId
from core.train.reporting import duration_words
from widgets.generation.generation_views import (
    AcousticRow,
    CellView,
    ChoicesView,
    FindingsView,
    HistogramView,
    SettingsView,
    TileRowView,
    TileView,
    TrajectoryView,
)
from widgets.theme.praat_numbers import signed

SIGNS = {1: ("Maximised", "max"), -1: ("Minimised", "min")}
LIMITS = (
    "One prior only: what this generator cannot make cannot be found here. The distance compares one unit's "
    "activations; it measures neither realism nor diversity."
)
NEAREST = 3


def number(value: float, digits: int = 4) -> str:
    """Return a number with four digits and a true minus sign, “–” if it is undefined."""
    return signed(f"{value:.{digits}g}") if np.isfinite(value) else "–"


# --- the panel at the left ------------------------------------------------------------------------


def network_key(model: ModelId, role: str) -> str:
    """Return the key of an open network in the list of networks."""
    return f"{model}/{role}"


def choices_view(choice: GenerationChoice, cards: Cards, run: GenerationRun) -> ChoicesView:
    """Return what can be chosen and what is."""
    card, grid = choice.card(cards), choice.grid
    networks = tuple((network_key(*one), f"{cards[one[0]].title}: {one[1]}") for one in networks_of(cards))
    layers = card.layers if card is not None else ()
    labels = labels_of(card) if card is not None else ()
    layout = choice.layout(cards)
    codes = [(TURN, "all in turn"), *((str(k), _code(code)) for k, code in enumerate(layout.codes()))]
    layer = layer_named(card, choice.layer) if card is not None else None
    title = cards[choice.target].title if choice.target is not None and choice.target in cards else ""
    return ChoicesView(
        networks=networks,
        network=network_key(choice.target, choice.network) if choice.target is not None else "",
        facts=_facts(choice, cards) if title else (),
        kinds=("unit", "channel", "layer") if labels else ("channel", "layer"),
        kind=choice.kind,
        layers=tuple((one.name, f"{one.name} · {one.channels}") for one in layers),
        layer=choice.layer,
        units=tuple((str(k), label) for k, label in enumerate(labels)),
        unit=str(choice.unit),
        channels=layer.channels if layer else 0,
        channel=choice.channel,
        value=choice.value,
        over=choice.over,
        signs=grid.signs,
        priors=tuple((model, cards[model].title) for model in priors_of(cards)),
        prior=choice.prior or "",
        prior_lines=choice.latent(cards).words() if choice.prior is not None else (),
        codes=tuple(codes) if layout.code else (),
        code=choice.code,
        folder=choice.folder,
        top=choice.top,
        steps=grid.ordered_steps,
        rates=grid.rates,
        penalties=grid.penalties,
        restarts=grid.restarts,
        seed=grid.seed,
        budget_words=f"{len(grid.rates) * len(grid.penalties)} runs give {grid.count} settings",
        running=run.running,
        progress=_progress(run),
        may_go_on=run.state is not None and not run.running and run.state.search.next(1) is not None,
        reason=missing(choice, cards),
        lacks_prior=choice.prior is None and card is not None,
    )


def _facts(choice: GenerationChoice, cards: Cards) -> tuple[tuple[str, str], ...]:
    card = choice.card(cards)
    assert card is not None
    assert choice.target is not None
    rate = cards[choice.target].input_rates_hz.get(choice.network, 0.0)
    return (("Family", cards[choice.target].family), ("Hears", f"{rate:g} Hz"))


def _code(code: Sequence[float]) -> str:
    return " ".join(f"{value:g}" for value in code)


def _progress(run: GenerationRun) -> str:
    state = run.state
    if state is None:
        return ""
    if run.running and state.reads and state.examples:
        of = len(state.places) if state.places is not None else 0
        return f"Hearing the recordings: {state.heard} of {of or '..'} excerpts"
    done, of = state.search.done_steps, state.asked.grid.total_steps
    if run.running:
        return f"{done:,} of {of:,} steps"
    took = f", took {duration_words(state.took_s)}"
    return f"{done:,} of {of:,} steps{took}" + ("" if state.search.next(1) is None else "; stopped")


# --- settings -------------------------------------------------------------------------------------


def settings_view(state: GenerationState | None, sign: int) -> SettingsView:
    """Return the heat table of a direction."""
    if state is None:
        words = "Choose what is driven, the prior and the recordings to compare with, then press Start."
        return SettingsView("Settings", "", empty_words=words)
    search, grid = state.search, state.asked.grid
    if sign not in grid.signs:
        return SettingsView("Settings", "", empty_words="This search does not go in this direction.")
    marks = {row.setting: mark for mark, row in reversed(list(search.marks(sign).items()))}
    compared = search.comparison is not None
    cells: list[CellView] = []
    for setting in grid.settings(sign):
        row = search.row(setting)
        key = (
            grid.ordered_steps.index(setting.steps),
            grid.rates.index(setting.course.rate),
            grid.penalties.index(setting.course.penalty),
        )
        cells.append(
            _cell(key, row, marks.get(setting, ""), state.shown.get(sign) == setting, setting, compared)
        )
    floor = None
    words = "There are no recordings to compare with: each cell shows the mean activation of its restarts."
    if search.comparison is not None:
        floor = search.floor(sign, grid.restarts)
        words = _floor_words(state, sign, floor)
    kind = DISTANCES[search.comparison.kind] if search.comparison is not None else None
    return SettingsView(
        "Fréchet distance of activations" if compared else "Mean activation",
        f"{kind.formula}, generated to real" if kind else "",
        grid.ordered_steps, grid.rates, grid.penalties, tuple(cells), floor, words,
    )  # fmt: skip


def _cell(
    key: tuple[int, int, int],
    row: SettingRow | None,
    mark: str,
    shown: bool,
    setting: Setting,
    compared: bool,
) -> CellView:
    if row is None:
        return CellView(key, tip=f"{setting.words}: not there yet", shown=shown)
    if row.distance is None or not compared:
        tip = f"{setting.words}: mean {number(row.mean)}, sd {number(row.sd)}, N {row.n}"
        return CellView(key, None, number(row.mean), mark, False, shown, tip)
    away = row.distance
    tip = f"{setting.words}: {away.words}; mean {number(row.mean)}, sd {number(row.sd)}"
    return CellView(key, away.value, number(away.value), mark, away.value < away.floor, shown, tip)


def _floor_words(state: GenerationState, sign: int, floor: float) -> str:
    rows = [row for row in state.search.rows(sign) if row.distance is not None]
    under = sum(1 for row in rows if row.distance is not None and row.distance.value < floor)
    assert state.search.comparison is not None
    n_real = len(state.search.comparison.chosen(sign))
    near = {0: "no setting comes near it", 1: "1 setting lies under it"}.get(
        under, f"{under} settings lie under it"
    )
    return (
        f"Noise floor {number(floor)} (95 of 100 equal sets; N {state.asked.grid.restarts} against "
        f"{n_real} of {len(state.pool)}, d {_dimensions(state)}): {near if rows else '..'}"
    )


def _dimensions(state: GenerationState) -> int:
    comparison = state.search.comparison
    return 1 if comparison is None or comparison.kind == "unit" else state.pool.layers.shape[1]


# --- examples -------------------------------------------------------------------------------------


def tile_rows(state: GenerationState | None) -> tuple[TileRowView, ...]:
    """Return the rows of tiles: both directions, and the most driving real excerpts."""
    if state is None:
        return ()
    rows = [_generated_row(state, sign) for sign in state.asked.grid.signs]
    sign = state.asked.grid.signs[0]
    if sign in state.real:
        rows.append(_real_row(state, sign))
    elif state.asked.folder:
        rows.append(TileRowView("real", "Real", words="The recordings are being heard."))
    return tuple(rows)


def _generated_row(state: GenerationState, sign: int) -> TileRowView:
    title, key = SIGNS[sign]
    examples, setting = state.examples.get(sign, ()), state.shown.get(sign)
    if setting is None:
        return TileRowView(key, title, words="The first sounds come within seconds.")
    steps = state.drawn[sign][1]
    row = state.search.row(setting) if steps == setting.steps else None
    strong = (("mean", number(row.mean)), ("sd", number(row.sd))) if row is not None else ()
    lines = (
        f"{steps} steps" if steps == setting.steps else f"step {steps} of {setting.steps}",
        f"rate {setting.course.rate:g}, λ {setting.course.penalty:g}",
    )
    note = f"{len(examples)} of {state.asked.grid.restarts} restarts, best first"
    return TileRowView(key, title, lines, strong, note, tuple(_tile(key, one) for one in examples))


def _real_row(state: GenerationState, sign: int) -> TileRowView:
    assert state.search.comparison is not None
    chosen = state.search.comparison.chosen(sign)
    most = "most" if sign > 0 else "least"
    values = chosen.values
    strong = (("mean", number(float(values.mean()))), ("sd", number(float(values.std(ddof=1)))))
    lines = (f"{most} activating", f"{len(chosen)} of {len(state.pool)}")
    tiles = tuple(_tile("real", one, real=True) for one in state.real[sign])
    return TileRowView("real", "Real", lines, strong, f"the {len(tiles)} first", tiles)


def _tile(row: str, one: Example, real: bool = False) -> TileView:
    f0 = one.acoustics.f0
    foot = f"F0 {number(f0)} Hz" if np.isfinite(f0) else "no F0"
    number_words = f"{one.number} {one.label}" if real else str(one.number)
    return TileView(
        f"{row}/{one.number}",
        number_words,
        number(one.value),
        one.samples,
        one.mel,
        foot,
        real,
        one.label,
    )


def row_of(tile: str) -> str:
    """Return the row that a tile stands in: max, min or real."""
    return tile.partition("/")[0]


def example_of(state: GenerationState | None, tile: str) -> Example | None:
    """Return the example of a tile."""
    row, _, name = tile.partition("/")
    if state is None or not name:
        return None
    signs = {"max": 1, "min": -1}
    found = (
        state.real.get(state.asked.grid.signs[0], ())
        if row == "real"
        else state.examples.get(signs.get(row, 0), ())
    )
    return next((one for one in found if str(one.number) == name), None)


# --- trajectories ---------------------------------------------------------------------------------


def trajectory_view(state: GenerationState | None, sign: int) -> TrajectoryView:
    """Return the curves of the course whose setting is shown, in both directions."""
    setting = state.shown.get(sign) if state is not None else None
    if state is None or setting is None:
        return TrajectoryView()
    course = setting.course
    curves = {
        one.course.sign: one.curve
        for one in state.search.trajectories.values()
        if (one.course.rate, one.course.penalty) == (course.rate, course.penalty)
    }
    none = np.empty((0, 0), np.float32)
    real: list[tuple[str, float, float]] = []
    if state.search.comparison is not None:
        for way in state.asked.grid.signs:
            values = state.search.comparison.chosen(way).values
            real.append(("most" if way > 0 else "least", float(values.mean()), float(values.std(ddof=1))))
    remark = f"rate {course.rate:g}, λ {course.penalty:g}"
    return TrajectoryView(
        "Activation over the steps", remark, curves.get(1, none), curves.get(-1, none),
        state.asked.grid.ordered_steps, tuple(real),
    )  # fmt: skip


# --- the dock at the right ------------------------------------------------------------------------


def findings_view(state: GenerationState | None, tile: str) -> FindingsView:
    """Return acoustics, distributions, diversity and what is known of the chosen tile."""
    if state is None:
        return FindingsView(note=LIMITS)
    sets = {SIGNS[sign][0]: state.examples.get(sign, ()) for sign in state.asked.grid.signs}
    real = state.real.get(state.asked.grid.signs[0], ())
    shown = {name: some for name, some in sets.items() if some} | ({"Real": real} if real else {})
    heads = (*shown, *(("d",) if real and len(shown) > 1 else ()))
    return FindingsView(
        acoustics_words=f"medians of {max((len(some) for some in shown.values()), default=0)}",
        heads=heads if shown else (),
        rows=_acoustic_rows(shown, "d" in heads) if shown else (),
        histograms=_histograms(state),
        diversity=tuple((name, diversity(_mels(some))) for name, some in shown.items()),
        **_chosen(state, tile),
        note=LIMITS,
    )


def _acoustic_rows(sets: dict[str, tuple[Example, ...]], compares: bool) -> tuple[AcousticRow, ...]:
    middle = {name: medians([one.acoustics for one in some]) for name, some in sets.items()}
    first = next(iter(sets))
    rows: list[AcousticRow] = []
    for one in fields(Acoustics):
        title, unit = NAMES[one.name]
        cells = [number(getattr(middle[name], one.name)) for name in sets]
        if compares:
            both = ([getattr(e.acoustics, one.name) for e in sets[name]] for name in (first, "Real"))
            cells.append(number(effect(*both)))
        rows.append(AcousticRow(title, unit, tuple(cells)))
    return tuple(rows)


def _mels(examples: Sequence[Example]) -> np.ndarray:
    return np.stack([one.mel for one in examples]) if examples else np.empty((0, 1, 1), np.float32)


def _histograms(state: GenerationState) -> tuple[HistogramView, ...]:
    made: list[HistogramView] = []
    comparison = state.search.comparison
    if comparison is not None:
        chosen = np.concatenate([comparison.chosen(sign).values for sign in state.asked.grid.signs])
        made.append(
            HistogramView(
                chosen.astype(np.float64), state.pool.values.astype(np.float64),
                "real, compared", "all excerpts", f"N {len(chosen)}, {len(state.pool)}",
            )
        )  # fmt: skip
    best = [
        found[0].values
        for sign, setting in state.shown.items()
        if sign in state.drawn and (found := state.best(setting)) is not None
    ]
    if best:
        values = np.concatenate(best).astype(np.float64)
        prior = state.undriven.values.astype(np.float64) if state.undriven is not None else np.empty(0)
        words = "prior, not driven" if len(prior) else ""
        made.append(HistogramView(values, prior, "generated", words, f"N {len(values)}, {len(prior)}"))
    return tuple(made)


def _chosen(state: GenerationState, tile: str) -> dict[str, Any]:
    one = example_of(state, tile)
    if one is None:
        return {"tile_title": "No tile is chosen", "tile_lines": ("Click a tile to hear it.",)}
    row = row_of(tile)
    title = {"max": "maximised", "min": "minimised", "real": "real"}[row]
    lines: list[str] = []
    if len(one.z):
        latent = state.asked.pair.latent
        parts = [f"|z|² {number(float(np.square(one.z[latent.noise]).sum()))}"]
        if latent.layout.code:
            parts.append(f"code {_code(latent.nearest_code(one.z))}")
        if latent.layout.prior == "uniform":
            parts.append(f"at the box {latent.at_wall(one.z)} of {int(latent.noise.sum())}")
        lines.append(" · ".join(parts))
        if len(state.pool):
            share = float((state.pool.values < one.value).mean())
            lines.append(f"above {share:.1%} of {len(state.pool)} real excerpts")
    else:
        lines.append(f"{one.label}, from {one.start_s:.3f} s")
    return {
        "tile_title": f"Tile {one.number}, {title}",
        "tile_value": f"activation {number(one.value)}",
        "tile_lines": tuple(lines),
        "may_open": bool(len(one.z)),
        "nearest": _nearest(state, one) if len(one.z) else (),
    }


def nearest_examples(state: GenerationState, one: Example) -> list[tuple[Example, float]]:
    """Return the real examples whose log-mel pictures are nearest, with their distances."""
    real = state.real.get(state.asked.grid.signs[0], ())
    if not real:
        return []
    away = apart(one.mel[None], _mels(real))[0]
    return [(real[int(k)], float(away[k])) for k in np.argsort(away)[:NEAREST]]


def _nearest(state: GenerationState, one: Example) -> tuple[tuple[str, str, str, np.ndarray], ...]:
    return tuple(
        (real.label, number(away), number(real.value), real.samples)
        for real, away in nearest_examples(state, one)
    )


def measures_text(one: Example) -> str:
    """Return what Praat measured in an example, in a line."""
    parts = [
        f"{NAMES[field.name][0]} {number(value)} {NAMES[field.name][1]}"
        for field, value in zip(fields(Acoustics), astuple(one.acoustics), strict=True)
        if np.isfinite(value)
    ]
    return ", ".join(parts)
