"""Locks that keep two windows from writing the same file; the system releases those of a crashed window."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


def lock_beside(path: Path, wait_s: float = 0.0) -> FileLock:
    """Lock a file by a `.lock` file beside it; any thread may unlock it.

    Raises Timeout if another window still holds it after `wait_s` seconds. If its folder is not writable,
    there is nothing to protect and nothing is locked.
    """
    lock = FileLock(f"{path}.lock", timeout=wait_s, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise
    except OSError:  # a Timeout is an OSError, too
        pass
    return lock


def unlock(lock: FileLock) -> None:
    """Release the lock of a file, and remove the `.lock` file."""
    if lock.is_locked:
        with suppress(OSError):  # Windows cannot remove an open file
            Path(lock.lock_file).unlink()
    lock.release()
