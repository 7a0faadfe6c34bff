"""numpy's archives of arrays (`.npz`), read one array at a time and without unpickling anything."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.tensors import ITEM_BYTES, TensorSpec, as_float32, checked_shape, damaged

MAGIC = b"\x93NUMPY"
LARGEST_HEADER_BYTES = 100_000


class NpzFile:
    """One `.npz` file: its arrays of numbers by name; arrays of Python objects are left alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._specs: dict[str, TensorSpec] = {}
        self._order: dict[str, str] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.filename.endswith(".npy"):
                        self._look_at(archive, member)
        except (zipfile.BadZipFile, ValueError, KeyError, SyntaxError, RecursionError, EOFError) as flaw:
            raise damaged(path.name) from flaw
        except (NotImplementedError, RuntimeError) as flaw:  # an encrypted archive, or a rare compression
            raise damaged(path.name) from flaw

    @property
    def specs(self) -> Mapping[str, TensorSpec]:
        return self._specs

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one array; raises Fault if the file holds less than its header says."""
        spec = self._specs[name]
        size = spec.count * ITEM_BYTES[spec.dtype]
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(f"{name}.npy") as file:
                _header(file)
                raw = file.read(size)
        except (zipfile.BadZipFile, ValueError, EOFError, OSError) as flaw:
            raise damaged(self.path.name) from flaw
        if len(raw) < size:
            raise damaged(self.path.name)
        flat = as_float32(np.frombuffer(raw, np.uint8), spec.dtype)
        return flat.reshape(spec.shape, order="F" if self._order[name] == "F" else "C")

    def _look_at(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        with archive.open(member) as file:
            about = _header(file)
        kind = about["descr"]
        dtype = np.dtype(kind) if isinstance(kind, str) and "O" not in kind else None
        if dtype is None or dtype.name not in ITEM_BYTES or dtype.str.startswith(">"):
            return
        shape = checked_shape(tuple(map(int, about["shape"])), self.path.name)
        name = member.filename.removesuffix(".npy")
        spec = TensorSpec(shape, dtype.name)
        if spec.count * ITEM_BYTES[spec.dtype] > member.file_size:
            raise damaged(self.path.name)
        self._specs[name] = spec
        self._order[name] = "F" if about["fortran_order"] else "C"


def _header(file: IO[bytes]) -> dict[str, Any]:
    """Return the description at the beginning of an array: a literal, which is parsed and never run."""
    start = file.read(8)
    if start[:6] != MAGIC:
        raise ValueError("not an array of numpy's")
    size = int.from_bytes(file.read(2 if start[6] == 1 else 4), "little")
    if size > LARGEST_HEADER_BYTES:
        raise ValueError("a header that is too long")
    return cast("dict[str, Any]", ast.literal_eval(file.read(size).decode("latin-1")))
