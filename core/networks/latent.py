"""The latent vector: its layout, the points in it, and the names of its entries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.faults import Fault

LARGEST = 1e6
"""The largest latent value, far beyond any in use; a network's numbers overflow not far above it."""

CodeKind = Literal["one-hot", "bits", "none"]
Prior = Literal["uniform", "normal"]


@dataclass(frozen=True, slots=True)
class LatentLayout:
    """A latent vector of `size` entries, of which the first `code` are a code."""

    size: int
    code: int = 0
    kind: CodeKind = "none"
    prior: Prior = "uniform"

    def names(self) -> tuple[str, ...]:
        """Return the entries' names, c1 .. cK then zK+1 .. zN, counted from 1."""
        return tuple(f"c{k}" if k <= self.code else f"z{k}" for k in range(1, self.size + 1))

    @property
    def range_words(self) -> str:
        """The entries in words.

        >>> LatentLayout(100, 4, "one-hot").range_words, LatentLayout(100).range_words
        ('c1 to c4 and z5 to z100', 'z1 to z100')
        """
        code = "c1" if self.code == 1 else f"c1 to c{self.code}" if self.code else ""
        first = self.code + 1
        noise = (
            "" if first > self.size else f"z{first}" if first == self.size else f"z{first} to z{self.size}"
        )
        return " and ".join(filter(None, (code, noise)))

    def index(self, name: str) -> int:
        """Return the index, from 0, of `zK` or `cK` (K from 1) or `z[K]` (K from 0).

        Raises Fault for a name that this layout does not have.
        """
        found = re.fullmatch(r"\s*([cz])(?:(\d+)|\[(\d+)\])\s*", name)
        if not found:
            raise Fault(f"“{name}” is not a latent variable.", "Write z11, c2 or, counting from 0, z[10].")
        letter, from_one, from_zero = found.groups()
        place = int(from_zero) if from_one is None else int(from_one) - 1
        room = self.code if letter == "c" else self.size
        if not 0 <= place < room:
            raise Fault(f"There is no {name.strip()}: this model has {self.range_words}.")
        return place

    def first_code(self) -> tuple[float, ...]:
        """Return the default code: the first category, or all bits 0."""
        if self.kind == "one-hot":
            return tuple(1.0 if k == 0 else 0.0 for k in range(self.code))
        return (0.0,) * self.code

    def codes(self) -> tuple[tuple[float, ...], ...]:
        """Return every code value that training used (at most 256 of a bit code)."""
        if self.kind == "one-hot":
            return tuple(tuple(map(float, row)) for row in np.eye(self.code))
        if self.kind == "bits":
            count = min(2**self.code, 256)
            return tuple(tuple(float(k >> b & 1) for b in reversed(range(self.code))) for k in range(count))
        return ((),)


@dataclass(frozen=True, slots=True)
class Point:
    """One point in the latent space: the full vector, including the code."""

    z: tuple[float, ...]

    def set(self, index: int, value: float) -> Point:
        return Point((*self.z[:index], float(value), *self.z[index + 1 :]))

    def with_code(self, code: Sequence[float]) -> Point:
        return Point((*map(float, code), *self.z[len(code) :]))


def draw(
    layout: LatentLayout,
    seed: int = 0,
    code: Sequence[float] | None = None,
    changes: Mapping[str, float] | None = None,
) -> Point:
    """Draw the whole vector with numpy's `default_rng(seed)`, then set the code, then apply the changes.

    Raises Fault if the code has the wrong length or a change names an unknown entry.
    """
    chance = np.random.default_rng(seed)
    whole = (
        chance.uniform(-1, 1, layout.size)
        if layout.prior == "uniform"
        else chance.standard_normal(layout.size)
    )
    if code is not None and len(code) != layout.code:
        raise Fault(f"This model has {layout.code} code slots, not {len(code)}.")
    point = Point(tuple(map(float, whole))).with_code(layout.first_code() if code is None else code)
    for name, value in (changes or {}).items():
        point = point.set(layout.index(name), value)
    return point


def path(start: Point, end: Point, steps: int) -> tuple[Point, ...]:
    """Return `steps` equally spaced points on the straight line from `start` to `end`, both included."""
    a, b = np.array(start.z), np.array(end.z)
    return tuple(Point(tuple(map(float, a + (b - a) * t))) for t in np.linspace(0, 1, steps))
