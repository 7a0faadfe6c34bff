"""The one door to Praat: a track as Praat's Sound, on its true time axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.analyses.results import Doubles
from core.signals.track import Track


def sound_of(track: Track, samples: Doubles | None = None) -> Any:
    """Give `track` (or `samples` in its stead) as a parselmouth.Sound that starts where the track does."""
    import parselmouth

    praat: Any = parselmouth  # its stubs leave these types unknown
    values = np.asarray(track.samples if samples is None else samples, dtype=np.float64)
    return praat.Sound(values, track.axis.rate_hz, track.axis.extent.start_s)


def call_praat(objects: Any, command: str, *arguments: float | str) -> Any:
    """Run a command of Praat's menus on one or more of its objects."""
    import parselmouth

    praat: Any = parselmouth  # importing it imports its praat as well
    return praat.praat.call(objects, command, *arguments)


def is_praats(error: Exception) -> bool:
    """Tell an error of Praat's own from a bug of ours."""
    return type(error).__module__.startswith("parselmouth")


def praats_words(error: Exception) -> str:
    """Give the first line of what Praat says, without its full stop."""
    return str(error).strip().split("\n", 1)[0].rstrip(".")


def or_automatic(step_s: float) -> float | None:
    """Give what parselmouth wants for a time step: None where it is 0, Praat's "automatic"."""
    return step_s if step_s > 0 else None
