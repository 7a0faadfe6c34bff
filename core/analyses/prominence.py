"""Which formant frames are loud enough to be drawn: Praat's dynamic range of speckles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.analyses.formants import FormantSettings
from core.axis import TimeAxis
from core.track import Track

RANGE_DB = 30.0
"""The standard of Praat's editor."""


def loud(
    track: Track, frames: TimeAxis, settings: FormantSettings, range_db: float = RANGE_DB
) -> NDArray[np.bool_]:
    """Tell for each frame whether its peak lies within `range_db` of the loudest frame's.

    As in Praat (fon/Sound_to_Formant.cpp, fon/Formant.cpp) a frame's intensity is its largest
    squared sample after pre-emphasis, over a window twice the nominal length. Here the samples are
    those of the track's own rate, not of one resampled to twice the ceiling. Bool [frames].
    """
    if frames.n == 0 or track.axis.n == 0:
        return np.zeros(frames.n, bool)
    weight = math.exp(-2 * math.pi * settings.pre_emphasis_from_hz / track.axis.rate_hz)
    samples = track.samples.astype(np.float64)
    power = np.square(np.diff(samples * 1.0, prepend=0.0) + (1 - weight) * np.r_[0.0, samples[:-1]])
    half = max(1, round(settings.window_length_s * track.axis.rate_hz))
    centres = np.rint(track.axis.index(0.0) + frames.times() * track.axis.rate_hz).astype(np.intp)
    padded = np.pad(power, half)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    peaks = windows[np.clip(centres, 0, track.axis.n - 1)].max(axis=1)
    return peaks >= peaks.max() * 10 ** (-range_db / 10)
