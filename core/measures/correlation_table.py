"""Pearson's r of each layer with the output as a table: copied as text, and written for R."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.export.record import write_json
from core.faults import Fault
from core.files.atomic import atomic
from core.files.table import digits
from core.measures.correlation import Pair

COLUMNS: dict[str, str] = {
    "layer": "the layer compared with the output",
    "measure": "what was measured in both",
    "unit": "the measure's unit",
    "r": "Pearson's r over all points where both have a value; empty if it is undefined",
    "n": "the number of those points",
    "resampling": "of the layer's curve; empty at its native rate",
}
"""The columns of the table and what each one holds."""


def rows(pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
    """Yield one row per layer and measure."""
    for pair in pairs:
        r = "" if pair.r is None else digits(pair.r)
        yield pair.layer, pair.measure, pair.unit, r, str(pair.n), pair.resampling


def as_text(pairs: Sequence[Pair]) -> str:
    """Return the table as tab-separated text with a head, for a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out, delimiter="\t", lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(rows(pairs))
    return out.getvalue()


def write(path: str | os.PathLike[str], pairs: Sequence[Pair], record: str) -> Path:
    """Write the table as CSV, with the measurement's record (JSON) beside it; return the record's path.

    Raises Fault for another suffix than .csv.
    """
    place = Path(path)
    if place.suffix.lower() != ".csv":
        raise Fault(f"“{place.name}” is not a name for a table.", "Choose a name that ends in .csv.")
    beside = place.with_suffix(".json")
    with atomic(place) as draft:
        with draft.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out, lineterminator="\n")
            table.writerow(COLUMNS)
            table.writerows(rows(pairs))
        write_json(beside, {**json.loads(record or "{}"), "table": place.name, "columns": COLUMNS})
    return beside
