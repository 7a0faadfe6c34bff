"""ONNX files: a graph of operators and its tensors, read as data with `onnx`.

Weights may lie in further files, as ONNX allows, but only beside the graph: a graph that names a file outside
its folder is refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.foreign import refuse_foreign
from core.checkpoint.graph import GraphInput, GraphNode, GraphProgram
from core.checkpoint.tensors import TensorSpec, checked_shape, damaged, read_bytes
from core.faults import Fault
from core.files.regular import check_file, leads_out

MOST_BYTES = 2_000_000_000  # of a protocol buffer
MOST_CONSTANTS = 100_000


class OnnxFile:
    """One `.onnx` file: `program` is its graph, the tensors are its initialisers and constants."""

    def __init__(self, path: Path) -> None:
        self.path = path
        check_file(path)
        refuse_foreign(path)
        if path.stat().st_size > MOST_BYTES:
            raise Fault(
                f"“{path.name}” has {path.stat().st_size / 1e9:.1f} GB, and ONNX allows 2.",
                "Export the network with its weights in a file of their own.",
            )
        self._model = _parsed(path)
        self._initialisers: dict[str, Any] = {one.name: one for one in self._model.graph.initializer}
        self._initialisers |= {node.output[0]: node.attribute[0].t for node in self._constants()}
        if not self._initialisers:
            raise Fault(f"“{path.name}” holds a graph without weights.", "Export it with its weights.")
        self.program = self._program()
        self.specs: Mapping[str, TensorSpec] = {
            name: TensorSpec(checked_shape(tuple(one.dims), name), _dtype(one))
            for name, one in self._initialisers.items()
        }
        self.metadata = {str(one.key): str(one.value) for one in self._model.metadata_props}

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one tensor as float32."""
        with np.errstate(all="ignore"):
            return np.asarray(self.array(name), np.float32)

    def array(self, name: str) -> NDArray[Any]:
        """Return one tensor with its own type."""
        return tensor_array(self._initialisers[name], self.path)

    def _constants(self) -> list[Any]:
        """Return the nodes that only hold a tensor, as some exporters store weights."""
        found = [one for one in self._model.graph.node if one.op_type == "Constant" and len(one.output) == 1]
        return [one for one in found if len(one.attribute) == 1 and one.attribute[0].name == "value"]

    def _program(self) -> GraphProgram:
        graph = self._model.graph
        opsets = {one.domain: int(one.version) for one in self._model.opset_import}
        nodes = tuple(self._node(one) for one in graph.node if one.output[0] not in self._initialisers)
        inputs = tuple(_input(one) for one in graph.input if one.name not in self._initialisers)
        outputs = tuple(str(one.name) for one in graph.output)
        return GraphProgram(inputs, outputs, nodes, opsets.get("", 13))

    def _node(self, node: Any) -> GraphNode:
        domain = "" if node.domain in ("", "ai.onnx") else f"{node.domain}."
        attributes = {str(one.name): self._attribute(one) for one in node.attribute}
        return GraphNode(f"{domain}{node.op_type}", tuple(node.input), tuple(node.output), attributes)

    def _attribute(self, one: Any) -> Any:
        """Return an attribute's value: numbers, text, lists of them, or an array. A subgraph gives None."""
        import onnx

        if one.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
            return None
        if one.type == onnx.AttributeProto.TENSOR:
            return tensor_array(one.t, self.path)
        value: Any = onnx.helper.get_attribute_value(one)
        if isinstance(value, bytes):
            return value.decode(errors="replace")
        return (
            list(cast("list[Any]", value))
            if one.type in (onnx.AttributeProto.INTS, onnx.AttributeProto.FLOATS)
            else value
        )


def _parsed(path: Path) -> Any:
    """Return the protocol buffer. Raises Fault if it is damaged."""
    import onnx

    try:
        model: Any = cast(Any, onnx).load(str(path), load_external_data=False)
    except Exception as flaw:  # protobuf's errors, which are not a dependency of ours
        raise damaged(path.name) from flaw
    if not model.graph.node or len(model.graph.initializer) > MOST_CONSTANTS:
        raise Fault(f"“{path.name}” holds no network.", "Export it again.")
    return model


def _dtype(tensor: Any) -> str:
    import onnx

    try:
        return str(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type))
    except KeyError as flaw:
        raise damaged(str(tensor.name)) from flaw


def tensor_array(tensor: Any, path: Path) -> NDArray[Any]:
    """Return a tensor's values. Raises Fault if they lie outside the graph's folder, or are damaged."""
    import onnx
    from onnx import numpy_helper

    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        return _external(tensor, path)
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError) as flaw:
        raise damaged(f"{tensor.name} in {path.name}") from flaw


def _external(tensor: Any, path: Path) -> NDArray[Any]:
    told = {str(one.key): str(one.value) for one in tensor.external_data}
    place = _inside(path, told.get("location", ""))
    dtype = np.dtype(_dtype(tensor)).newbyteorder("<")
    shape = checked_shape(tuple(tensor.dims), tensor.name)
    try:
        offset = int(told.get("offset", "0"))
    except ValueError as flaw:
        raise damaged(path.name) from flaw
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    with place.open("rb") as file:
        raw = read_bytes(file, offset, size, place.name)
    return np.frombuffer(raw, dtype).reshape(shape)


def _inside(path: Path, location: str) -> Path:
    """Return the file with a graph's further weights. Raises Fault if it lies outside the graph's folder."""
    folder = Path(os.path.realpath(path.parent))
    place = path.parent / location
    real = Path(os.path.realpath(place))
    if not location or os.path.isabs(location) or folder not in real.parents or leads_out(place):
        raise Fault(
            f"“{path.name}” names weights outside its folder (“{location}”), which are not read.",
            "Put the file with the weights beside it, and export it with a plain file name.",
        )
    check_file(place)
    if not place.is_file():
        raise Fault(
            f"The weights of “{path.name}” are missing: there is no “{location}” beside it.",
            "Copy it from where the graph comes from.",
        )
    return place


def _input(one: Any) -> GraphInput:
    tensor = one.type.tensor_type
    sizes = tuple(int(dim.dim_value) if dim.HasField("dim_value") else None for dim in tensor.shape.dim)
    names = tuple(str(dim.dim_param) for dim in tensor.shape.dim)
    return GraphInput(str(one.name), sizes, names, _element(tensor.elem_type))


def _element(kind: int) -> str:
    import onnx

    try:
        return str(onnx.helper.tensor_dtype_to_np_dtype(kind))
    except KeyError:
        return "object"
