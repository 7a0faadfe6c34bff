"""Spectral slices: the stretch of a long track that they need, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.analysis.tiled_overlays import TiledOverlays
from core.analyses.registry import TABLE
from core.analyses.spectra import SliceSettings
from core.queries.queries import Layer
from core.recordings.long_sound import LongTrack
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

SLICE_MARGIN_S = 0.1
FEW = "No layer has enough samples here for a slice."


def around(track: Track, settings: SliceSettings) -> Track:
    """Return the part of a long track that a slice needs, to avoid sending an hour of sound."""
    if track.axis.duration_s < 60:
        return track
    margin = SLICE_MARGIN_S + settings.window_length_s
    wanted = Range(settings.start_s - margin, settings.end_s + margin)
    if isinstance(track, LongTrack):
        return track.stretch(wanted)
    first, last = track.axis.samples_in(wanted)
    axis = TimeAxis(track.axis.rate_hz, last - first, track.axis.seconds(first))
    return replace(track, samples=track.samples[first:last], axis=axis)


def sliceable(tiled: TiledOverlays, layers: Sequence[Layer], settings: SliceSettings) -> list[Layer]:
    """Return the layers that have a slice here."""
    row = TABLE["slice"]
    return [
        one
        for one in layers
        if row.cause(one.track.axis, settings) is None and not _too_long(tiled, one, settings)
    ]


def why_none(tiled: TiledOverlays, layers: Sequence[Layer], settings: SliceSettings) -> str:
    """Return why no layer can have a slice here."""
    long = next((said for one in layers if (said := _too_long(tiled, one, settings))), "")
    return f"No spectral slice: {long}." if long else FEW


def _too_long(tiled: TiledOverlays, layer: Layer, settings: SliceSettings) -> str:
    if not isinstance(layer.track, LongTrack):
        return ""
    return tiled.too_long(Range(settings.start_s, settings.end_s))
