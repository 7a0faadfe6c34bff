"""What ships with the program: the built-in model, and one example of each kind of network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.base.shipped import SHIPPED

if TYPE_CHECKING:
    from core.session.named_points import NamedPoint

FOLDER, EXAMPLES = SHIPPED / "demo", SHIPPED / "examples"
TABLE = "examples.json"


@dataclass(frozen=True, slots=True)
class Example:
    """A network to try, with a recording to try it with (None for a generator).

    `kind` is what it is an example of, `title` its name, `says` what there is to see.
    """

    kind: str
    title: str
    says: str
    model: Path
    recording: Path | None = None


@cache
def built_in_model() -> Path | None:
    """Return the file of the built-in model, or None; cached, because menus ask often."""
    return next(iter(sorted(FOLDER.glob("*.safetensors"))), None)


def built_in_pronunciations() -> Path | None:
    """Return the file of the network that turns letters into phonemes, or None."""
    return next(iter(sorted((FOLDER.parent / "g2p").glob("*.safetensors"))), None)


def built_in_points() -> tuple[NamedPoint, ...]:
    """Return the named points of the built-in model."""
    from core.session.named_points import parse_points

    return parse_points((FOLDER / "points.json").read_bytes())[0]


@cache
def examples() -> tuple[Example, ...]:
    """Return the examples whose files are in this copy of the program."""
    import json

    table = EXAMPLES / TABLE
    rows = json.loads(table.read_text(encoding="utf-8")) if table.is_file() else []
    found = [
        Example(
            row["kind"],
            row["title"],
            row["says"],
            (EXAMPLES / row["model"]).resolve(),
            (EXAMPLES / row["recording"]).resolve() if row["recording"] else None,
        )
        for row in rows
    ]
    return tuple(one for one in found if one.model.is_file())
