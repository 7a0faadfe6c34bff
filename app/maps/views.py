"""What the page of feature maps shows, made from the session and the engine's answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from app.maps.browser import MapsBrowser
from app.maps.sources import Source
from core.maps.browsing import Browsed
from core.maps.change import ChangeRow, difference_track
from core.maps.contours import Contour
from core.maps.self_similarity import interval_similarity
from core.probing.surgery import LayerEdit
from core.session.edit_words import action_words, cut_window
from core.session.layer_fields import Field
from core.session.session import Session
from core.signals.track import Track
from widgets.maps.cut_view import ComparedRow, CutRow, CutView, Scope
from widgets.maps.heat_picture import row_maxima
from widgets.maps.maps_bar import BarView
from widgets.maps.maps_view import LETTERS, ClusterRow, CutMark, HeatView, MapRow, TimeView
from widgets.maps.similarity_area import SimilarityView
from widgets.theme.praat_numbers import NONE, four_digits, seconds, short, short_rate, signed
from widgets.timeline.lane_views import Curve, CurveRole, LaneView

AVERAGE = "average of maps"
OVERLAYS = {"f0": "pitch", "intensity": "intensity"}
"""The contours that a lane draws with a scale of its own."""

NOT_HERE = "Measure this layer in the stack; here the buttons choose the contour that maps are compared with"


def bar_view(browser: MapsBrowser) -> BarView:
    """Return the choices in the bar."""
    choice, layers = browser.choice, browser.layers
    info = next((one for one in layers if one.name == choice.layer), None)
    points = tuple(browser.others())
    return BarView(
        tuple((name, name) for name in browser.networks),
        choice.network,
        tuple((one.name, one.title) for one in layers),
        choice.layer,
        choice.sort,
        tuple(browser.contours.items()),
        choice.contour,
        tuple((name, name) for name in points) if choice.network == "G" else (),
        choice.other,
        choice.clusters,
        choice.draws,
        min(6, info.channels) if info is not None else 6,
        choice.looks,
    )


def time_view(session: Session) -> TimeView:
    """Return the visible range, the cursor and the selection."""
    return TimeView(session.visible, session.whole, session.cursor_s, session.selection)


def heat_view(
    browser: MapsBrowser, found: Browsed, source: Source, edits: tuple[LayerEdit, ...] = ()
) -> HeatView:
    """Return the heat map, with the edits of its layer marked."""
    maps = replace(found.maps, axis=source.moved(found.maps.axis))
    most, choice = row_maxima(found.maps), browser.choice
    sounding = set(found.sounding)
    rows = tuple(
        MapRow(
            channel,
            float(most[channel]),
            _at(found.r, channel),
            _at(found.distances, channel) if choice.sort == "distance" else float("nan"),
            found.clusters[channel] if found.clusters is not None else -1,
            channel in choice.muted,
            channel in choice.soloed,
            channel in sounding,
        )
        for channel in found.order
    )
    cuts = tuple(
        CutMark(cut_window(one, maps.axis), frozenset(one.channels), action_words(one, maps.axis))
        for one in edits
        if one.layer == maps.name
    )
    clusters = tuple(
        ClusterRow(
            place,
            (found.clusters or ()).count(place),
            _moved(mean, source),
            found.cluster_r[place] if found.cluster_r else float("nan"),
        )
        for place, mean in enumerate(found.cluster_means)
    )
    return HeatView(maps, rows, clusters, len(clusters), cuts, choice.selected, has_r=found.r is not None)


def _at(values: np.ndarray | None, channel: int) -> float:
    return float(values[channel]) if values is not None else float("nan")


def _moved(track: Track, source: Source) -> Track:
    return replace(track, axis=source.moved(track.axis))


def average_lane(found: Browsed, source: Source, playing: bool) -> LaneView:
    """Return the lane of the average of the maps that sound, with the contour over it."""
    track = _moved(found.average, source)
    count, all_of_them = len(found.sounding), found.maps.channels
    overlays, shown, label = _contour_of(found.contour, source, track)
    note = [f"r {found.r_average:.4f} with {found.contour.title}".replace("-", "−")] if found.contour else []
    if found.why_not:
        note = [found.why_not]
    own = Curve(track, label="Average" if label is not None else "", name="Average")
    curves = (own, *((label,) if label is not None else ()))
    return LaneView(
        key=AVERAGE,
        title="Average",
        meta=f"{count} of {all_of_them} maps",
        badge=f"≤ {short(track.axis.rate_hz / 2)} Hz",
        short_badge=f"≤ {short_rate(track.axis.rate_hz / 2)}",
        curves=curves,
        ghost=_moved(found.plain_average, source) if found.plain_average is not None else None,
        overlays=overlays,
        shown=shown,
        note="\n".join(note),
        refusals=dict.fromkeys(("formants", "spectrogram", "pulses"), NOT_HERE),
        muted=count == 0,
        solo=count < all_of_them,
        playing=playing,
        audible=track.axis.rate_hz >= 100.0,
    )


def compared_lanes(
    found: Browsed, source: Source, output: LaneView | None, name: str, folded: Collection[object]
) -> tuple[LaneView, ...]:
    """Return the lanes below the maps: the output and, after a cut, what it was before and the difference."""
    after = found.curves.get(name)
    if after is None:
        return ()
    shown = output or _plain_lane("after", name.capitalize(), _moved(after, source), "curve")
    before = found.plain_curves.get(name)
    if before is None:
        return (shown,)
    change = difference_track(before, after)
    first = _plain_lane("before", "Before", _moved(before, source), "curve")
    third = _plain_lane("difference", "Change", _moved(change, source), "curve")
    shown = replace(shown, meta="after the cut", ghost=_moved(before, source))
    first, third = (replace(one, collapsed=one.key in folded) for one in (first, third))
    return first, shown, third


def _plain_lane(key: str, title: str, track: Track, role: CurveRole) -> LaneView:
    axis = track.axis
    return LaneView(
        key=key,
        title=title,
        badge=f"≤ {short(axis.rate_hz / 2)} Hz",
        short_badge=f"≤ {short_rate(axis.rate_hz / 2)}",
        curves=(Curve(track, role=role, name=title),),
        audible=axis.rate_hz >= 100.0,
    )


def cut_view(browser: MapsBrowser, cuts: tuple[CutRow, ...], session: Session) -> CutView:
    """Return what the panel of cuts shows."""
    found, choice, source = browser.browsed, browser.choice, browser.source
    if found is None or source is None:
        return CutView()
    name, selection = found.maps.name.capitalize(), session.selection
    where = f"all of {name}"
    if selection is not None:
        where = f"{seconds(selection.start_s)} to {seconds(selection.end_s)} s in {name}"
    scopes: list[tuple[Scope, str]] = [("all", f"All {found.maps.channels}")]
    if len(found.sounding) < found.maps.channels:
        scopes.append(("sounding", f"The {len(found.sounding)} that sound"))
    if choice.selected >= 0:
        scopes.append(("map", f"Map {choice.selected + 1}"))
        if found.clusters is not None:
            scopes.append(("cluster", f"Cluster {LETTERS[found.clusters[choice.selected]]}"))
    change = found.change
    rows, title, note = (), "", ""
    if change is not None:
        rows = tuple(_compared(row) for row in change.rows)
        title = f"Out, {seconds(change.window.start_s)} to {seconds(change.window.end_s)} s"
        note = f"Out changes by {_share(change.inside)} of its RMS there, after it by {_share(change.after)}."
    variables = session.layout.names() if found.maps.name == "fc" else ()
    points = tuple(browser.others()) if source.network == "G" else ()
    return CutView(where, tuple(scopes), points, variables, cuts, rows, title, note)


def similarity_view(session: Session, found: Browsed, source: Source) -> SimilarityView | None:
    """Return the layer compared with itself, over the labelled intervals of the chosen tier, or the first."""
    made = found.similarity
    if made is None:
        return None
    made = replace(made, axis=source.moved(made.axis))
    owned = session.annotation_of(source.model)
    tiers = owned.annotation.tiers if owned is not None else ()
    chosen = tiers[session.tier] if 0 <= session.tier < len(tiers) else next(iter(tiers), None)
    intervals = tuple(
        (chosen.range_of(index), label.strip())
        for index, label in enumerate(chosen.labels if chosen is not None and chosen.is_interval else ())
        if chosen is not None and label.strip()
    )
    pairs = interval_similarity(made, tuple(window for window, _ in intervals)) if intervals else None
    what = f"{found.maps.name.capitalize()} ({made.of})"
    return SimilarityView(made.values, made.axis.start_s, made.axis.step_s, what, intervals, pairs)


def field_rows(
    layer: str, channel: int, time_s: float, fields: Sequence[Field]
) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """Return the title and the rows of the table of receptive fields, from the output down."""
    title = f"Receptive field of map {channel + 1} at {seconds(time_s)} s"
    shown = [(one, four_digits(1000 * one.window.length_s)) for one in reversed(fields)]
    rows = tuple((one.title, f"{one.samples}", f"{length} ms") for one, length in shown)
    return title, rows


def _compared(row: ChangeRow) -> ComparedRow:
    change = row.after - row.before
    words = signed(f"{change:+.4g}" if change else "0") if np.isfinite(change) else NONE
    return ComparedRow(f"{row.name} {row.unit}", four_digits(row.before), four_digits(row.after), words)


def _share(share: float) -> str:
    return f"{100 * share:.4g} %" if np.isfinite(share) else NONE


def _contour_of(
    contour: Contour | None, source: Source, average: Track
) -> tuple[dict[str, tuple[Track, ...]], frozenset[str], Curve | None]:
    """Return a contour as an overlay with its own scale or, if it has none, over the range of the average."""
    if contour is None:
        return {}, frozenset(), None
    track, name = _moved(contour.track, source), OVERLAYS.get(contour.track.name)
    if name is not None:
        return {name: (replace(track, name=name),)}, frozenset({name}), None
    words = f"{contour.title}, its own range"
    fitted = replace(track, samples=_fitted(track.samples, average.samples))
    return {}, frozenset(), Curve(fitted, label=words, role="merged", key=words, name=words)


def _fitted(values: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return values moved and scaled so that their range is that of others; NaN stays."""
    if not (np.isfinite(values).any() and room.size):
        return values
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    bottom, top = float(room.min()), float(room.max())
    share = (values - low) / (high - low) if high > low else values - low
    return (bottom + share * (top - bottom)).astype(np.float32)
