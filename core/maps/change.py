"""What an edit did to the output: measures in its range before and after, and how far it reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.analyses.contour_values import mean_energy, mean_line
from core.analyses.intensity import IntensitySettings
from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.analyses.spectral_moments import MomentSettings
from core.faults import Fault
from core.signals.axis import Range
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One measure before and after an edit; NaN where it is undefined."""

    name: str
    unit: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Change:
    """Measures of the output in `window`, and the RMS of its change there and after it.

    The first is a share of the RMS that the output had there, the second one of that of the whole output.
    """

    window: Range
    rows: tuple[ChangeRow, ...]
    inside: float
    after: float


def change_of(before: Track, after: Track, window: Range, pitch: PitchSettings | None = None) -> Change:
    """Compare an output with what it was, in a time range."""
    window = window.cut(before.axis.extent)
    rows = tuple(
        ChangeRow(name, unit, read(before, window, pitch), read(after, window, pitch))
        for name, unit, read in _MEASURES
    )
    difference = after.samples.astype(np.float64) - before.samples
    first, last = before.axis.samples_in(window)
    was = before.samples.astype(np.float64)
    inside = _share(_rms(difference[first:last]), _rms(was[first:last]))
    return Change(window, rows, inside, _share(_rms(difference[last:]), _rms(was)))


def difference_track(before: Track, after: Track) -> Track:
    """Return after − before, on their common axis; exactly 0 where they are equal."""
    if before.axis != after.axis:
        raise Fault(f"{before.name} and {after.name} have other time axes, so they have no difference.")
    return replace(after, name="difference", samples=after.samples - before.samples)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if values.size else 0.0


def _intensity(track: Track, window: Range, pitch: PitchSettings | None) -> float:
    settings = IntensitySettings(pitch.floor_hz if pitch is not None else 75.0)
    return _read(lambda: mean_energy(_contour(track, "intensity", settings), window))


def _centre(track: Track, window: Range, pitch: PitchSettings | None) -> float:
    settings = MomentSettings(window.start_s, window.end_s, 1)
    return _read(lambda: float(_contour(track, "moments", settings).samples[0]))


def _f0(track: Track, window: Range, pitch: PitchSettings | None) -> float:
    return _read(lambda: mean_line(_contour(track, "pitch", pitch or PitchSettings()), window))


def _voiced(track: Track, window: Range, pitch: PitchSettings | None) -> float:
    def share() -> float:
        found = _contour(track, "pitch", pitch or PitchSettings()).part(window)
        return 100 * float(np.isfinite(found).mean()) if found.size else float("nan")

    return _read(share)


def _contour(track: Track, name: str, settings: object) -> Track:
    found = TABLE[name].run(track, settings)
    assert isinstance(found, tuple)
    return found[0]


def _read(measure: Callable[[], float]) -> float:
    """Return a measure, NaN where the analysis refuses it."""
    try:
        return measure()
    except Fault:
        return float("nan")


_MEASURES: tuple[tuple[str, str, Callable[[Track, Range, PitchSettings | None], float]], ...] = (
    ("Intensity", "dB", _intensity),
    ("Centre of gravity", "Hz", _centre),
    ("F0", "Hz", _f0),
    ("Voiced frames", "%", _voiced),
)
