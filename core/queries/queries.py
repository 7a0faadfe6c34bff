"""What can be asked of a layer: one value at a cursor or over a selection, by Praat's rules.

The table of all layers and every single query come from `ask`, so that they cannot differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from core.analyses.contour_values import at, highest, lowest, mean_energy, mean_frames, mean_line
from core.analyses.formants import FormantSettings, no_room
from core.analyses.registry import TABLE
from core.provenance import Origin
from core.recordings.long_sound import LongTrack, in_memory
from core.signals.axis import Range
from core.signals.track import Track

Statistic = Literal["mean", "minimum", "maximum"]
Place = float | Range
"""Where it is asked: a cursor's time in seconds, or a selection."""

MOST_READ_S = 60.0
"""Of a recording that stays in its file no more than this is read for one answer."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be asked: its words, its analysis and the track of it, its digits on screen.

    `analysis` is "" for the curve itself. `smooth` measures are those that Praat reads as a line
    through frames of which some may be undefined: pitch and formants.
    """

    key: str
    title: str
    short: str
    analysis: str
    track: str
    unit: str
    digits: int = -1
    smooth: bool = False

    @property
    def is_bandwidth(self) -> bool:
        return self.analysis == "formants" and self.track.startswith("b")

    def words(self, statistic: Statistic, over: bool) -> str:
        """Name the query: "Pitch" at a cursor, "Mean pitch" over a selection."""
        title = self.title if self.title.isupper() else self.title.lower()
        return f"{statistic.capitalize()} {title}" if over else self.title


MOST_FORMANTS = 5
"""So many formants, and their bandwidths, can be asked."""

_ROWS = (
    Measure("activation", "Activation", "Activ.", "", "", ""),
    Measure("f0", "Pitch", "F0", "pitch", "pitch", "Hz", 2, smooth=True),
    *(
        Measure(
            f"{kind}{k}", f"{kind.upper()}{k}", f"{kind.upper()}{k}", "formants", f"{kind}{k}", "Hz", 1, True
        )
        for kind in "fb"
        for k in range(1, MOST_FORMANTS + 1)
    ),
    Measure("intensity", "Intensity", "Int.", "intensity", "intensity", "dB", 2),
    Measure("harmonicity", "HNR", "HNR", "harmonicity", "harmonicity", "dB", 2),
)
MEASURES: Mapping[str, Measure] = {row.key: row for row in _ROWS}
"""All measures by key, in the order of the table of all layers."""

ANALYSES = ("pitch", "formants", "intensity", "harmonicity")
"""What has to be computed of a layer before all of them can be asked."""


@dataclass(frozen=True)
class Layer:
    """One layer with what was computed of it; an analysis that is not in `results` is under way."""

    key: str
    title: str
    track: Track
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    results: Mapping[str, tuple[Track, ...]] = field(default_factory=dict[str, tuple[Track, ...]])
    failures: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def refusals(self) -> Mapping[str, str | None]:
        """Why each analysis is refused or has failed, None where it is not."""
        return {
            name: TABLE[name].refusal(self.track, self.settings.get(name)) or self.failures.get(name)
            for name in ANALYSES
        }

    @cached_property
    def notices(self) -> Mapping[str, str]:
        """What was lowered so that the layer carries each analysis, "" where nothing was."""
        return {name: TABLE[name].lowered(self.track.axis, self.settings.get(name)) for name in ANALYSES}


@dataclass(frozen=True, slots=True)
class Answer:
    """One value: NaN where it is not defined here, refused where the layer cannot carry it.

    `awaited` says that the analysis is still under way, `notice` what was lowered for it; `digits` is
    how many decimals a result has on the screen (-1: four significant ones).
    """

    layer: str
    measure: str
    start_s: float
    end_s: float
    value: float
    unit: str = ""
    refusal: str = ""
    awaited: bool = False
    digits: int = -1
    origin: Origin = field(default_factory=Origin)
    notice: str = ""

    @property
    def defined(self) -> bool:
        return not self.refusal and not self.awaited and math.isfinite(self.value)


def ask(layer: Layer, measure: Measure, where: Place, statistic: Statistic = "mean") -> Answer:
    """Ask one thing of one layer; at a cursor the statistic does not matter."""
    over = isinstance(where, Range)
    ends = (where.start_s, where.end_s) if isinstance(where, Range) else (where, where)
    blank = Answer(
        layer.title, measure.words(statistic, over), *ends, math.nan, measure.unit, digits=measure.digits
    )
    refusal = refused(layer, measure) or _too_long(layer, measure, where)
    if refusal:
        return replace(blank, refusal=refusal)
    track = _track(layer, measure, where)
    if track is None:
        return replace(blank, awaited=True)
    notice = layer.notices.get(measure.analysis, "")
    return replace(blank, value=value(track, measure, where, statistic), origin=track.origin, notice=notice)


def value(track: Track, measure: Measure, where: Place, statistic: Statistic = "mean") -> float:
    """Give the value of a measure's own track at a cursor or over a selection; NaN where undefined."""
    if not isinstance(where, Range):
        return at(track, where) if measure.analysis else track.at(where)
    if statistic == "mean":
        return _MEANS[measure.analysis](track, where)
    return extreme(track, measure, where, statistic)[0]


_MEANS: Mapping[str, Callable[[Track, Range], float]] = {
    "": mean_line,
    "pitch": mean_line,
    "formants": mean_line,
    "intensity": mean_energy,
    "harmonicity": mean_frames,
}
"""How each analysis is averaged: harmonicity frame by frame, the others over time."""


def extreme(track: Track, measure: Measure, window: Range, statistic: Statistic) -> tuple[float, float]:
    """Give the lowest or highest value in a window and its time; NaN for both where nothing is defined.

    Praat's rules, but for bandwidths, of which Praat has no extremes: a parabola through widths that
    leap from frame to frame may fall below 0, so theirs are those of the frames themselves.
    """
    find = highest if statistic == "maximum" else lowest
    if measure.is_bandwidth:
        return find(track, window, edges=False, refined=False)
    return find(track, window, measure.smooth or not measure.analysis, refined=bool(measure.analysis))


def refused(layer: Layer, measure: Measure) -> str:
    """Say why this layer cannot carry the measure, "" where it can."""
    if not measure.analysis:
        return ""
    refusal = layer.refusals[measure.analysis]
    if refusal or measure.analysis != "formants":
        return refusal or ""
    return no_room(layer.track.axis, layer.settings.get("formants") or FormantSettings(), measure.short)


def _too_long(layer: Layer, measure: Measure, where: Place) -> str:
    """Say that more of a recording in its file would have to be read than one answer may take."""
    read = not measure.analysis and isinstance(layer.track, LongTrack)
    if not read or not isinstance(where, Range) or where.length_s <= MOST_READ_S:
        return ""
    return f"No {measure.title.lower()}: select at most {MOST_READ_S:g} s of so long a recording"


def _track(layer: Layer, measure: Measure, where: Place) -> Track | None:
    if not measure.analysis:
        return _near(layer.track, where)
    found = layer.results.get(measure.analysis)
    return next((one for one in found if one.name == measure.track), None) if found else None


def _near(track: Track, where: Place) -> Track:
    """Give a track itself, or of a recording in its file what lies around where it is asked."""
    if not isinstance(track, LongTrack):
        return track
    ends = (where.start_s, where.end_s) if isinstance(where, Range) else (where, where)
    margin_s = 2 / track.axis.rate_hz
    return in_memory(track, Range(ends[0] - margin_s, ends[1] + margin_s))
