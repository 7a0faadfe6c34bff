"""Glottal pulses: one point per period of the voiced parts, with the pitch settings."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.pitch import PitchSettings, carried, praat_pitch
from core.analyses.pitch import cause as pitch_cause
from core.analyses.praat import call_praat, sound_of
from core.analyses.results import Points, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track

LEAST_SAMPLES = 4
"""Samples per period; with fewer, Praat's search for the next pulse may never advance."""


def cause(axis: TimeAxis, settings: PitchSettings) -> str | None:
    """Return why this layer has no pulses: no pitch, or too few samples per period; else None."""
    ceiling_hz = carried(axis, settings).ceiling_hz
    few = axis.rate_hz < LEAST_SAMPLES * ceiling_hz
    nyquist = (
        f"Nyquist is {guard.hertz(axis.nyquist_hz)}, below twice the ceiling of {guard.hertz(ceiling_hz)}"
    )
    return pitch_cause(axis, settings) or (nyquist if few else None)


def pulses(track: Track, settings: PitchSettings) -> Points:
    """Return the pulses of Praat's To PointProcess (cc), in seconds."""
    used = carried(track.axis, settings)
    points = praat_pulses(sound_of(track), praat_pitch(track, used))
    origin = origin_of(track, "pulses", used)
    any_pulses = call_praat(points, "Get number of points") > 0
    times_s = call_praat(points, "To Matrix").values[0] if any_pulses else np.zeros(0)
    return Points("pulses", times_s, origin)


def praat_pulses(sound: Any, pitch: Any) -> Any:
    """Return Praat's PointProcess for a Sound and its Pitch."""
    return call_praat([sound, pitch], "To PointProcess (cc)")
