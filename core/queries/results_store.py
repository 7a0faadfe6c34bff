"""The results table kept between starts: every row with everything needed to repeat the query."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.files.json_text import json_bytes
from core.files.own_files import DAMAGE, Tell, read_own
from core.provenance import Origin
from core.queries.queries import Answer
from core.queries.results_table import Result, Rows


class _ResultRow(msgspec.Struct):
    number: int
    layer: str
    measure: str
    start_s: float
    end_s: float
    value: float | None = None  # None is undefined
    unit: str = ""
    digits: int = -1
    origin: dict[str, Any] = {}
    file: str = ""
    point: str = ""
    settings: str = ""
    note: str = ""
    model: str = ""


def default_path() -> Path:
    """Return the path of the results kept between starts."""
    from platformdirs import user_data_path

    return user_data_path("phonoscope") / "results.json"


def write_kept(rows: Rows, path: Path) -> None:
    """Write the rows, one per line. Raises Fault if they cannot be written."""
    folder_for(path.parent)
    lines = [json_bytes(_row(row)) for row in rows]
    with atomic(path) as draft:
        draft.write_bytes(b"".join(line + b"\n" for line in lines))


def _row(row: Result) -> _ResultRow:
    answer = row.answer
    value = answer.value if math.isfinite(answer.value) else None
    return _ResultRow(
        row.number, answer.layer, answer.measure, answer.start_s, answer.end_s, value, answer.unit,
        answer.digits, answer.origin.plain(), row.file, row.point, row.settings, row.note, row.model,
    )  # fmt: skip


def read_kept(path: Path, tell: Tell = lambda words: None) -> Rows:
    """Read the rows; lines that cannot be read are left out, and `tell` gets a sentence about them."""
    try:
        return read_own(path, _rows, (), "results", tell)
    except Fault as fault:
        tell(str(fault))
        return ()


def _rows(data: bytes) -> tuple[Rows, int]:
    found = [_read(line) for line in data.splitlines() if line.strip()]
    rows = {row.number: row for row in found if row is not None}
    return tuple(rows[number] for number in sorted(rows)), found.count(None)


def _read(line: bytes) -> Result | None:
    try:
        row = msgspec.json.decode(line, type=_ResultRow)
        origin = Origin.from_plain(row.origin)
    except DAMAGE:
        return None
    value = math.nan if row.value is None else row.value
    answer = Answer(
        row.layer, row.measure, row.start_s, row.end_s, value, row.unit, digits=row.digits, origin=origin
    )
    return Result(row.number, answer, row.file, row.point, row.settings, row.note, row.model)
