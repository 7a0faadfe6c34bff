"""Excerpts of recordings that a search is compared with, and the unit's value in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.annotation.corpus import sounds_in
from core.faults import Fault
from core.generation.chain import Listener, check_values, hear
from core.generation.resampling import Resampler
from core.recordings.sound_file import look_at, read_sound

Array = NDArray[np.float32]
MOST = 700
SILENT = 1e-4
LEAST_PART = 0.5
"""The part of an excerpt that a recording must fill; what is missing is silence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an excerpt begins in a recording."""

    path: str
    start_s: float


@dataclass(frozen=True, eq=False, slots=True)
class RealExcerpts:
    """Excerpts, the unit's value in each [n], and the layer's averages [n, channels]."""

    places: tuple[Place, ...] = ()
    values: Array = field(default_factory=lambda: np.empty(0, np.float32))
    layers: Array = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def __len__(self) -> int:
        return len(self.places)

    def with_more(self, more: RealExcerpts) -> RealExcerpts:
        """Return these and more excerpts."""
        if not len(self):
            return more
        return RealExcerpts(
            self.places + more.places,
            np.concatenate([self.values, more.values]),
            np.concatenate([self.layers, more.layers]),
        )

    def extreme(self, sign: int, n: int) -> NDArray[np.intp]:
        """Return the places of the n most (sign 1) or least (-1) activating excerpts, the most extreme first.

        Raises Fault if there are fewer than two.
        """
        if len(self) < 2:
            are = "is one real excerpt" if len(self) else "are no real excerpts"
            raise Fault(
                f"There {are}, and a comparison needs at least two.",
                "Choose a folder with more recordings.",
            )
        return np.argsort(-sign * self.values, kind="stable")[: max(2, n)]

    def take(self, chosen: Sequence[int] | NDArray[np.intp]) -> RealExcerpts:
        """Return some of the excerpts."""
        return RealExcerpts(
            tuple(self.places[int(k)] for k in chosen), self.values[chosen], self.layers[chosen]
        )


def places_in(folder: Path, length_s: float, most: int = MOST) -> tuple[Place, ...]:
    """Return where excerpts begin in the recordings of a folder, side by side; spread evenly if there are too
    many.

    Raises Fault if the folder holds no recording.
    """
    if not folder.exists():
        raise Fault(f"There is no “{folder}”.", "Choose a folder of recordings.")
    paths = sounds_in(folder) if folder.is_dir() else [folder]
    found: list[Place] = []
    for path in paths:
        try:
            duration_s = look_at(path).axis.duration_s
        except Fault:
            continue
        count = max(1, int(duration_s / length_s + 1 - LEAST_PART))
        found += [Place(str(path), k * length_s) for k in range(count)]
    if not found:
        raise Fault(f"“{folder}” holds no recording that can be read.", "Choose a folder of recordings.")
    if len(found) > most:
        found = [found[int(k)] for k in np.linspace(0, len(found) - 1, most).round()]
    return tuple(found)


def excerpts(places: Sequence[Place], n: int, rate_hz: int) -> tuple[tuple[Place, ...], Array]:
    """Return the excerpts [items, n] at a rate, without silent ones and those that cannot be read."""
    kept: list[Place] = []
    sounds: list[Array] = []
    path, whole = "", np.empty(0, np.float32)
    for place in places:
        if place.path != path:
            path, whole = place.path, _whole(place.path, rate_hz)
        first = round(place.start_s * rate_hz)
        part = whole[first : first + n]
        if len(part) and np.ptp(part) > SILENT:
            kept.append(place)
            sounds.append(np.pad(part, (0, n - len(part))))
    return tuple(kept), np.stack(sounds) if sounds else np.empty((0, n), np.float32)


def _whole(path: str, rate_hz: int) -> Array:
    try:
        return read_sound(Path(path), rate_hz)[0]
    except Fault:
        return np.empty(0, np.float32)


def heard(listener: Listener, places: Sequence[Place], n: int, rate_hz: int) -> RealExcerpts:
    """Return what a network's unit says of excerpts of `n` samples at `rate_hz`, the generator's.

    They go the same way as generated sounds. Raises Fault for values that are not numbers.
    """
    kept, sounds = excerpts(places, n, rate_hz)
    if not kept:
        return RealExcerpts()
    values, layers = hear(listener, sounds, resampler=Resampler(rate_hz, listener.rate_hz))
    check_values(values, "real excerpts")
    return RealExcerpts(kept, values, layers)
