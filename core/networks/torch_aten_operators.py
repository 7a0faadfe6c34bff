"""The operators of exported programs that may run. Import it only where torch is needed.

An exported program names functions of PyTorch. Only those listed here are called: pure computations, none of
which reads or writes anything outside its arguments.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor

from core.checkpoint.exported_program import ElementType, Ref, aten_target
from core.checkpoint.graph import GraphNode
from core.faults import Fault

ON_SIZES = ("add", "sub", "mul", "floordiv", "mod", "truediv", "neg", "eq", "ne", "lt", "le", "gt", "ge")
SYMBOLS: Mapping[str, Callable[..., Any]] = {
    **{f"_operator.{name}": getattr(operator, name) for name in ON_SIZES},
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "math.trunc": math.trunc,
    "torch.sym_max": max,
    "torch.sym_min": min,
    "torch.sym_float": float,
    "torch.sym_not": operator.not_,
}
"""What a program computes with sizes."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ATEN = _words("""
    abs adaptive_avg_pool1d adaptive_avg_pool2d add addmm alias amax amin any all arange argmax
    argmin as_strided atan2 avg_pool1d avg_pool2d baddbmm batch_norm bitwise_not bmm broadcast_to
    cat ceil celu chunk clamp clamp_max clamp_min clone complex constant_pad_nd contiguous conv1d
    conv2d conv_transpose1d conv_transpose2d convolution copy cos cumsum detach div dropout einsum
    elu embedding empty_like eq erf exp expand expand_as expm1 eye fft_fft fft_irfft fft_rfft
    flatten flip floor floor_divide fmod full full_like gather ge gelu glu group_norm gru gt
    hann_window hardsigmoid hardswish hardtanh index index_select instance_norm imag isinf isnan
    layer_norm le leaky_relu lift_fresh_copy linalg_vector_norm linear linspace log log10 log1p log2
    log_softmax logical_and logical_not logical_or logsumexp lstm lt masked_fill matmul max
    max_pool1d max_pool2d maximum mean min minimum mish mm mul narrow ne neg new_full new_ones
    new_zeros norm ones ones_like pad permute pow prelu prod pixel_shuffle real reciprocal
    reflection_pad1d reflection_pad2d relu relu6 remainder repeat repeat_interleave
    replication_pad1d replication_pad2d reshape rms_norm roll round rsqrt rsub
    scaled_dot_product_attention scalar_tensor scatter select selu sigmoid sign silu sin slice
    softmax softplus softsign split split_with_sizes sqrt square squeeze stack std stft sub sum
    sym_size t tan tanh tile to topk transpose tril triu unbind unflatten unfold unsqueeze
    upsample_linear1d upsample_nearest1d upsample_nearest2d var view view_as view_as_complex
    view_as_real where zeros zeros_like _log_softmax _native_batch_norm_legit_no_training
    _safe_softmax _softmax _to_copy _unsafe_view native_batch_norm native_group_norm
    native_layer_norm rnn_tanh _weight_norm
""")

CHECKS = ("_assert", "sym_constrain", "_guard")
"""What the names of operators that only check something begin with."""

DTYPES: Mapping[int, torch.dtype] = {
    1: torch.uint8,
    2: torch.int8,
    3: torch.int16,
    4: torch.int32,
    5: torch.int64,
    6: torch.float16,
    8: torch.float64,
    10: torch.complex64,
    12: torch.bool,
    13: torch.bfloat16,
}


def is_known(node: GraphNode) -> bool:
    """Return whether an operator may run; one that gives nothing is never run."""
    if not node.outputs or node.operator.startswith(CHECKS):
        return True
    target = str(node.attributes["target"])
    return target in SYMBOLS or (aten_target(target) is not None and node.operator in ATEN)


def apply_aten(
    node: GraphNode, given: Sequence[Tensor | None], real: torch.dtype
) -> Tensor | tuple[Tensor, ...]:
    """Compute one operator from what it takes, in the order of `node.inputs`."""
    values = dict(zip(node.inputs, given, strict=True))
    args = [_filled(one, values, real) for one in node.attributes["args"]]
    named = {name: _filled(one, values, real) for name, one in node.attributes["kwargs"].items()}
    target = str(node.attributes["target"])
    aten = aten_target(target)
    function = SYMBOLS[target] if aten is None else getattr(getattr(torch.ops.aten, aten[0]), aten[1])
    found: Any = function(*args, **{key: value for key, value in named.items() if value is not None})
    return tuple(cast("Sequence[Tensor]", found)) if isinstance(found, list | tuple) else found


def _filled(one: Any, values: Mapping[str, Any], real: torch.dtype) -> Any:
    """Return an argument with the graph's values in place of their names."""
    if isinstance(one, Ref):
        return values[one.name]
    if isinstance(one, list):
        return [_filled(part, values, real) for part in cast("list[Any]", one)]
    if not isinstance(one, ElementType):
        return one
    if one.number == 7:
        return real
    if one.number not in DTYPES:
        raise Fault("The program uses an element type that Phonoscope does not know.", "Export it to ONNX.")
    return DTYPES[one.number]
