"""Bugs are written down and told: nothing that goes wrong is silent."""

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
SENTENCE = "Something unexpected went wrong; what was open stays open."


def start() -> Path | None:
    """Begin the log file and give its place, or None where no file can be written."""
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
    """Let a crash below Python, which no exception tells of, leave where every thread was."""
    with contextlib.suppress(OSError):
        faulthandler.enable(path.open("a"))  # kept open: at a crash nothing can be opened


def bug(error: BaseException) -> str:
    """Write a bug down and give the sentence that a user reads."""
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
