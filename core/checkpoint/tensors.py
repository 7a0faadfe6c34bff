"""What every checkpoint reader gives: names with shapes, and numbers only when asked."""

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
    """The shape and the element type ("float32", "bfloat16", ..) of one stored tensor."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def count(self) -> int:
        return math.prod(self.shape)


class Tensors(Protocol):
    """A checkpoint file, opened: specs of everything in it, tensors read one by one."""

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
    """Give raw little-endian bytes of one element type as float32 [elements]."""
    if dtype == "bfloat16":
        wide = raw.view("<u2").astype(np.uint32) << 16
        return wide.view(np.float32)
    with np.errstate(all="ignore"):
        return raw.view(np.dtype(dtype).newbyteorder("<")).astype(np.float32, copy=False)


def read_bytes(file: BinaryIO, offset: int, size: int, what: str) -> bytes:
    """Give `size` bytes at `offset`, having made sure that the file holds them."""
    held = file.seek(0, 2)
    if offset < 0 or size < 0 or offset + size > held:
        raise Fault(
            f"“{what}” claims {size:,} bytes that the file does not hold.",
            "The file was cut short or is damaged: copy it again from where it was made.",
        )
    file.seek(offset)
    return file.read(size)


def checked_shape(shape: tuple[int, ...], what: str) -> tuple[int, ...]:
    """Give `shape` back where a tensor can have it; raises Fault otherwise."""
    if len(shape) > MOST_DIMENSIONS or any(size < 0 for size in shape):
        raise damaged(what)
    return shape


def damaged(what: str) -> Fault:
    """Give the fault for a file whose inside contradicts itself."""
    return Fault(f"“{what}” is damaged and cannot be read.", "Copy it again from where it was made.")


class Digest:
    """SHA-256 over tensors' names, shapes and float32 bytes, whatever order they are read in."""

    def __init__(self) -> None:
        self._parts: dict[str, bytes] = {}

    def add(self, name: str, values: NDArray[np.float32]) -> None:
        part = hashlib.sha256(f"{name} {values.shape}\n".encode())
        part.update(np.ascontiguousarray(values).data)
        self._parts[name] = part.digest()

    def text(self) -> str:
        """Give the digest as 64 hexadecimal digits."""
        return hashlib.sha256(b"".join(self._parts[name] for name in sorted(self._parts))).hexdigest()
