"""Several lanes mixed into one sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.playback.sonification import Samples
from core.recordings.sound_file import resampled_to


@dataclass(frozen=True, eq=False)
class LaneSound:
    """What one lane sounds like: samples, which may still lie in a file, their rate and their start."""

    samples: Samples
    rate_hz: float
    start_s: float


def mixed(sounds: Sequence[LaneSound]) -> LaneSound:
    """Return the sum of sounds at the first one's rate, each at its own time.

    Long sounds are read and resampled here, which takes seconds: call it in a worker thread.
    """
    if len(sounds) == 1:
        return sounds[0]
    rate_hz, start_s = sounds[0].rate_hz, min(one.start_s for one in sounds)
    places = [round((one.start_s - start_s) * rate_hz) for one in sounds]
    parts = [resampled_to(np.asarray(one.samples), one.rate_hz, rate_hz) for one in sounds]
    total = np.zeros(max(place + len(part) for place, part in zip(places, parts, strict=True)), np.float32)
    for place, part in zip(places, parts, strict=True):  # a recording may begin later than the others
        total[place : place + len(part)] += part
    return LaneSound(total, rate_hz, start_s)
