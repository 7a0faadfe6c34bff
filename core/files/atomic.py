"""Atomic writing: a file keeps its old content until the new content is on the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Generator
from pathlib import Path

from core.faults import Fault
from core.files.regular import check_file

_REASONS = {
    errno.ENOSPC: ("The disk is full", "Free some space or choose another folder."),
    errno.EDQUOT: ("Your disk quota is used up", "Free some space or choose another folder."),
    errno.EACCES: ("You may not write to its folder", "Choose another folder."),
    errno.EPERM: ("You may not write to its folder", "Choose another folder."),
    errno.EROFS: ("Its disk is read-only", "Choose another folder."),
    errno.ENOENT: ("Its folder does not exist", "Choose a folder that does."),
    errno.ENOTDIR: ("Its folder is not a folder but a file", "Choose another folder."),
    errno.EISDIR: ("A folder has that name", "Choose another name."),
    errno.ENAMETOOLONG: ("Its name is too long", "Choose a shorter name."),
}


def unwritable(path: Path, problem: OSError) -> Fault:
    """Return the fault that explains why `path` was not written and what to do."""
    message = problem.strerror or str(problem)
    reason, hint = _REASONS.get(problem.errno or 0, (message, "Choose another folder."))
    return Fault(f"“{path}” was not written: {reason[0].lower()}{reason[1:]}.", hint)


@contextlib.contextmanager
def atomic(path: str | os.PathLike[str]) -> Generator[Path]:
    """Yield a temporary path next to `path`; rename it to `path` if the block succeeds.

    The temporary name keeps the suffix, because some writers depend on it. Raises Fault if the disk is
    full or the folder is not writeable. After any error `path` keeps its old content.
    """
    final = Path(os.path.realpath(path))
    check_file(final)
    draft = final.with_name(f".{final.stem[:100]}.{secrets.token_hex(6)}{final.suffix}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield draft
        _settle(draft, final)
    except OSError as problem:
        raise unwritable(Path(path), problem) from problem
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _settle(draft: Path, final: Path) -> None:
    """Flush the draft to the disk, then rename it."""
    handle = os.open(draft, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    if final.exists():
        shutil.copymode(final, draft)
    os.replace(draft, final)
    _sync_folder(final.parent)


def _sync_folder(folder: Path) -> None:
    """Flush the new name to the disk too, on systems that can open a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def folder_for(path: str | os.PathLike[str]) -> Path:
    """Create the folder `path` if necessary and return it; raises Fault if that fails."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise Fault(f"“{folder}” is a file, not a folder.", "Choose another folder.") from None
    except OSError as problem:
        raise Fault(f"The folder “{folder}” could not be created: {problem.strerror}.") from problem
    return folder


@contextlib.contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Generator[Path]:
    """Yield an empty folder; move its files to `path` if the block succeeds.

    `path` is created if it does not exist. After an error in the block it is unchanged.
    """
    final = Path(os.path.realpath(path))
    parent = folder_for(final if final.exists() else final.parent)
    draft = folder_for(parent / f".{final.name[:100]}.{secrets.token_hex(6)}")
    try:
        yield draft
        if parent == final:
            for file in draft.iterdir():
                os.replace(file, final / file.name)
        else:
            os.replace(draft, final)
    except Fault as fault:
        raise Fault(fault.sentence.replace(str(draft), str(path)), fault.hint) from fault
    except OSError as problem:
        raise unwritable(Path(path), problem) from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)
