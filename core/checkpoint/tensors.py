"""The interface of all checkpoint readers: names and shapes at once, values on request."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

MOST_DIMENSIONS = 8


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """The shape and the element type ("float32", "bfloat16", ...) of a stored tensor."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def count(self) -> int:
        return math.prod(self.shape)


class Tensors(Protocol):
    """An open checkpoint file: the specs of all tensors; values are read one tensor at a time."""

    @property
    def path(self) -> Path: ...

    @property
    def specs(self) -> Mapping[str, TensorSpec]: ...

    def read(self, name: str) -> NDArray[np.float32]: ...


ITEM_BYTES = {
    "float32": 4,
    "float64": 8,
    "float16": 2,
    "bfloat16": 2,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
}


def as_float32(raw: NDArray[np.uint8], dtype: str) -> NDArray[np.float32]:
    """Convert raw little-endian bytes of one element type to float32 [elements]."""
    if dtype == "bfloat16":
        wide = raw.view("<u2").astype(np.uint32) << 16
        return wide.view(np.float32)
    with np.errstate(all="ignore"):
        return raw.view(np.dtype(dtype).newbyteorder("<")).astype(np.float32, copy=False)


def read_bytes(file: BinaryIO, offset: int, size: int, what: str) -> bytes:
    """Return `size` bytes at `offset`; raises Fault if the file is shorter."""
    held = file.seek(0, 2)
    if offset < 0 or size < 0 or offset + size > held:
        raise Fault(
            f"“{what}” needs {size:,} bytes that are not in the file.",
            "The file is truncated or damaged: copy it again from its source.",
        )
    file.seek(offset)
    return file.read(size)


def checked_shape(shape: tuple[int, ...], what: str) -> tuple[int, ...]:
    """Return `shape` if it is a valid tensor shape; raises Fault otherwise."""
    if len(shape) > MOST_DIMENSIONS or any(size < 0 for size in shape):
        raise damaged(what)
    return shape


def damaged(what: str) -> Fault:
    """Return the fault for a file with inconsistent content."""
    return Fault(f"“{what}” is damaged and cannot be read.", "Copy it again from its source.")


class Digest:
    """SHA-256 of the names, shapes and float32 bytes of tensors, independent of reading order."""

    def __init__(self) -> None:
        self._parts: dict[str, bytes] = {}

    def add(self, name: str, values: NDArray[np.float32]) -> None:
        part = hashlib.sha256(f"{name} {values.shape}\n".encode())
        part.update(np.ascontiguousarray(values).data)
        self._parts[name] = part.digest()

    def text(self) -> str:
        """Return the digest as 64 hexadecimal digits."""
        return hashlib.sha256(b"".join(self._parts[name] for name in sorted(self._parts))).hexdigest()
