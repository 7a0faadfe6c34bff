"""What the page of feature maps shows, made from the session and the engine's answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.maps.browser import MapsBrowser
from app.maps.sources import Source
from core.maps.browsing import Browsed
from core.maps.contours import Contour
from core.session.session import Session
from core.signals.track import Track
from widgets.maps.heat_picture import row_maxima
from widgets.maps.maps_bar import BarView
from widgets.maps.maps_view import ClusterRow, HeatView, MapRow, TimeView
from widgets.theme.praat_numbers import short, short_rate
from widgets.timeline.lane_views import Curve, LaneView

AVERAGE = "average of maps"
OVERLAYS = {"f0": "pitch", "intensity": "intensity"}
"""The contours that a lane draws with a scale of its own."""

NOT_HERE = "Measure this layer in the stack; here the buttons choose the contour that maps are compared with"


def bar_view(browser: MapsBrowser) -> BarView:
    """Return the choices in the bar."""
    choice, layers = browser.choice, browser.layers
    info = next((one for one in layers if one.name == choice.layer), None)
    found = browser.browsed
    n = (
        found.maps.axis.n
        if found is not None and found.maps.name == choice.layer
        else info.axis.n
        if info
        else 0
    )
    meta = f"{info.channels} × {n} · {info.axis.rate_hz:g} Hz" if info is not None else ""
    points = tuple(browser.others())
    return BarView(
        tuple((name, name) for name in browser.networks),
        choice.network,
        tuple((one.name, one.title) for one in layers),
        choice.layer,
        meta,
        choice.sort,
        tuple(browser.contours.items()),
        choice.contour,
        tuple((name, name) for name in points) if choice.network == "G" else (),
        choice.other,
        choice.clusters,
        min(6, info.channels) if info is not None else 6,
        choice.curves,
    )


def time_view(session: Session) -> TimeView:
    """Return the visible range, the cursor and the selection."""
    return TimeView(session.visible, session.whole, session.cursor_s, session.selection)


def heat_view(browser: MapsBrowser, found: Browsed, source: Source) -> HeatView:
    """Return the heat map."""
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
    clusters = tuple(
        ClusterRow(
            place,
            (found.clusters or ()).count(place),
            _moved(mean, source),
            found.cluster_r[place] if found.cluster_r else float("nan"),
        )
        for place, mean in enumerate(found.cluster_means)
    )
    return HeatView(maps, rows, clusters, len(clusters), selected=choice.selected, has_r=found.r is not None)


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
        overlays=overlays,
        shown=shown,
        note="\n".join(note),
        refusals=dict.fromkeys(("formants", "spectrogram", "pulses"), NOT_HERE),
        muted=count == 0,
        solo=count < all_of_them,
        playing=playing,
        audible=track.axis.rate_hz >= 100.0,
    )


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
