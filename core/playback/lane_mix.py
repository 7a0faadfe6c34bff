"""Several lanes mixed into one sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.playback.sonification import Samples
from core.recordings.sound_file import resampled_to

BATCH = 1 << 18  # samples that are added at once, so that other threads get their turn


@dataclass(frozen=True, eq=False)
class LaneSound:
    """The sound of one lane: samples, which may still be in a file, their rate and their start."""

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
    parts = [_at(one, rate_hz) for one in sounds]
    total = np.zeros(max(place + len(part) for place, part in zip(places, parts, strict=True)), np.float32)
    for place, part in zip(places, parts, strict=True):  # a recording may start later than the others
        for first in range(0, len(part), BATCH):
            batch = np.asarray(part[first : first + BATCH])
            total[place + first : place + first + len(batch)] += batch
    return LaneSound(total, rate_hz, start_s)


def _at(sound: LaneSound, rate_hz: float) -> Samples:
    """Return the samples at another rate; at their own rate they stay in their file."""
    if sound.rate_hz == rate_hz:
        return sound.samples
    return resampled_to(np.asarray(sound.samples), sound.rate_hz, rate_hz)
