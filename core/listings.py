"""Praat's listings: the frames of a measure over a selection, or its value at the cursor, as text."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.analyses.results import Points, Report
from core.axis import Range
from core.queries import MEASURES, Layer, Place, value
from core.track import Track

UNDEFINED = "--undefined--"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of text: its title, the heads of its columns, its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Give the table as tab-separated text with its head."""
        return "".join("\t".join(row) + "\n" for row in (self.head, *self.rows))


# What is listed: the name in the title, the measures, their heads.
LISTINGS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "pitch": ("Pitch", ("f0",), ("F0_Hz",)),
    "formants": ("Formant", ("f1", "f2", "f3", "f4"), ("F1_Hz", "F2_Hz", "F3_Hz", "F4_Hz")),
    "intensity": ("Intensity", ("intensity",), ("Intensity_dB",)),
    "harmonicity": ("Harmonicity", ("harmonicity",), ("Harmonicity_dB",)),
}


def fixed(number: float) -> str:
    """Give a number as Praat lists it, with six decimals."""
    return f"{number:.6f}" if math.isfinite(number) else UNDEFINED


def listing(layer: Layer, analysis: str, place: Place) -> Listing:
    """List an analysis that is in `layer.results`: its frames in a selection, or one line at a cursor."""
    name, keys, heads = LISTINGS[analysis]
    known = {track.name: track for track in layer.results[analysis]}
    tracks = [known[MEASURES[key].track] for key in keys]
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


def pulse_listing(title: str, found: Points, window: Range) -> Listing:
    """List the pulses within a window."""
    inside = (time_s for time_s in found.times_s.tolist() if window.contains(time_s))
    return Listing(f"Pulse listing of {title}", ("Time_s",), tuple((fixed(time_s),) for time_s in inside))


def voice_listing(title: str, report: Report, window: Range) -> Listing:
    """List a voice report, the time range first as in Praat."""
    times = (
        ("Start of time range", fixed(window.start_s), "s"),
        ("End of time range", fixed(window.end_s), "s"),
    )
    lines = (
        (line.name, f"{line.value:.9g}" if math.isfinite(line.value) else UNDEFINED, line.unit)
        for line in report.lines
    )
    return Listing(f"Voice report of {title}", ("Measure", "Value", "Unit"), (*times, *lines))
