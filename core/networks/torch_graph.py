"""A graph of operators as a torch module that runs layer by layer. Import it only where torch is needed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.checkpoint.graph import GraphNode, GraphProgram
from core.faults import Fault
from core.networks.graph_layers import GraphLayer
from core.networks.spec import NetworkSpec
from core.networks.torch_aten_operators import apply_aten, is_known
from core.networks.torch_module import NOTHING, Bend, NetworkModule
from core.networks.torch_onnx_operators import OPERATORS, Call, as_tensor

Apply = Callable[[GraphNode, Sequence[Tensor | None], torch.dtype], "Tensor | tuple[Tensor, ...]"]
"""Computes one operator; 32-bit numbers have the type given."""


def _apply_onnx(program: GraphProgram) -> Apply:
    def apply(
        node: GraphNode, given: Sequence[Tensor | None], real: torch.dtype
    ) -> Tensor | tuple[Tensor, ...]:
        more = {"_outputs": len(node.outputs)} if node.operator == "Split" else {}
        return OPERATORS[node.operator](Call(given, {**node.attributes, **more}, program.version, real))

    return apply


APPLY: Mapping[str, Callable[[GraphProgram], Apply]] = {"onnx": _apply_onnx, "aten": lambda _: apply_aten}


def _knows_onnx(node: GraphNode) -> bool:
    return node.operator in OPERATORS and all(value is not None for value in node.attributes.values())


def unknown_operators(program: GraphProgram) -> list[str]:
    """Return the operators that cannot be run, each once; also those that run a graph of their own."""
    known = _knows_onnx if program.dialect == "onnx" else is_known
    found = [node.operator for node in program.nodes if not known(node)]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class GraphPlan:
    """How a graph is run: what it takes and in which order of axes, which tensors are layers and answers.

    `entry` is the input that takes the features; `order` says what each of its axes is ("item", "time",
    "channel", "one"); `last` are the weights of the answer; `fixed` are the values of the other inputs.
    `time_axes` gives the time axis of each layer's tensor, None where it has none.
    """

    entry: str
    order: tuple[str, ...]
    layers: tuple[GraphLayer, ...]
    answers: tuple[str, ...]
    last: tuple[str, ...] = ()
    fixed: Mapping[str, NDArray[Any]] = field(default_factory=dict[str, Any])
    time_axes: Mapping[str, int | None] = field(default_factory=dict[str, Any])


class GraphWeights(nn.Module):
    """The tensors of one layer."""

    def __init__(self, tensors: Mapping[str, nn.Parameter]) -> None:
        super().__init__()
        self.tensors = nn.ParameterList(list(tensors.values()))


class GraphRun(nn.Module):
    """A graph that gives the raw tensors of its layers, one item at a time."""

    def __init__(self, program: GraphProgram, constants: Mapping[str, NDArray[Any]], plan: GraphPlan) -> None:
        super().__init__()
        self.plan = plan
        self._apply_node = APPLY[program.dialect](program)
        self.constants: dict[str, Tensor] = {}
        self.real = nn.Parameter(torch.zeros(1))  # has the type of this run's 32-bit numbers
        self.parameters_list = nn.ParameterList()
        for name, value in (*constants.items(), *plan.fixed.items()):
            self._keep(name, as_tensor(value))
        self.nodes = _needed(program, {layer.tensor for layer in plan.layers} | set(plan.answers))
        self._fold()
        self.gone = _last_uses(self.nodes, {*plan.answers})

    def _keep(self, name: str, value: Any) -> None:
        """Keep a constant; real numbers as a parameter, so that they follow the module's type."""
        if isinstance(value, Tensor) and value.is_floating_point():  # a program also computes sizes
            value = nn.Parameter(value, requires_grad=False)
            self.parameters_list.append(value)
        self.constants[name] = value

    def _fold(self) -> None:
        """Compute what depends on constants alone, once."""
        left: list[GraphNode] = []
        weights = {name for layer in self.plan.layers for name in layer.weights}
        with torch.no_grad():
            for node in self.nodes:
                inside = all(not name or name in self.constants for name in node.inputs)
                if not inside or weights.intersection(node.inputs):
                    left.append(node)
                    continue
                for name, value in zip(node.outputs, self._computed(node, self.constants), strict=False):
                    self._keep(name, value)
        self.nodes = tuple(left)

    def _computed(self, node: GraphNode, values: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        given = [values[name] if name else None for name in node.inputs]
        try:
            found = self._apply_node(node, given, self.real.dtype)
        except (RuntimeError, ValueError, IndexError, TypeError, KeyError) as flaw:
            raise Fault(
                f"The operator {node.operator} of the graph cannot run: {str(flaw).splitlines()[0]}",
                "The sound is too short for it, or the graph is damaged.",
            ) from flaw
        return found if isinstance(found, tuple) else (found,)

    def raw(self, features: Tensor) -> Generator[tuple[str, Tensor], Tensor | None, None]:
        """Yield the tensors of the layers and the answers of one item [1, frames, channels].

        A tensor that is sent back takes the place of the one that was given.
        """
        values = dict(self.constants)
        values[self.plan.entry] = arranged(features, self.plan.order)
        wanted = {layer.tensor for layer in self.plan.layers} | set(self.plan.answers)
        for node in self.nodes:
            found = self._computed(node, values)
            for name, value in zip(node.outputs, found, strict=False):
                if name in wanted:
                    changed = yield name, value
                    value = value if changed is None else changed
                values[name] = value
            for name in self.gone.get(id(node), ()):
                values.pop(name, None)


def _needed(program: GraphProgram, wanted: set[str]) -> tuple[GraphNode, ...]:
    """Return the nodes that the wanted tensors depend on, in order."""
    left, found = set(wanted), list[GraphNode]()
    for node in reversed(program.nodes):
        if left.intersection(node.outputs):
            left.update(node.inputs)
            found.append(node)
    return tuple(reversed(found))


def _last_uses(nodes: Sequence[GraphNode], kept: set[str]) -> dict[int, tuple[str, ...]]:
    """Return, for each node, the tensors that nothing needs after it."""
    seen, last = set(kept), dict[int, tuple[str, ...]]()
    for node in reversed(nodes):
        names = tuple(dict.fromkeys(name for name in (*node.inputs, *node.outputs) if name not in seen))
        seen.update(names)
        last[id(node)] = names
    return last


def arranged(features: Tensor, order: Sequence[str]) -> Tensor:
    """Return features [1, frames, channels] with the axes that a graph takes."""
    places = [axis for axis in order if axis != "one"]
    if "channel" not in places:
        found = features.squeeze(2)
    else:
        found = features if places.index("time") < places.index("channel") else features.transpose(1, 2)
    for place, axis in enumerate(order):
        if axis == "one":
            found = found.unsqueeze(place)
    if "item" not in order:
        found = found.squeeze(0)
    return found


def maps_of(raw: Tensor, time_axis: int | None) -> Tensor:
    """Return a raw tensor as maps [1, time, channels]; without a time axis it is one step."""
    if time_axis is None:
        return raw.reshape(1, 1, -1)
    moved = raw.movedim(time_axis, 0)
    return moved.reshape(1, moved.shape[0], -1)


def raw_of(maps: Tensor, like: Tensor, time_axis: int | None) -> Tensor:
    """Return maps [1, time, channels] in the shape of a raw tensor: the inverse of `maps_of`."""
    if time_axis is None:
        return maps.reshape(like.shape)
    shape = like.movedim(time_axis, 0).shape
    return maps.reshape(shape).movedim(0, time_axis)


class GraphModule(NetworkModule):
    """A network from a graph of operators; each item of a batch runs by itself, in step with the others."""

    def __init__(self, spec: NetworkSpec, run: GraphRun) -> None:
        super().__init__(spec)
        self.run = run
        names = {layer.tensor: layer for layer in run.plan.layers}
        self.names = {tensor: layer.name for tensor, layer in names.items()}
        for layer in run.plan.layers:
            self.layers[layer.name] = self._weights(layer.weights)
        self.layers[spec.layers[-1].name] = self._weights(run.plan.last)

    def _weights(self, names: Sequence[str]) -> GraphWeights:
        kept = {name: self.run.constants.get(name) for name in names}
        return GraphWeights({name: v for name, v in kept.items() if isinstance(v, nn.Parameter)})

    def walk_features(
        self, maps: Tensor, after: Mapping[str, Bend] = NOTHING
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield each layer's name and maps, from what the first layer takes (see `features`)."""
        plan = self.run.plan
        runs = [self.run.raw(maps[k : k + 1]) for k in range(len(maps))]
        answers: dict[str, Tensor] = {}
        rows = [next(run, None) for run in runs]
        while rows[0] is not None:
            found = cast("list[tuple[str, Tensor]]", rows)
            tensor, first = found[0]
            axis = plan.time_axes.get(tensor)
            joined = torch.cat([maps_of(value, axis) for _, value in found])
            name = self.names.get(tensor, "")
            sent: list[Tensor | None] = [None] * len(runs)
            if name in after:
                joined = after[name](joined)
                sent = [raw_of(joined[k : k + 1], first, axis) for k in range(len(runs))]
            if name:
                yield name, joined
            if tensor in plan.answers:
                answers[tensor] = joined
            rows = [_further(run, value) for run, value in zip(runs, sent, strict=True)]
        logits = torch.cat([answers[name].to(maps.dtype) for name in plan.answers], 2)
        last = self.spec.layers[-1].name
        if last not in self.names.values():
            yield last, after[last](logits) if last in after else logits


def _further(
    run: Generator[tuple[str, Tensor], Tensor | None, None], value: Tensor | None
) -> tuple[str, Tensor] | None:
    try:
        return run.send(value)
    except StopIteration:
        return None
