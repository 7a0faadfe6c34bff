"""Values of one layer over its intervals: one function for each way of reading a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, cast

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses import spectral_moments
from core.analyses.contour_values import values_at
from core.analyses.events import PeakSettings, envelope_of
from core.analyses.measure_reading import no_formant
from core.analyses.measures import MEASURES, Measure, Reading
from core.analyses.registry import TABLE
from core.analyses.results import Doubles, Report
from core.faults import Fault
from core.measures.plan import MeasurementPlan
from core.processes.praat_pool import InlinePool
from core.recordings.long_sound import LongTrack
from core.recordings.pyramid import sum_of
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class Stretch:
    """An interval to measure: its tier, label and ends. A whole sound has no label."""

    tier: str
    label: str
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Subject:
    """One layer to measure over some intervals.

    `own` is the layer's native axis, which decides what its rate can carry; `track` has another axis if it is
    as published. Latencies are measured from `output`.
    """

    layer: str
    track: Track
    own: TimeAxis
    stretches: tuple[Stretch, ...]
    output: Track | None = None


@dataclass(frozen=True, eq=False)
class Column:
    """The values of one measure for every interval: `points`, float64 [intervals, points], and for the whole
    interval `whole`, float64 [intervals], with their times `at_s` if they have any.
    """

    measure: str
    whole: Doubles | None = None
    at_s: Doubles | None = None
    points: Doubles | None = None

    @property
    def unit(self) -> str:
        return MEASURES[self.measure].unit


@dataclass(frozen=True, slots=True)
class Refusal:
    """A measure that a layer cannot have, and why."""

    measure: str
    sentence: str


Found = tuple[list[Column], list[Refusal]]


def places(points: int) -> Doubles:
    """Return the normalised times, float64 [points]: the centres of equal parts of 0 to 1."""
    return np.asarray((np.arange(points) + 0.5) / points, dtype=np.float64)


def times_of(stretches: Sequence[Stretch], points: int) -> Doubles:
    """Return the times of the normalised points in seconds, float64 [intervals, points]."""
    starts = np.array([one.start_s for one in stretches], dtype=np.float64)
    lengths = np.array([one.duration_s for one in stretches], dtype=np.float64)
    return starts[:, None] + lengths[:, None] * places(points)


# --- contours


def _contours(on: Subject, plan: MeasurementPlan, rows: Sequence[Measure]) -> Found:
    """Read the contours of one analysis, or the curve itself, at the normalised points."""
    times_s = times_of(on.stretches, plan.points)
    refused = _no_formants(rows, plan, on.own)
    beyond = {one.measure for one in refused}
    left = [row for row in rows if row.key not in beyond]
    analysis = rows[0].analysis
    if not analysis:
        return [Column(row.key, points=_read_curve(on, times_s)) for row in left], refused
    # as the pool of Praat processes does it: in tiles above ten minutes
    asked = InlinePool().submit(analysis, on.track, plan.settings(analysis, on.own))
    tracks = {track.name: track for track in cast("tuple[Track, ...]", asked.result())}
    inside = on.track.axis.extent
    columns = [
        Column(row.key, points=_read(tracks[row.result], times_s, inside.start_s, inside.end_s))
        for row in left
    ]
    return columns, refused


def _no_formants(rows: Sequence[Measure], plan: MeasurementPlan, axis: TimeAxis) -> list[Refusal]:
    """Return the refusals of the formants and bandwidths that lie above the layer's Nyquist frequency."""
    said = [(row.key, no_formant(axis, row, plan.formants)) for row in rows]
    return [Refusal(key, sentence) for key, sentence in said if sentence]


def _read_curve(on: Subject, times_s: Doubles) -> Doubles:
    """Read the samples themselves; for a long recording, one interval at a time."""
    values = np.full(times_s.shape, np.nan)
    for k, one in enumerate(on.stretches):
        long = isinstance(on.track, LongTrack)
        track = _around(on.track, one.start_s, one.end_s) if long else on.track
        values[k] = [track.at(time_s) for time_s in times_s[k].tolist()]
    return values


def _read(track: Track, times_s: Doubles, start_s: float, end_s: float) -> Doubles:
    """Read a contour at times of any shape, as Praat does; NaN outside the sound."""
    found = values_at(track.samples, track.axis, times_s.ravel()).reshape(times_s.shape)
    return np.where((times_s >= start_s) & (times_s <= end_s), found, np.nan)


