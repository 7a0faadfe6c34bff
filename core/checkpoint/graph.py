"""A network as a graph of operators, as an ONNX file or an exported program holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class GraphInput:
    """What a graph takes: its name, its sizes (None where any will do), their names, its element type."""

    name: str
    sizes: tuple[int | None, ...]
    size_names: tuple[str, ...] = ()
    dtype: str = "float32"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One operator: the tensors it takes ("" for one left out) and gives, and its attributes."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class GraphProgram:
    """A graph in the order of computation, of the operators of a `dialect` in a version."""

    inputs: tuple[GraphInput, ...]
    outputs: tuple[str, ...]
    nodes: tuple[GraphNode, ...]
    version: int = 0
    dialect: Literal["onnx", "aten"] = "onnx"

    def consumers(self) -> dict[str, list[GraphNode]]:
        """Return the nodes that take each tensor."""
        found: dict[str, list[GraphNode]] = {}
        for node in self.nodes:
            for name in dict.fromkeys(node.inputs):
                found.setdefault(name, []).append(node)
        return found

    def producers(self) -> dict[str, GraphNode]:
        """Return the node that gives each tensor."""
        return {name: node for node in self.nodes for name in node.outputs if name}
