"""TensorFlow checkpoints (V2 bundles), read by seeking, without TensorFlow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.foreign import refuse_foreign
from core.checkpoint.sorted_table import masked_crc32c, read_table, varint
from core.checkpoint.tensors import (
    ITEM_BYTES,
    TensorSpec,
    as_float32,
    checked_shape,
    damaged,
    read_bytes,
)
from core.faults import Fault
from core.files.regular import check_file

DTYPES = {1: "float32", 2: "float64", 3: "int32", 9: "int64", 10: "bool", 14: "bfloat16", 19: "float16"}
LARGEST_INDEX_BYTES = 64_000_000
OBJECT_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"


BUNDLE_PART = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")
NO_STEM = ".index"


def prefix_of(part: Path) -> Path:
    """Return the prefix of a bundle's file; that of files without a stem is their `.index` itself."""
    return part.with_name(BUNDLE_PART.sub("", part.name) or NO_STEM)


def stem_of(prefix: Path) -> str:
    """Return what the names of a bundle's files begin with, before .index and .data."""
    return "" if prefix.name == NO_STEM else prefix.name


def index_of(prefix: Path) -> Path:
    """Return the index of a bundle."""
    return prefix.with_name(f"{stem_of(prefix)}.index")


def size_of(prefix: Path) -> int:
    """Return the size of all files of a bundle in bytes."""
    begin = stem_of(prefix)
    ends = (f"{begin}.index", f"{begin}.meta", f"{begin}.data-")
    return sum(p.stat().st_size for p in prefix.parent.iterdir() if p.name.startswith(ends) and p.is_file())


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """Where the bundle stores one variable."""

    spec: TensorSpec
    shard: int
    offset: int
    size: int
    crc: int


class Bundle:
    """One TensorFlow checkpoint: `prefix.index` and its data files."""

    def __init__(self, prefix: Path) -> None:
        self.path = prefix
        index = index_of(prefix)
        check_file(index)
        refuse_foreign(index)
        if index.stat().st_size > LARGEST_INDEX_BYTES:
            raise damaged(index.name)
        table = read_table(index.read_bytes(), index.name)
        try:
            self._shards = int(dict(_fields(table.get(b"", b""))).get(1, 1))
            self._entries = dict(_variables(table))
        except (LookupError, ValueError, TypeError) as flaw:
            raise damaged(index.name) from flaw
        self.specs: Mapping[str, TensorSpec] = {name: entry.spec for name, entry in self._entries.items()}

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one variable; raises Fault if its data are missing, incomplete or damaged."""
        entry = self._entries[name]
        if entry.size != entry.spec.count * ITEM_BYTES[entry.spec.dtype]:
            raise damaged(name)
        path = self._data_path(entry.shard)
        check_file(path)
        if path.stat().st_size < entry.offset + entry.size:
            refuse_foreign(path)  # a pointer or a page may lie in place of the weights
        with path.open("rb") as file:
            raw = read_bytes(file, entry.offset, entry.size, path.name)
        if masked_crc32c(raw) != entry.crc:
            raise Fault(
                f"“{path.name}” is damaged: the checksum of {name} is wrong.",
                "Copy it again from its source.",
            )
        return as_float32(np.frombuffer(raw, np.uint8), entry.spec.dtype).reshape(entry.spec.shape)

    def _data_path(self, shard: int) -> Path:
        path = self.path.with_name(f"{stem_of(self.path)}.data-{shard:05d}-of-{self._shards:05d}")
        if not path.is_file():
            raise Fault(
                f"The weights themselves are missing: there is no “{path.name}” next to the index.",
                "Copy all files of the checkpoint into one folder.",
            )
        return path


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a protocol buffer message: numbers as int, the rest as bytes."""
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(message, at)
            yield tag >> 3, value
            continue
        size, at = varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        part = message[at : at + size]
        if len(part) < size:
            raise ValueError("a field longer than its message")
        yield tag >> 3, part if kind == 2 else int.from_bytes(part, "little")
        at += size


def _variables(table: dict[bytes, bytes]) -> Iterator[tuple[str, BundleEntry]]:
    for key, value in table.items():
        fields = dict(_fields(value))
        dtype = DTYPES.get(int(fields.get(1, 0))) if key else None
        if dtype is None or 7 in fields:
            continue
        name = key.decode().removesuffix(OBJECT_SUFFIX)
        spec = TensorSpec(checked_shape(_shape(fields.get(2, b"")), name), dtype)
        shard, offset, size, crc = (int(fields.get(k, 0)) for k in (3, 4, 5, 6))
        yield name, BundleEntry(spec, shard, offset, size, crc)


def _shape(message: int | bytes) -> tuple[int, ...]:
    if isinstance(message, int):
        raise ValueError("a number instead of a shape")
    dims = [part for number, part in _fields(message) if number == 2]
    return tuple(_signed(dict(_fields(dim)).get(1, 0)) for dim in dims if isinstance(dim, bytes))


def _signed(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ValueError("bytes instead of a number")
    return value - (1 << 64) if value >> 63 else value
