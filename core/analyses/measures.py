"""The registry of measures: everything that can be told of a sound or a layer, one row each.

Queries, the table of all layers, the long table, its Praat script, the figures of training and the
command line's help all read these rows. To add a measure, add a row to `_ROWS`; where no analysis of
`core.analyses.registry.TABLE` finds its values yet, add that analysis first. How a row is read stands in
`core.analyses.measure_reading`. Nothing heavy is imported here, because the command line's help is read
without numpy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Statistic = Literal["mean", "minimum", "maximum"]

Reading = Literal["contour", "interval", "slices", "peak"]
"""How a measure is read.

`contour`: at any time, from a contour that the analysis computes once for the whole track; its mean, minimum
and maximum over a stretch follow Praat's rules. `interval`: one value of a whole stretch, computed anew from
that stretch. `slices`: one value of a whole stretch, and one of each of its equal parts, computed anew.
`peak`: the time of a peak within a stretch.
"""

Mean = Literal["time", "energy", "frames"]
"""How a contour is averaged: over time along the line between its frames, over time as energy, or over
its defined frames.
"""

MOST_FORMANTS = 5
"""So many formants, and their bandwidths, can be measured."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row: what a measure is called, which analysis it needs, and how it is read.

    `key` is its name in tables and on the command line, `title` its noun, `short` the head of a column,
    `digits` its decimals on the screen (-1: four significant digits). `analysis` is a row of
    `core.analyses.registry.TABLE`, "" for the curve or the stretch itself, and `result` the name of
    the track or of the report's line that holds the values; its settings are those that the reader has
    for that analysis, else the analysis's standards, and its refusals are the analysis's own. `mean` says
    how a contour is averaged, `edges` whether the values at both ends of a stretch can be its extremes,
    `parabola` whether extremes are refined by one. `group` is the word that asks for several measures at
    once. `praat` is the query, at the time `.time`, that a Praat script asks of the analysis's object; ""
    where Praat has none with the same numbers.
    """

    key: str
    title: str
    unit: str
    analysis: str = ""
    result: str = ""
    short: str = ""
    digits: int = -1
    reading: Reading = "contour"
    mean: Mean = "time"
    edges: bool = False
    parabola: bool = True
    group: str = ""
    praat: str = ""

    def words(self, statistic: Statistic, over: bool) -> str:
        """Name the query: "Pitch" at a cursor, "Mean pitch" over a selection."""
        title = self.title if self.title.isupper() else self.title.lower()
        return f"{statistic.capitalize()} {title}" if over else self.title


def _formant(k: int) -> Measure:
    query = f'Get value at time: {k}, .time, "hertz", "linear"'
    group = "formants" if k <= 3 else ""
    return Measure(
        f"f{k}", f"F{k}", "Hz", "formants", f"f{k}", f"F{k}", 1, edges=True, group=group, praat=query
    )


def _bandwidth(k: int) -> Measure:
    """Return a bandwidth's row. A parabola through widths that leap from frame to frame may fall below 0."""
    query = f'Get bandwidth at time: {k}, .time, "hertz", "linear"'
    return Measure(f"b{k}", f"B{k}", "Hz", "formants", f"b{k}", f"B{k}", 1, parabola=False, praat=query)


def _moment(key: str, title: str, unit: str) -> Measure:
    return Measure(key, title, unit, "moments", key, title, reading="slices", group="moments")


def _check(key: str, title: str, result: str, unit: str = "s", digits: int = 3) -> Measure:
    return Measure(key, title, unit, "acoustic checks", result, digits=digits, reading="interval")


def _peak(key: str, title: str) -> Measure:
    return Measure(key, title, "s", "envelope peaks", reading="peak", group="latency")


_ROWS = (
    Measure("duration", "Duration", "s", digits=6, reading="interval"),
    Measure(
        "activation", "Activation", "", short="Activ.", edges=True, parabola=False,
        praat='Get value at time: 1, .time, "linear"',
    ),
    Measure(
        "f0", "Pitch", "Hz", "pitch", "pitch", "F0", 2, edges=True,
        praat='Get value at time: .time, "Hertz", "linear"',
    ),
    Measure(
        "intensity", "Intensity", "dB", "intensity", "intensity", "Int.", 2, mean="energy",
        praat='Get value at time: .time, "linear"',
    ),
    # no Praat query: between frames Praat counts one without a period as -200 dB
    Measure("harmonicity", "HNR", "dB", "harmonicity", "harmonicity", "HNR", 2, mean="frames"),
    *map(_formant, range(1, MOST_FORMANTS + 1)),
    *map(_bandwidth, range(1, MOST_FORMANTS + 1)),
    _moment("cog", "Centre of gravity", "Hz"),
    _moment("sd", "Standard deviation", "Hz"),
    _moment("skewness", "Skewness", ""),
    _moment("kurtosis", "Kurtosis", ""),
    _peak("peak_time", "Peak time"),
    _peak("peak_latency", "Peak latency"),
    _check("voiced_duration", "Longest voiced stretch", "voiced_s"),
    _check("voicing_onset", "Voicing onset", "voiced_at_s"),
    _check("tone_duration", "Tone duration", "tone_s"),
    _check("tone_f0", "Median F0 of the tone", "f0_hz", "Hz", 1),
    _check("tone_start_f0", "F0 at the tone's start", "f0_start_hz", "Hz", 1),
    _check("tone_lowest_f0", "Lowest F0 of the tone", "f0_lowest_hz", "Hz", 1),
    _check("tone_end_f0", "F0 at the tone's end", "f0_end_hz", "Hz", 1),
    _check("tone_slope", "F0 slope", "f0_slope", "semitones/s", 1),
    _check("tone_curvature", "F0 curvature", "f0_bend", "semitones/s²", 1),
    _check("frication_duration", "Longest frication", "fricative_s"),
    _check("frication_onset", "Frication onset", "fricative_at_s"),
    _check("silence_duration", "Longest silence", "silent_s"),
    _check("pause_duration", "Longest pause", "pause_s"),
    _check("sounding_duration", "Sounding duration", "duration_s"),
    _check("sounding_intensity", "Intensity where sounding", "intensity_db", "dB", 1),
)  # fmt: skip

MEASURES: dict[str, Measure] = {row.key: row for row in _ROWS}
"""All measures by key, in the order of a table. Readers look them up when they need them."""

STANDARD = ("f0", "intensity", "formants", "duration")
"""What is measured unless something else is asked for."""


def read_as(reading: Reading) -> tuple[Measure, ...]:
    """Return all measures that are read in one way, in the registry's order."""
    return tuple(row for row in MEASURES.values() if row.reading == reading)


def groups() -> dict[str, tuple[str, ...]]:
    """Return the words that ask for several measures at once, with the measures' keys."""
    found: dict[str, tuple[str, ...]] = {}
    for row in MEASURES.values():
        if row.group:
            found[row.group] = (*found.get(row.group, ()), row.key)
    return found


def names() -> tuple[str, ...]:
    """Return every word that asks for measures: those for several first."""
    return (*groups(), *MEASURES)


def by_reading(keys: Iterable[str]) -> dict[tuple[str, Reading], tuple[Measure, ...]]:
    """Sort measures by what is computed once for all of them: their analysis and how they are read.

    The sorts stand in the registry's order, the measures of each in the order asked.
    """
    asked = [MEASURES[key] for key in keys]
    sorts: dict[tuple[str, Reading], None] = {(row.analysis, row.reading): None for row in MEASURES.values()}
    found = {sort: tuple(one for one in asked if (one.analysis, one.reading) == sort) for sort in sorts}
    return {sort: rows for sort, rows in found.items() if rows}
