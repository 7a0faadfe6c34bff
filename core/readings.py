"""What stands at the margins: a measure at the cursor, or its mean over a selection, as in Praat."""

from __future__ import annotations

import numpy as np

from core.axis import Range
from core.track import Track


def mean_in(track: Track, window: Range) -> float:
    """Give the mean over the defined frames in a window: Praat's mean pitch or formant; NaN for none."""
    values = track.part(window)
    defined = values[np.isfinite(values)]
    return float(np.mean(defined, dtype=np.float64)) if defined.size else float("nan")


def mean_energy_db(track: Track, window: Range) -> float:
    """Give the level of the mean energy over a window: Praat's averaging method for intensity."""
    values = track.part(window)
    defined = values[np.isfinite(values)].astype(np.float64)
    return float(10 * np.log10(np.mean(10 ** (defined / 10)))) if defined.size else float("nan")


MEANS = {"pitch": mean_in, "intensity": mean_energy_db}
"""How each measure of a lane's margin is averaged over a selection."""
