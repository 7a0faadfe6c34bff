"""Sounds as 32-bit float WAV files with their origin in a comment chunk.

This does not use libsndfile, which writes the time of day into float files (two exports of one layer
would differ) and drops comments longer than two kilobytes; ours are longer.
"""

from __future__ import annotations

import os
import struct

import numpy as np

from core.faults import Fault
from core.files.atomic import atomic
from core.files.json_text import json_bytes
from core.signals.track import Track

_FLOAT = 3
_BATCH = 1 << 18
_MOST_BYTES = (1 << 32) - 1
_Chunks = list[tuple[bytes, bytes]]


def write_wav(path: str | os.PathLike[str], track: Track) -> None:
    """Write the samples of `track` unscaled as float32, with the origin as a comment.

    They are read and written in batches, so that an hour of sound is never in memory as a whole.

    Raises Fault if the rate is not a whole number of hertz, because a WAV file cannot store it,
    and if the file would be larger than 4 GB.
    """
    rate_hz = round(track.axis.rate_hz)
    if abs(rate_hz - track.axis.rate_hz) > 1e-9:
        raise Fault(
            f"A WAV file cannot have a rate of {track.axis.rate_hz:g} Hz, only a whole number.",
            "Write a Praat Sound instead.",
        )
    data_bytes = 4 * track.axis.n
    head = _head(track, rate_hz)
    if 12 + len(head) + 8 + data_bytes > _MOST_BYTES:
        raise Fault(
            f"{track.axis.duration_s:.0f} s at {rate_hz} Hz do not fit into a WAV file, which ends at 4 GB.",
            "Save a selection.",
        )
    with atomic(path) as draft, draft.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 4 + len(head) + 8 + data_bytes) + b"WAVE" + head)
        file.write(b"data" + struct.pack("<I", data_bytes))
        for first in range(0, track.axis.n, _BATCH):
            file.write(np.asarray(track.samples[first : first + _BATCH]).astype("<f4").tobytes())


def _head(track: Track, rate_hz: int) -> bytes:
    """Return every chunk before the samples."""
    chunks: _Chunks = [
        (b"fmt ", struct.pack("<HHIIHHH", _FLOAT, 1, rate_hz, rate_hz * 4, 4, 32, 0)),
        (b"fact", struct.pack("<I", track.axis.n)),
        (b"LIST", b"INFO" + _chunk(b"ICMT", json_bytes(track.origin.plain()) + b"\0")),
    ]
    return b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