# --- values of whole intervals


def _intervals(on: Subject, plan: MeasurementPlan, rows: Sequence[Measure]) -> Found:
    """Return one value per interval: its duration, or a line of an analysis's report on it."""
    if not rows[0].analysis:
        lengths = np.array([one.duration_s for one in on.stretches], dtype=np.float64)
        return [Column(row.key, lengths) for row in rows], []
    settings = plan.settings(rows[0].analysis, on.own)
    reports = [_report(on, one, rows[0].analysis, settings) for one in on.stretches]
    values = {row.key: [report.get(row.result, np.nan) for report in reports] for row in rows}
    return [Column(key, np.array(found, dtype=np.float64)) for key, found in values.items()], []


def _report(on: Subject, one: Stretch, analysis: str, settings: Any) -> Mapping[str, float]:
    """Return the values that an analysis reports on an interval; empty if it cannot be run there."""
    asked = replace(settings, start_s=one.start_s, end_s=one.end_s)
    if one.end_s <= one.start_s or TABLE[analysis].refusal(on.own, asked):
        return {}
    track = _around(on.track, one.start_s, one.end_s) if isinstance(on.track, LongTrack) else on.track
    if TABLE[analysis].refusal(track, asked):
        return {}
    return cast(Report, TABLE[analysis].run(track, asked)).values()


# --- moments


def _moments(on: Subject, plan: MeasurementPlan, measures: Sequence[Measure]) -> Found:
    settings: spectral_moments.MomentSettings = plan.settings("moments", on.own)
    rows = [_moments_of(on, one, plan.points, settings) for one in on.stretches]
    kept = [[name for name, _ in spectral_moments.MOMENTS].index(one.result) for one in measures]
    whole = np.array([first for first, _ in rows], dtype=np.float64).reshape(-1, 4)
    parts = np.array([rest for _, rest in rows], dtype=np.float64).reshape(-1, 4, plan.points)
    columns = [
        Column(one.key, whole[:, k], points=parts[:, k]) for one, k in zip(measures, kept, strict=True)
    ]
    return columns, []


def _moments_of(
    on: Subject, one: Stretch, points: int, settings: spectral_moments.MomentSettings
) -> tuple[Doubles, Doubles]:
    """Return the four moments of the whole interval, float64 [4], and of its equal parts, float64 [4,
    points].
    """
    whole = _moments_between(on, one.start_s, one.end_s, 1, settings)[:, 0]
    inside, own = on.track.axis.extent, on.own.extent
    if max(inside.start_s, own.start_s) <= one.start_s and one.end_s <= min(inside.end_s, own.end_s):
        return whole, _moments_between(on, one.start_s, one.end_s, points, settings)
    edges = [one.start_s + one.duration_s * k / points for k in range(points + 1)]
    parts = [_moments_between(on, a, b, 1, settings)[:, 0] for a, b in pairwise(edges)]
    return whole, np.array(parts, dtype=np.float64).T


def _moments_between(
    on: Subject, start_s: float, end_s: float, slices: int, settings: spectral_moments.MomentSettings
) -> Doubles:
    """Return the moments of equal slices, float64 [4, slices]; NaN for slices with too few of the layer's own
    samples.
    """
    asked = replace(settings, start_s=start_s, end_s=end_s, slices=slices)
    if (
        end_s <= start_s
        or spectral_moments.cause(on.own, asked)
        or spectral_moments.cause(on.track.axis, asked)
    ):
        return np.full((4, slices), np.nan)
    found = spectral_moments.moments(_around(on.track, start_s, end_s), asked)
    return np.array([one.samples for one in found], dtype=np.float64)


def _around(track: Track, start_s: float, end_s: float) -> Track:
    """Return the samples of a stretch and one on each side, so that a long track is not read in full."""
    first, last = track.axis.samples_in(Range(start_s, end_s))
    first, last = max(0, first - 1), min(track.axis.n, last + 1)
    axis = TimeAxis(track.axis.rate_hz, last - first, track.axis.seconds(first))
    return Track(track.name, np.asarray(track.samples[first:last]), axis, track.unit, track.origin)


