"""Reading the program's own files: settings, results, points and tiers.

A damaged file never stops anything: it is set aside as `.damaged`, this is said, and the program goes on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec

from core.faults import Fault
from core.files.regular import check_file

Content = TypeVar("Content")
Tell = Callable[[str], object]
DAMAGE = (msgspec.MsgspecError, ValueError, RecursionError, TypeError, KeyError)
"""What reading JSON raises: bytes that are not UTF-8, deep nesting, and values of another type."""


def read_own(
    path: Path,
    decode: Callable[[bytes], tuple[Content, int]],
    nothing: Content,
    what: str,
    tell: Tell,
) -> Content:
    """Return the content of a file of the program, or `nothing` if there is no file or it is damaged.

    `decode` returns the content and how many parts of it could not be read; it may raise any of `DAMAGE`.
    A file that is damaged as a whole is renamed, one with damaged parts is copied; `tell` gets a sentence
    about `what` was read ("settings"). Raises Fault if the file cannot be read from its disk.
    """
    check_file(path)
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return nothing
    except OSError as problem:
        raise Fault(f"The {what} in {path} cannot be read: {problem.strerror}.") from problem
    try:
        content, lost = decode(data)
    except DAMAGE:
        tell(f"The {what} could not be read and start anew; the damaged file is now {_set_aside(path)}.")
        return nothing
    if lost:
        tell(f"{lost} of the {what} could not be read; a copy of the damaged file is {_copy_aside(path)}.")
    return content


def _set_aside(path: Path) -> Path:
    """Rename a damaged file and return its new place; if that is forbidden, it stays."""
    aside = next(name for name in _names_aside(path) if not os.path.lexists(name))
    try:
        os.replace(path, aside)
    except OSError:
        return path
    return aside


def _copy_aside(path: Path) -> Path:
    """Copy a damaged file and return the copy; one that was copied before is not copied again."""
    aside = next(name for name in _names_aside(path) if not os.path.lexists(name) or _equal(path, name))
    with suppress(OSError):
        if not aside.exists():
            shutil.copyfile(path, aside)
    return aside if aside.exists() else path


def _names_aside(path: Path) -> Iterator[Path]:
    return (path.with_name(f"{path.name}.damaged{number or ''}") for number in count())


def _equal(path: Path, other: Path) -> bool:
    import filecmp

    try:
        return filecmp.cmp(path, other, shallow=False)
    except OSError:
        return False
