"""A part of a sound, cut as Praat's Extract selected sound cuts it."""

from __future__ import annotations

from dataclasses import replace

from core.faults import Fault
from core.recordings.long_sound import in_memory
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track


def part(track: Track, window: Range, from_zero: bool = False) -> tuple[Track, Range]:
    """Return the samples with centres in a window, and the time that they reach over.

    The times are preserved, or with `from_zero` the window's start becomes 0. Raises Fault where
    the window holds no sample.
    """
    held = in_memory(track, window)
    first, last = held.axis.samples_in(window)
    if last <= first:
        raise Fault("The selection holds no sample of this lane.", "Select some of what the lane shows.")
    moved_s = window.start_s if from_zero else 0.0
    axis = TimeAxis(held.axis.rate_hz, last - first, held.axis.seconds(first) - moved_s)
    cut = replace(held, samples=held.samples[first:last], axis=axis)
    return cut, Range(window.start_s - moved_s, window.end_s - moved_s)
