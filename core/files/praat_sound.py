"""Praat's text format for Sound, which can hold a fractional rate and a start time; WAV cannot."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

from core.faults import Fault
from core.files.atomic import atomic
from core.signals.axis import Range
from core.signals.track import Track

_HEAD = """File type = "ooTextFile"
Object class = "Sound 2"

xmin = {xmin!r}
xmax = {xmax!r}
nx = {axis.n}
dx = {axis.step_s!r}
x1 = {axis.start_s!r}
ymin = 1
ymax = 1
ny = 1
dy = 1
y1 = 1
z [] []:
    z [1]:
"""


MOST_SAMPLES = 30_000_000
"""The longest sound that is written as text: ten minutes at 48 kHz, 1.4 GB."""

_BATCH = 1 << 16


def check_length(track: Track) -> None:
    """Raise Fault if a sound is too long for a text file."""
    if track.axis.n > MOST_SAMPLES:
        duration = f"{track.axis.duration_s:.0f} s at {track.axis.rate_hz:g} Hz"
        raise Fault(
            f"{duration} is too long for a Praat text Sound.",
            "Save the part that you need, or save everything as WAV and open that in Praat.",
        )


def praat_sound(track: Track, domain: Range | None = None) -> str:
    """Return `track` in Praat's long text format, with all digits of every sample.

    `domain` sets xmin and xmax (default: the time the samples cover). A layer that is given the domain
    of the output lines up with it in grouped editors, and "Resample..." in Praat puts it on the samples
    of the output. x1 and dx are true either way.
    """
    return "".join(_blocks(track, domain))


def _blocks(track: Track, domain: Range | None) -> Iterator[str]:
    """Yield the text in batches, so that a recording on disk is never read as a whole."""
    whole = domain or track.axis.extent
    yield _HEAD.format(xmin=float(whole.start_s), xmax=float(whole.end_s), axis=track.axis)
    for first in range(0, track.axis.n, _BATCH):
        values = track.samples[first : first + _BATCH].tolist()
        yield "".join(f"        z [1] [{k}] = {_real(value)}\n" for k, value in enumerate(values, first + 1))


def _real(value: float) -> str:
    """Return a number as Praat reads it; a value that is not finite is undefined."""
    return repr(value) if math.isfinite(value) else "--undefined--"


def write_praat_sound(path: str | os.PathLike[str], track: Track, domain: Range | None = None) -> None:
    """Write `track` as a `.Sound` file at its native rate and true times; raises Fault if it is too long."""
    check_length(track)
    with atomic(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_blocks(track, domain))
