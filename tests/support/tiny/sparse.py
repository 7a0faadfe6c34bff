"""Training checkpoints of full size, all zeros, that take no room on the disk."""

from __future__ import annotations

import io
import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

from tests.support.tiny.bundles import entry, masked, number, table

Shapes = dict[str, tuple[int, ...]]
UP, DOWN = (1024, 512, 256, 128, 64, 1), (1, 64, 128, 256, 512, 1024)


def size_of(shape: tuple[int, ...]) -> int:
    size = 4
    for n in shape:
        size *= n
    return size


def ciwgan_shapes(classes: int = 5) -> Shapes:
    """Give the shapes of a ciwGAN of dimension 64, slice 16384, in TensorFlow's names."""
    found: Shapes = {"G/z_project/dense/kernel": (100, 16384), "G/z_project/dense/bias": (16384,)}
    for i in range(5):
        scope = f"G/upconv_{i}/conv2d_transpose"
        found |= {f"{scope}/kernel": (1, 25, UP[i + 1], UP[i]), f"{scope}/bias": (UP[i + 1],)}
        for listener in ("D/downconv", "Q/Qdownconv"):
            scope = f"{listener}_{i}/conv1d"
            found |= {f"{scope}/kernel": (25, DOWN[i], DOWN[i + 1]), f"{scope}/bias": (DOWN[i + 1],)}
    for scope, n in (("D/output", 1), ("Q/Qoutput", classes)):
        found |= {f"{scope}/dense/kernel": (16384, n), f"{scope}/dense/bias": (n,)}
    return found


def sparse_bundle(prefix: Path) -> int:
    """Write a run with the slots of an optimiser; give the size of its data."""
    networks = ciwgan_shapes()
    slots = {f"{name}/{slot}": shape for name, shape in networks.items() for slot in ("Adam", "Adam_1")}
    rows: dict[bytes, bytes] = {b"": number(1, 1)}
    sums: dict[int, int] = {}
    at = 0
    for name, shape in sorted((networks | slots).items()):
        size = size_of(shape)
        crc = sums.setdefault(size, masked(bytes(size)))
        rows[name.encode()] = entry("float32", shape, at, size, crc)
        at += size
    prefix.with_name(prefix.name + ".index").write_bytes(table(rows))
    with prefix.with_name(prefix.name + ".data-00000-of-00001").open("wb") as file:
        file.truncate(at)
    return at


class Storage:
    """Stands for a storage of torch while a pickle is written."""

    def __init__(self, key: str, count: int) -> None:
        self.key, self.count = key, count


class Tensor:
    """Pickles as a contiguous tensor of torch over a storage."""

    def __init__(self, key: str, shape: tuple[int, ...]) -> None:
        self.storage, self.shape = Storage(key, size_of(shape) // 4), shape

    def __reduce__(self) -> tuple[Any, ...]:
        import torch._utils

        strides = tuple(size_of(self.shape[i + 1 :]) // 4 for i in range(len(self.shape)))
        return torch._utils._rebuild_tensor_v2, (self.storage, 0, self.shape, strides, False, OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        import torch

        if isinstance(obj, Storage):
            return ("storage", torch.FloatStorage, obj.key, "cpu", obj.count)
        return None


def port_shapes() -> Shapes:
    """Give the shapes of the port's generator, dimension 64."""
    found: Shapes = {"z_project.weight": (16384, 100), "z_project.bias": (16384,)}
    for i in range(5):
        found |= {f"upconv{i}.conv.weight": (UP[i], UP[i + 1], 25), f"upconv{i}.conv.bias": (UP[i + 1],)}
    return found


def sparse_zip(path: Path, copies: int = 9) -> int:
    """Write a generator and `copies` as much of an optimiser's state into one `.pt` file."""
    shapes = port_shapes()
    names = [("net", name) for name in shapes] + [(f"opt{i}", name) for i in range(copies) for name in shapes]
    tensors: dict[str, dict[str, Tensor]] = {}
    for key, (scope, name) in enumerate(names):
        tensors.setdefault(scope, {})[name] = Tensor(str(key), shapes[name])
    buffer = io.BytesIO()
    Pickler(buffer, 2).dump(tensors)
    records = [("x/data.pkl", buffer.getvalue(), buffer.tell())]
    records += [(f"x/data/{key}", b"", size_of(shapes[name])) for key, (_, name) in enumerate(names)]
    write_zip(path, records)
    return path.stat().st_size


def write_zip(path: Path, records: list[tuple[str, bytes, int]]) -> None:
    """Write stored records; where the data are empty, as many zeros as the size says are left out."""
    directory = b""
    with path.open("wb") as file:
        for name, data, size in records:
            fields = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, size, size, len(name), 0)
            directory += struct.pack("<IH", 0x02014B50, 20) + fields
            directory += struct.pack("<HHHII", 0, 0, 0, 0, file.tell()) + name.encode()
            file.write(struct.pack("<I", 0x04034B50) + fields + name.encode() + data)
            file.seek(size - len(data), 1)
        start = file.tell()
        count = len(records)
        file.write(
            directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), start, 0)
        )
