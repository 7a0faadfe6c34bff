"""Programs that torch.export saved (.pt2): a graph as JSON, and its tensors as plain bytes.

`torch.export.load` is not used: it unpickles example inputs. This reader takes the graph and the numbers
alone, and leaves everything that is pickled unread.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.checkpoint.graph import GraphInput, GraphNode, GraphProgram
from core.checkpoint.tensors import ITEM_BYTES, TensorSpec, as_float32, checked_shape, damaged
from core.faults import Fault
from core.files.regular import check_file

GRAPH, OLD_GRAPH = "models/model.json", "serialized_exported_program.json"
WEIGHTS, CONSTANTS = "data/weights/model_weights_config.json", "data/constants/model_constants_config.json"
LARGEST_JSON = 400_000_000
DTYPES = {
    1: "uint8",
    2: "int8",
    3: "int16",
    4: "int32",
    5: "int64",
    6: "float16",
    7: "float32",
    8: "float64",
    12: "bool",
    13: "bfloat16",
}
"""The element types of torch's schema, by their numbers."""
DAMAGE = (zipfile.BadZipFile, NotImplementedError, KeyError, TypeError, ValueError, AttributeError)
STORED_NAMES = ("parameter_name", "buffer_name", "tensor_constant_name")
TARGET = re.compile(r"torch\.ops\.aten\.(_?[A-Za-z]\w*?)_?\.(\w+)")
AGAIN = "Export it with torch.export of PyTorch 2.8 or later and torch.export.save, or to ONNX."


@dataclass(frozen=True, slots=True)
class Ref:
    """A value of the graph among an operator's arguments."""

    name: str


@dataclass(frozen=True, slots=True)
class ElementType:
    """An element type among an operator's arguments, by its number in torch's schema."""

    number: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor lies: its file in the archive, and its layout in it."""

    file: str
    spec: TensorSpec
    strides: tuple[int, ...]
    offset: int


def is_exported(path: Path, head: bytes) -> bool:
    """Return whether a file is an archive with a graph of torch.export."""
    if head[:4] != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith((GRAPH, OLD_GRAPH)) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


class ExportedFile:
    """One `.pt2` file: `program` is its graph, the tensors are its parameters, buffers and constants."""

    def __init__(self, path: Path) -> None:
        self.path = path
        check_file(path)
        self.metadata: Mapping[str, str] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                names = {name.partition("/")[2]: name for name in archive.namelist()}
                if GRAPH not in names:
                    raise Fault(f"“{path.name}” was exported by a PyTorch before 2.8.", AGAIN)
                graph = _json(archive, names[GRAPH], path)
                self._places = dict(_places(archive, names, path))
            self.program, self._stored = _program(graph, self._places, path)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ) as flaw:
            raise damaged(path.name) from flaw
        self.specs: Mapping[str, TensorSpec] = {
            name: self._places[stored].spec for name, stored in self._stored.items()
        }

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one tensor as float32."""
        place = self._places[self._stored[name]]
        raw = as_float32(np.frombuffer(self._bytes(place), np.uint8), place.spec.dtype)
        return _laid_out(raw, place, 4, self.path)

    def array(self, name: str) -> NDArray[Any]:
        """Return one tensor with its own type; halves of 16 bits become 32."""
        place = self._places[self._stored[name]]
        if place.spec.dtype in ("bfloat16", "float16"):
            return self.read(name)
        raw = np.frombuffer(self._bytes(place), np.dtype(place.spec.dtype).newbyteorder("<"))
        return _laid_out(raw, place, ITEM_BYTES[place.spec.dtype], self.path)

    def _bytes(self, place: Place) -> bytes:
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(place.file)
        except (zipfile.BadZipFile, KeyError, OSError) as flaw:
            raise damaged(self.path.name) from flaw


def _laid_out(raw: NDArray[Any], place: Place, item: int, path: Path) -> NDArray[Any]:
    strides = tuple(step * item for step in place.strides)
    try:
        found = np.ndarray(place.spec.shape, raw.dtype, raw, place.offset * item, strides)
    except (ValueError, TypeError) as flaw:
        raise damaged(path.name) from flaw
    return np.ascontiguousarray(found).reshape(place.spec.shape)


