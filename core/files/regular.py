"""Refusing what only looks like a file: named pipes, devices, and links that lead out of a folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from core.faults import Fault

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def check_file(path: Path) -> None:
    """Raise Fault if `path` is a named pipe, a socket or a device, which may never end or be overwritten.

    Files, folders and what does not exist pass.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "")
    if kind:
        raise Fault(f"“{path.name}” is {kind}, not a file.", "Choose a file on a disk.")


def leads_out(path: Path) -> bool:
    """Return whether `path` is a symbolic link to something outside its own folder."""
    folder = Path(os.path.realpath(path.parent))
    return path.is_symlink() and Path(os.path.realpath(path)).parent != folder


def check_beside(path: Path) -> None:
    """Raise Fault if `path`, which belongs to a file beside it, is a link that leads out of their folder.

    Such a link would let a downloaded folder read or overwrite any file of its user.
    """
    if leads_out(path):
        raise Fault(
            f"“{path.name}” is a link that leads out of its folder, so it is neither read nor written.",
            "Replace the link by a copy of its file, or delete it.",
        )
