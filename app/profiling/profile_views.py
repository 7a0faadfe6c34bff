"""The state of the profiles as the page's frozen values."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.profiling.profiling import OTHER, ProfileChoice, Profiling
from core.phonemes.arpabet import ipa_of
from core.profiles.live import LayerFigures, Probes, Progress
from core.profiles.topography import surface
from widgets.profiles.profiles_page import SideView
from widgets.profiles.views import (
    Curve,
    CurvesView,
    Excerpt,
    HeatView,
    LayersView,
    MapsView,
    MapView,
    TreeView,
    UnitView,
)
from widgets.theme.number_text import number_text

WAYS = (
    ("phones", "Phones: tier phones"),
    ("letters", "Letters that the network emits"),
    ("phonemes", "Phonemes of emitted letters"),
    ("words", "Words: tier words"),
    ("speakers", "Speakers: folders"),
    ("tier", "Labels of another tier…"),
    ("name", "Part of the file names…"),
    ("csv", "A table of events…"),
)
TITLES = {
    "phones": "Phones",
    "phonemes": "Phonemes",
    "letters": "Letters",
    "words": "Words",
    "speakers": "Speakers",
}
MAPS, NEAR, SURFACE = 8, 5, 60


def shown_name(groups: str, name: str) -> str:
    """Return a group as it is written: phones in IPA."""
    return ipa_of(name) if groups in ("phones", "phonemes") else "␣" if name == "space" else name


def side_view(profiling: Profiling, network_words: str, facts: str) -> SideView:
    """Return what the left panel shows."""
    choice, progress, found = profiling.choice, profiling.progress, profiling.figures
    settings = choice.settings
    ways = WAYS if choice.groups in dict(WAYS) else ((choice.groups, groups_title(choice.groups)), *WAYS)
    groups = tuple(progress.counts.items()) if progress else ()
    named = tuple((shown_name(choice.groups, name), count) for name, count in groups)
    return SideView(
        network_words,
        facts,
        Path(choice.folder).name if choice.folder else "",
        _progress_words(profiling, progress),
        progress.done / max(1, progress.total) if progress else 0.0,
        profiling.running,
        profiling.question is not None and not (progress is not None and progress.done >= progress.total),
        ways,
        choice.groups,
        named,
        shown_name(choice.groups, choice.group),
        frozenset(shown_name(choice.groups, name) for name in choice.shown),
        settings.least,
        _notes(progress),
        settings.align,
        settings.mask,
        "plain" if choice.look.plain else choice.look.weights,
        f"Window   {number_text(progress.window_s, 3)} s" if progress else "",
        _shift_words(found),
        _agreement_words(found),
        settings.method,
    )


def _shift_words(found: LayerFigures | None) -> str:
    if found is None:
        return ""
    flat = f", {found.flat} with a flat gradient" if found.flat else ""
    return f"Shift   mean {number_text(found.shift_s, 3)} s{flat}"


def _agreement_words(found: LayerFigures | None) -> str:
    if found is None:
        return ""
    before, after = (number_text(value, 3) for value in found.agreement)
    return f"Agreement   r {before} before, {after} after"


def _progress_words(profiling: Profiling, progress: Progress | None) -> str:
    if progress is None:
        return "Reading the folder…" if profiling.running else ""
    told = f"{progress.done} of {progress.total} files"
    if profiling.running and progress.done < progress.total:
        left_s = (progress.total - progress.done) * progress.seconds_each
        told += f" · {left_s:.0f} s left" if left_s < 100 else f" · {left_s / 60:.0f} min left"
    elif profiling.running:
        told += f" · now {OTHER.get(profiling.choice.groups, 'others')}, to compare"
    return told


def _notes(progress: Progress | None) -> str:
    if progress is None or not progress.notes:
        return ""
    more = f" · and {len(progress.notes) - 3} more" if len(progress.notes) > 3 else ""
    return "\n".join(note if len(note) < 160 else f"{note[:159]}…" for note in progress.notes[:3]) + more


def groups_title(groups: str) -> str:
    """Return a way of grouping in words."""
    if groups in TITLES:
        return TITLES[groups]
    if groups.startswith("name:"):
        return f"File names: {groups[5:]}"
    return Path(groups).name if groups.lower().endswith(".csv") else f"Labels of tier {groups}"


def layer_title(name: str) -> str:
    """Return a layer's name as lanes show it."""
    return {"fc": "FC", "logits": "Logits"}.get(name, name.capitalize())


def layers_view(choice: ProfileChoice, found: LayerFigures, probes: Probes | None = None) -> LayersView:
    """Return the silhouettes over layers: by group, and by manner where groups are phonemes."""
    rows = found.silhouettes
    manner = tuple(rows[:, 1].tolist()) if np.isfinite(rows[:, 1]).any() else ()
    return LayersView(
        found.layers,
        tuple(map(layer_title, found.layers)),
        tuple(rows[:, 0].tolist()),
        manner,
        groups_title(choice.groups).lower(),
        "manner" if manner else "",
        found.layer,
        f"{found.profiles.shape[1]} units",
        probes.scores if probes and probes.layers == found.layers else (),
        f"probe (input {number_text(probes.heard, 2)})" if probes else "",
    )