# --- peaks

_AT_ONCE = 1 << 22
"""The number of samples of a file that are summed at once."""


def _peaks(on: Subject, plan: MeasurementPlan, rows: Sequence[Measure]) -> Found:
    names = [row.key for row in rows]
    at_s = peak_times(on.track, on.stretches, plan.peaks)
    starts = np.array([one.start_s for one in on.stretches], dtype=np.float64)
    columns = [Column("peak_time", at_s - starts, at_s)] if "peak_time" in names else []
    if "peak_latency" not in names:
        return columns, []
    why = "there is no output to compare with" if on.output is None else guard.unusable(on.output)
    if on.output is None or why:
        return columns, [Refusal("peak_latency", f"No peak latency: {why}")]
    reference_s = peak_times(on.output, on.stretches, plan.peaks)
    return [*columns, Column("peak_latency", at_s - reference_s, at_s)], []


def peak_times(track: Track, stretches: Sequence[Stretch], settings: PeakSettings) -> Doubles:
    """Return the time in seconds of the envelope's highest peak in every interval, float64 [stretches]; NaN
    if there is none.

    Praat's rule for a maximum: the outermost samples as they are, the others refined by a parabola.
    """
    if isinstance(track, LongTrack):
        mean = _mean_of(track)
        return np.array([_highest_in_file(track, one, settings, mean) for one in stretches], dtype=np.float64)
    level = envelope_of(track, settings)
    return np.array([_highest(level, track.axis, one) for one in stretches], dtype=np.float64)


def _highest_in_file(track: LongTrack, one: Stretch, settings: PeakSettings, mean: float) -> float:
    """Read an interval and the reach of the smoothing around it; NaN if some samples are not numbers."""
    if one.duration_s > guard.WHOLE_S:
        said = f"No envelope peak: {guard.seconds(one.duration_s)} is too long to read at once."
        raise Fault(said, f"Label intervals of at most {guard.seconds(guard.WHOLE_S)}.")
    seen, reach_s = track.axis.extent, 4 * settings.smoothing_s + 2 / track.axis.rate_hz
    if one.start_s > seen.end_s or one.end_s < seen.start_s:
        return float("nan")
    piece = _around(track, one.start_s - reach_s, one.end_s + reach_s)
    if not np.isfinite(piece.samples).all():
        return float("nan")
    return _highest(envelope_of(piece, settings, mean), piece.axis, one)


def _mean_of(track: LongTrack) -> float:
    """Return the mean of a whole recording, without holding it in memory."""
    if track.part_known == 1:
        return track.mean
    edges = [*range(0, track.axis.n, _AT_ONCE), track.axis.n]
    total, count = 0.0, 0
    for begin, end in pairwise(edges):
        part = track.in_file.read(begin, end)
        total, count = total + sum_of(part), count + int(np.count_nonzero(np.isfinite(part)))
    return total / max(1, count)


def _highest(level: Doubles, axis: TimeAxis, one: Stretch) -> float:
    inside = np.arange(
        max(0, int(np.ceil(axis.index(one.start_s)))),
        min(axis.n - 1, int(np.floor(axis.index(one.end_s)))) + 1,
    )
    if inside.size == 0 or one.end_s <= one.start_s:
        return float("nan")
    edge = inside[-1] if level[inside[-1]] > level[inside[0]] else inside[0]
    best, place = float(level[edge]), float(edge)
    inner = inside[(inside > 0) & (inside < axis.n - 1)]
    before, here, after = level[inner - 1], level[inner], level[inner + 1]
    tops = (here > before) & (here >= after)
    if tops.any():
        rise, bend = 0.5 * (after - before)[tops], ((here - before) + (here - after))[tops]
        heights = here[tops] + 0.5 * rise * rise / bend
        k = int(np.argmax(heights))
        if heights[k] > best:
            place = float(inner[tops][k] + (rise / bend)[k])
    return float(np.clip(axis.seconds(place), one.start_s, one.end_s))


# --- the ways of reading

READERS: Mapping[Reading, Callable[[Subject, MeasurementPlan, Sequence[Measure]], Found]] = {
    "contour": _contours,
    "interval": _intervals,
    "slices": _moments,
    "peak": _peaks,
}
"""The reader for each way of reading the measures of one analysis."""
