"""Reading the pickle of a state dict without running any code it names.

Every name in the pickle is looked up only in the table below, so a pickle can create dictionaries,
numbers and descriptions of tensors, and nothing else.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from core.checkpoint.tensors import TensorSpec, checked_shape, damaged
from core.faults import Fault

RECIPE = 'torch.save(model.state_dict(), "G.pt")'
LARGEST_PICKLE_BYTES = 64_000_000
MOST_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Storage:
    """A block of numbers stored next to the pickle, under its key."""

    key: str
    dtype: str
    count: int


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor as a view of a storage; offset and strides are in elements."""

    storage: Storage
    offset: int
    spec: TensorSpec
    strides: tuple[int, ...]


class Inert:
    """A placeholder for values that are not tensors: numpy scalars, paths, settings."""

    def __init__(self, *args: object, **kwargs: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


@dataclass(frozen=True, slots=True)
class ElementType:
    """A placeholder for a storage class or an element type of torch."""

    dtype: str

    def __call__(self, *args: object) -> Inert:
        return Inert()


def _tensor(storage: object, offset: object, size: object, stride: object, *rest: object) -> StoredTensor:
    """Describe a tensor, with the arguments of torch._utils._rebuild_tensor_v2."""
    if not isinstance(storage, Storage) or not isinstance(offset, int):
        raise ValueError("a tensor without a storage")
    shape, strides = _integers(size), _integers(stride)
    if len(shape) != len(strides) or offset < 0 or any(step < 0 for step in strides):
        raise ValueError("a tensor that does not fit its storage")
    spec = TensorSpec(checked_shape(shape, "tensor"), storage.dtype)
    return StoredTensor(storage, offset, spec, strides)


def _tensor_v3(storage: object, offset: object, size: object, stride: object, *rest: object) -> StoredTensor:
    """Describe a tensor whose element type is separate from its untyped storage."""
    kind = rest[2] if len(rest) > 2 else None
    if not isinstance(storage, Storage) or not isinstance(kind, ElementType):
        raise ValueError("a tensor without an element type")
    return _tensor(Storage(storage.key, kind.dtype, storage.count), offset, size, stride)


def _integers(values: object) -> tuple[int, ...]:
    items = cast("tuple[object, ...]", values) if isinstance(values, tuple) else None
    if items is None or not all(isinstance(item, int) for item in items):
        raise ValueError("not a shape")
    return cast("tuple[int, ...]", items)


def _parameter(data: object, *rest: object) -> object:
    return data


def _plain_dict(*args: object) -> dict[object, object]:
    return {}


def _plain_tuple(*args: object) -> tuple[object, ...]:
    return tuple(cast("tuple[object, ...]", args[0])) if args else ()


STORAGES = {
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
DTYPES = {name: name for name in STORAGES.values()} | {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "long": "int64",
}
NUMPY_MODULES = (
    "numpy.core.multiarray",
    "numpy._core.multiarray",
    "numpy.core.numeric",
    "numpy._core.numeric",
)
NUMPY_NAMES = ("scalar", "dtype", "_reconstruct", "ndarray", "_frombuffer")
KNOWN: dict[tuple[str, str], Callable[..., object]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): _plain_dict,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor_v3"): _tensor_v3,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("torch._tensor", "_rebuild_from_type_v2"): Inert,
    ("torch.nn.parameter", "Parameter"): _parameter,
    ("torch", "Size"): _plain_tuple,
    ("torch", "device"): Inert,
    ("torch.storage", "UntypedStorage"): ElementType("uint8"),
    ("torch", "UntypedStorage"): ElementType("uint8"),
    ("_codecs", "encode"): Inert,
    ("argparse", "Namespace"): Inert,
    ("pathlib", "PosixPath"): Inert,
    ("pathlib", "WindowsPath"): Inert,
    ("pathlib", "PurePosixPath"): Inert,
    ("builtins", "set"): Inert,
    ("builtins", "complex"): Inert,
    ("builtins", "bytearray"): Inert,
    **{("torch", name): ElementType(dtype) for name, dtype in (STORAGES | DTYPES).items()},
    **{(room, name): Inert for room in (*NUMPY_MODULES, "numpy") for name in NUMPY_NAMES},
    **{("numpy.dtypes", f"{name}DType"): Inert for name in ("Float32", "Float64", "Int32", "Int64")},
}


class _Reader(pickle.Unpickler):
    """An unpickler that knows only the names in the table, and imports nothing."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        known = KNOWN.get((module_name, global_name))
        if known is None:
            raise _refusal(module_name, global_name)
        return known

    def persistent_load(self, pid: Any, /) -> Storage:
        kind, element, key, _, count = tuple(pid)[:5]
        if kind != "storage" or not isinstance(element, ElementType) or not isinstance(count, int):
            raise ValueError("an unknown kind of storage")
        return Storage(str(key), element.dtype, count)


def _refusal(module_name: str, global_name: str) -> Fault:
    root = module_name.split(".")[0]
    if root in sys.stdlib_module_names or root in ("nt", "posix"):
        return Fault(
            f"This file would run {module_name}.{global_name} when opened, so it was not read.",
            "Do not open it with other programs either, unless you trust its author.",
        )
    return Fault(
        f"This file is a whole pickled program ({module_name}.{global_name}), not only weights.",
        f"In the program that made it, save only the weights: {RECIPE}",
    )


def load(data: bytes, what: str) -> object:
    """Return the content of a pickle; raises Fault if it is damaged or contains more than data."""
    if len(data) > LARGEST_PICKLE_BYTES:
        raise damaged(what)
    try:
        check_memo(data)
        return _Reader(io.BytesIO(data)).load()
    except Fault:
        raise
    except Exception as flaw:  # a hostile pickle can raise any exception; none of them is a bug of ours
        raise damaged(what) from flaw


def check_memo(data: bytes) -> None:
    """Reject memo indices that would make the unpickler allocate gigabytes."""
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name.endswith("PUT") and isinstance(argument, int) and argument > len(data):
            raise ValueError("a memo number larger than the pickle")


def one_pickle(file: BinaryIO) -> bytes:
    """Return the bytes of the pickle at the current position of `file`, which is left after it."""
    start = file.tell()
    for _ in pickletools.genops(file):
        if file.tell() - start > LARGEST_PICKLE_BYTES:
            raise ValueError("a pickle of more than 64 MB")
    end = file.tell()
    file.seek(start)
    return file.read(end - start)


def tensors_in(value: object, scope: str = "", depth: int = 0) -> Iterator[tuple[str, StoredTensor]]:
    """Yield every tensor in nested dictionaries, with the keys joined by "/"."""
    if depth > MOST_DEPTH or not isinstance(value, Mapping):
        return
    for key, item in cast("Mapping[object, object]", value).items():
        if isinstance(item, StoredTensor):
            yield f"{scope}{key}", item
        elif isinstance(key, str):
            yield from tensors_in(item, f"{scope}{key}/", depth + 1)
