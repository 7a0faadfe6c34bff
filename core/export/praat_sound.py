"""Praat's own text Sound, which holds a fractional rate and a true start as no WAV file can."""

from __future__ import annotations

import math
import os

from core.axis import Range
from core.export.atomic import atomic
from core.track import Track

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


def praat_sound(track: Track, domain: Range | None = None) -> str:
    """Give `track` in Praat's long text format, every digit of every sample kept.

    `domain` is Praat's xmin and xmax, by default the time that the samples cover. A layer given
    the output's domain stands beside the output in grouped editors, and "Resample..." in Praat
    lays it on the output's own samples; x1 and dx stay true either way.
    """
    whole = domain or track.axis.extent
    head = _HEAD.format(xmin=float(whole.start_s), xmax=float(whole.end_s), axis=track.axis)
    values = track.samples.tolist()
    return head + "".join(f"        z [1] [{k}] = {_real(value)}\n" for k, value in enumerate(values, 1))


def _real(value: float) -> str:
    """Give a number as Praat reads it; what is not finite is undefined there."""
    return repr(value) if math.isfinite(value) else "--undefined--"


def write_praat_sound(path: str | os.PathLike[str], track: Track, domain: Range | None = None) -> None:
    """Write `track` as a `.Sound` file at its native rate and true times."""
    with atomic(path) as draft:
        draft.write_text(praat_sound(track, domain), encoding="utf-8", newline="\n")
