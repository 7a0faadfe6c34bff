"""One number for each measure of each layer: its value over the whole sound, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from core.analyses.measure_reading import no_formant, value
from core.analyses.measures import Measure, by_reading
from core.analyses.registry import TABLE
from core.faults import Fault
from core.measures.plan import MeasurementPlan
from core.measures.values import READERS, Stretch, Subject
from core.signals.axis import Range
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class Scalar:
    """A measure of one layer over the whole sound: NaN where it is undefined, or refused with the reason."""

    layer: str
    measure: str
    value: float = math.nan
    refusal: str = ""


def scalars(
    tracks: Mapping[str, Track],
    plan: MeasurementPlan,
    layers: Sequence[str] = (),
    output: str = "out",
    over: Range | None = None,
) -> tuple[Scalar, ...]:
    """Measure layers over their whole length, or `over` a stretch of time, in the order of the layers and of
    the plan's measures.

    A contour is averaged by Praat's rules (see `core.analyses.measure_reading`); other measures are those of
    the whole sound as one interval. `layers` limits the layers; latencies are measured from `output`.
    """
    chosen = [name for name in tracks if not layers or name in layers]
    return tuple(one for name in chosen for one in _of_layer(tracks, name, plan, output, over))


def _of_layer(
    tracks: Mapping[str, Track], layer: str, plan: MeasurementPlan, output: str, over: Range | None
) -> list[Scalar]:
    found: dict[str, Scalar] = {}
    for (analysis, _), rows in by_reading(plan.measures).items():
        refused = _refusal(tracks[layer], analysis, plan)
        if refused is None:
            try:
                found |= _read(tracks, layer, plan, rows, output, over)
                continue
            except Fault as fault:  # Praat's own error message
                refused = fault.sentence.removesuffix(".")
        found |= {row.key: Scalar(layer, row.key, refusal=refused) for row in rows}
    return [found[name] for name in plan.measures]


def _refusal(track: Track, analysis: str, plan: MeasurementPlan) -> str | None:
    return TABLE[analysis].refusal(track, plan.asked(analysis)) if analysis else None


def _read(
    tracks: Mapping[str, Track],
    layer: str,
    plan: MeasurementPlan,
    rows: Sequence[Measure],
    output: str,
    over: Range | None,
) -> dict[str, Scalar]:
    if rows[0].reading == "contour":
        return _contours(tracks[layer], layer, plan, rows, over)
    track = tracks[layer]
    whole = over or tracks.get(output, track).axis.extent
    stretch = Stretch("", "", whole.start_s, whole.end_s)
    columns, refusals = READERS[rows[0].reading](
        Subject(layer, track, track.axis, (stretch,), tracks.get(output)), plan, rows
    )
    found = {one.measure: Scalar(layer, one.measure, refusal=one.sentence) for one in refusals}
    for column in columns:
        number = math.nan if column.whole is None else float(column.whole[0])
        found[column.measure] = Scalar(layer, column.measure, number)
    return found


def _contours(
    track: Track, layer: str, plan: MeasurementPlan, rows: Sequence[Measure], over: Range | None
) -> dict[str, Scalar]:
    analysis = rows[0].analysis
    extent = over or track.axis.extent
    if not analysis:
        return {row.key: Scalar(layer, row.key, value(track, row, extent)) for row in rows}
    result = TABLE[analysis].run(track, plan.settings(analysis, track.axis))
    made = {one.name: one for one in cast("tuple[Track, ...]", result)}
    found: dict[str, Scalar] = {}
    for row in rows:
        beyond = no_formant(track.axis, row, plan.formants)
        number = math.nan if beyond else value(made[row.result], row, extent)
        found[row.key] = Scalar(layer, row.key, number, beyond)
    return found
