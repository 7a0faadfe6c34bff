"""A writer of TensorFlow V2 bundles, small enough to be checked by eye."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import google_crc32c
import numpy as np

MAGIC = bytes.fromhex("57fb808b247547db")
CODES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9, "float16": 19}


def masked(data: bytes) -> int:
    crc = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, body: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(body)) + body


def entry(dtype: str, shape: tuple[int, ...], offset: int, size: int, crc: int) -> bytes:
    dims = b"".join(message(2, number(1, n)) for n in shape)
    return (
        number(1, CODES[dtype])
        + message(2, dims)
        + number(4, offset)
        + number(5, size)
        + varint(6 << 3 | 5)
        + crc.to_bytes(4, "little")
    )


def block(rows: Mapping[bytes, bytes]) -> bytes:
    """A block in which each key shares what it can with the one before."""
    body, last = b"", b""
    for key, value in rows.items():
        shared = 0
        while shared < min(len(key), len(last)) and key[shared] == last[shared]:
            shared += 1
        body += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return body + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def sealed(body: bytes) -> bytes:
    return body + b"\x00" + masked(body + b"\x00").to_bytes(4, "little")


def table(rows: Mapping[bytes, bytes]) -> bytes:
    """A table of two data blocks, an empty metaindex and an index."""
    items = sorted(rows.items())
    half = len(items) // 2
    data, handles = b"", {}
    for part in (items[:half], items[half:]):
        if part:
            body = block(dict(part))
            handles[part[-1][0]] = varint(len(data)) + varint(len(body))
            data += sealed(body)
    meta, index = block({}), block(handles)
    footer = varint(len(data)) + varint(len(meta))
    data += sealed(meta)
    footer += varint(len(data)) + varint(len(index))
    return data + sealed(index) + footer.ljust(40, b"\x00") + MAGIC


def write_bundle(
    prefix: Path, tensors: Mapping[str, np.ndarray], entries: Mapping[str, bytes] | None = None
) -> Path:
    """Write `prefix.index` and its data file; `entries` replaces or adds raw index entries."""
    rows = {b"": number(1, 1)}
    data = b""
    for name in sorted(tensors):
        values = np.asarray(tensors[name], order="C")
        raw = values.tobytes()
        rows[name.encode()] = entry(values.dtype.name, values.shape, len(data), len(raw), masked(raw))
        data += raw
    rows |= {name.encode(): value for name, value in (entries or {}).items()}
    prefix.with_name(prefix.name + ".index").write_bytes(table(rows))
    prefix.with_name(prefix.name + ".data-00000-of-00001").write_bytes(data)
    return prefix
