"""Reading back the origin that a WAV file carries."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import msgspec

from core.provenance import Origin

_Chunks = list[tuple[bytes, bytes]]


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
