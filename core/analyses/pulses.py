"""Glottal pulses: one moment per period of the voiced parts, with the settings of the pitch."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.analyses.pitch import PitchSettings, carried, praat_pitch
from core.analyses.praat import call_praat, sound_of
from core.analyses.results import Points, origin_of
from core.track import Track


def pulses(track: Track, settings: PitchSettings) -> Points:
    """Give the pulses of Praat's To PointProcess (cc), in seconds."""
    used = carried(track.axis, settings)
    points = praat_pulses(sound_of(track), praat_pitch(track, used))
    origin = origin_of(track, "pulses", used)
    some = call_praat(points, "Get number of points") > 0
    times_s = call_praat(points, "To Matrix").values[0] if some else np.zeros(0)
    return Points("pulses", times_s, origin)


def praat_pulses(sound: Any, pitch: Any) -> Any:
    """Give Praat's PointProcess of a Sound and its Pitch."""
    return call_praat([sound, pitch], "To PointProcess (cc)")