def _json(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    if archive.getinfo(name).file_size > LARGEST_JSON:
        raise damaged(path.name)
    try:
        return msgspec.json.decode(archive.read(name), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as flaw:
        raise damaged(path.name) from flaw


def _places(archive: zipfile.ZipFile, names: Mapping[str, str], path: Path) -> Iterator[tuple[str, Place]]:
    """Yield where each tensor lies. Raises Fault for one that is pickled."""
    for config in (WEIGHTS, CONSTANTS):
        if config not in names:
            continue
        folder = names[config].rpartition("/")[0]
        for name, row in _json(archive, names[config], path)["config"].items():
            if row["use_pickle"] or row.get("tensor_meta") is None:
                raise Fault(f"“{name}” in “{path.name}” is pickled, which is not read.", AGAIN)
            meta = row["tensor_meta"]
            dtype = DTYPES.get(meta["dtype"], "")
            if not dtype:
                raise Fault(f"“{name}” in “{path.name}” has a type that Phonoscope does not read.", AGAIN)
            shape = checked_shape(_numbers(meta["sizes"]), name)
            place = Place(
                f"{folder}/{row['path_name']}",
                TensorSpec(shape, dtype),
                _numbers(meta["strides"]),
                _numbers([meta["storage_offset"]])[0],
            )
            yield name, place


def _numbers(rows: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    found = tuple(row["as_int"] for row in rows)
    if not all(type(value) is int and value >= 0 for value in found):
        raise ValueError("a size that is no whole number")
    return found


def _program(
    written: Mapping[str, Any], places: Mapping[str, Place], path: Path
) -> tuple[GraphProgram, dict[str, str]]:
    """Return the graph, and the stored tensor behind each of its inputs that is one."""
    module = written["graph_module"]
    graph = module["graph"]
    stored: dict[str, str] = {}
    inputs: list[GraphInput] = []
    for spec in module["signature"]["input_specs"]:
        ((kind, row),) = spec.items()
        if kind == "user_input":
            inputs += _input(row["arg"], graph["tensor_values"])
            continue
        name = next((row[key] for key in STORED_NAMES if key in row), None)
        if name is None or name not in places:
            raise Fault(f"“{path.name}” takes “{kind}”, which Phonoscope does not know.", AGAIN)
        stored[row["arg"]["name"]] = name
    outputs = [
        row["arg"]["as_tensor"]["name"]
        for spec in module["signature"]["output_specs"]
        for kind, row in spec.items()
        if kind == "user_output" and "as_tensor" in row["arg"]
    ]
    nodes = tuple(_node(row) for row in graph["nodes"])
    if not outputs or not stored:
        raise Fault(f"“{path.name}” holds a program without weights or without an output.", AGAIN)
    return GraphProgram(tuple(inputs), tuple(outputs), nodes, 0, "aten"), stored


def _input(arg: Mapping[str, Any], values: Mapping[str, Any]) -> list[GraphInput]:
    if "as_tensor" not in arg:
        return []  # a number that the program was exported with
    name = arg["as_tensor"]["name"]
    sizes = tuple(row.get("as_int") for row in values[name]["sizes"])
    return [GraphInput(name, sizes, (), DTYPES.get(values[name]["dtype"], "object"))]


def _node(row: Mapping[str, Any]) -> GraphNode:
    """Return one operator, named without its overload; its arguments are attributes."""
    target = str(row["target"])
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for one in row["inputs"]:
        value = _argument(one["arg"])
        if one.get("kind", 1) == 2:
            named[str(one["name"])] = value
        else:
            positional.append(value)
    outputs = tuple(name for one in row["outputs"] for name in _names(one))
    taken = tuple(dict.fromkeys(ref.name for ref in _refs([positional, list(named.values())])))
    attributes: dict[str, Any] = {"target": target, "args": positional, "kwargs": named}
    return GraphNode(short_name(target), taken, outputs, attributes)


def short_name(target: str) -> str:
    """Return an operator's name without its module, its overload and the mark of working in place.

    >>> short_name("torch.ops.aten.relu_.default"), short_name("_operator.floordiv")
    ('relu', '_operator.floordiv')
    """
    aten = aten_target(target)
    return target if aten is None else aten[0]


def aten_target(target: str) -> tuple[str, str] | None:
    """Return the name and the overload of one of PyTorch's own operators, None for any other function.

    An operator that works in place is named like the one that does not.
    """
    found = TARGET.fullmatch(target)
    return (found[1], found[2]) if found is not None else None


def _names(output: Mapping[str, Any]) -> list[str]:
    ((kind, value),) = output.items()
    if kind == "as_tensors":
        return [one["name"] for one in value]
    if kind == "as_tensor":
        return [value["name"]]
    return [value["as_name"]] if isinstance(value, dict) and "as_name" in value else []


SYMBOLS = ("as_sym_int", "as_sym_float", "as_sym_bool")
PLAIN = ("as_int", "as_ints", "as_float", "as_floats", "as_bool", "as_bools", "as_string", "as_strings")
LEFT_OUT = ("as_memory_format", "as_layout", "as_device")


def _argument(arg: Mapping[str, Any]) -> Any:
    """Return an argument: a value of the graph, a number, text, or a list of them.

    Raises Fault for a graph inside the graph, or an object.
    """
    ((kind, value),) = arg.items()
    if kind == "as_none" or kind in LEFT_OUT:
        return None
    if kind in PLAIN:
        return value
    if kind == "as_tensor":
        return Ref(value["name"])
    if kind in SYMBOLS:
        return _symbol(value)
    if kind in ("as_tensors", "as_optional_tensors", *(f"{one}s" for one in SYMBOLS)):
        return [_element(kind, one) for one in value]
    if kind == "as_scalar_type":
        return ElementType(int(value))
    raise Fault(f"The program uses an argument of the kind “{kind}”, which Phonoscope does not know.", AGAIN)


def _element(kind: str, one: Mapping[str, Any]) -> Any:
    if kind == "as_tensors":
        return Ref(one["name"])
    return _argument(one) if kind == "as_optional_tensors" else _symbol(one)


def _symbol(value: Mapping[str, Any]) -> Any:
    ((kind, one),) = value.items()
    return Ref(one) if kind == "as_name" else one


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _refs(one)
