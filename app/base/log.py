"""The log: bugs are written down and reported, so that nothing goes wrong silently."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOGGER = logging.getLogger("phonoscope")
logging.raiseExceptions = False  # a full disk must not print a traceback for every line of the log
SENTENCE = "Something unexpected went wrong; what was open stays open."


def start() -> Path | None:
    """Open the log file and return its path, or None if no file can be written."""
    from platformdirs import user_log_path

    folder = user_log_path("phonoscope")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "phonoscope.log", maxBytes=1_000_000, backupCount=2, delay=True
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOGGER.addHandler(handler)
    _keep_crashes(folder / "crash.log")
    return folder / "phonoscope.log"


def _keep_crashes(path: Path) -> None:
    """Make a crash below Python, which raises no exception, write the stack of every thread."""
    with contextlib.suppress(OSError):
        faulthandler.enable(path.open("a"))  # kept open, because nothing can be opened during a crash


def bug(error: BaseException) -> str:
    """Log a bug and return the sentence for the user."""
    LOGGER.error("".join(traceback.format_exception(error)))
    print("".join(traceback.format_exception(error)), file=sys.stderr)
    return f"{SENTENCE} ({type(error).__name__}: {error})"


def catch_all(tell: Callable[[str], None]) -> None:
    """Send every uncaught exception, of any thread, to the log and to `tell`."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        tell(bug(error.with_traceback(trace)))

    sys.excepthook = hook
    threading.excepthook = lambda caught: hook(
        caught.exc_type, caught.exc_value or caught.exc_type(), caught.exc_traceback
    )
