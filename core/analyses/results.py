"""What analyses return: contours with Praat's precision, points, spectra and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.provenance import Origin, settings_of
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track

Doubles = NDArray[np.float64]


def locked(values: Any) -> Doubles:
    """Return a read-only float64 copy of `values`."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


class Locked:
    """Keeps arrays read-only after unpickling in another process."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False


@dataclass(frozen=True, eq=False)
class Contour(Locked, Track):
    """A measured track: its samples are float64, because Praat lists more digits than float32 has."""

    def __post_init__(self) -> None:
        values = locked(self.samples)
        super().__post_init__()
        object.__setattr__(self, "samples", values)


@dataclass(frozen=True, eq=False)
class Points(Locked):
    """Points in time, float64 [n], in seconds, ascending.

    Peaks also have heights, float64 [n]; otherwise `heights` is empty.
    """

    name: str
    times_s: Doubles
    origin: Origin = field(default_factory=Origin)
    heights: Doubles = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_s", locked(self.times_s))
        object.__setattr__(self, "heights", locked(self.heights))

    @property
    def are_peaks(self) -> bool:
        return self.name == "envelope peaks"


@dataclass(frozen=True, eq=False)
class Spectrum(Locked):
    """Levels over frequency: float64 [bins]; bin k is at `low_hz + k * step_hz`."""

    name: str
    levels: Doubles
    low_hz: float
    step_hz: float
    unit: str = "dB/Hz"
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", locked(self.levels))

    def frequencies(self) -> Doubles:
        """Return the frequency of every bin, float64 [bins], in Hz."""
        return np.asarray(self.low_hz + np.arange(self.levels.size) * self.step_hz, dtype=np.float64)


@dataclass(frozen=True)
class Line:
    """A line of a report: what was measured, its value (NaN if undefined) and its unit.

    `group` is the heading above it, `words` the value as Praat writes it, with Praat's digits.
    """

    name: str
    value: float
    unit: str = ""
    group: str = ""
    words: str = ""


@dataclass(frozen=True)
class Report:
    """Values without a time axis, in reading order."""

    name: str
    lines: tuple[Line, ...]
    origin: Origin = field(default_factory=Origin)

    def values(self) -> Mapping[str, float]:
        return {line.name: line.value for line in self.lines}


Result = tuple[Track, ...] | Image | Points | Spectrum | Report


def origin_of(track: Track, analysis: str, settings: Any) -> Origin:
    """Return the origin of what `analysis` computes from `track`."""
    return track.origin.of(analysis=analysis, settings=settings_of(settings))


def frame_axis(first_s: float, step_s: float, n: int) -> TimeAxis:
    """Return the time axis of Praat's frames, with the first centre at `first_s`."""
    return TimeAxis(1.0 / step_s, n, first_s)
