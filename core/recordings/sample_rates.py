"""What libsndfile rounds in the headers of AIFF and CAF files: rates in fractions of a hertz, odd lengths."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import BinaryIO

_MOST_CHUNKS = 1000


def true_rate(path: Path, rounded_hz: float) -> float:
    """Return the rate in the header if it is the one that libsndfile rounded, else the rounded one."""
    rate_hz = _rate_in(path)
    is_same = rate_hz is not None and math.isfinite(rate_hz) and abs(rate_hz - rounded_hz) <= 1
    return rate_hz if is_same and rate_hz is not None and rate_hz > 0 else rounded_hz


def _rate_in(path: Path) -> float | None:
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
            common = _common_chunk(file)
            return None if len(common) < 18 else extended(common[8:18])
        if head[:4] == b"caff" and head[8:12] == b"desc":
            return struct.unpack(">d", file.read(16)[8:].ljust(8, b"\0"))[0]
    return None


def frames_in_aiff(path: Path) -> int:
    """Return the number of samples in each channel by an AIFF's COMM chunk; -1 if there is none."""
    with path.open("rb") as file:
        head = file.read(12)
        common = _common_chunk(file) if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC") else b""
    return -1 if len(common) < 6 else struct.unpack(">I", common[2:6])[0]


def _common_chunk(file: BinaryIO) -> bytes:
    """Return the first bytes of the COMM chunk, searching from the first chunk."""
    for _ in range(_MOST_CHUNKS):
        name, size = file.read(4), file.read(4)
        if len(size) < 4:
            return b""
        length = int.from_bytes(size, "big")
        if name == b"COMM":
            return file.read(min(length, 18))
        file.seek(length + length % 2, 1)
    return b""


def extended(ten: bytes) -> float:
    """Return an 80-bit extended number as a float: a sign, 15 bits of exponent, 64 of mantissa.

    >>> extended(bytes.fromhex("400eac44000000000000"))
    44100.0
    """
    power, mantissa = struct.unpack(">HQ", ten)
    value = math.ldexp(mantissa, (power & 0x7FFF) - 16383 - 63) if power & 0x7FFF < 0x43FF else math.inf
    return -value if power & 0x8000 else value
