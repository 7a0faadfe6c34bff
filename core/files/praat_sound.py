"""Praat's own text Sound, which holds a fractional rate and a true start as no WAV file can."""

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
"""The longest sound that is written as text, ten minutes at 48 kHz: 1.4 GB."""

_AT_ONCE = 1 << 16


def check_length(track: Track) -> None:
    """Raise Fault where a sound is too long for a text file."""
    if track.axis.n > MOST_SAMPLES:
        long = f"{track.axis.duration_s:.0f} s at {track.axis.rate_hz:g} Hz"
        raise Fault(
            f"{long} are too many numbers for Praat's text Sound.",
            "Save the part that you need, or save all as WAV and open that in Praat.",
        )


def praat_sound(track: Track, domain: Range | None = None) -> str:
    """Give `track` in Praat's long text format, every digit of every sample kept.

    `domain` is Praat's xmin and xmax, by default the time that the samples cover. A layer given
    the output's domain stands beside the output in grouped editors, and "Resample..." in Praat
    lays it on the output's own samples; x1 and dx stay true either way.
    """
    return "".join(_blocks(track, domain))


def _blocks(track: Track, domain: Range | None) -> Iterator[str]:
    """Give the text piece by piece, of a recording in its file no more read than one needs."""
    whole = domain or track.axis.extent
    yield _HEAD.format(xmin=float(whole.start_s), xmax=float(whole.end_s), axis=track.axis)
    for first in range(0, track.axis.n, _AT_ONCE):
        values = track.samples[first : first + _AT_ONCE].tolist()
        yield "".join(f"        z [1] [{k}] = {_real(value)}\n" for k, value in enumerate(values, first + 1))


def _real(value: float) -> str:
    """Give a number as Praat reads it; what is not finite is undefined there."""
    return repr(value) if math.isfinite(value) else "--undefined--"


def write_praat_sound(path: str | os.PathLike[str], track: Track, domain: Range | None = None) -> None:
    """Write `track` as a `.Sound` file at its native rate and true times; a Fault where it is too long."""
    check_length(track)
    with atomic(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_blocks(track, domain))
