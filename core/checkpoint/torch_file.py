"""PyTorch checkpoints in both formats, read by seeking and without PyTorch."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from core.checkpoint import pickles
from core.checkpoint.foreign import foreign_archive, is_program, refuse_foreign
from core.checkpoint.pickle_names import RECIPE, Storage, StoredTensor, whole_program
from core.checkpoint.pickles import Pickled
from core.checkpoint.tensors import ITEM_BYTES, TensorSpec, as_float32, damaged, read_bytes
from core.faults import Fault
from core.files.regular import check_file

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LOCAL_HEADER_BYTES = 30
WIDE_BYTES = ITEM_BYTES | {"complex64": 8, "complex128": 16, "qint8": 1, "quint8": 1, "qint32": 4}
"""Bytes per element, also of storages that are only skipped."""


class TorchFile:
    """One `.pt` file: its tensors by name ("generator/fc1.weight" for nested dictionaries)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        check_file(path)
        refuse_foreign(path)
        with path.open("rb") as file:
            zipped = file.read(4) == b"PK\x03\x04"
            file.seek(0)
            content, self._places = (_open_zip if zipped else _open_legacy)(file, path.name)
        self._tensors = _named(content, path.name)
        self.specs: Mapping[str, TensorSpec] = {name: stored.spec for name, stored in self._tensors.items()}

    @property
    def is_script(self) -> bool:
        """Whether the file is a TorchScript program, of which only the tensors are read."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return any("/code/" in name for name in archive.namelist())
        except (zipfile.BadZipFile, OSError):
            return False

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one tensor, reading only its part of the file."""
        stored = self._tensors[name]
        if 0 in stored.spec.shape:
            return np.zeros(stored.spec.shape, np.float32)
        item = ITEM_BYTES[stored.spec.dtype]
        steps = zip(stored.spec.shape, stored.strides, strict=True)
        reach = 1 + sum((size - 1) * step for size, step in steps)
        start, room = self._places.get(stored.storage.key, (0, -1))
        if (stored.offset + reach) * item > room or stored.spec.count > reach:
            raise _truncated(self.path.name)
        with self.path.open("rb") as file:
            raw = read_bytes(file, start + stored.offset * item, reach * item, self.path.name)
        flat = as_float32(np.frombuffer(raw, np.uint8), stored.spec.dtype)
        strides = tuple(step * 4 for step in stored.strides)
        return np.lib.stride_tricks.as_strided(flat, stored.spec.shape, strides, writeable=False)


Places = dict[str, tuple[int, int]]  # storage key to the offset and number of its bytes


def _truncated(what: str) -> Fault:
    return Fault(
        f"“{what}” refers to more data than it contains.",
        "The file is truncated or damaged: copy it again from its source.",
    )


def _named(content: Pickled, what: str) -> dict[str, StoredTensor]:
    tensors = pickles.tensors_in(content.root, what)
    if not tensors and content.foreign:
        raise whole_program(content.foreign, what)
    if not tensors:
        raise Fault(
            f"“{what}” contains no network weights.",
            f"Save the weights in the program that made them: {RECIPE}",
        )
    return tensors


def _open_zip(file: BinaryIO, what: str) -> tuple[Pickled, Places]:
    try:
        with zipfile.ZipFile(file) as archive:
            records = {record.filename: record for record in archive.infolist()}
        head = next((name for name in records if name.endswith("data.pkl")), "")
        if not head or is_program(records):
            raise foreign_archive(what, records)
        root = head.removesuffix("data.pkl")
        start, size = _record(file, records[head], what)
        if size > pickles.LARGEST_PICKLE_BYTES:
            raise pickles.too_much(what)
        data = read_bytes(file, start, size, what)
        order = records.get(f"{root}byteorder")
        if order is not None and read_bytes(file, *_record(file, order, what), what) != b"little":
            raise Fault(f"“{what}” was saved on a big-endian machine, which Phonoscope cannot read.")
        places = {
            name.removeprefix(f"{root}data/"): _record(file, record, what)
            for name, record in records.items()
            if name.startswith(f"{root}data/")
        }
    except Fault:
        raise
    except (zipfile.BadZipFile, ValueError, IndexError, OSError, NotImplementedError, EOFError) as flaw:
        raise damaged(what) from flaw
    return pickles.load(data, what), places


def _record(file: BinaryIO, record: zipfile.ZipInfo, what: str) -> tuple[int, int]:
    """Return the offset and number of bytes of a stored record."""
    header = read_bytes(file, record.header_offset, LOCAL_HEADER_BYTES, what)
    if record.compress_type != zipfile.ZIP_STORED or header[:4] != b"PK\x03\x04":
        raise damaged(what)
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return record.header_offset + LOCAL_HEADER_BYTES + names, record.file_size


def _open_legacy(file: BinaryIO, what: str) -> tuple[Pickled, Places]:
    """Read the format used before 2020: five pickles, then the length and bytes of each storage."""
    magic = _first_pickle(file, what)
    if magic.root != LEGACY_MAGIC:
        raise _another_pickle(what)
    _, _, content, names = (pickles.load_next(file, what) for _ in range(4))
    keys: object = names.root
    if not isinstance(keys, list):
        raise damaged(what)
    order = [key for key in cast("list[object]", keys) if isinstance(key, str)]
    return content, _legacy_places(file, content.storages, order, what)


def _first_pickle(file: BinaryIO, what: str) -> Pickled:
    """Read the first pickle of a file that may be something else."""
    try:
        return pickles.load_next(file, what)
    except Fault as fault:
        if fault.__cause__ is None:  # a pickle that was refused, not bytes that are no pickle
            raise
        raise Fault(
            f"“{what}” is not a checkpoint that Phonoscope can read, or is truncated.",
            "Choose a TensorFlow, PyTorch or safetensors checkpoint of a WaveGAN.",
        ) from fault


def _another_pickle(what: str) -> Fault:
    return Fault(
        f"“{what}” is a pickle, but not one that PyTorch saved.",
        f"Save the weights in the program that made them: {RECIPE}",
    )


def _legacy_places(file: BinaryIO, storages: Mapping[str, Storage], keys: list[str], what: str) -> Places:
    at, places = file.tell(), Places()
    end = file.seek(0, io.SEEK_END)
    for key in keys:
        item = WIDE_BYTES.get(storages[key].dtype, 0) if key in storages else 0
        if at + 8 > end or not item:
            break
        size = int.from_bytes(read_bytes(file, at, 8, what), "little", signed=True) * item
        if size < 0:
            raise damaged(what)
        places[key] = at + 8, min(size, end - at - 8)
        at += 8 + size
    return places
