"""Latent vectors kept under a name, per model, to find them again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from core.files.atomic import atomic, folder_for
from core.files.json_text import json_bytes
from core.files.own_files import DAMAGE, Tell, read_own
from core.networks.latent import LARGEST, Point
from core.probing.surgery import NetworkEdit, edit_from


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point with the edits of its layers, its name, and a note on what it sounds like.

    `checkpoint` is the digest of the model that it was kept with, and `title` that model's; "" if unknown.
    """

    name: str
    point: Point
    note: str = ""
    edits: tuple[NetworkEdit, ...] = ()
    checkpoint: str = ""
    title: str = ""


class _PointRow(msgspec.Struct):
    name: str
    z: list[float]
    note: str = ""
    edits: list[dict[str, Any]] = []
    checkpoint: str = ""
    title: str = ""


def default_path(digest: str) -> Path:
    """Return the path of the named points of the model with this digest."""
    from platformdirs import user_data_path

    return user_data_path("phonoscope") / "points" / f"{digest[:32]}.json"


def read_points(path: Path, size: int = 0, tell: Tell = lambda words: None) -> tuple[NamedPoint, ...]:
    """Read named points, with `size` only those of that length; a missing file gives none.

    Points that cannot be read are left out, and `tell` gets a sentence about them. Raises Fault if the file
    cannot be read from its disk.
    """
    points = read_own(path, parse_points, (), "named points", tell)
    return tuple(one for one in points if size in (0, len(one.point.z)))


def points_elsewhere(path: Path, size: int) -> tuple[NamedPoint, ...]:
    """Return the points of `size` variables that were kept with other models, in the files beside `path`.

    Each has its checkpoint's digest, or as much of it as its file's name tells. A file that is damaged is
    passed over: its own model tells about it.
    """
    found: list[NamedPoint] = []
    with contextlib.suppress(OSError):
        for other in sorted(path.parent.glob("*.json")):
            if other != path:
                with contextlib.suppress(*DAMAGE, OSError):
                    found += [_from_elsewhere(one, other) for one in parse_points(other.read_bytes())[0]]
    return tuple(one for one in found if len(one.point.z) == size)


def _from_elsewhere(one: NamedPoint, path: Path) -> NamedPoint:
    return one if one.checkpoint else replace(one, checkpoint=path.stem)


def parse_points(data: bytes) -> tuple[tuple[NamedPoint, ...], int]:
    """Return the named points in a file's bytes, and how many cannot be read; raises any of `DAMAGE`."""
    found = [_point(raw) for raw in msgspec.json.decode(data, type=list[msgspec.Raw])]
    return tuple(one for one in found if one is not None), found.count(None)


def _point(raw: msgspec.Raw) -> NamedPoint | None:
    """Return one point, or None if it is damaged or so far out that a network's numbers overflow."""
    try:
        row = msgspec.json.decode(raw, type=_PointRow)
        edits = tuple(map(edit_from, row.edits))
    except DAMAGE:
        return None
    if not all(abs(value) <= LARGEST for value in row.z):
        return None
    return NamedPoint(row.name, Point(tuple(row.z)), row.note, edits, row.checkpoint, row.title)


def write_points(points: tuple[NamedPoint, ...], path: Path) -> None:
    """Write named points. Raises Fault if the file cannot be written."""
    folder_for(path.parent)
    rows = [_row(one) for one in points]
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.format(json_bytes(rows), indent=1))


def _row(one: NamedPoint) -> _PointRow:
    edits = [dict(edit.plain()) for edit in one.edits]
    return _PointRow(one.name, list(one.point.z), one.note, edits, one.checkpoint, one.title)
