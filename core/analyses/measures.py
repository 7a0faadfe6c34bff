"""The registry of measures: everything that can be measured of a sound or a layer, one row each.

Queries, the table of all layers, the long table, its Praat script, the figures of training and the command
line's help all read these rows. To add a measure, add a row to `_ROWS`; if no analysis of
`core.analyses.registry.TABLE` computes its values yet, add that analysis first.
`core.analyses.measure_reading` reads the rows. Nothing heavy is imported here, because the command line's
help is read without numpy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Statistic = Literal["mean", "minimum", "maximum"]

Reading = Literal["contour", "interval", "slices", "peak"]
"""How a measure is read.

`contour`: at any time, from a contour computed once for the whole track; its mean, minimum and maximum over a
range follow Praat's rules. `interval`: one value of a whole range, computed for that range. `slices`: one
value of a whole range and one of each of its equal parts, computed for that range. `peak`: the time of a peak
within a range.
"""

Mean = Literal["time", "energy", "frames"]
"""How a contour is averaged: over time along the line between its frames, over time as energy, or over
its defined frames.
"""

MOST_FORMANTS = 5
"""The number of formants, and of their bandwidths, that can be measured."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row: the name of a measure, the analysis it needs, and how it is read.

    `key` is its name in tables and on the command line, `title` its noun, `short` the head of its column,
    `digits` its decimals on screen (-1: four significant digits). `analysis` is a row of
    `core.analyses.registry.TABLE`, or "" for the curve or the range itself, and `result` the name of the
    track or report line with the values. Its settings are the reader's for that analysis, or the analysis's
    defaults; its refusals are the analysis's own. `mean` says how a contour is averaged, `edges` whether the
    values at both ends of a range can be its extremes, `parabola` whether extremes are refined by one.
    `group` is the word that stands for several measures. `praat` is the query, at the time `.time`, that a
    Praat script sends to the analysis's object; "" if Praat has none with the same numbers.
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
        """Return the name of the query: "Pitch" at a cursor, "Mean pitch" over a selection."""
        title = self.title if self.title.isupper() else self.title.lower()
        return f"{statistic.capitalize()} {title}" if over else self.title


def _formant(k: int) -> Measure:
    query = f'Get value at time: {k}, .time, "hertz", "linear"'
    group = "formants" if k <= 3 else ""
    return Measure(
        f"f{k}", f"F{k}", "Hz", "formants", f"f{k}", f"F{k}", 1, edges=True, group=group, praat=query
    )


def _bandwidth(k: int) -> Measure:
    """Return a bandwidth's row. Bandwidths jump from frame to frame, so a parabola through them may fall
    below 0.
    """
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
"""The measures made unless others are requested."""


def read_as(reading: Reading) -> tuple[Measure, ...]:
    """Return all measures that are read in one way, in the registry's order."""
    return tuple(row for row in MEASURES.values() if row.reading == reading)


def groups() -> dict[str, tuple[str, ...]]:
    """Return the words that stand for several measures, with the measures' keys."""
    found: dict[str, tuple[str, ...]] = {}
    for row in MEASURES.values():
        if row.group:
            found[row.group] = (*found.get(row.group, ()), row.key)
    return found


def names() -> tuple[str, ...]:
    """Return every word that stands for measures, those for several first."""
    return (*groups(), *MEASURES)


def by_reading(keys: Iterable[str]) -> dict[tuple[str, Reading], tuple[Measure, ...]]:
    """Return the measures grouped by analysis and way of reading, which are computed once for each group.

    The groups are in the registry's order, the measures of each in the order requested.
    """
    asked = [MEASURES[key] for key in keys]
    sorts: dict[tuple[str, Reading], None] = {(row.analysis, row.reading): None for row in MEASURES.values()}
    found = {sort: tuple(one for one in asked if (one.analysis, one.reading) == sort) for sort in sorts}
    return {sort: rows for sort, rows in found.items() if rows}
