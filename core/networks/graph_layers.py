"""The layers of a graph of operators: its convolutions, linear and recurrent maps after their activation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.checkpoint.graph import GraphNode, GraphProgram

KINDS: Mapping[str, str] = {
    "Conv": "conv",
    "ConvTranspose": "conv",
    "MatMul": "linear",
    "Gemm": "linear",
    "LSTM": "recurrent",
    "GRU": "recurrent",
    "RNN": "recurrent",
    "conv1d": "conv",
    "conv2d": "conv",
    "convolution": "conv",
    "conv_transpose1d": "conv",
    "linear": "linear",
    "addmm": "linear",
    "matmul": "linear",
    "mm": "linear",
    "lstm": "recurrent",
    "gru": "recurrent",
    "rnn_tanh": "recurrent",
}
"""The operators that have weights, ONNX's and PyTorch's, and what a layer that they make is called."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACTIVATIONS = _words("""
    Relu LeakyRelu PRelu Elu Selu Celu Gelu Tanh Sigmoid HardSigmoid HardSwish Swish Mish Softplus Softsign
    ThresholdedRelu Clip relu leaky_relu prelu elu selu celu gelu tanh sigmoid hardsigmoid hardswish silu mish
    softplus softsign hardtanh clamp relu6
""")
NORMALISATIONS = _words("""
    BatchNormalization InstanceNormalization GroupNormalization LayerNormalization RMSNormalization
    batch_norm instance_norm group_norm layer_norm rms_norm
""")
SAME = _words("Identity Dropout Cast dropout alias clone contiguous to")
MOVED = _words("Squeeze Unsqueeze Transpose Reshape squeeze unsqueeze transpose permute reshape view")
PRODUCTS = _words("MatMul Einsum matmul bmm baddbmm einsum")
OVER_TIME = _words("""
    LSTM GRU RNN lstm gru rnn_tanh scaled_dot_product_attention InstanceNormalization GroupNormalization
    instance_norm group_norm
