"""What the panel of cuts shows, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Deed = Literal["silence", "scale", "add", "move", "copy", "hold", "point", "weights"]
Scope = Literal["map", "cluster", "sounding", "all"]
DEEDS: tuple[tuple[Deed, str], ...] = (
    ("silence", "Silence"),
    ("scale", "Scale"),
    ("add", "Add"),
    ("move", "Shift in time"),
    ("copy", "Copy from"),
    ("hold", "Hold"),
    ("point", "Take from a point"),
    ("weights", "Weights of a variable"),
)
UNITS: dict[str, tuple[str, float]] = {
    "scale": ("times", 2.0),
    "add": ("", 0.1),
    "move": ("ms", 20.0),
    "copy": ("s", 0.1),
}
"""The unit and the first amount of the deeds that need a number."""


@dataclass(frozen=True, slots=True)
class CutWish:
    """A cut that is asked for: which maps, what to do, by how much, from which point or variable, and over
    how many milliseconds the change sets in and out.
    """

    scope: Scope = "all"
    deed: Deed = "silence"
    amount: float = 0.0
    source: str = ""
    edge_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class CutRow:
    """A cut at the present point: its place among the edits, and its words."""

    place: int
    words: str


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A measure of the output before and after, as text."""

    name: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class CutView:
    """The panel: the range, which maps can be cut, the cuts there are, and what they did."""

    where: str = ""
    scopes: tuple[tuple[Scope, str], ...] = ()
    points: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    cuts: tuple[CutRow, ...] = ()
    compared: tuple[ComparedRow, ...] = ()
    title: str = ""
    note: str = ""
