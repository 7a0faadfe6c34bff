"""A terminal without the messages of C libraries."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_SILENCE = threading.RLock()  # the process has one stderr: two threads silencing it at once would leave it so


@contextmanager
def quiet() -> Generator[None]:
    """Keep libmpg123 (MP3) from writing to the terminal; a Fault reports its errors instead."""
    if not _has_stderr():
        yield
        return
    with _SILENCE:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def _has_stderr() -> bool:
    """Return whether there is a stderr; in a program without, a file may be open under its number."""
    try:
        os.fstat(2)
        if fcntl is not None:
            return fcntl.fcntl(2, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
    except OSError:
        return False
    return True
