"""What to measure: the measures, the points, and the settings of every analysis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from core.analyses import measures as registry
from core.analyses.events import PeakSettings
from core.analyses.formants import FormantSettings
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.intensity import IntensitySettings
from core.analyses.measures import MEASURES, STANDARD
from core.analyses.pitch import PitchSettings
from core.analyses.presets import PRESETS, Preset
from core.analyses.registry import TABLE
from core.analyses.spectral_moments import MomentSettings
from core.faults import Fault
from core.signals.axis import TimeAxis

MOST_POINTS = 1000


@dataclass(frozen=True, slots=True)
class MeasurementPlan:
    """The measures by name, the number of normalised times per interval, and the settings by analysis.

    The points are the centres of equal parts of the interval. Moments are taken over those parts and curves
    are read at their centres, so both stand at the same times.
    """

    measures: tuple[str, ...]
    points: int = 10
    preset: str = ""
    pitch: PitchSettings = field(default_factory=PitchSettings)
    intensity: IntensitySettings = field(default_factory=IntensitySettings)
    formants: FormantSettings = field(default_factory=FormantSettings)
    moments: MomentSettings = field(default_factory=lambda: MomentSettings(slices=1))
    peaks: PeakSettings = field(default_factory=PeakSettings)
    harmonicity: HarmonicitySettings = field(default_factory=HarmonicitySettings)

    def asked(self, analysis: str) -> Any:
        """Return the settings asked for an analysis, or its defaults."""
        found = getattr(self, _FIELDS.get(analysis, analysis), None)
        return TABLE[analysis].settings() if found is None else found

    def settings(self, analysis: str, axis: TimeAxis) -> Any:
        """Return the settings of an analysis, adapted to a layer with this axis."""
        if analysis == "moments":
            return replace(self.moments, band_high_hz=self.moments.band_high_hz or axis.nyquist_hz)
        return TABLE[analysis].carried(axis, self.asked(analysis))


_FIELDS = {"envelope peaks": "peaks"}
"""The plan's field for each analysis whose name differs from it."""


def plan_of(
    measures: Iterable[str] = STANDARD,
    points: int = 10,
    preset: str = "Praat 6.4, 75-450 Hz",
    band_hz: tuple[float, float] | None = None,
) -> MeasurementPlan:
    """Return the plan that these words describe. Raises Fault for what cannot be measured."""
    if not 1 <= points <= MOST_POINTS:
        raise Fault(
            f"{points} points cannot be measured.", f"Choose from 1 to {MOST_POINTS}, for instance 10."
        )
    found = preset_of(preset)
    low, high = band_hz or (0.0, 0.0)
    if not (math.isfinite(low) and math.isfinite(high) and low >= 0 and (band_hz is None or low < high)):
        raise Fault(
            f"There is no band from {low:g} to {high:g} Hz.", "Write its ends in Hz, for instance 750,8000."
        )
    moments = MomentSettings(slices=1, band_low_hz=low, band_high_hz=high)
    return MeasurementPlan(
        names_of(measures), points, found.name, found.pitch, found.intensity, found.formants, moments,
        harmonicity=found.harmonicity,
    )  # fmt: skip


def check_band(plan: MeasurementPlan, nyquist_hz: float) -> None:
    """Raise Fault if a band of moments ends above the highest Nyquist frequency, in Hz."""
    top_hz = plan.moments.band_high_hz
    if top_hz > nyquist_hz:
        words = f"The band ends at {top_hz:g} Hz, above Nyquist, {nyquist_hz:g} Hz."
        raise Fault(words, f"Write a top of at most {nyquist_hz:g}.")


def names_of(words: Iterable[str]) -> tuple[str, ...]:
    """Return the measures that words such as "f0" or "formants" stand for, each once.

    Raises Fault for an unknown word.
    """
    groups = registry.groups()
    names: dict[str, None] = {}
    for word in (word.strip().lower() for word in words):
        if word not in MEASURES and word not in groups:
            raise Fault(f"“{word}” cannot be measured.", _choices())
        names.update(dict.fromkeys(groups.get(word, (word,))))
    if not names:
        raise Fault("No measure was named.", _choices())
    return tuple(names)


def _choices() -> str:
    return f"Choose among {', '.join(registry.names())}."


def preset_of(name: str) -> Preset:
    """Return a preset by name, ignoring case and the kind of dash. Raises Fault for an unknown name."""
    plain = {_plain(known): preset for known, preset in PRESETS.items()}
    if _plain(name) not in plain:
        raise Fault(f"There is no preset “{name}”.", f"Choose among {'; '.join(PRESETS)}.")
    return plain[_plain(name)]


def _plain(name: str) -> str:
    return "".join(name.lower().replace("–", "-").split())
