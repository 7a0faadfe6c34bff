"""The type of a listing, and Praat's voice report in Praat's own layout and digits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from core.analyses.measures import MEASURES
from core.analyses.registry import TABLE
from core.analyses.results import Report
from core.provenance import Origin
from core.signals.axis import Range

UNDEFINED = "--undefined--"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of text: its title, column heads and rows.

    `words` is a report as Praat prints it, or "" for a plain table. `notice` says which settings were lowered
    to fit the layer's rate; `origin` is what the numbers depend on, and `model` the label of its model.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: str = ""
    notice: str = ""
    origin: Origin = field(default_factory=Origin)
    model: str = ""

    def text(self) -> str:
        """Return the table, with its head, as tab-separated text."""
        return "".join("\t".join(row) + "\n" for row in (self.head, *self.rows))


def fixed(number: float) -> str:
    """Return a number as Praat lists it, with six decimals."""
    return f"{number:.6f}" if math.isfinite(number) else UNDEFINED


def report_listing(title: str, report: Report, window: Range) -> Listing:
    """Return a report as a listing: the name, value and unit of each measure."""
    titles = {row.result: row.title for row in MEASURES.values() if row.analysis == report.name}
    times = (
        ("Start of time range", fixed(window.start_s), "s"),
        ("End of time range", fixed(window.end_s), "s"),
    )
    lines = ((titles.get(line.name, line.name), fixed(line.value), line.unit) for line in report.lines)
    name = TABLE[report.name].title
    return Listing(f"{name} of {title}", ("Measure", "Value", "Unit"), (*times, *lines))


_VOICE_HEAD = ("Measure", "Value", "Unit", "Of", "Group")


def voice_listing(title: str, report: Report, window: Range) -> Listing:
    """Return a voice report as a listing: a table with Praat's digits, and the text that Praat prints."""
    group = "Time range"
    times = (
        ("Start of time range", fixed(window.start_s), "s", "", group),
        ("End of time range", fixed(window.end_s), "s", "", group),
    )
    lines = (
        (line.name, _number(line.words), line.unit, _share(line.words), line.group) for line in report.lines
    )
    title = f"Voice report of {title}"
    words = "\n".join((title, method_words(report), "", *_printed(report, window)))
    return Listing(title, _VOICE_HEAD, (*times, *lines), f"{words}\n")


def method_words(report: Report) -> str:
    """Return a sentence on the pitch behind a voice report: Praat's settings for voices, not those of the
    contour.
    """
    used = dict(report.origin.settings)
    return (
        f"Pitch here by raw cross-correlation, {used['floor_hz']:g} to {used['ceiling_hz']:g} Hz, "
        f"silence threshold {used['silence_threshold']:g}, voicing threshold {used['voicing_threshold']:g}, "
        f"maximum period factor {used['max_period_factor']:g}, "
        f"maximum amplitude factor {used['max_amplitude_factor']:g}; "
        "the pitch contour and Get pitch have settings of their own."
    )


def _printed(report: Report, window: Range) -> Iterator[str]:
    """Yield the lines of Praat's own text."""
    start, end, lasts = map(_seconds, (window.start_s, window.end_s, window.length_s))
    yield f"   From {start} to {end} seconds (duration: {lasts} seconds)"
    for group, lines in groupby(report.lines, lambda line: line.group):
        yield f"{group}:"
        yield from (f"   {line.name}: {line.words}" for line in lines)


def _seconds(number: float) -> str:
    return f"{number:.6f}" if number else "0"


def _number(words: str) -> str:
    """Return the number at the start of a line, without its unit."""
    return words.split(" ")[0].removesuffix("%")


def _share(words: str) -> str:
    """Return the text in brackets: the frames or seconds that a percentage refers to."""
    return words.partition("(")[2].rpartition(")")[0]
