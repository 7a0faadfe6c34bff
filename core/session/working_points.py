"""The point at which the user left each model, kept on the disk until the model is opened again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from core.files.atomic import atomic, folder_for
from core.files.own_files import Tell, read_own
from core.networks.latent import Point
from core.probing.surgery import edit_from
from core.session.session import ModelPoint

LARGEST = 1e6


class _PointRow(msgspec.Struct):
    z: list[float]
    drawn: list[float]
    seed: int | None = None
    name: str = ""
    pins: list[int] = []
    edits: list[dict[str, Any]] = []


def default_folder() -> Path:
    """Return the folder of the points at which the models were left."""
    from platformdirs import user_data_path

    return user_data_path("phonoscope") / "working-points"


def path_in(folder: Path, digest: str) -> Path:
    """Return the path of the point at which the model with this digest was left."""
    return folder / f"{digest[:32]}.json"


def read_working_point(path: Path, size: int, tell: Tell = lambda words: None) -> ModelPoint | None:
    """Read a point of `size` variables; None if the file is missing or damaged, which `tell` then hears.

    Raises Fault if the file cannot be read from its disk.
    """
    row = read_own(path, _decoded, None, "point at which you left this model", tell)
    if row is None or not len(row.z) == len(row.drawn) == size:
        return None
    pins = frozenset(pin for pin in row.pins if 0 <= pin < size)
    seed = row.seed if row.seed is None or row.seed >= 0 else None
    edits = tuple(map(edit_from, row.edits))
    return ModelPoint(Point(tuple(row.z)), Point(tuple(row.drawn)), seed, row.name, pins, edits)


def _decoded(data: bytes) -> tuple[_PointRow | None, int]:
    """Return the point in a file's bytes; raises any of `DAMAGE`."""
    row = msgspec.json.decode(data, type=_PointRow)
    if not all(abs(value) <= LARGEST for value in (*row.z, *row.drawn)):
        raise ValueError("a value is so far out that a network's numbers overflow")
    tuple(map(edit_from, row.edits))  # damage is told here
    return row, 0


def write_working_point(at: ModelPoint, path: Path) -> None:
    """Write a point. Raises Fault if the file cannot be written."""
    folder_for(path.parent)
    edits = [dict(edit.plain()) for edit in at.edits]
    row = _PointRow(list(at.point.z), list(at.drawn.z), at.seed, at.name, sorted(at.pins), edits)
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.encode(row))
