"""A part of a sound, cut as Praat's Extract selected sound does."""

from __future__ import annotations

from dataclasses import replace

from core.faults import Fault
from core.recordings.long_sound import in_memory
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track


def part(track: Track, window: Range, from_zero: bool = False) -> tuple[Track, Range]:
    """Return the samples whose centres lie in a window, and the time range they cover.

    Times are preserved; with `from_zero` the start of the window becomes 0. Raises Fault if the window
    contains no sample.
    """
    held = in_memory(track, window)
    first, last = held.axis.samples_in(window)
    if last <= first:
        raise Fault(
            "The selection contains no sample of this lane.", "Select a stretch that the lane covers."
        )
    moved_s = window.start_s if from_zero else 0.0
    axis = TimeAxis(held.axis.rate_hz, last - first, held.axis.seconds(first) - moved_s)
    cut = replace(held, samples=held.samples[first:last], axis=axis)
    return cut, Range(window.start_s - moved_s, window.end_s - moved_s)
