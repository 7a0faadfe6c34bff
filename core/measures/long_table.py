"""A measured table as a file: comma-separated rows ready for R, with the record beside it."""

from __future__ import annotations

import csv
import errno
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from core.export.record import write_json
from core.faults import Fault
from core.files.atomic import atomic, unwritable
from core.files.table import digits
from core.files.versions import versions
from core.measures.correlation import correlations, unpaired
from core.measures.measuring import IntervalChoice, MeasuredLayer, Table
from core.measures.values import Column, Stretch, places

COLUMNS: dict[str, str] = {
    "file": "the checkpoint or sound file, with its folders where several have one name",
    "model": "the model's title, with the first digits of the SHA-256 of its weights; empty for a sound",
    "item": "the latent point, or the sound's name",
    "layer": "fc, conv1, ..., out; sound for a sound file",
    "tier": "the tier that the interval stands in; empty for a whole sound",
    "label": "the interval's label; empty for a whole sound",
    "start_s": "where the interval starts, in seconds",
    "end_s": "where the interval ends, in seconds",
    "measure": "f0, intensity, f1, ..., duration, cog, ...",
    "point": "number of the normalised point, from 1; empty for a value of the whole interval",
    "time_s": "the point's time, or a peak's, in seconds, rounded to a nanosecond",
    "normalised_time": "the same between the interval's start, 0, and its end, 1",
    "value": "nine significant digits; empty where undefined",
    "unit": "Hz, dB or s; empty for a plain number",
}
"""The columns of a measured table, in order, with their descriptions."""

PUBLISHED = "as published: linear, half-pixel, at the output's rate, clipped to -1..1"

Row = tuple[str, ...]


def rows(table: Table) -> Iterator[Row]:
    """Yield the rows, by layer, then interval, then measure."""
    normalised = [f"{place:.9g}" for place in places(table.plan.points).tolist()]
    for one in table.layers:
        for k, stretch in enumerate(one.stretches):
            head = (one.file, one.model, one.item, one.layer, stretch.tier, stretch.label)
            ends = (number(stretch.start_s), number(stretch.end_s))
            for column in one.columns:
                for point, time_s, part, value in _values(column, k, stretch, normalised):
                    yield (*head, *ends, column.measure, point, time_s, part, value, column.unit)


def _values(
    column: Column, k: int, stretch: Stretch, normalised: list[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the point, time, normalised time and value of each row of one interval."""
    if column.whole is not None:
        at_s = math.nan if column.at_s is None else float(column.at_s[k])
        part = (at_s - stretch.start_s) / stretch.duration_s if stretch.duration_s > 0 else math.nan
        yield "", time(at_s), digits(part), digits(float(column.whole[k]))
    if column.points is not None:
        count = len(normalised)
        for point, (part, value) in enumerate(zip(normalised, column.points[k].tolist(), strict=True)):
            at_s = stretch.start_s + stretch.duration_s * (point + 0.5) / count
            yield str(point + 1), time(at_s), part, digits(value)


def time(value_s: float) -> str:
    """Return a time rounded to the nanosecond, "" if undefined."""
    return f"{value_s:.9f}" if math.isfinite(value_s) else ""


def number(value: float) -> str:
    """Return the shortest digits that read back as the same number."""
    return repr(float(value)).removesuffix(".0")


# --- on the disk


def checked(path: str | os.PathLike[str]) -> Path:
    """Return the path of a table, beside which its record is written. Raises Fault for an invalid name."""
    place = Path(path)
    if place.suffix.lower() != ".csv":
        raise Fault(
            f"“{path}” is not a name for a table.", "End the name in .csv; a .json file is written beside it."
        )
    for file in (place, place.with_suffix(".json")):
        if file.is_dir():
            raise unwritable(file, IsADirectoryError(errno.EISDIR, ""))
    return place


def write(
    path: str | os.PathLike[str], table: Table, choice: IntervalChoice, about: Mapping[str, Any]
) -> tuple[Path, int]:
    """Write the table and its record, or nothing; return the record's path and the number of rows.

    `about` describes the measured file and is added to the record.
    """
    place = checked(path)
    beside = place.with_suffix(".json")
    with atomic(place) as draft:
        count = _write_rows(draft, table)
        write_json(beside, {**about, **record(table, choice), "table": place.name, "rows": count})
    return beside, count


def _write_rows(draft: Path, table: Table) -> int:
    """Write the rows and flush them to disk before any file gets its final name; return their number."""
    count = 0
    with draft.open("w", encoding="utf-8", errors="replace", newline="") as out:
        sheet = csv.writer(out, lineterminator="\n")
        sheet.writerow(COLUMNS)
        for row in rows(table):
            sheet.writerow(row)
            count += 1
        out.flush()
        os.fsync(out.fileno())
    return count


def record(table: Table, choice: IntervalChoice) -> dict[str, Any]:
    """Return the settings of a measurement as JSON-ready values."""
    plan = table.plan
    return {
        "measures": list(plan.measures),
        "points": plan.points,
        "preset": plan.preset,
        "tier": choice.tier,
        "label": choice.label,
        "points_are": "the centres of equal parts of the interval; values on the line between frames",
        "omitted": [msgspec.to_builtins(one) for one in table.omitted],
        "layers_measured": [_layer(one) for one in table.layers],
        "refusals": [
            {"item": one.item, "layer": one.layer, "measure": refusal.measure, "reason": refusal.sentence}
            for one in table.layers
            for refusal in one.refusals
        ],
        "pearson_r": [msgspec.to_builtins(found) for found in correlations(table)],
        "unpaired": list(unpaired(table)),
        "columns": COLUMNS,
        "versions": versions(),
    }


def _layer(one: MeasuredLayer) -> dict[str, Any]:
    return {
        "item": one.item,
        "layer": one.layer,
        "resampling": PUBLISHED if one.origin.resampling else "none: native rate, true times",
        "rate_hz": one.rate_hz,
        "origin": one.origin.plain(),
        "settings": {name: msgspec.to_builtins(value) for name, value in one.settings.items()},
        "notices": list(one.notices),
    }
