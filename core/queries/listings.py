"""Praat's listings as text: the frames of a measure over a selection, or its value at the cursor.

Every result of every analysis has a listing; `over` says what to compute for it over a stretch of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.events import latencies
from core.analyses.measure_reading import Place, value
from core.analyses.measures import MEASURES
from core.analyses.registry import TABLE
from core.analyses.results import Points, Report, Result, Spectrum
from core.faults import Fault
from core.queries.listing_text import Listing, fixed, report_listing, voice_listing
from core.queries.queries import Layer
from core.recordings.long_sound import LongTrack, in_memory
from core.signals.axis import Range, TimeAxis
from core.signals.track import Image, Track
from core.tiles.tiles import tiled

# The name in the title, the measures and the column heads of each listing.
LISTINGS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "pitch": ("Pitch", ("f0",), ("F0_Hz",)),
    "formants": ("Formant", ("f1", "f2", "f3", "f4"), ("F1_Hz", "F2_Hz", "F3_Hz", "F4_Hz")),
    "intensity": ("Intensity", ("intensity",), ("Intensity_dB",)),
    "harmonicity": ("Harmonicity", ("harmonicity",), ("Harmonicity_dB",)),
}


def listing(layer: Layer, analysis: str, place: Place) -> Listing:
    """Return the listing of an analysis in `layer.results`: its frames in a selection, or one line at a
    cursor.
    """
    name, keys, heads = LISTINGS[analysis]
    known = {track.name: track for track in layer.results[analysis]}
    tracks = [known[MEASURES[key].result] for key in keys]
    if isinstance(place, Range):
        rows = _frames(tracks, place)
    else:
        values = (value(track, MEASURES[key], place) for key, track in zip(keys, tracks, strict=True))
        rows = ((fixed(place), *map(fixed, values)),)
    return Listing(f"{name} listing of {layer.title}", ("Time_s", *heads), rows)


def _frames(tracks: list[Track], window: Range) -> tuple[tuple[str, ...], ...]:
    axis = tracks[0].axis
    first, last = axis.samples_in(window)
    return tuple(
        (fixed(axis.seconds(frame)), *(fixed(float(track.samples[frame])) for track in tracks))
        for frame in range(first, last)
    )


# --- any analysis over any stretch ---------------------------------------------------------------

_NEAR_S = 0.2
"""Margin in seconds read around the stretch of a recording on disk: it covers a pitch window and the
envelope's kernel.
"""


def over(name: str, track: Track, settings: Any, window: Range) -> tuple[Track, Any]:
    """Return the track and the settings with which to run an analysis over a stretch of time.

    Raises Fault if that would read too long a recording into memory.
    """
    if hasattr(settings, "start_s"):
        settings = replace(settings, start_s=window.start_s, end_s=window.end_s)
    seen = window.cut(track.axis.extent)
    in_tiles = tiled(name, track.axis) and name != "spectrogram"
    if isinstance(track, LongTrack) and track.axis.duration_s > guard.WHOLE_S and not in_tiles:
        return _read(name, track, seen), settings
    # Praat takes a long-term average of an extracted part, not of a stretch of the whole
    return (_part(track, seen) if name == "ltas" else track), settings


def _read(name: str, track: LongTrack, window: Range) -> Track:
    """Return the needed stretch of a recording on disk, with a margin for the analyses that look around
    it.
    """
    if name == "spectrogram":  # frames laid over a part would not be those of the whole
        raise Fault("This recording is too long for a spectrogram listing.", "Extract a part of it.")
    if window.length_s > guard.WHOLE_S:
        said = f"No {TABLE[name].noun}: {guard.seconds(window.length_s)} is too long to read at once."
        raise Fault(said, f"Select at most {guard.seconds(guard.WHOLE_S)}.")
    near_s = 0.0 if name == "ltas" else _NEAR_S
    return in_memory(track, Range(window.start_s - near_s, window.end_s + near_s))


def _part(track: Track, window: Range) -> Track:
    """Return the samples of a window, or the track itself if the window covers all of it."""
    first, last = track.axis.samples_in(window)
    if last - first >= track.axis.n:
        return track
    if isinstance(track, LongTrack):
        return in_memory(track, window)
    axis = TimeAxis(track.axis.rate_hz, last - first, track.axis.seconds(first))
    return replace(track, samples=track.samples[first:last], axis=axis)


def result_listing(
    title: str, result: Result, window: Range, reference: tuple[str, Points] | None = None
) -> Listing:
    """Return the listing of any analysis within a window, with the units in the column heads.

    `reference` is the layer, with its peaks, that latencies are measured from; without it they count from the
    start of the window.
    """
    if isinstance(result, Report):
        voice = result.name == "voice report"
        return voice_listing(title, result, window) if voice else report_listing(title, result, window)
    if isinstance(result, Points):
        return _points(title, result, window, reference)
    if isinstance(result, Spectrum):
        rows = zip(map(fixed, result.frequencies().tolist()), map(fixed, result.levels.tolist()), strict=True)
        return Listing(f"{_titled(result.origin.analysis)} of {title}", _CELL[1:], tuple(rows))
    if isinstance(result, Image):
        return Listing(f"Spectrogram listing of {title}", _CELL, tuple(_cells(result, window)))
    heads = map(_head, result)
    return Listing(
        f"{_titled(result[0].origin.analysis)} of {title}", ("Time_s", *heads), _frames(list(result), window)
    )


_CELL = ("Time_s", "Frequency_Hz", "Level_dB/Hz")
_SPELLED = {"cog": "Centre_of_gravity", "sd": "Standard_deviation", "pitch": "F0"}


def _titled(analysis: str) -> str:
    return f"{TABLE[analysis].title} listing"


def _head(track: Track) -> str:
    name = _SPELLED.get(track.name, track.name.capitalize())  # f1 becomes F1
    return f"{name}_{track.unit}" if track.unit else name


def _points(title: str, found: Points, window: Range, reference: tuple[str, Points] | None) -> Listing:
    inside = (found.times_s >= window.start_s) & (found.times_s <= window.end_s)
    times_s = found.times_s[inside]
    columns, heads = [times_s], ("Time_s",)
    if found.are_peaks:
        name, points = reference or ("start", Points("start", np.array([window.start_s])))
        heads = ("Time_s", "Height", f"Latency_from_{name}_s")
        columns += [found.heights[inside], latencies(Points(found.name, times_s), points)]
    rows = tuple(tuple(map(fixed, row)) for row in np.column_stack(columns).tolist())
    return Listing(f"{_titled(found.origin.analysis)} of {title}", heads, rows)


def _cells(image: Image, window: Range) -> Iterator[tuple[str, ...]]:
    """Yield every cell of an image within a window, frame by frame, lowest frequency first."""
    first, last = image.axis.samples_in(window)
    hertz = [fixed(image.low_hz + k * image.step_hz) for k in range(image.values.shape[1])]
    for frame in range(first, last):
        time = fixed(image.axis.seconds(frame))
        levels = np.asarray(image.values[frame], dtype=np.float64).tolist()
        yield from ((time, one_hz, fixed(level)) for one_hz, level in zip(hertz, levels, strict=True))
