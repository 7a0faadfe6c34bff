"""Sounds as 32-bit float WAV files with their origin in a comment chunk.

This does not use libsndfile, which writes the time of day into float files (two exports of one layer
would differ) and drops comments longer than two kilobytes; ours are longer.
"""

from __future__ import annotations

import os
import struct

import msgspec

from core.faults import Fault
from core.files.atomic import atomic
from core.signals.track import Track

_FLOAT = 3
_Chunks = list[tuple[bytes, bytes]]


def write_wav(path: str | os.PathLike[str], track: Track) -> None:
    """Write the samples of `track` unscaled as float32, with the origin as a comment.

    Raises Fault if the rate is not a whole number of hertz, because a WAV file cannot store it.
    """
    rate_hz = round(track.axis.rate_hz)
    if abs(rate_hz - track.axis.rate_hz) > 1e-9:
        raise Fault(
            f"A WAV file cannot have a rate of {track.axis.rate_hz:g} Hz, only a whole number.",
            "Write a Praat Sound instead.",
        )
    with atomic(path) as draft:
        draft.write_bytes(_wav(track, rate_hz))


def _wav(track: Track, rate_hz: int) -> bytes:
    chunks: _Chunks = [
        (b"fmt ", struct.pack("<HHIIHHH", _FLOAT, 1, rate_hz, rate_hz * 4, 4, 32, 0)),
        (b"fact", struct.pack("<I", track.axis.n)),
        (b"LIST", b"INFO" + _chunk(b"ICMT", msgspec.json.encode(track.origin.plain()) + b"\0")),
        (b"data", track.samples.astype("<f4").tobytes()),
    ]
    return _chunk(b"RIFF", b"WAVE" + b"".join(_chunk(*chunk) for chunk in chunks))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
