"""The sorted string table in a TensorFlow `.index` file (LevelDB format, uncompressed)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from core.checkpoint.tensors import damaged
from core.faults import Fault

MAGIC = bytes.fromhex("57fb808b247547db")
FOOTER_BYTES = 48
TRAILER_BYTES = 5
MOST_ENTRIES = 200_000
MOST_BYTES = 64_000_000


def masked_crc32c(data: bytes) -> int:
    """Return the CRC32C of `data`, masked as TensorFlow stores it."""
    import google_crc32c

    crc = cast("int", google_crc32c.value(data))  # pyright: ignore[reportUnknownMemberType]
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the variable-length integer at `at` and the position after it."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def block(data: bytes, offset: int, size: int, what: str) -> bytes:
    """Return the contents of one block after verifying its checksum."""
    end = offset + size
    if end + TRAILER_BYTES > len(data):
        raise damaged(what)
    stored = int.from_bytes(data[end + 1 : end + TRAILER_BYTES], "little")
    if masked_crc32c(data[offset : end + 1]) != stored:
        raise Fault(f"“{what}” is damaged: its checksum is wrong.", "Copy it again from its source.")
    if data[end]:
        raise Fault(f"“{what}” is a compressed table, which is not used in TensorFlow checkpoints.")
    return data[offset:end]


def entries(contents: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of one block in order."""
    restarts = int.from_bytes(contents[-4:], "little")
    end = len(contents) - 4 * (restarts + 1)
    at, key = 0, b""
    while at < end:
        shared, at = varint(contents, at)
        fresh, at = varint(contents, at)
        length, at = varint(contents, at)
        key = key[:shared] + contents[at : at + fresh]
        at += fresh
        yield key, contents[at : at + length]
        at += length


def read_table(data: bytes, what: str) -> dict[bytes, bytes]:
    """Return all keys and values of a table file; raises Fault if it is damaged or not a table."""
    if len(data) < FOOTER_BYTES or data[-8:] != MAGIC:
        raise Fault(
            f"“{what}” is not a TensorFlow index: it does not end like one.",
            "Copy the .index file again from where the network was trained.",
        )
    try:
        return dict(_counted(_pairs(data, what)))
    except (LookupError, ValueError) as flaw:
        raise damaged(what) from flaw


def _counted(pairs: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Raise ValueError for a small file whose blocks repeat each other without end."""
    letters = 0
    for count, (key, value) in enumerate(pairs):
        letters += len(key) + len(value)
        if count >= MOST_ENTRIES or letters > MOST_BYTES:
            raise ValueError("more entries than a checkpoint has variables")
        yield key, value


def _pairs(data: bytes, what: str) -> Iterator[tuple[bytes, bytes]]:
    footer = data[-FOOTER_BYTES:]
    _, at = varint(footer, 0)
    _, at = varint(footer, at)
    offset, at = varint(footer, at)
    size, at = varint(footer, at)
    for _, handle in entries(block(data, offset, size, what)):
        first, at = varint(handle, 0)
        length, at = varint(handle, at)
        yield from entries(block(data, first, length, what))
