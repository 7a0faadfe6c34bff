"""The files that come with the program, which it neither writes to nor lists as the user's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

SHIPPED = Path(str(files("resources"))).resolve()


def is_shipped(path: str | Path) -> bool:
    """Return whether a file came with the program."""
    return Path(path).resolve().is_relative_to(SHIPPED)
