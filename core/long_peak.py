"""The loudest sample of a whole recording, to which Praat's silence thresholds refer, in any tile of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.analyses import pitch
from core.analyses.results import Doubles
from core.long_sound import LongTrack

STRETCH_S = 2.0
MARGIN_S = 0.1
"""The filter's response is a Gaussian of a few milliseconds; twenty times that is as good as all of it."""


def peak_of(track: LongTrack, used: Any) -> float:
    """Give the largest distance from the mean, of a sound that is filtered first after its filter.

    The filter takes weighted means and never rises above what it was given. So the stretches are
    filtered from the loudest down, until the next is not as loud as the loudest found.
    """
    if not getattr(used, "filtered", False):
        return track.peak
    found = 0.0
    for bound, ends in _loudest_first(track):
        if bound <= found:
            break
        found = max(found, _filtered_peak(track, *ends, used))
    return found


def _loudest_first(track: LongTrack) -> list[tuple[float, tuple[int, int]]]:
    """Give stretches of the whole track and how far from the mean their samples lie, the farthest first.

    They are of whole blocks of the pyramid, so that nothing is read; a neighbour's loudness counts too.
    """
    low, high = track.pyramid.low, track.pyramid.high
    far = np.nan_to_num(np.fmax(track.mean - low, high - track.mean))
    blocks = max(1, round(STRETCH_S * track.axis.rate_hz / track.pyramid.per_block))
    count = -(-far.size // blocks)
    loudest = np.pad(far, (0, count * blocks - far.size)).reshape(count, blocks).max(axis=1)
    bounds = np.max([np.append(loudest[1:], 0.0), loudest, np.append(0.0, loudest[:-1])], axis=0)
    step = blocks * track.pyramid.per_block
    order = np.argsort(-bounds, kind="stable").tolist()
    return [(float(bounds[k]), (k * step, min((k + 1) * step, track.axis.n))) for k in order]


def _filtered_peak(track: LongTrack, first: int, last: int, used: Any) -> float:
    margin = round(MARGIN_S * track.axis.rate_hz)
    begin, end = max(0, first - margin), min(track.axis.n, last + margin)
    samples: Doubles = np.nan_to_num(track.between(begin, end).samples.astype(np.float64))
    made = pitch.low_passed(samples, track.axis.rate_hz, used)[first - begin : last - begin]
    return float(np.abs(made - track.mean).max(initial=0.0))
