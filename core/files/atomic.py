"""Write a file so that its old content stays whole until the new one is on the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Generator
from pathlib import Path

from core.faults import Fault

_REASONS = {
    errno.ENOSPC: ("The disk is full", "Free some space or choose another folder."),
    errno.EDQUOT: ("Your share of the disk is used up", "Free some space or choose another folder."),
    errno.EACCES: ("Its folder may not be written to", "Choose another folder."),
    errno.EPERM: ("Its folder may not be written to", "Choose another folder."),
    errno.EROFS: ("Its disk is read-only", "Choose another folder."),
    errno.ENOENT: ("Its folder does not exist", "Choose a folder that does."),
    errno.ENOTDIR: ("Its folder is a file", "Choose another folder."),
    errno.EISDIR: ("A folder has that name", "Choose another name."),
    errno.ENAMETOOLONG: ("Its name is too long", "Choose a shorter name."),
}


def unwritable(path: Path, problem: OSError) -> Fault:
    """Give the fault that says why `path` was not written and what to do."""
    said = problem.strerror or str(problem)
    reason, hint = _REASONS.get(problem.errno or 0, (said, "Choose another folder."))
    return Fault(f"“{path}” was not written: {reason[0].lower()}{reason[1:]}.", hint)


@contextlib.contextmanager
def atomic(path: str | os.PathLike[str]) -> Generator[Path]:
    """Give a path beside `path` to write to; it takes the place of `path` when the block ends well.

    The temporary name keeps the suffix, for writers that go by it. Raises Fault where the disk is
    full or the folder cannot be written to; whatever goes wrong, `path` keeps its old content.
    """
    final = Path(os.path.realpath(path))
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
    """Force the draft to the disk, then give it its name."""
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
    """Force the new name to the disk too, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def folder_for(path: str | os.PathLike[str]) -> Path:
    """Give `path` as a folder that exists, made where it did not; raise Fault where it cannot be."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise Fault(f"“{folder}” is a file, not a folder.", "Choose another folder.") from None
    except OSError as problem:
        raise Fault(f"The folder “{folder}” could not be made: {problem.strerror}.") from problem
    return folder


@contextlib.contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Generator[Path]:
    """Give an empty folder to write to; its files take their places in `path` when the block ends well.

    `path` is made where it was not there; whatever goes wrong in the block, it stays as it was.
    """
    final = Path(os.path.realpath(path))
    home = folder_for(final if final.exists() else final.parent)
    draft = folder_for(home / f".{final.name[:100]}.{secrets.token_hex(6)}")
    try:
        yield draft
        if home == final:
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
