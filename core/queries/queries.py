"""Queries: one value of a layer at a cursor or over a selection, by Praat's rules.

The table of all layers and the single queries both call `ask`, so they cannot differ.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from core.analyses.artefacts import rhythm_of
from core.analyses.measure_reading import Place, contour_analyses, no_formant, value
from core.analyses.measures import Measure, Statistic
from core.analyses.registry import TABLE
from core.provenance import Origin
from core.recordings.long_sound import LongTrack, in_memory
from core.session.lane_key import Key
from core.signals.axis import Range
from core.signals.track import Track

MOST_READ_S = 60.0
"""One answer reads at most this many seconds of a recording on disk."""


@dataclass(frozen=True)
class Layer:
    """One layer and its results; an analysis that is missing from `results` is still being computed.

    `lower` holds the rates of the layers below it, in Hz by name.
    """

    key: Key
    title: str
    track: Track
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    results: Mapping[str, tuple[Track, ...]] = field(default_factory=dict[str, tuple[Track, ...]])
    failures: Mapping[str, str] = field(default_factory=dict[str, str])
    lower: Mapping[str, float] = field(default_factory=dict[str, float])

    @cached_property
    def rhythm(self) -> str:
        """That the pitch follows the rate of a lower layer, "" if it does not or is still being computed."""
        found = self.results.get("pitch", ())
        rhythm = rhythm_of(found[0].samples.astype(np.float64), self.lower) if found and self.lower else None
        return rhythm.words if rhythm else ""

    @cached_property
    def refusals(self) -> Mapping[str, str | None]:
        """Why each analysis is refused or has failed; None if it is neither."""
        return {
            name: TABLE[name].refusal(self.track, self.settings.get(name)) or self.failures.get(name)
            for name in contour_analyses()
        }

    @cached_property
    def notices(self) -> Mapping[str, str]:
        """The settings that were lowered to fit the layer's rate, by analysis; "" if none were."""
        return {
            name: TABLE[name].lowered(self.track.axis, self.settings.get(name)) for name in contour_analyses()
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """One value: NaN if undefined here, with `refused` set if the layer cannot carry the measure.

    `awaited` is set while the analysis is still being computed; `notice` says which settings were lowered for
    it, and `caution` why it may say nothing about speech; `digits` is the number of decimals on screen (-1:
    four significant digits).
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
    caution: str = ""

    @property
    def defined(self) -> bool:
        return not self.refusal and not self.awaited and math.isfinite(self.value)


def ask(layer: Layer, measure: Measure, where: Place, statistic: Statistic = "mean") -> Answer:
    """Return one answer about one layer; at a cursor the statistic is ignored."""
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
    found, caution = value(track, measure, where, statistic), layer.rhythm if measure.key == "f0" else ""
    return replace(blank, value=found, origin=track.origin, notice=notice, caution=caution)


def refused(layer: Layer, measure: Measure) -> str:
    """Return why this layer cannot carry the measure, or ""."""
    if not measure.analysis:
        return ""
    settings = layer.settings.get(measure.analysis)
    return layer.refusals[measure.analysis] or no_formant(layer.track.axis, measure, settings)


def _too_long(layer: Layer, measure: Measure, where: Place) -> str:
    """Return the refusal if one answer would read too much of a recording on disk, or ""."""
    read = not measure.analysis and isinstance(layer.track, LongTrack)
    if not read or not isinstance(where, Range) or where.length_s <= MOST_READ_S:
        return ""
    return f"No {measure.title.lower()}: this recording is long; select at most {MOST_READ_S:g} s of it"


def _track(layer: Layer, measure: Measure, where: Place) -> Track | None:
    if not measure.analysis:
        return _near(layer.track, where)
    found = layer.results.get(measure.analysis)
    return next((one for one in found if one.name == measure.result), None) if found else None


def _near(track: Track, where: Place) -> Track:
    """Return a track in memory as it is; for a recording on disk, only the stretch around the query."""
    if not isinstance(track, LongTrack):
        return track
    ends = (where.start_s, where.end_s) if isinstance(where, Range) else (where, where)
    margin_s = 2 / track.axis.rate_hz
    return in_memory(track, Range(ends[0] - margin_s, ends[1] + margin_s))
