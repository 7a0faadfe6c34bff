"""Locks that keep two windows from writing the same file; the system lifts those of a window that crashed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


def lock_beside(path: Path, wait_s: float = 0.0) -> FileLock:
    """Lock a file by a `.lock` file beside it; any thread may unlock it.

    Raises Timeout where another window still has it after `wait_s`. Where its folder cannot be
    written to, there is nothing to protect and nothing is locked.
    """
    lock = FileLock(f"{path}.lock", timeout=wait_s, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise
    except OSError:  # a Timeout is one as well
        pass
    return lock


def unlock(lock: FileLock) -> None:
    """Let the next window have a file, and leave no `.lock` file behind."""
    if lock.is_locked:
        with suppress(OSError):  # Windows takes away no file that is open
            Path(lock.lock_file).unlink()
    lock.release()
