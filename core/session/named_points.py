"""Latent vectors kept under a name, per model, to find them again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.files.atomic import atomic, folder_for
from core.networks.latent import Point


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point, its name, and a note on what it sounds like."""

    name: str
    point: Point
    note: str = ""


class _PointRow(msgspec.Struct):
    name: str
    z: list[float]
    note: str = ""


def default_path(digest: str) -> Path:
    """Return the path of the named points of the model with this digest."""
    from platformdirs import user_data_path

    return user_data_path("phonoscope") / "points" / f"{digest[:32]}.json"


def read_points(path: Path, size: int = 0) -> tuple[NamedPoint, ...]:
    """Read named points, with `size` only those of that length; a missing or invalid file gives none."""
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=list[_PointRow])
    except (OSError, msgspec.MsgspecError):
        return ()
    fitting = (row for row in rows if size in (0, len(row.z)))
    return tuple(NamedPoint(row.name, Point(tuple(row.z)), row.note) for row in fitting)


def write_points(points: tuple[NamedPoint, ...], path: Path) -> None:
    """Write named points. Raises Fault if the file cannot be written."""
    folder_for(path.parent)
    rows = [_PointRow(one.name, list(one.point.z), one.note) for one in points]
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1))