""")
SIZES = _words("Shape Size sym_size")
SUMS = _words("Add add")
ARITHMETIC = _words("Add Sub Mul Div Pow Erf Sigmoid Tanh add sub mul div pow erf sigmoid tanh")
LAST = {"Softmax": "softmax", "LogSoftmax": "softmax", "Sigmoid": "sigmoid"} | {
    "softmax": "softmax",
    "_softmax": "softmax",
    "log_softmax": "softmax",
    "_log_softmax": "softmax",
    "sigmoid": "sigmoid",
}
"""The operators that turn logits into probabilities."""


@dataclass(frozen=True, slots=True)
class GraphLayer:
    """A layer: its name, the tensor with its maps after the activation, the tensors with its weights."""

    name: str
    tensor: str
    weights: tuple[str, ...] = ()
    recurrent: bool = False


def find_layers(
    program: GraphProgram, stored: Mapping[str, int], answers: frozenset[str] = frozenset()
) -> tuple[GraphLayer, ...]:
    """Return the layers in the order of computation.

    `stored` gives the number of axes of each stored tensor; a layer goes no further than an answer.
    """
    graph = _Graph(program, _kept(program, stored), answers | set(program.outputs))
    counts: dict[str, int] = {}
    found: dict[str, GraphLayer] = {}
    for node in program.nodes:
        kind = KINDS.get(node.operator)
        weights = tuple(name for name in node.inputs[1:] if graph.stored.get(name, 0) >= 1)
        if kind is None or not any(graph.stored.get(name, 0) >= 2 for name in node.inputs):
            continue
        tensor, more = graph.after(node)
        if tensor in found:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        found[tensor] = GraphLayer(f"{kind}{counts[kind]}", tensor, (*weights, *more), kind == "recurrent")
    return tuple(found.values())


def unbounded(program: GraphProgram) -> frozenset[str]:
    """Return the tensors whose samples hear the whole sound.

    They depend on a recurrent layer, on attention (a product of two maps), or on a normalisation over time.
    """
    found: set[str] = set()
    moving = {one.name for one in program.inputs}
    for node in program.nodes:
        taken = [name for name in node.inputs if name in moving]
        mixed = node.operator in PRODUCTS and len(taken) > 1
        if mixed or node.operator in OVER_TIME or found.intersection(node.inputs):
            found.update(node.outputs)
        if taken and node.operator not in SIZES:
            moving.update(node.outputs)
    return frozenset(found)


def _kept(program: GraphProgram, stored: Mapping[str, int]) -> dict[str, int]:
    """Return the stored tensors, and those that are one of them turned or with another type."""
    found = dict(stored)
    for node in program.nodes:
        if (
            node.operator in SAME | MOVED | {"t", "DequantizeLinear"}
            and node.inputs
            and node.inputs[0] in found
        ):
            found[node.outputs[0]] = found[node.inputs[0]]
    return found


@dataclass(frozen=True)
class _Graph:
    program: GraphProgram
    stored: Mapping[str, int]
    ends: frozenset[str] | set[str]

    def after(self, node: GraphNode) -> tuple[str, tuple[str, ...]]:
        """Return the tensor with a layer's maps after bias, normalisation and activation, and weights."""
        consumers = self.program.consumers()
        tensor, weights = node.outputs[0], tuple[str, ...]()
        while True:
            nexts = [] if tensor in self.ends else consumers.get(tensor, [])
            activated = _joined(tensor, nexts, consumers)
            if activated is not None:
                return activated, weights
            if len(nexts) != 1:
                return tensor, weights
            one = nexts[0]
            others = [name for name in one.inputs if name and name != tensor]
            constant = all(name in self.stored for name in others)
            if one.operator in ACTIVATIONS:
                return one.outputs[0], weights
            if one.operator in SUMS and not constant:
                return self._residual(one, consumers) or tensor, weights
            if one.operator not in NORMALISATIONS | SAME | SUMS | MOVED or not constant:
                return tensor, weights
            if one.operator in MOVED and not self._leads_on(one, consumers):
                return tensor, weights
            weights += tuple(name for name in others if self.stored[name])
            tensor = one.outputs[0]

    def _residual(self, one: GraphNode, consumers: Mapping[str, Sequence[GraphNode]]) -> str | None:
        """Return the activation right after a sum with another layer, None if there is none."""
        nexts = consumers.get(one.outputs[0], [])
        return nexts[0].outputs[0] if len(nexts) == 1 and nexts[0].operator in ACTIVATIONS else None

    def _leads_on(self, one: GraphNode, consumers: Mapping[str, Sequence[GraphNode]]) -> bool:
        """Return whether a turned map goes straight into the layer's own normalisation or activation."""
        nexts = consumers.get(one.outputs[0], [])
        own = ACTIVATIONS | NORMALISATIONS | MOVED
        if len(nexts) != 1 or nexts[0].operator not in own:
            return False
        return nexts[0].operator not in MOVED or self._leads_on(nexts[0], consumers)


def _joined(
    tensor: str, nexts: Sequence[GraphNode], consumers: Mapping[str, Sequence[GraphNode]]
) -> str | None:
    """Return the end of an activation written in arithmetic, such as x * sigmoid(x) or GELU by erf."""
    if len(nexts) < 2 or not all(one.operator in ARITHMETIC for one in nexts):
        return None
    ends = {one.outputs[0] for one in nexts if one.operator == "Mul" or one.operator == "mul"}
    for start in nexts:
        at = start
        for _ in range(8):
            if at.outputs[0] in ends and tensor in at.inputs and at is not start:
                return _halved(at.outputs[0], consumers)
            further = consumers.get(at.outputs[0], [])
            if len(further) != 1 or further[0].operator not in ARITHMETIC:
                break
            at = further[0]
    return None


def _halved(tensor: str, consumers: Mapping[str, Sequence[GraphNode]]) -> str:
    """Return the product with a constant that GELU ends in, if there is one."""
    nexts = consumers.get(tensor, [])
    if len(nexts) != 1 or nexts[0].operator not in ("Mul", "mul"):
        return tensor
    made = {name for group in consumers.values() for one in group if one.inputs for name in one.outputs}
    constant = any(name not in made for name in nexts[0].inputs if name != tensor)
    return nexts[0].outputs[0] if constant else tensor


def logits_of(program: GraphProgram, output: str) -> tuple[str, str]:
    """Return the tensor before a last softmax or sigmoid, and its name ("" if there is none)."""
    producers = program.producers()
    tensor = output
    for _ in range(6):
        node = producers.get(tensor)
        if node is None:
            break
        if node.operator in LAST:
            return node.inputs[0], LAST[node.operator]
        if node.operator not in SAME | MOVED:
            break
        tensor = node.inputs[0]
    return output, ""
