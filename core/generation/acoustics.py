"""What Praat measures in a short sound, as a row beside its activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import nan
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.analyses.contour_values import mean_energy, mean_frames, mean_line
from core.analyses.registry import TABLE
from core.faults import Fault
from core.measures.plan import MeasurementPlan, plan_of
from core.signals.axis import TimeAxis
from core.signals.track import Track

SOUNDING_DB = 30.0
"""Formants are those of frames whose intensity is at most so far below the loudest."""


@dataclass(frozen=True, slots=True)
class Acoustics:
    """F0 in Hz and its standard deviation in semitones, formants in Hz (medians where it sounds), intensity
    and HNR in dB, duration of what sounds in s, voiced frames in %. NaN is undefined, as in Praat.
    """

    f0: float = nan
    f0_sd: float = nan
    f1: float = nan
    f2: float = nan
    f3: float = nan
    intensity: float = nan
    hnr: float = nan
    duration: float = nan
    voiced: float = nan


NAMES: dict[str, tuple[str, str]] = {
    "f0": ("F0", "Hz"),
    "f0_sd": ("F0 sd", "st"),
    "f1": ("F1", "Hz"),
    "f2": ("F2", "Hz"),
    "f3": ("F3", "Hz"),
    "intensity": ("Intensity", "dB"),
    "hnr": ("HNR", "dB"),
    "duration": ("Duration", "s"),
    "voiced": ("Voiced", "%"),
}
"""Each measure's name and unit."""

PITCHED, FORMANTS = frozenset(("f0", "f0_sd", "voiced")), frozenset(("f1", "f2", "f3"))


ALL = frozenset(NAMES)


def acoustics(
    samples: NDArray[np.float32],
    rate_hz: float,
    plan: MeasurementPlan | None = None,
    wanted: frozenset[str] = ALL,
) -> Acoustics:
    """Measure a sound with Praat's settings of a plan, by default those of Praat 6.4 from 75 to 450 Hz.

    What is not `wanted`, and needs an analysis of its own, is left undefined.
    """
    track = Track("out", samples, TimeAxis.of_sound(rate_hz, len(samples)))
    if not np.ptp(track.samples) > 0:
        return Acoustics()
    used = plan or plan_of()
    f0 = _contour(track, used, "pitch") if wanted & PITCHED else None
    level = _contour(track, used, "intensity") if wanted - PITCHED - {"hnr"} else None
    hnr = _contour(track, used, "harmonicity") if "hnr" in wanted else None
    whole = track.axis.extent
    sounding = _sounding(level)
    return Acoustics(
        *_pitch(f0),
        *(_formants(track, used, level, sounding) if wanted & FORMANTS else (nan, nan, nan)),
        mean_energy(level, whole) if level is not None else nan,
        mean_frames(hnr, whole) if hnr is not None else nan,
        float(sounding.sum() * level.axis.step_s) if level is not None else nan,
        float(100 * np.isfinite(f0.samples).mean()) if f0 is not None else nan,
    )


def _contour(track: Track, plan: MeasurementPlan, analysis: str) -> Track | None:
    found = _analysed(track, plan, analysis)
    return found[0] if found else None


def _analysed(track: Track, plan: MeasurementPlan, analysis: str) -> tuple[Track, ...]:
    """Return an analysis's tracks, none if the sound's rate or length does not carry it."""
    row = TABLE[analysis]
    if row.refusal(track, plan.asked(analysis)) is not None:
        return ()
    try:
        return cast("tuple[Track, ...]", row.run(track, plan.settings(analysis, track.axis)))
    except Fault:
        return ()


def _pitch(f0: Track | None) -> tuple[float, float]:
    if f0 is None or not np.isfinite(f0.samples).any():
        return nan, nan
    semitones = 12 * np.log2(f0.samples[np.isfinite(f0.samples)].astype(np.float64))
    return mean_line(f0, f0.axis.extent), float(semitones.std(ddof=1)) if len(semitones) > 1 else nan


def _sounding(level: Track | None) -> NDArray[np.bool_]:
    if level is None or not np.isfinite(level.samples).any():
        return np.zeros(0, np.bool_)
    return level.samples > np.nanmax(level.samples) - SOUNDING_DB


def _formants(
    track: Track, plan: MeasurementPlan, level: Track | None, sounding: NDArray[np.bool_]
) -> tuple[float, float, float]:
    found = {one.name: one for one in _analysed(track, plan, "formants")}
    made = [found.get(name) for name in ("f1", "f2", "f3")]
    one, two, three = (_median_where(row, level, sounding) for row in made)
    return one, two, three


def _median_where(row: Track | None, level: Track | None, sounding: NDArray[np.bool_]) -> float:
    """Return the median of a contour's frames that lie where the sound is loud."""
    if row is None or level is None or not len(sounding):
        return nan
    steps = (row.axis.times() - level.axis.start_s) * level.axis.rate_hz
    values = row.samples[sounding[steps.round().astype(np.intp).clip(0, level.axis.n - 1)]]
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else nan


def medians(rows: Sequence[Acoustics]) -> Acoustics:
    """Return the median of each measure over several sounds, without those where it is undefined."""
    return Acoustics(*(_median([getattr(row, one.name) for row in rows]) for one in fields(Acoustics)))


def _median(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else nan


def effect(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the difference of means in pooled standard deviations (Cohen's d), NaN where it has none."""
    x, y = (np.array([value for value in row if np.isfinite(value)]) for row in (one, other))
    if min(len(x), len(y)) < 2:
        return nan
    within = (len(x) - 1) * x.var(ddof=1) + (len(y) - 1) * y.var(ddof=1)
    pooled = np.sqrt(within / (len(x) + len(y) - 2))
    return float((x.mean() - y.mean()) / pooled) if pooled > 0 else nan
