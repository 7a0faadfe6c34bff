"""The names that a checkpoint's pickle may use, and what each one stands for.

Nothing is ever imported or called by its name: a name is a row of this table, or it is refused.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import cast

from core.checkpoint.tensors import ITEM_BYTES, MOST_DIMENSIONS, TensorSpec
from core.faults import Fault

RECIPE = 'torch.save(model.state_dict(), "G.pt")'
EXPORT = 'torch.export.save(torch.export.export(model.eval(), (example,)), "network.pt2"), or ONNX.'
LARGEST_INTEGER = 1 << 62
LONGEST_NAME = 100


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


@dataclass(frozen=True, slots=True)
class Inert:
    """A value that is not needed: a date, a path, settings, an array of numpy."""


@dataclass(frozen=True, slots=True)
class ForeignObject:
    """An object of a class that is not in the table; its content stays unread."""

    of: str


@dataclass(eq=False, slots=True)
class ScriptModule:
    """A module of a TorchScript archive: its attributes by name; its code stays unread."""

    content: dict[object, object]


Arguments = tuple[object, ...]
Make = Callable[[Arguments], object]


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the table: what a call of it gives, and the element type that it names ("" if none)."""

    name: str
    make: Make
    dtype: str = ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A name that is not in the table and may only be the class of an object that is ignored."""

    name: str


def inert(arguments: Arguments) -> Inert:
    """Return the placeholder, whatever the arguments are."""
    return Inert()


def _ordered(arguments: Arguments) -> OrderedDict[object, object]:
    """Make an ordered dictionary, which Python 2 fills by its argument: a list of pairs."""
    made: OrderedDict[object, object] = OrderedDict()
    for pair in cast("list[list[object]]", arguments[0]) if arguments else ():
        fill(made, pair)
    return made


def fill(made: dict[object, object], items: list[object]) -> None:
    """Set keys and values, given in turn; keys other than texts and whole numbers hold no weights.

    Any other key is left out, since hashing a nested one can take for ever.
    """
    for key, value in zip(items[::2], items[1::2], strict=True):
        if isinstance(key, str):
            made[key if key.isascii() else key.encode("utf-8", "replace").decode()] = value
        elif type(key) is int:
            made[key] = value


def _plain(arguments: Arguments) -> dict[object, object]:
    return {}


def _first(arguments: Arguments) -> object:
    return arguments[0]


def _size(arguments: Arguments) -> tuple[int, ...]:
    return integers(arguments[0]) if arguments else ()


def integers(values: object) -> tuple[int, ...]:
    """Return a tuple of whole numbers; raises ValueError for anything else, and for a huge number."""
    items = cast("tuple[object, ...]", values) if isinstance(values, tuple) else None
    if items is None or not all(type(item) is int and abs(item) < LARGEST_INTEGER for item in items):
        raise ValueError("not a shape")
    return cast("tuple[int, ...]", items)


def _tensor(arguments: Arguments) -> StoredTensor | Inert:
    """Describe a tensor, with the arguments of torch._utils._rebuild_tensor_v2."""
    storage, start, size, stride = arguments[:4]
    if not isinstance(storage, Storage):
        raise ValueError("a tensor without a storage")
    (offset,), shape, strides = integers((start,)), integers(size), integers(stride)
    if not (len(shape) == len(strides) <= MOST_DIMENSIONS) or min((offset, *shape, *strides)) < 0:
        raise ValueError("a tensor that does not fit its storage")
    if storage.dtype not in ITEM_BYTES:
        return Inert()
    spec = TensorSpec(shape, storage.dtype)
    return StoredTensor(storage, offset, spec, strides)


def _tensor_v3(arguments: Arguments) -> StoredTensor | Inert:
    """Describe a tensor whose element type is separate from its untyped storage."""
    storage, kind = arguments[0], arguments[6]
    if not isinstance(storage, Storage) or not isinstance(kind, Known) or not kind.dtype:
        raise ValueError("a tensor without an element type")
    return _tensor((Storage(storage.key, kind.dtype, storage.count), *arguments[1:4]))


def _from_type(arguments: Arguments) -> object:
    """Describe a tensor with attributes, with the arguments of torch._tensor._rebuild_from_type_v2."""
    made, _, given = arguments[:3]
    if not isinstance(made, Known) or not isinstance(given, tuple):
        raise ValueError("a tensor that is not rebuilt from its parts")
    return made.make(cast("Arguments", given))


_ELEMENTS = {
    "Float": "float32",
    "Double": "float64",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Char": "int8",
    "Byte": "uint8",
    "Bool": "bool",
    "ComplexFloat": "complex64",
    "ComplexDouble": "complex128",
    "QInt8": "qint8",
    "QInt32": "qint32",
    "QUInt8": "quint8",
}
_SHORT = {"float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32"}
_RARE = (
    "complex32", "uint16", "uint32", "uint64", "quint4x2", "quint2x4",
    "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu",
)  # fmt: skip

_NUMPY = (
    "numpy",
    *(f"numpy.{core}.{part}" for core in ("core", "_core") for part in ("multiarray", "numeric")),
)
_NUMPY_NAMES = "scalar dtype _reconstruct ndarray _frombuffer"
_NUMPY_SCALARS = (
    "bool bool_ float16 float32 float64 float_ longdouble int8 int16 int32 int64 int_ intc "
    "uint8 uint16 uint32 uint64 complex64 complex128 str_ bytes_ datetime64 timedelta64"
)
_PATHS = "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath"
_BUILTINS = (
    "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple "
    "long unicode xrange Ellipsis NotImplemented"
)
_HARMLESS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("builtins", "__builtin__"), _BUILTINS),
    (("_codecs",), "encode"),
    (("collections",), "Counter deque ChainMap UserDict UserList"),
    (("copyreg", "copy_reg"), "_reconstructor"),
    (("datetime",), "date datetime time timedelta timezone"),
    (("zoneinfo", "zoneinfo._zoneinfo"), "ZoneInfo ZoneInfo._unpickle"),
    (("decimal", "_decimal", "_pydecimal"), "Decimal"),
    (("fractions",), "Fraction"),
    (("uuid",), "UUID SafeUUID"),
    (("time",), "struct_time"),
    (("array",), "array _array_reconstructor"),
    (("re", "_sre"), "_compile compile"),
    (("argparse",), "Namespace"),
    (("types",), "SimpleNamespace NoneType"),
    (("typing",), "Any Union Optional List Dict Tuple Sequence Mapping"),
    (("pathlib", "pathlib._local"), _PATHS),
    (_NUMPY, _NUMPY_NAMES),
    (("numpy",), _NUMPY_SCALARS),
    (("numpy.dtypes",), " ".join(
        f"{name}DType" for name in (
            "Bool", "Float16", "Float32", "Float64", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16",
            "UInt32", "UInt64", "Complex64", "Complex128", "Object", "Str", "Bytes", "DateTime64",
            "TimeDelta64",
        )
    )),
    (("numpy.random._pickle",), "__randomstate_ctor __generator_ctor __bit_generator_ctor"),
    (("numpy.random._mt19937",), "MT19937"),
    (("numpy.random._pcg64",), "PCG64 PCG64DXSM"),
    (("numpy.random.bit_generator",), "SeedSequence __pyx_unpickle_SeedSequence"),
    (("torch",), "device Generator Tensor strided"),
    (("torch.serialization",), "_get_layout"),
    (("torch.jit._pickle",), (
        "build_intlist build_doublelist build_boollist build_tensorlist build_tensor_from_id restore_type_tag"
    )),
    (("torch.version", "torch.torch_version"), "TorchVersion"),
    (("torch._utils",), (
        "_rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor _rebuild_sparse_tensor "
        "_rebuild_sparse_csr_tensor _rebuild_meta_tensor_no_storage _rebuild_nested_tensor _rebuild_qtensor"
    )),
)  # fmt: skip
"""What programs save beside the weights; its values are not kept."""


def _rows() -> dict[tuple[str, str], tuple[Make, str]]:
    """Return the table: what each name makes, and its element type."""
    rows: dict[tuple[str, str], tuple[Make, str]] = {}
    for modules, names in _HARMLESS:
        rows |= dict.fromkeys(product(modules, names.split()), (inert, ""))
    elements = {element: element for element in (*_ELEMENTS.values(), *_RARE)} | _SHORT
    elements |= {f"{name}Storage": dtype for name, dtype in _ELEMENTS.items()} | {"UntypedStorage": "uint8"}
    rows |= {("torch", name): (inert, dtype) for name, dtype in elements.items()}
    rows["torch.storage", "UntypedStorage"] = inert, "uint8"
    makers: dict[tuple[str, str], Make] = {
        ("collections", "OrderedDict"): _ordered,
        ("collections", "defaultdict"): _plain,
        ("torch._utils", "_rebuild_tensor"): _tensor,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        ("torch._utils", "_rebuild_tensor_v3"): _tensor_v3,
        ("torch._utils", "_rebuild_parameter"): _first,
        ("torch._utils", "_rebuild_parameter_with_state"): _first,
        ("torch._tensor", "_rebuild_from_type_v2"): _from_type,
        ("torch.nn.parameter", "Parameter"): _first,
        ("torch.nn.parameter", "Buffer"): _first,
        ("torch", "Size"): _size,
    }
    return rows | {name: (make, "") for name, make in makers.items()}


_TABLE = MappingProxyType(_rows())
NAMES = tuple(_TABLE)
"""Every module and name that a file may use."""


def find(module: str, name: str, what: str) -> Known | Foreign:
    """Return what a name stands for, made anew; raises Fault if a file must not name it."""
    full = _shown(f"{module}.{name}")
    row = _TABLE.get((module, name))
    if row is not None:
        return Known(full, *row)
    root = module.partition(".")[0]
    if root in sys.stdlib_module_names or root in ("nt", "posix", "__builtin__", "copy_reg"):
        raise Fault(
            f"“{what}” would run {full} when opened, so it was not read.",
            "Do not open it with other programs either, unless you trust its author. "
            f"Its author can save only the weights: {RECIPE}",
        )
    return Foreign(full)


def is_script(name: str) -> bool:
    """Return whether a name is that of a TorchScript module, whose attributes are its weights."""
    return name.startswith("__torch__.")


def whole_program(full: str, what: str) -> Fault:
    """Return the fault for a file that needs a program's own code to be read."""
    return Fault(
        f"“{what}” is a whole pickled program ({full}), not only weights.",
        f"In the program that made it, save only the weights: {RECIPE}. A network that Phonoscope does not "
        f"know needs its graph as well: {EXPORT}",
    )


def _shown(name: str) -> str:
    """Return a name as it can be shown in one line."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name[: LONGEST_NAME + 1])
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:LONGEST_NAME]}.."
