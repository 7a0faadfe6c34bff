"""The annotations of one checkpoint, or of one recording, on the disk: none is lost with the window."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from core.annotation import Kept, Shelf
from core.export.atomic import atomic, folder_for
from core.faults import Fault
from core.latent import Point
from core.long_identity import lasting, state_in
from core.textgrid import parse_textgrid, textgrid_bytes
from core.textgrid_text import Style

_INSIDE = Style(long=False)


class _Row(msgspec.Struct):
    z: list[float]
    textgrid: str
    file: str = ""
    style: dict[str, Any] = {}
    name: str = ""


def default_path(digest: str) -> Path:
    """Give the place where the annotations of the model or recording with this digest are kept."""
    from platformdirs import user_data_path

    name = digest[:32].replace(":", "-")  # the digest of a long recording has a colon
    return user_data_path("phonoscope") / "annotations" / f"{name}.json"


def adopt(digest: str) -> None:
    """Give the tiers of a long recording the name of its content: once they had that of its file's state."""
    before, now = default_path(f"file:{state_in(digest)}"), default_path(lasting(digest))
    if state_in(digest) and before.is_file() and not now.exists():
        with contextlib.suppress(OSError):
            before.replace(now)


def write_shelf(shelf: Shelf, path: Path) -> None:
    """Write annotations, every digit that a file gave kept. Raises Fault where they cannot be written."""
    folder_for(path.parent)
    rows = [
        _Row(
            list(kept.point.z),
            textgrid_bytes(kept.annotation, _INSIDE).decode(),
            kept.file,
            asdict(kept.style),
            kept.name,
        )
        for kept in shelf
    ]
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.encode(rows))


def read_shelf(path: Path, size: int, sound: str = "") -> Shelf:
    """Read annotations of points of `size` numbers, of a recording 0; what is no such file holds none.

    `sound` is the recording's digest.
    """
    try:
        rows = msgspec.json.decode(path.read_bytes(), type=list[_Row])
        read = [(row, parse_textgrid(row.textgrid.encode()).annotation) for row in rows if len(row.z) == size]
        return tuple(
            Kept(
                Point(tuple(row.z)), annotation, row.file, msgspec.convert(row.style, Style), sound, row.name
            )
            for row, annotation in read
        )
    except (OSError, msgspec.MsgspecError, Fault):
        return ()
