"""Annotations of a model or a recording on disk, so that they survive a crash or a closed window.

Several windows may write the same file, so only changed rows are written. All other rows, including
damaged ones, stay unchanged.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from core.annotation.textgrid import parse_textgrid, textgrid_bytes, write_textgrid
from core.annotation.textgrid_syntax import Style
from core.annotation.tiers import Annotations, OwnedAnnotation
from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.files.own_files import DAMAGE, Tell, read_own
from core.files.path_text import path_of, path_text
from core.networks.latent import Point
from core.recordings.identity import lasting, state_in

_INSIDE = Style(long=False)
_ANOTHER = "Another window annotated the same"
_Rows = dict[tuple[float, ...], OwnedAnnotation]


class _TiersRow(msgspec.Struct):
    z: list[float]
    textgrid: str
    file: str = ""
    style: dict[str, Any] = {}
    name: str = ""
    by: str = ""  # the window that wrote it


def default_path(digest: str) -> Path:
    """Return the file for the annotations of the model or recording with this digest."""
    from platformdirs import user_data_path

    name = digest[:32].replace(":", "-")  # the digest of a long recording contains a colon
    return user_data_path("phonoscope") / "annotations" / f"{name}.json"


def adopt(digest: str) -> None:
    """Rename annotations kept under the file state of a long recording to its content."""
    before, now = default_path(f"file:{state_in(digest)}"), default_path(lasting(digest))
    if state_in(digest) and before.is_file() and not now.exists():
        with contextlib.suppress(OSError):
            before.replace(now)


# --- reading


def read_annotations(
    path: Path,
    size: int,
    sound: str = "",
    tell: Tell = lambda words: None,
    checkpoint: str = "",
) -> Annotations:
    """Read the annotations of points with `size` coordinates (0: of a recording).

    `sound` and `checkpoint` are the digests of the recording and of the model. Damaged rows are skipped
    and reported to `tell`.
    """
    try:
        rows = [_row(raw) for raw in read_own(path, _raws, [], "tiers", tell)]
    except Fault as fault:
        tell(str(fault))
        return ()
    found = [_kept(row, sound, checkpoint) for row in rows if row is not None and len(row.z) == size]
    damaged = found.count(None) + rows.count(None)
    if damaged:
        tell(f"{damaged} of {len(rows)} saved annotations in {path} cannot be read; they stay in the file.")
    return tuple(kept for kept in found if kept is not None)


def _raws(data: bytes) -> tuple[list[msgspec.Raw], int]:
    """Return the rows, and how many hold bytes that are no text; every row stays in the file."""
    raws = msgspec.json.decode(data, type=list[msgspec.Raw]) if data.strip() else []
    return raws, sum(not _is_text(bytes(raw)) for raw in raws)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _row(raw: msgspec.Raw) -> _TiersRow | None:
    try:
        return msgspec.json.decode(raw, type=_TiersRow)
    except DAMAGE:
        return None


def _kept(row: _TiersRow, sound: str = "", checkpoint: str = "") -> OwnedAnnotation | None:
    try:
        annotation = parse_textgrid(row.textgrid.encode()).annotation
        style = msgspec.convert(row.style, Style)
    except (*DAMAGE, Fault):
        return None
    return OwnedAnnotation(
        Point(tuple(row.z)), annotation, path_of(row.file), style, sound, row.name, checkpoint
    )


# --- writing


def write_changes(path: Path, before: Annotations, now: Annotations, window: str) -> tuple[str, ...]:
    """Write what changed between `before` and `now`, keeping every digit of an imported file.

    Returns a sentence for everything that was moved to another file: a damaged file, and what a window
    other than `window` wrote for the same point or recording. Raises Fault if the disk cannot be read or
    written.
    """
    folder_for(path.parent)
    raws, notices = _readable_rows(path)
    old, new = ({kept.point.z: kept for kept in annotations} for annotations in (before, now))
    changed = {z for z in (*old, *new) if old.get(z) != new.get(z)}
    stay: list[msgspec.Raw] = []
    for raw in raws:
        row = _row(raw)
        if row is not None and row.by == window and tuple(row.z) in changed & old.keys():
            continue  # this window's own row: parsing ten thousand intervals only to find that out is slow
        theirs = _kept(row) if row is not None and tuple(row.z) in changed else None
        if row is None or theirs is None:
            stay.append(raw)
        elif not _is_known(row, theirs, old, new):
            whose = "This window annotated the same before" if row.by == window else _ANOTHER
            notices.append(f"{whose}: those tiers are in {_write_separately(path, row, theirs)}")
    made = [_row_of(kept, window) for z, kept in new.items() if z in changed]
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.encode([*stay, *made]))
    return tuple(notices)


def _row_of(kept: OwnedAnnotation, window: str) -> _TiersRow:
    return _TiersRow(
        list(kept.point.z), _text(kept), path_text(kept.file), asdict(kept.style), kept.name, window
    )


def _text(kept: OwnedAnnotation) -> str:
    return textgrid_bytes(kept.annotation, _INSIDE).decode()


def _readable_rows(path: Path) -> tuple[list[msgspec.Raw], list[str]]:
    """Return the rows of a file; a damaged file is set aside, which is reported."""
    said: list[str] = []
    try:
        return read_own(path, _raws, [], "tiers", said.append), said
    except Fault as fault:
        raise Fault(fault.sentence, "Save the tiers as a TextGrid.") from fault


def _is_known(row: _TiersRow, theirs: OwnedAnnotation, old: _Rows, new: _Rows) -> bool:
    """Return whether a row holds tiers that this window wrote or read, or is about to write."""
    mine = [annotations[theirs.point.z] for annotations in (old, new) if theirs.point.z in annotations]
    return any(kept.annotation == theirs.annotation or _text(kept) == row.textgrid for kept in mine)


def _write_separately(path: Path, row: _TiersRow, theirs: OwnedAnnotation) -> Path:
    """Write another window's tiers to a separate TextGrid: one per point and window, the newest."""
    what = [hashlib.sha256(repr(row.z).encode()).hexdigest()[:8]] if row.z else []
    whose = row.by or hashlib.sha256(row.textgrid.encode()).hexdigest()[:8]
    apart = path.with_name("-".join([path.stem, *what, "other-window", whose]) + ".TextGrid")
    write_textgrid(apart, theirs.annotation, theirs.style)
    return apart
