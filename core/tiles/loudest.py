"""The peak of a whole recording, to which Praat's silence thresholds refer in every tile."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.analyses import pitch
from core.analyses.results import Doubles
from core.recordings import cache
from core.recordings.identity import state_in
from core.recordings.long_sound import LongTrack

MARGIN_S = 0.1
"""The filter's response is a Gaussian of a few milliseconds; this is twenty times as long."""

_STRETCH_S = 2.0
"""At least this much is filtered at a time, and as much more as fits the same FFT."""


def name_of(used: Any) -> str:
    """Return what the peak depends on besides the recording: the filter, "" for none."""
    return f"{used.ceiling_hz!r} {used.attenuation_at_top!r}" if _filtered(used) else ""


def known_peak(track: LongTrack, used: Any, folder: Path) -> float | None:
    """Return the peak if it is known: without a filter, or from the cache."""
    if not _filtered(used):
        return track.peak
    return cache.kept_peaks(folder, _place(track)).get(name_of(used))


def find_peak(
    track: LongTrack, used: Any, folder: Path, stopped: Callable[[], bool] = lambda: False
) -> float | None:
    """Find the peak and cache it.

    None if stopped, or if the file vanished or changed, because it then reads as silence.
    """
    found = known_peak(track, used, folder)
    if found is not None or not _is_unchanged(track):
        return found
    found = peak_of(track, used, stopped)
    if found is None or not _is_unchanged(track):
        return None
    cache.keep_peak(folder, _place(track), name_of(used), found)
    return found


def loudest_s(track: LongTrack) -> float:
    """Return the time of the recording's peak, to within a few milliseconds."""
    far = np.fmax(track.mean - track.pyramid.low, track.pyramid.high - track.mean)
    block = int(np.argmax(np.nan_to_num(far, nan=-1.0)))
    return track.axis.seconds(min((block + 0.5) * track.pyramid.per_block, track.axis.n - 1))


def _filtered(used: Any) -> bool:
    return bool(getattr(used, "filtered", False))


def _is_unchanged(track: LongTrack) -> bool:
    """Return whether the file still exists and is unchanged."""
    try:
        return _key(track).startswith(cache.key_of(track.in_file.file))  # a channel adds a suffix
    except OSError:
        return False


def _key(track: LongTrack) -> str:
    return state_in(track.origin.sound)


def _place(track: LongTrack) -> str:
    return cache.place_of(_key(track), track.in_file.file.channel)


def peak_of(track: LongTrack, used: Any, stopped: Callable[[], bool] = lambda: False) -> float | None:
    """Return the largest distance from the mean, after the filter if the method has one.

    The filter takes weighted means, so it never exceeds its input. The parts are therefore filtered from
    the loudest down, until the next part is not as loud as the highest peak found.
    """
    if not _filtered(used):
        return track.peak
    found = 0.0
    for bound, ends in _loudest_first(track):
        if bound <= found:
            break
        if stopped():
            return None
        found = max(found, _filtered_peak(track, *ends, used))
    return found


def _loudest_first(track: LongTrack) -> list[tuple[float, tuple[int, int]]]:
    """Return parts of the whole track with a bound on their distance from the mean, loudest first.

    The parts consist of whole pyramid blocks, so nothing is read; the bound includes the neighbours.
    """
    low, high = track.pyramid.low, track.pyramid.high
    far = np.nan_to_num(np.fmax(track.mean - low, high - track.mean))
    rate_hz = track.axis.rate_hz
    # the FFT length is a power of two: a part with its margins just fills it
    room = 1 << math.ceil(math.log2((_STRETCH_S + 2 * MARGIN_S) * rate_hz))
    blocks = max(1, (room - 2 * round(MARGIN_S * rate_hz)) // track.pyramid.per_block)
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
