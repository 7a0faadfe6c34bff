"""Layer averages of very many items, written to disk as they are computed, and resumed after a kill.

A folder holds one growing array per layer and the number of items that are complete. Memory does not grow
with the number of items.
"""

from __future__ import annotations

import contextlib
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.export.record import write_json
from core.faults import Fault
from core.files.atomic import atomic, folder_for, unwritable

FLUSH_S = 10.0  # after a kill, at most this long is computed again
_DATE = (1980, 1, 1, 0, 0, 0)  # as numpy dates the members of its own archives


class _State(msgspec.Struct):
    request: str
    done: int = 0


class ArrayStore:
    """Arrays [items, steps, samples] of some layers on disk; `done` items are complete.

    Raises Fault if the folder holds another request, or if the disk is full.
    """

    def __init__(self, folder: Path, request: str, shapes: Mapping[str, tuple[int, ...]], items: int) -> None:
        self._folder, self._items = folder_for(folder), items
        self._state = self._begun(request)
        self._flushed_s = monotonic()
        self._arrays = {name: self._array(name, (items, *shape)) for name, shape in shapes.items()}

    @property
    def done(self) -> int:
        """The number of items that need not be computed again."""
        return self._state.done

    def _begun(self, request: str) -> _State:
        file = self._folder / "state.json"
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            known = msgspec.json.decode(file.read_bytes(), type=_State)
            if known.request != request:
                raise Fault(
                    f"“{self._folder.parent}” holds the beginning of another sweep.",
                    "Choose another folder, or delete it.",
                )
            return known
        return _State(request)

    def _array(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        path = self._folder / f"{name}.npy"
        with contextlib.suppress(OSError, ValueError):
            if self.done:
                known: Any = np.lib.format.open_memmap(path, mode="r+")
                if known.shape == shape:
                    return known
        self._state.done = 0
        try:
            return np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        except OSError as problem:
            raise unwritable(path, problem) from problem

    def put(self, item: int, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        """Store one item [steps, samples] of every layer."""
        for name, rows in arrays.items():
            self._arrays[name][item] = rows
        if monotonic() - self._flushed_s > FLUSH_S or item + 1 == self._items:
            self.flush(item + 1)

    def flush(self, done: int) -> None:
        """Bring everything to the disk, and then the number of complete items."""
        for array in self._arrays.values():
            array.flush()  # type: ignore[attr-defined]
        self._state.done = done
        write_json(self._folder / "state.json", msgspec.to_builtins(self._state))
        self._flushed_s = monotonic()

    def item(self, item: int) -> dict[str, NDArray[np.float32]]:
        """Return a stored item, float32 [steps, samples] by layer."""
        return {name: np.array(array[item]) for name, array in self._arrays.items()}

    def pack(self, path: Path, squeeze: bool = False) -> None:
        """Write all arrays into one .npz; with `squeeze`, those of a single item as [steps, samples]."""
        with atomic(path) as draft, zipfile.ZipFile(draft, "w", allowZip64=True) as archive:
            for name, array in self._arrays.items():
                head = zipfile.ZipInfo(f"{name}.npy", _DATE)
                with archive.open(head, "w", force_zip64=True) as member:
                    whole = array[0] if squeeze and len(array) == 1 else array
                    shape = {"descr": "<f4", "fortran_order": False, "shape": whole.shape}
                    np.lib.format.write_array_header_1_0(member, shape)  # type: ignore[arg-type]
                    for rows in whole:
                        member.write(np.ascontiguousarray(rows, "<f4").tobytes())

    def remove(self) -> None:
        """Delete the folder; call this once everything is packed."""
        self._arrays.clear()
        shutil.rmtree(self._folder, ignore_errors=True)
