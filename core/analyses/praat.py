"""The only module that calls Praat: a track becomes a Praat Sound with its true time axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.analyses.results import Doubles
from core.signals.track import Track


def sound_of(track: Track, samples: Doubles | None = None) -> Any:
    """Return `track` (or `samples` in its place) as a parselmouth.Sound with the track's start time."""
    import parselmouth

    praat: Any = parselmouth  # the stubs leave these types unknown
    values = np.asarray(track.samples if samples is None else samples, dtype=np.float64)
    return praat.Sound(values, track.axis.rate_hz, track.axis.extent.start_s)


def call_praat(objects: Any, command: str, *arguments: float | str) -> Any:
    """Run a Praat menu command on one or more Praat objects."""
    import parselmouth

    praat: Any = parselmouth  # importing parselmouth also loads parselmouth.praat
    return praat.praat.call(objects, command, *arguments)


def is_praats(error: Exception) -> bool:
    """Return whether an error comes from Praat itself."""
    return type(error).__module__.startswith("parselmouth")


def praats_words(error: Exception) -> str:
    """Return the first line of Praat's error message, without the full stop."""
    return str(error).strip().split("\n", 1)[0].rstrip(".")


def or_automatic(step_s: float) -> float | None:
    """Return a time step for parselmouth: None for 0, Praat's "automatic"."""
    return step_s if step_s > 0 else None
