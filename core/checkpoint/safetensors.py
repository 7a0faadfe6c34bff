"""Safetensors files; single tensors are read by seeking.

The library's `safe_open` cannot read bfloat16 without torch, and it maps the file into memory: a file
that is truncated meanwhile ends the process (SIGBUS), where this reader raises a Fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.checkpoint.foreign import refuse_foreign
from core.checkpoint.tensors import (
    ITEM_BYTES,
    TensorSpec,
    as_float32,
    checked_shape,
    damaged,
    read_bytes,
)
from core.files.regular import check_file

DTYPES = {
    "F32": "float32",
    "F64": "float64",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}
LARGEST_HEADER_BYTES = 64_000_000


class SafeFile:
    """One `.safetensors` file; `metadata` is the text stored with the tensors."""

    def __init__(self, path: Path) -> None:
        self.path = path
        check_file(path)
        refuse_foreign(path)
        with path.open("rb") as file:
            size = int.from_bytes(read_bytes(file, 0, 8, path.name), "little")
            if size > LARGEST_HEADER_BYTES:
                raise damaged(path.name)
            header = read_bytes(file, 8, size, path.name)
        self._start = 8 + size
        try:
            rows = msgspec.json.decode(header, type=dict[str, dict[str, Any]])
            self.metadata = {k: str(v) for k, v in rows.pop("__metadata__", {}).items()}
            self._places = {name: _place(name, row) for name, row in rows.items() if row["dtype"] in DTYPES}
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError) as flaw:
            raise damaged(path.name) from flaw
        self.specs: Mapping[str, TensorSpec] = {name: spec for name, (spec, _, _) in self._places.items()}

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one tensor; raises Fault if the file does not contain it."""
        spec, first, last = self._places[name]
        if last - first != spec.count * ITEM_BYTES[spec.dtype]:
            raise damaged(self.path.name)
        with self.path.open("rb") as file:
            raw = read_bytes(file, self._start + first, last - first, self.path.name)
        return as_float32(np.frombuffer(raw, np.uint8), spec.dtype).reshape(spec.shape)


def _place(name: str, row: Mapping[str, Any]) -> tuple[TensorSpec, int, int]:
    shape = tuple(cast("list[int]", row["shape"]))
    first, last = cast("list[int]", row["data_offsets"])
    if not all(type(value) is int for value in (*shape, first, last)):
        raise ValueError("an offset that is not an integer")
    if first < 0:
        raise ValueError("a negative offset")
    return TensorSpec(checked_shape(shape, name), DTYPES[row["dtype"]]), first, last
