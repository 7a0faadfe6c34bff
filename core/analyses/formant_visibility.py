"""Which formant frames are loud enough to be drawn: the dynamic range of Praat's formant dots."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.analyses.formants import FormantSettings
from core.signals.axis import TimeAxis
from core.signals.track import Track

RANGE_DB = 30.0
"""The default of Praat's editor."""


def loud(
    track: Track, frames: TimeAxis, settings: FormantSettings, range_db: float = RANGE_DB
) -> NDArray[np.bool_]:
    """Return whether the peak of each frame is within `range_db` of the loudest frame, bool [frames]."""
    return near_loudest(peaks(track, frames, settings), range_db)


def near_loudest(found: NDArray[np.float64], range_db: float = RANGE_DB) -> NDArray[np.bool_]:
    """Return which peaks, float64 [frames], are within `range_db` of the highest, bool [frames]."""
    return found >= found.max(initial=0.0) * 10 ** (-range_db / 10)


def peaks(track: Track, frames: TimeAxis, settings: FormantSettings) -> NDArray[np.float64]:
    """Return the intensity of each frame, float64 [frames].

    As in Praat (fon/Sound_to_Formant.cpp, fon/Formant.cpp), this is the largest squared sample after
    pre-emphasis, over a window twice the nominal length. Here the samples have the rate of the track;
    they are not resampled to twice the ceiling. Samples that are not finite count as silence.
    """
    if frames.n == 0 or track.axis.n == 0:
        return np.zeros(frames.n)
    weight = math.exp(-2 * math.pi * settings.pre_emphasis_from_hz / track.axis.rate_hz)
    samples = np.nan_to_num(track.samples.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    power = np.square(np.diff(samples * 1.0, prepend=0.0) + (1 - weight) * np.r_[0.0, samples[:-1]])
    half = max(1, round(settings.window_length_s * track.axis.rate_hz))
    centres = np.rint(track.axis.index(0.0) + frames.times() * track.axis.rate_hz).astype(np.intp)
    return _greatest_around(power, half)[np.clip(centres, 0, track.axis.n - 1)]


def _greatest_around(values: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Return the maximum within `half` samples of each value; all values must be at least 0.

    Van Herk's algorithm (1992): the maximum of a window is the maximum of the end of one block of its
    length and the beginning of the next, so the cost does not depend on the window's length.

    >>> _greatest_around(np.array([1.0, 0.0, 3.0, 0.0, 0.0, 2.0]), 1)
    array([1., 3., 3., 3., 2., 2.])
    """
    length = 2 * half + 1
    padded = np.pad(values, (half, half + -(values.size + 2 * half) % length)).reshape(-1, length)
    rising = np.maximum.accumulate(padded, axis=1).ravel()
    falling = np.maximum.accumulate(padded[:, ::-1], axis=1)[:, ::-1].ravel()
    found: NDArray[np.float64] = np.maximum(falling[: values.size], rising[2 * half :][: values.size])
    return found
