"""The model that ships with the program."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.session.named_points import NamedPoint

FOLDER = Path(str(files("resources.demo")))


@cache
def built_in_model() -> Path | None:
    """Return the file of the built-in model, or None; cached, because menus ask often."""
    return next(iter(sorted(FOLDER.glob("*.safetensors"))), None)


def built_in_points() -> tuple[NamedPoint, ...]:
    """Return the named points of the built-in model."""
    from core.session.named_points import parse_points

    return parse_points((FOLDER / "points.json").read_bytes())[0]
