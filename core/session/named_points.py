"""Points kept under a name, per model: a latent vector that somebody wants to find again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.files.atomic import atomic, folder_for
from core.networks.latent import Point


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point, its name, and a note on what is to be heard there."""

    name: str
    point: Point
    note: str = ""


class _Row(msgspec.Struct):
    name: str
    z: list[float]
    note: str = ""


def default_path(digest: str) -> Path:
    """Return the place where the points of the model with this digest are kept."""
    from platformdirs import user_data_path

    return user_data_path("phonoscope") / "points" / f"{digest[:32]}.json"


def read_points(path: Path, size: int = 0) -> tuple[NamedPoint, ...]:
    """Read named points, with `size` only those of so many numbers; what is no such file holds none."""
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=list[_Row])
    except (OSError, msgspec.MsgspecError):
        return ()
    fitting = (row for row in rows if size in (0, len(row.z)))
    return tuple(NamedPoint(row.name, Point(tuple(row.z)), row.note) for row in fitting)


def write_points(points: tuple[NamedPoint, ...], path: Path) -> None:
    """Write named points. Raises Fault where the place cannot be written to."""
    folder_for(path.parent)
    rows = [_Row(one.name, list(one.point.z), one.note) for one in points]
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1))
