"""Sounds as 32-bit float WAV files that carry the origin of what they hold.

Written here rather than by libsndfile, which stamps the time of day into float files (two exports
of one layer would differ) and drops comments longer than two kilobytes, as ours are.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import msgspec

from core.export.atomic import atomic
from core.faults import Fault
from core.origin import Origin
from core.track import Track

_FLOAT = 3
_Chunks = list[tuple[bytes, bytes]]


def write_wav(path: str | os.PathLike[str], track: Track) -> None:
    """Write the samples of `track` as they are, float32 and unscaled, with its origin as comment.

    Raises Fault for a rate that is no whole number of hertz, which a WAV file cannot say.
    """
    rate_hz = round(track.axis.rate_hz)
    if abs(rate_hz - track.axis.rate_hz) > 1e-9:
        raise Fault(
            f"A WAV file cannot hold a rate of {track.axis.rate_hz:g} Hz, only whole numbers.",
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


def origin_in_wav(path: str | os.PathLike[str]) -> Origin | None:
    """Give the origin that `write_wav` put into a file, None where there is none."""
    data = Path(path).read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    for name, body in _chunks(data[12:]):
        for inner, text in _chunks(body[4:]) if name == b"LIST" else ():
            if inner == b"ICMT":
                return _origin(text)
    return None


def _chunks(data: bytes) -> _Chunks:
    """Split RIFF data into its named chunks, cut short where the file is."""
    found: _Chunks = []
    place = 0
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        found.append((name, data[place + 8 : place + 8 + size]))
        place += 8 + size + size % 2
    return found


def _origin(text: bytes) -> Origin | None:
    """Read an origin; any other program's comment is none."""
    try:
        return Origin.from_plain(msgspec.json.decode(text.rstrip(b"\0"), type=dict[str, Any]))
    except (msgspec.MsgspecError, TypeError, ValueError):
        return None
