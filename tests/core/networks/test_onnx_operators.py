"""Every operator of ONNX gives what onnxruntime gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper

from core.networks.torch_onnx_operators import OPERATORS, Call

CHANCE = np.random.default_rng(7)
VERSION = 17


def real(*shape: int) -> np.ndarray:
    return CHANCE.standard_normal(shape).astype(np.float32)


def whole(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


X = real(2, 3, 8)
IMAGE = real(1, 2, 6, 5)
POSITIVE = np.abs(X) + 0.1
CASES: list[tuple[str, list[np.ndarray | None], dict[str, Any]]] = [
    *((name, [X], {}) for name in (
        "Abs", "Neg", "Sign", "Floor", "Ceil", "Round", "Reciprocal", "Erf", "Sin", "Cos", "Tan", "Atan",
        "Sinh", "Cosh", "Exp", "Relu", "Tanh", "Sigmoid", "HardSigmoid", "HardSwish", "Softplus", "Softsign",
        "Identity", "Shape", "Size", "Elu", "Selu", "Celu", "LeakyRelu", "ThresholdedRelu", "Flatten",
        "Softmax", "LogSoftmax", "IsNaN", "IsInf", "GlobalMaxPool", "GlobalAveragePool",
        "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
        "ReduceSumSquare", "ReduceLogSumExp", "Transpose", "Mish", "Dropout",
    )),
    *((name, [POSITIVE], {}) for name in ("Sqrt", "Log", "ReduceLogSum")),
    *((name, [X, real(3, 1)], {}) for name in (
        "Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Greater", "GreaterOrEqual", "Less",
        "LessOrEqual", "PRelu",
    )),
    *((name, [X > 0, X < 0.5], {}) for name in ("And", "Or", "Xor", "Equal")),
    ("Not", [X > 0], {}),
    ("Pow", [POSITIVE, np.float32([2.5])], {}),
    ("Mod", [whole(7, -7, 9), whole(3, 3, -4)], {}),
    ("Mod", [X, real(3, 1)], {"fmod": 1}),
    ("Div", [whole(7, -7, 9), whole(3, 3, -4)], {}),
    ("Where", [X > 0, X, np.zeros_like(X)], {}),
    ("Clip", [X, np.float32(-0.3), np.float32(0.4)], {}),
    ("Clip", [X, None, np.float32(0.4)], {}),
    ("Cast", [X], {"to": TensorProto.INT64}),
    ("Reshape", [X, whole(0, -1)], {}),
    ("Flatten", [X], {"axis": 2}),
    ("Squeeze", [real(1, 3, 1), whole(0)], {}),
    ("Squeeze", [real(1, 3, 1)], {}),
    ("Unsqueeze", [X, whole(0, 3)], {}),
    ("Transpose", [X], {"perm": [2, 0, 1]}),
    ("Concat", [X, real(2, 1, 8)], {"axis": 1}),
    ("Split", [X, whole(1, 2)], {"axis": 1}),
    ("Slice", [X, whole(1, -1), whole(8, -9), whole(2, 1), whole(2, -1)], {}),
    ("Slice", [X, whole(0), whole(1)], {}),
    ("Gather", [X, whole(2, 0)], {"axis": 1}),
    ("Gather", [X, whole(-1)], {"axis": 2}),
    ("GatherElements", [X, whole(*([0, 1, 1, 0] * 6)).reshape(1, 3, 8)], {"axis": 0}),
    ("GatherND", [X, np.array([[0, 1], [1, 2]])], {}),
    ("ScatterElements", [X, whole(0, 2).reshape(1, 1, 2), real(1, 1, 2)], {"axis": 2}),
    ("ScatterND", [X, np.array([[0, 1], [1, 2]]), real(2, 8)], {}),
    ("Expand", [real(3, 1), whole(2, 3, 4)], {}),
    ("Tile", [X, whole(1, 2, 3)], {}),
    ("Pad", [X, whole(0, 0, 2, 0, 0, 3), np.float32(0.5)], {}),
    ("Pad", [X, whole(0, 0, 2, 0, 0, 3)], {"mode": "reflect"}),
    ("Pad", [X, whole(0, 1, 2, 0, 0, 3)], {"mode": "edge"}),
    ("ConstantOfShape", [whole(2, 3)], {}),
    ("Range", [np.int64(2), np.int64(11), np.int64(3)], {}),
    ("CumSum", [X, np.int64(2)], {}),
    ("CumSum", [X, np.int64(1)], {"exclusive": 1, "reverse": 1}),
    ("ArgMax", [X], {"axis": 2, "keepdims": 0}),
    ("ArgMin", [X], {"axis": 1}),
    ("TopK", [X, whole(3)], {"axis": 2}),
    ("TopK", [X, whole(2)], {"axis": 1, "largest": 0}),
    ("Trilu", [real(4, 5), np.int64(1)], {}),
    ("Trilu", [real(4, 5)], {"upper": 0}),
    ("MatMul", [X, real(8, 4)], {}),
    ("Gemm", [real(3, 4), real(5, 4), real(5)], {"transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("Gemm", [real(4, 3), real(4, 5)], {"transA": 1}),
    ("Einsum", [X, real(8, 4)], {"equation": "bij,jk->bik"}),
    ("Conv", [X, real(4, 3, 3), real(4)], {"pads": [1, 1], "strides": [2]}),
    ("Conv", [X, real(6, 1, 3)], {"group": 3, "dilations": [2]}),
    ("Conv", [X, real(4, 3, 4)], {"auto_pad": "SAME_UPPER", "strides": [3]}),
    ("Conv", [X, real(4, 3, 4)], {"auto_pad": "SAME_LOWER"}),
    ("Conv", [IMAGE, real(3, 2, 3, 2)], {"pads": [1, 0, 1, 1]}),
    ("ConvTranspose", [X, real(3, 2, 4), real(2)], {"strides": [2], "pads": [1, 1]}),
    ("ConvTranspose", [X, real(3, 2, 4)], {"strides": [3], "output_padding": [1]}),
    ("BatchNormalization", [X, real(3), real(3), real(3), np.abs(real(3)) + 0.5], {}),
    ("InstanceNormalization", [X, real(3), real(3)], {}),
    ("LayerNormalization", [X, real(8), real(8)], {}),
    ("LayerNormalization", [X, real(3, 8)], {"axis": 1}),
    ("LpNormalization", [X], {"axis": 2, "p": 1}),
    ("LpNormalization", [X], {}),
    ("MaxPool", [X], {"kernel_shape": [3], "strides": [2], "pads": [1, 1]}),
    ("MaxPool", [X], {"kernel_shape": [3], "strides": [2], "ceil_mode": 1}),
    ("MaxPool", [IMAGE], {"kernel_shape": [2, 3]}),
    ("AveragePool", [X], {"kernel_shape": [3], "strides": [2], "pads": [1, 1]}),
    ("AveragePool", [X], {"kernel_shape": [3], "pads": [1, 1], "count_include_pad": 1}),
    ("Resize", [X, None, np.float32([1, 1, 2])], {"mode": "nearest", "nearest_mode": "floor"}),
    ("Resize", [X, None, None, whole(2, 3, 13)], {"mode": "linear"}),
    ("ReduceMean", [X], {"axes": [1], "keepdims": 0}),
    ("ReduceMax", [X], {"axes": [0, 2]}),
    ("HannWindow", [np.int64(10)], {}),
    ("HammingWindow", [np.int64(10)], {}),
    ("BlackmanWindow", [np.int64(10)], {}),
    ("DequantizeLinear", [np.uint8([[1, 200]]), np.float32(0.25), np.uint8(128)], {}),
    ("LSTM", [real(5, 2, 3), real(1, 16, 3), real(1, 16, 4), real(1, 32)], {"hidden_size": 4}),
    (
        "LSTM", [real(5, 2, 3), real(2, 16, 3), real(2, 16, 4), None, None, real(2, 2, 4), real(2, 2, 4)],
        {"hidden_size": 4, "direction": "bidirectional"},
    ),
    ("GRU", [real(5, 2, 3), real(1, 12, 3), real(1, 12, 4), real(1, 24)], {"hidden_size": 4}),
    (
        "GRU", [real(5, 2, 3), real(1, 12, 3), real(1, 12, 4), real(1, 24)],
        {"hidden_size": 4, "linear_before_reset": 1, "direction": "reverse"},
    ),
    (
        "GRU", [real(5, 2, 3), real(2, 12, 3), real(2, 12, 4)],
        {"hidden_size": 4, "direction": "bidirectional"},
    ),
    ("RNN", [real(5, 2, 3), real(1, 4, 3), real(1, 4, 4), real(1, 8)], {"hidden_size": 4}),
    ("DFT", [real(1, 16, 1)], {"axis": 1, "onesided": 1}),
    ("STFT", [real(1, 64, 1), np.int64(16), np.hanning(32).astype(np.float32)], {}),
]  # fmt: skip
KINDS = {
    np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64,
    np.dtype(bool): TensorProto.BOOL, np.dtype(np.uint8): TensorProto.UINT8,
}  # fmt: skip


def by_onnxruntime(
    name: str, inputs: list[Any], attributes: dict[str, Any], version: int
) -> list[np.ndarray]:
    names = ["" if one is None else f"x{k}" for k, one in enumerate(inputs)]
    outputs = ["y", "z"] if name in ("Split", "TopK") else ["y"]
    node = helper.make_node(name, names, outputs, **attributes)
    given = [
        helper.make_tensor_value_info(f"x{k}", KINDS[np.asarray(one).dtype], np.shape(one))
        for k, one in enumerate(inputs)
        if one is not None
    ]
    told = [helper.make_empty_tensor_value_info(output) for output in outputs]
    graph = helper.make_graph([node], "g", given, told)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {f"x{k}": np.asarray(one) for k, one in enumerate(inputs) if one is not None})


def version_of(name: str) -> int:
    return 18 if name == "Mish" else VERSION


@pytest.mark.parametrize(
    ("name", "inputs", "attributes"), CASES, ids=[f"{case[0]} {k}" for k, case in enumerate(CASES)]
)
def test_an_operator_gives_what_onnxruntime_gives(
    name: str, inputs: list[Any], attributes: dict[str, Any]
) -> None:
    version = version_of(name)
    expected = by_onnxruntime(name, inputs, attributes, version)
    given = [None if one is None else torch.from_numpy(np.array(one)) for one in inputs]
    found = OPERATORS[name](Call(given, attributes, version))
    for one, other in zip(found if isinstance(found, tuple) else (found,), expected, strict=False):
        np.testing.assert_allclose(one.numpy(), other, rtol=1e-4, atol=1e-5)
        assert one.shape == other.shape