def heat_view(choice: ProfileChoice, found: LayerFigures, rate_hz: float) -> HeatView:
    """Return the chosen group's profile, units sorted as chosen."""
    place = found.groups.index(choice.group)
    count = found.profiles.shape[1]
    rows = found.order if choice.sort == "likeness" else np.arange(count)
    name = shown_name(choice.groups, choice.group)
    less = "" if choice.look.plain else f", less the mean over {len(found.groups)} groups"
    method = {"average": "Average", "nap": "NAP", "gradnap": "GradNAP"}[choice.settings.method]
    events = found.counts[place]
    return HeatView(
        f"{method} of {name}",
        f"{layer_title(found.layer)}, {events} events{less}",
        found.profiles[place][rows],
        rows,
        found.sounds[place],
        found.step_s,
        found.centre,
        limit_of(found.profiles),
        rate_hz / 2,
        choice.unit,
        choice.look.plain,
    )


def limit_of(values: np.ndarray) -> float:
    """Return the end of a scale that 2 % of the values exceed; it is never 0."""
    size = np.abs(values)
    found = float(np.quantile(size, 0.98)) if size.size else 0.0
    return found or float(size.max(initial=0.0)) or 1.0


def curves_view(choice: ProfileChoice, found: LayerFigures) -> CurvesView:
    """Return the averages of the chosen groups, all units together."""
    shown = [name for name in choice.shown if name in found.groups]
    curves: list[Curve] = []
    for k, name in enumerate(shown):
        place = found.groups.index(name)
        share = k / max(1, len(shown) - 1)
        rows = (found.curves[place], found.low[place], found.high[place])
        curves.append(Curve(shown_name(choice.groups, name), *rows, share))
    facts = "mean of all units, band: 95 % of the mean · Ctrl + click adds a group"
    return CurvesView("Event-related averages", facts, tuple(curves), found.step_s, found.centre)


def tree_view(groups: str, choice: ProfileChoice, found: LayerFigures | None) -> TreeView | None:
    """Return the tree of the groups; names of phones in IPA."""
    if found is None or found.tree is None:
        return None
    row = found.layers.index(found.layer)
    value = float(found.silhouettes[row, 0])
    names = tuple(shown_name(groups, name) for name in found.tree.names)
    own = groups == choice.groups
    shown = choice.shown if own else ()
    shares = tuple((shown_name(groups, name), k / max(1, len(shown) - 1)) for k, name in enumerate(shown))
    few = " ".join(shown_name(groups, name) for name in found.left_out)
    chosen = shown_name(groups, choice.group) if own else ""
    facts = f"silhouette {number_text(value, 4)}" if math.isfinite(value) else ""
    left = f"Too few events: {few}" if few else ""
    return TreeView(
        groups_title(groups), facts, names, found.tree.lines, found.tree.highest, chosen, shares, left
    )


def maps_view(choice: ProfileChoice, found: LayerFigures) -> MapsView:
    """Return topographic maps of the shown groups and the most frequent ones, up to eight."""
    often = sorted(found.groups, key=lambda name: -found.counts[found.groups.index(name)])
    first = (choice.group, *choice.shown, *often)
    names = [name for name in dict.fromkeys(first) if name in found.groups][:MAPS]
    rows = [found.groups.index(name) for name in names]
    values = found.at_zero[rows]
    limit = limit_of(found.at_zero)
    maps = tuple(
        MapView(
            shown_name(choice.groups, name),
            f"n {found.counts[row]}",
            surface(found.places, found.at_zero[row], SURFACE).astype(np.float32),
        )
        for name, row in zip(names, rows, strict=True)
    )
    count = len(found.places)
    size = int(np.sqrt(count)) + 1
    how = {
        "SOM": f"placed by likeness of profile on {size} × {size} (self-organising map, seed 0)",
        "PCA": "placed by two principal components",
        "t-SNE": "placed by t-SNE",
        "UMAP": "placed by UMAP",
    }[choice.look.layout]
    return MapsView(
        "Topographic maps", f"{layer_title(found.layer)}: {count} units {how}", maps, found.places, values,
        limit, float((np.abs(values) > limit).mean()), choice.unit,
    )  # fmt: skip


def unit_view(choice: ProfileChoice, found: LayerFigures, excerpts: tuple[Excerpt, ...]) -> UnitView:
    """Return the chosen unit: its values, the units most like it, and its excerpts."""
    values = found.at_zero[:, choice.unit]
    names = tuple(shown_name(choice.groups, name) for name in found.groups)
    named = tuple(replace(one, label=shown_name(choice.groups, one.label)) for one in excerpts)
    order = np.argsort(-values)
    span = float(np.ptp(values))
    gap = float(values[order[0]] - values[order[1]]) if len(values) > 1 else 0.0
    selectivity = gap / span if span > 0 else 0.0
    facts = f"Selectivity {number_text(selectivity, 4)}: best less second, over the range"
    return UnitView(
        f"Unit {choice.unit + 1}", layer_title(found.layer), names, tuple(values.tolist()),
        _nearest(found, choice.unit, names), named, facts,
        None if found.patterns is None else found.patterns[choice.unit],
    )  # fmt: skip


def _nearest(
    found: LayerFigures, unit: int, names: tuple[str, ...]
) -> tuple[tuple[str, float, str, str], ...]:
    """Return the units whose profiles are most like a unit's: cosine, and the best and worst groups."""
    rows = found.at_zero.T.astype(np.float64)
    sizes = np.linalg.norm(rows, axis=1)
    if sizes[unit] == 0:
        return ()
    cosine = rows @ rows[unit] / np.where(sizes > 0, sizes, np.inf) / sizes[unit]
    cosine[unit] = -2
    few: list[tuple[str, float, str, str]] = []
    for other in np.argsort(-cosine, kind="stable")[:NEAR]:
        if cosine[other] < -1:
            continue
        order = np.argsort(-rows[other])
        best, worst = (" ".join(names[k] for k in some) for some in (order[:3], order[::-1][:3]))
        few.append((str(other + 1), float(cosine[other]), best, worst))
    return tuple(few)
