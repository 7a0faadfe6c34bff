"""The operators of the ONNX standard in torch, for the networks of speech.

Import it only where torch is needed. Each operator is a function of a `Call`; gradients pass through all that
are smooth. What is not in `OPERATORS` is refused by name before anything runs.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false
# (torch gives many of its functions no types)

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.faults import Fault

MOST_VALUES = 500_000_000
"""Of one tensor that an operator makes out of a shape alone."""


@dataclass(frozen=True)
class Call:
    """One operator at work: what it takes (None for an input left out), its attributes, its version.

    `real` is the type that 32-bit numbers have in this run.
    """

    inputs: Sequence[Tensor | None]
    attributes: Mapping[str, Any]
    version: int
    real: torch.dtype = torch.float32

    def __getitem__(self, place: int) -> Tensor:
        value = self.inputs[place] if place < len(self.inputs) else None
        if value is None:
            raise Fault("An operator of the graph lacks an input.", "Export the network again.")
        return value

    def given(self, place: int) -> Tensor | None:
        """Return an input, None if it was left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def ints(self, name: str, place: int) -> list[int] | None:
        """Return whole numbers that older versions keep as an attribute and newer ones as an input."""
        if name in self.attributes:
            return [int(value) for value in _listed(self.attributes[name])]
        given = self.given(place)
        return (
            None if given is None else [int(value) for value in cast("list[Any]", given.reshape(-1).tolist())]
        )

    def get(self, name: str, default: Any) -> Any:
        """Return an attribute."""
        return self.attributes.get(name, default)


Operator = Callable[[Call], "Tensor | tuple[Tensor, ...]"]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _made(shape: Sequence[int]) -> tuple[int, ...]:
    """Return a shape that a graph asks for. Raises Fault if it is enormous."""
    if math.prod(shape) > MOST_VALUES:
        raise Fault(f"The graph makes a tensor of {math.prod(shape):,} values.", "It is damaged, or hostile.")
    return tuple(shape)


def _shape(values: Tensor) -> list[int]:
    return [int(value) for value in cast("list[Any]", values.reshape(-1).tolist())]


TYPES: Mapping[int, torch.dtype] = {
    2: torch.uint8,
    3: torch.int8,
    5: torch.int16,
    6: torch.int32,
    7: torch.int64,
    9: torch.bool,
    10: torch.float16,
    11: torch.float64,
    16: torch.bfloat16,
}


def dtype_of(kind: int, real: torch.dtype) -> torch.dtype:
    """Return the torch type of one of ONNX's element types; 32-bit numbers have the type of the run."""
    found = real if kind == 1 else TYPES.get(kind)
    if found is None:
        raise Fault(
            f"The graph uses the element type {kind}, which Phonoscope does not read.", "Export it anew."
        )
    return found


def _both(way: Callable[[Tensor, Tensor], Tensor]) -> Operator:
    return lambda call: way(call[0], call[1])


def _one(way: Callable[[Tensor], Tensor]) -> Operator:
    return lambda call: way(call[0])


def _all(way: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Call], Tensor]:
    def folded(call: Call) -> Tensor:
        found = call[0]
        for place in range(1, len(call.inputs)):
            found = way(found, call[place])
        return found

    return folded


def _divided(a: Tensor, b: Tensor) -> Tensor:
    if a.is_floating_point() or b.is_floating_point():
        return a / b
    return torch.div(a, b, rounding_mode="trunc")


def _mod(call: Call) -> Tensor:
    return torch.fmod(call[0], call[1]) if call.get("fmod", 0) else torch.remainder(call[0], call[1])


def _gelu(call: Call) -> Tensor:
    return functional.gelu(call[0], approximate=call.get("approximate", "none"))


def _clip(call: Call) -> Tensor:
    low, high = call.given(1), call.given(2)
    found = call[0]
    low = call.get("min", None) if low is None else low
    high = call.get("max", None) if high is None else high
    if low is not None:
        found = found.maximum(torch.as_tensor(low, dtype=found.dtype))
    return found if high is None else found.minimum(torch.as_tensor(high, dtype=found.dtype))


def _cast(call: Call) -> Tensor:
    return call[0].to(dtype_of(int(call.get("to", 1)), call.real))


def _softmax(way: Callable[..., Tensor]) -> Operator:
    def computed(call: Call) -> Tensor:
        x = call[0]
        if call.version >= 13:
            return way(x, dim=call.get("axis", -1))
        axis = call.get("axis", 1) % x.ndim
        return way(x.flatten(axis), dim=-1).reshape(x.shape) if axis < x.ndim else x

    return computed


def _prelu(call: Call) -> Tensor:
    x, slope = call[0], call[1]
    return torch.where(x >= 0, x, x * slope)


# --- shapes


def _shape_of(call: Call) -> Tensor:
    sizes = list(call[0].shape)[slice(call.get("start", 0), call.get("end", None))]
    return torch.tensor(sizes, dtype=torch.int64)


def _reshape(call: Call) -> Tensor:
    x, wanted = call[0], _shape(call[1])
    if not call.get("allowzero", 0):
        wanted = [x.shape[k] if size == 0 else size for k, size in enumerate(wanted)]
    return x.reshape(wanted)


def _flatten(call: Call) -> Tensor:
    axis = call.get("axis", 1)
    x = call[0]
    axis = axis + x.ndim if axis < 0 else axis
    return x.reshape(math.prod(x.shape[:axis]), -1)


def _squeeze(call: Call) -> Tensor:
    axes = call.ints("axes", 1)
    return call[0].squeeze() if axes is None else call[0].squeeze(tuple(axes))


def _unsqueeze(call: Call) -> Tensor:
    x, axes = call[0], call.ints("axes", 1) or []
    rank = x.ndim + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = x.unsqueeze(axis)
    return x


def _transpose(call: Call) -> Tensor:
    x = call[0]
    return x.permute(call.get("perm", None) or list(range(x.ndim))[::-1])


def _concat(call: Call) -> Tensor:
    return torch.cat([call[k] for k in range(len(call.inputs))], call.get("axis", 0))


def _split(call: Call) -> tuple[Tensor, ...]:
    x, axis = call[0], call.get("axis", 0)
    sizes = call.ints("split", 1)
    if sizes is not None:
        return torch.split(x, sizes, axis)
    parts = int(call.get("num_outputs", 0)) or int(call.get("_outputs", 1))
    return torch.split(x, -(-x.shape[axis] // parts), axis)


def _slice(call: Call) -> Tensor:
    x = call[0]
    starts, ends = call.ints("starts", 1) or [], call.ints("ends", 2) or []
    axes = call.ints("axes", 3) or list(range(len(starts)))
    steps = (call.ints("steps", 4) if call.version >= 10 else None) or [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        n = x.shape[axis]
        places = range(n)[slice(start, end, step)] if step > 0 else _backwards(n, start, end, step)
        x = (
            x.index_select(axis, torch.tensor(list(places)))
            if step != 1
            else x.narrow(axis, places.start if len(places) else 0, len(places))
        )
    return x


def _backwards(n: int, start: int, end: int, step: int) -> range:
    start = min(start + n if start < 0 else start, n - 1)
    end = -1 if end < -n else (end + n if end < 0 else end)
    return range(start, max(end, -1), step)


def _gather(call: Call) -> Tensor:
    x, at, axis = call[0], call[1].long(), call.get("axis", 0) % call[0].ndim
    at = torch.where(at < 0, at + x.shape[axis], at)
    found = x.index_select(axis, at.reshape(-1))
    return found.reshape((*x.shape[:axis], *at.shape, *x.shape[axis + 1 :]))


def _gather_elements(call: Call) -> Tensor:
    x, at, axis = call[0], call[1].long(), call.get("axis", 0)
    return x.gather(axis, torch.where(at < 0, at + x.shape[axis], at))


def _gather_nd(call: Call) -> Tensor:
    x, at, batch = call[0], call[1].long(), int(call.get("batch_dims", 0))
    if batch:
        raise Fault("GatherND over batches is not supported.", "Export the network without it.")
    return x[tuple(at.unbind(-1))]


def _scatter_elements(call: Call) -> Tensor:
    x, at, axis = call[0], call[1].long(), call.get("axis", 0)
    at = torch.where(at < 0, at + x.shape[axis], at)
    how = call.get("reduction", "none")
    if how == "none":
        return x.scatter(axis, at, call[2])
    names = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}
    return x.scatter_reduce(axis, at, call[2], names[how])


def _scatter_nd(call: Call) -> Tensor:
    x = call[0].clone()
    x[tuple(call[1].long().unbind(-1))] = call[2]
    return x


def _expand(call: Call) -> Tensor:
    x, wanted = call[0], _shape(call[1])
    return (
        x * torch.ones(_made(wanted), dtype=x.dtype)
        if x.dtype != torch.bool
        else x | torch.zeros(_made(wanted), dtype=torch.bool)
    )


def _tile(call: Call) -> Tensor:
    repeats = _shape(call[1])
    _made([a * b for a, b in zip(call[0].shape, repeats, strict=True)])
    return call[0].repeat(repeats)


def _pad(call: Call) -> Tensor:
    x = call[0]
    pads = call.ints("pads", 1) or []
    axes = call.ints("_axes", 3) or list(range(x.ndim))
    value = call.given(2)
    fill = call.get("value", 0.0) if value is None else value.item()
    count = len(axes)
    _made(
        [size + pads[k] + pads[k + count] for k, size in enumerate(x.shape)] if count == x.ndim else x.shape
    )
    mode = call.get("mode", "constant")
    if mode == "constant":
        both = [0] * (2 * x.ndim)
        for k, axis in enumerate(axes):
            at = x.ndim - 1 - axis % x.ndim
            both[2 * at], both[2 * at + 1] = pads[k], pads[k + count]
        return functional.pad(x, both, value=fill)
    for k, axis in enumerate(axes):
        x = _mirrored(x, axis % x.ndim, pads[k], pads[k + count], mode)
    return x


def _mirrored(x: Tensor, axis: int, before: int, after: int, mode: str) -> Tensor:
    """Pad one axis by its mirror image, its edge, or its other end."""
    n = x.shape[axis]
    places = np.arange(-before, n + after)
    if mode == "edge":
        places = places.clip(0, n - 1)
    elif mode == "wrap":
        places = places % n
    else:
        period = max(1, 2 * (n - 1))
        places = places % period
        places = np.minimum(places, period - places)
    return x.index_select(axis, torch.from_numpy(places.astype(np.int64)))


def _constant_of_shape(call: Call) -> Tensor:
    value = call.get("value", None)
    filled = torch.zeros(1, dtype=call.real) if value is None else as_tensor(value, call.real)
    return filled.reshape(()).repeat(_made(_shape(call[0]))) if len(call[0]) else filled.reshape(())


def as_tensor(value: Any, real: torch.dtype = torch.float32) -> Tensor:
    """Return an array as a tensor; 32-bit numbers get the type of the run."""
    array = np.array(value, order="C")  # a copy, with no axis where there was none
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    made: Tensor = torch.from_numpy(array)
    return made.to(real) if made.dtype == torch.float32 else made


CONSTANTS = ("value_float", "value_floats", "value_int", "value_ints")


def _constant(call: Call) -> Tensor:
    if "value" in call.attributes:
        return as_tensor(call.attributes["value"], call.real)
    for name in CONSTANTS:
        if name in call.attributes:
            kind = call.real if "float" in name else torch.int64
            return torch.tensor(call.attributes[name], dtype=kind)
    raise Fault("The graph holds a constant that is no number.", "Export the network again.")


def _range(call: Call) -> Tensor:
    first, end, step = (call[k].item() for k in range(3))
    count = max(0, math.ceil((end - first) / step))
    _made([count])
    return first + step * torch.arange(count, dtype=call[0].dtype)


def _cumsum(call: Call) -> Tensor:
    x, axis = call[0], int(call[1].item())
    x = x.flip(axis) if call.get("reverse", 0) else x
    found = x.cumsum(axis) - (x if call.get("exclusive", 0) else 0)
    return found.flip(axis) if call.get("reverse", 0) else found


def _arg(most: bool) -> Operator:
    def found(call: Call) -> Tensor:
        x, axis, keep = call[0], call.get("axis", 0), bool(call.get("keepdims", 1))
        if call.get("select_last_index", 0):
            last = x.flip(axis)
            place = last.argmax(axis, keep) if most else last.argmin(axis, keep)
            return x.shape[axis] - 1 - place
        return x.argmax(axis, keep) if most else x.argmin(axis, keep)

    return found


def _topk(call: Call) -> tuple[Tensor, ...]:
    count = (call.ints("k", 1) or [1])[0]
    found = call[0].topk(count, call.get("axis", -1), bool(call.get("largest", 1)))
    return found.values, found.indices


def _trilu(call: Call) -> Tensor:
    k = call.given(1)
    return (torch.triu if call.get("upper", 1) else torch.tril)(call[0], 0 if k is None else int(k.item()))


def _where(call: Call) -> Tensor:
    return torch.where(call[0], call[1], call[2])


# --- reductions


def _reduced(way: Callable[..., Tensor]) -> Operator:
    def computed(call: Call) -> Tensor:
        axes = call.ints("axes", 1)
        if not axes:
            if call.get("noop_with_empty_axes", 0):
                return call[0]
            axes = list(range(call[0].ndim))
        return way(call[0], tuple(axes), bool(call.get("keepdims", 1)))

    return computed


def _product(x: Tensor, axes: tuple[int, ...], keep: bool) -> Tensor:
    for axis in sorted((axis % x.ndim for axis in axes), reverse=True):
        x = x.prod(axis, keep)
    return x


REDUCTIONS: Mapping[str, Callable[..., Tensor]] = {
    "ReduceMean": lambda x, axes, keep: x.mean(axes, keep),
    "ReduceSum": lambda x, axes, keep: x.sum(axes, keep),
    "ReduceMax": lambda x, axes, keep: x.amax(axes, keep),
    "ReduceMin": lambda x, axes, keep: x.amin(axes, keep),
    "ReduceProd": _product,
    "ReduceL1": lambda x, axes, keep: x.abs().sum(axes, keep),
    "ReduceL2": lambda x, axes, keep: x.square().sum(axes, keep).sqrt(),
    "ReduceSumSquare": lambda x, axes, keep: x.square().sum(axes, keep),
    "ReduceLogSum": lambda x, axes, keep: x.sum(axes, keep).log(),
    "ReduceLogSumExp": lambda x, axes, keep: x.logsumexp(axes, keep),
}


# --- linear maps, normalisations, poolings


def _pads(
    call: Call, sizes: Sequence[int], taps: Sequence[int], strides: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the zeros before and after each axis, as given or as `auto_pad` asks."""
    count, auto = len(taps), call.get("auto_pad", "NOTSET")
    if auto in ("NOTSET", "VALID", ""):
        given = call.get("pads", None) if auto != "VALID" else None
        pads = given or [0] * (2 * count)
        return [(pads[k], pads[k + count]) for k in range(count)]
    made: list[tuple[int, int]] = []
    for n, size, stride in zip(sizes, taps, strides, strict=True):
        total = max(0, (-(-n // stride) - 1) * stride + size - n)
        less, more = total // 2, total - total // 2
        made.append((less, more) if auto == "SAME_UPPER" else (more, less))
    return made


def _flat_pads(pads: Sequence[tuple[int, int]]) -> list[int]:
    """Return pads in the order of `functional.pad`: the last axis first."""
    return [value for pair in reversed(pads) for value in pair]


CONVOLUTIONS: Mapping[int, Callable[..., Tensor]] = {
    1: functional.conv1d,
    2: functional.conv2d,
    3: functional.conv3d,
}
TRANSPOSED: Mapping[int, Callable[..., Tensor]] = {
    1: functional.conv_transpose1d,
    2: functional.conv_transpose2d,
    3: functional.conv_transpose3d,
}


def _conv(call: Call) -> Tensor:
    x, kernel, bias = call[0], call[1], call.given(2)
    taps = kernel.shape[2:]
    count = len(taps)
    strides, spread = call.get("strides", [1] * count), call.get("dilations", [1] * count)
    extents = [d * (k - 1) + 1 for k, d in zip(taps, spread, strict=True)]
    pads = _pads(call, x.shape[2:], extents, strides)
    padded = functional.pad(x, _flat_pads(pads)) if any(map(any, pads)) else x
    return CONVOLUTIONS[count](padded, kernel, bias, strides, 0, spread, call.get("group", 1))


def _conv_transpose(call: Call) -> Tensor:
    x, kernel, bias = call[0], call[1], call.given(2)
    taps = kernel.shape[2:]
    count = len(taps)
    strides, spread = call.get("strides", [1] * count), call.get("dilations", [1] * count)
    more = call.get("output_padding", [0] * count)
    whole = TRANSPOSED[count](x, kernel, bias, strides, 0, 0, call.get("group", 1), spread)
    wanted = call.get("output_shape", None)
    for k in range(count):
        n = (x.shape[2 + k] - 1) * strides[k] + spread[k] * (taps[k] - 1) + 1 + more[k]
        if more[k]:
            whole = functional.pad(whole, [0, 0] * (count - 1 - k) + [0, more[k]])
            if bias is not None:
                whole.narrow(2 + k, n - more[k], more[k]).add_(bias.reshape(-1, *([1] * count)))
        before, after = _cropped(call, n, count, k, wanted, strides[k] * x.shape[2 + k])
        whole = whole.narrow(2 + k, before, n - before - after)
    return whole


def _cropped(call: Call, n: int, count: int, k: int, wanted: Any, same: int) -> tuple[int, int]:
    auto = call.get("auto_pad", "NOTSET")
    if wanted is None and auto in ("NOTSET", "VALID", ""):
        pads = call.get("pads", None) or [0] * (2 * count)
        return pads[k], pads[k + count]
    total = n - (same if wanted is None else wanted[k])
    return (total // 2, total - total // 2) if auto != "SAME_LOWER" else (total - total // 2, total // 2)


def _gemm(call: Call) -> Tensor:
    a = call[0].T if call.get("transA", 0) else call[0]
    b = call[1].T if call.get("transB", 0) else call[1]
    found = call.get("alpha", 1.0) * (a @ b) if call.get("alpha", 1.0) != 1 else a @ b
    c = call.given(2)
    return found if c is None else found + call.get("beta", 1.0) * c


def _einsum(call: Call) -> Tensor:
    return torch.einsum(call.get("equation", ""), *[call[k] for k in range(len(call.inputs))])


def _batch_norm(call: Call) -> Tensor:
    gamma, beta, mean, variance = (call[k] for k in range(1, 5))
    return functional.batch_norm(call[0], mean, variance, gamma, beta, False, 0.0, call.get("epsilon", 1e-5))


def _instance_norm(call: Call) -> Tensor:
    x = call[0]
    over = tuple(range(2, x.ndim))
    return _scaled(_normed(x, over, call.get("epsilon", 1e-5)), call[1], call[2])


def _normed(x: Tensor, over: tuple[int, ...], epsilon: float) -> Tensor:
    centred = x - x.mean(over, keepdim=True)
    return centred / (centred.square().mean(over, keepdim=True) + epsilon).sqrt()


def _scaled(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    shape = (-1, *([1] * (x.ndim - 2)))
    return x * gamma.reshape(shape) + beta.reshape(shape)


def _group_norm(call: Call) -> Tensor:
    x, groups = call[0], call.get("num_groups", 1)
    parts = x.reshape(x.shape[0], groups, -1)
    found = _normed(parts, (2,), call.get("epsilon", 1e-5)).reshape(x.shape)
    gamma, beta = (value.repeat_interleave(x.shape[1] // len(value)) for value in (call[1], call[2]))
    return _scaled(found, gamma, beta)


def _layer_norm(call: Call) -> Tensor:
    x = call[0]
    axis = call.get("axis", -1) % x.ndim
    found = _normed(x, tuple(range(axis, x.ndim)), call.get("epsilon", 1e-5)) * call[1]
    beta = call.given(2)
    return found if beta is None else found + beta


def _rms_norm(call: Call) -> Tensor:
    x = call[0]
    over = tuple(range(call.get("axis", -1) % x.ndim, x.ndim))
    return x / (x.square().mean(over, keepdim=True) + call.get("epsilon", 1e-5)).sqrt() * call[1]


def _lp_norm(call: Call) -> Tensor:
    return functional.normalize(call[0], float(call.get("p", 2)), call.get("axis", -1), 1e-30)


def _pool(most: bool) -> Operator:
    def computed(call: Call) -> Tensor:
        x, taps = call[0], call.get("kernel_shape", [])
        count = len(taps)
        strides, spread = call.get("strides", [1] * count), call.get("dilations", [1] * count)
        extents = [d * (k - 1) + 1 for k, d in zip(taps, spread, strict=True)]
        pads = _pads(call, x.shape[2:], extents, strides)
        if call.get("ceil_mode", 0):
            pads = [
                (a, b + _missing(n + a + b, extent, stride))
                for (a, b), n, extent, stride in zip(pads, x.shape[2:], extents, strides, strict=True)
            ]
        fill = -math.inf if most else 0.0
        windows = functional.pad(x, _flat_pads(pads), value=fill)
        inside = functional.pad(torch.ones_like(x[:1, :1]), _flat_pads(pads))
        for k in range(count):
            windows, inside = (
                one.unfold(2 + k, extents[k], strides[k])[..., :: spread[k]] for one in (windows, inside)
            )
        over = tuple(range(-count, 0))
        if most:
            return windows.amax(over)
        shares = math.prod(taps) if call.get("count_include_pad", 0) else inside.sum(over)
        return windows.sum(over) / shares

    return computed


def _missing(n: int, extent: int, stride: int) -> int:
    """Return the places after the end that the last, incomplete window takes."""
    return -(n - extent) % stride


def _global(most: bool) -> Operator:
    def computed(call: Call) -> Tensor:
        over = tuple(range(2, call[0].ndim))
        return call[0].amax(over, True) if most else call[0].mean(over, True)

    return computed


def _resize(call: Call) -> Tensor:
    x = call[0]
    upsample = "scales" in call.attributes or call.version < 10 or len(call.inputs) == 2
    scales = call.given(1) if upsample else call.given(2)
    sizes = None if upsample else call.given(3)
    if sizes is not None and sizes.numel():
        wanted = _shape(sizes)
    else:
        factors = call.get("scales", None) or cast("list[float]", cast(Tensor, scales).tolist())
        wanted = [math.floor(n * factor) for n, factor in zip(x.shape, factors, strict=True)]
    _made(wanted)
    for axis, size in enumerate(wanted):
        if size != x.shape[axis]:
            x = _resampled(x, axis, size, call)
    return x


def _resampled(x: Tensor, axis: int, size: int, call: Call) -> Tensor:
    """Return one axis with another number of values: the nearest ones, or between neighbours."""
    n, where = x.shape[axis], call.get("coordinate_transformation_mode", "half_pixel")
    at = np.arange(size)
    if where == "asymmetric" or call.version < 10:
        places = at * n / size
    elif where == "align_corners":
        places = at * (n - 1) / max(1, size - 1)
    else:
        places = (at + 0.5) * n / size - 0.5
    if call.get("mode", "nearest") == "nearest":
        how = call.get("nearest_mode", "round_prefer_floor") if call.version >= 11 else "floor"
        ways = {"floor": np.floor, "ceil": np.ceil, "round_prefer_ceil": lambda p: np.floor(p + 0.5)}
        chosen = ways.get(how, lambda p: np.ceil(p - 0.5))(places).clip(0, n - 1)
        return x.index_select(axis, as_tensor(chosen.astype(np.int64)))
    if call.get("mode", "nearest") != "linear":
        raise Fault("Cubic resizing is not supported.", "Export the network with linear or nearest resizing.")
    places = places.clip(0, n - 1)
    low = np.floor(places).astype(np.int64)
    part = as_tensor((places - low).astype(np.float32), x.dtype).reshape(
        -1, *([1] * (x.ndim - 1 - axis % x.ndim))
    )
    first, second = (x.index_select(axis, as_tensor(k.clip(0, n - 1))) for k in (low, low + 1))
    return first * (1 - part) + second * part


# --- recurrent layers


GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
ORDERS = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""Of torch's gates among ONNX's: input, forget, cell, output from i o f c; reset, update, new from z r h."""


def _recurrent(kind: str) -> Operator:
    def computed(call: Call) -> tuple[Tensor, ...]:
        x = call[0].transpose(0, 1) if call.get("layout", 0) else call[0]
        hidden, ways = int(call.get("hidden_size", 0) or call[2].shape[2]), call[1].shape[0]
        directions = [call.get("direction", "forward") == "reverse"] if ways == 1 else [False, True]
        _check_recurrent(call, kind)
        outputs: list[Tensor] = []
        states: list[list[Tensor]] = [[], []]
        for way, back in enumerate(directions):
            run, state = _run_cells(call, kind, x.flip(0) if back else x, way, hidden)
            outputs.append(run.flip(0) if back else run)
            for kept, value in zip(states, state, strict=False):
                kept.append(value)
        joined = [torch.stack(outputs, 1), *(torch.stack(kept) for kept in states if kept)]
        if call.get("layout", 0):
            joined = [joined[0].permute(2, 0, 1, 3), *(one.transpose(0, 1) for one in joined[1:])]
        return tuple(joined)

    return computed


STANDARD = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}


def _check_recurrent(call: Call, kind: str) -> None:
    """Raise Fault for what torch's recurrent layers do not have."""
    ways = call[1].shape[0]
    chosen = call.get("activations", None)
    odd = "other activations" if chosen and [str(one) for one in chosen] != STANDARD[kind] * ways else ""
    odd = odd or ("a limit (clip)" if call.get("clip", 0) else "")
    odd = odd or ("coupled gates" if call.get("input_forget", 0) else "")
    odd = odd or ("peepholes" if kind == "LSTM" and call.given(7) is not None else "")
    if odd:
        raise Fault(f"The graph's {kind} has {odd}, which Phonoscope does not know.", "Export a plain one.")


def _run_cells(call: Call, kind: str, x: Tensor, way: int, hidden: int) -> tuple[Tensor, list[Tensor]]:
    """Run one direction over x [time, items, features]; return its outputs and its last state."""
    w_in, w_state = (_ordered(call[place][way], kind, hidden) for place in (1, 2))
    bias = call.given(3)
    both = torch.zeros(2 * GATES[kind] * hidden, dtype=x.dtype) if bias is None else bias[way]
    b_in, b_state = (_ordered(part, kind, hidden) for part in both.chunk(2))
    start = [call.given(place) for place in ((5, 6) if kind == "LSTM" else (5,))]
    start = [one.transpose(0, 1) if one is not None and call.get("layout", 0) else one for one in start]
    zeros = torch.zeros(1, x.shape[1], hidden, dtype=x.dtype)
    first = [zeros if one is None else one[way : way + 1] for one in start]
    if kind == "GRU" and not call.get("linear_before_reset", 0):
        return _gru_before(x, first[0][0], w_in, w_state, b_in, b_state)
    flat = [w_in, w_state, b_in, b_state]
    if kind == "LSTM":
        output, h, c = torch.lstm(x, first, flat, True, 1, 0.0, False, False, False)
        return output, [h[0], c[0]]
    run = torch.gru if kind == "GRU" else torch.rnn_tanh
    output, h = run(x, first[0], flat, True, 1, 0.0, False, False, False)
    return output, [h[0]]


def _gru_before(
    x: Tensor, h: Tensor, w_in: Tensor, w_state: Tensor, b_in: Tensor, b_state: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """Run a GRU whose reset gate comes before the matrix of the state, as Keras's older one."""
    hidden = h.shape[1]
    outputs: list[Tensor] = []
    gates = x @ w_in.T + b_in + b_state
    for row in gates:
        reset, update = (row[:, : 2 * hidden] + h @ w_state[: 2 * hidden].T).sigmoid().chunk(2, 1)
        new = torch.tanh(row[:, 2 * hidden :] + (reset * h) @ w_state[2 * hidden :].T)
        h = (1 - update) * new + update * h
        outputs.append(h)
    return torch.stack(outputs), [h]


def _ordered(values: Tensor, kind: str, hidden: int) -> Tensor:
    parts = values.split(hidden, 0)
    return torch.cat([parts[place] for place in ORDERS[kind]])


# --- signals


def _stft(call: Call) -> Tensor:
    signal, hop = call[0], int(call[1].item())
    window, length = call.given(2), call.given(3)
    size = int(length.item()) if length is not None else len(cast(Tensor, window))
    x = signal.squeeze(-1) if signal.ndim == 3 else signal
    frames = x.unfold(1, size, hop)
    frames = frames if window is None else frames * window
    transform = torch.fft.rfft if call.get("onesided", 1) else torch.fft.fft
    return torch.view_as_real(transform(frames, dim=-1))


def _dft(call: Call) -> Tensor:
    x, length = call[0], call.given(1)
    axis = (
        int(call[2].item()) if call.given(2) is not None else call.get("axis", 1 if call.version < 20 else -2)
    )
    axis = axis % x.ndim
    n = None if length is None else int(length.item())
    values = torch.view_as_complex(x.contiguous()) if x.shape[-1] == 2 else x.squeeze(-1)
    if call.get("inverse", 0):
        found = torch.fft.ifft(values, n, axis)
    elif call.get("onesided", 0):
        found = torch.fft.rfft(values, n, axis)
    else:
        found = torch.fft.fft(values, n, axis)
    return torch.view_as_real(found)


def _window(way: Callable[..., Tensor]) -> Operator:
    def computed(call: Call) -> Tensor:
        kind = dtype_of(int(call.get("output_datatype", 1)), call.real)
        return way(int(call[0].item()), periodic=bool(call.get("periodic", 1)), dtype=kind)

    return computed


def _hamming(size: int, periodic: bool, dtype: torch.dtype) -> Tensor:
    return torch.hamming_window(size, periodic, alpha=25 / 46, beta=21 / 46, dtype=dtype)


def _dequantised(call: Call) -> Tensor:
    x, scale, zero = call[0], call[1], call.given(2)
    shape = [1] * x.ndim
    if scale.numel() > 1:
        shape[call.get("axis", 1)] = -1
    offset = 0 if zero is None else zero.to(scale.dtype).reshape(shape if zero.numel() > 1 else [1] * x.ndim)
    return (x.to(scale.dtype) - offset) * (scale.reshape(shape) if scale.numel() > 1 else scale)


def _dropout(call: Call) -> tuple[Tensor, ...]:
    return call[0], torch.ones_like(call[0], dtype=torch.bool)


OPERATORS: dict[str, Operator] = {
    "Add": _both(torch.add),
    "Sub": _both(torch.sub),
    "Mul": _both(torch.mul),
    "Div": _both(_divided),
    "Pow": _both(lambda a, b: torch.pow(a, b).to(a.dtype)),
    "Mod": _mod,
    "Max": _all(torch.maximum),
    "Min": _all(torch.minimum),
    "Sum": _all(torch.add),
    "Mean": lambda call: _all(torch.add)(call) / len(call.inputs),
    "And": _both(torch.logical_and),
    "Or": _both(torch.logical_or),
    "Xor": _both(torch.logical_xor),
    "Not": _one(torch.logical_not),
    "Equal": _both(torch.eq),
    "Greater": _both(torch.gt),
    "GreaterOrEqual": _both(torch.ge),
    "Less": _both(torch.lt),
    "LessOrEqual": _both(torch.le),
    "Where": _where,
    "IsNaN": _one(torch.isnan),
    "IsInf": _one(torch.isinf),
    "Sqrt": _one(torch.sqrt),
    "Exp": _one(torch.exp),
    "Log": _one(torch.log),
    "Abs": _one(torch.abs),
    "Neg": _one(torch.neg),
    "Sign": _one(torch.sign),
    "Floor": _one(torch.floor),
    "Ceil": _one(torch.ceil),
    "Round": _one(torch.round),
    "Reciprocal": _one(torch.reciprocal),
    "Erf": _one(torch.erf),
    "Sin": _one(torch.sin),
    "Cos": _one(torch.cos),
    "Tan": _one(torch.tan),
    "Atan": _one(torch.atan),
    "Sinh": _one(torch.sinh),
    "Cosh": _one(torch.cosh),
    "Relu": _one(torch.relu),
    "LeakyRelu": lambda call: functional.leaky_relu(call[0], call.get("alpha", 0.01)),
    "PRelu": _prelu,
    "Elu": lambda call: functional.elu(call[0], call.get("alpha", 1.0)),
    "Selu": _one(functional.selu),
    "Celu": lambda call: functional.celu(call[0], call.get("alpha", 1.0)),
    "Gelu": _gelu,
    "Tanh": _one(torch.tanh),
    "Sigmoid": _one(torch.sigmoid),
    "HardSigmoid": lambda call: (call[0] * call.get("alpha", 0.2) + call.get("beta", 0.5)).clamp(0, 1),
    "HardSwish": _one(functional.hardswish),
    "Swish": lambda call: call[0] * torch.sigmoid(call.get("alpha", 1.0) * call[0]),
    "Mish": _one(functional.mish),
    "Softplus": _one(functional.softplus),
    "Softsign": _one(functional.softsign),
    "ThresholdedRelu": lambda call: call[0] * (call[0] > call.get("alpha", 1.0)),
    "Clip": _clip,
    "Softmax": _softmax(torch.softmax),
    "LogSoftmax": _softmax(torch.log_softmax),
    "Identity": _one(lambda x: x),
    "Dropout": _dropout,
    "Cast": _cast,
    "CastLike": lambda call: call[0].to(call[1].dtype),
    "Shape": _shape_of,
    "Size": lambda call: torch.tensor(call[0].numel()),
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Gather": _gather,
    "GatherElements": _gather_elements,
    "GatherND": _gather_nd,
    "ScatterElements": _scatter_elements,
    "ScatterND": _scatter_nd,
    "Expand": _expand,
    "Tile": _tile,
    "Pad": _pad,
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Range": _range,
    "CumSum": _cumsum,
    "ArgMax": _arg(True),
    "ArgMin": _arg(False),
    "TopK": _topk,
    "Trilu": _trilu,
    **{name: _reduced(way) for name, way in REDUCTIONS.items()},
    "MatMul": _both(torch.matmul),
    "Gemm": _gemm,
    "Einsum": _einsum,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm,
    "LayerNormalization": _layer_norm,
    "RMSNormalization": _rms_norm,
    "LpNormalization": _lp_norm,
    "MaxPool": _pool(True),
    "AveragePool": _pool(False),
    "GlobalMaxPool": _global(True),
    "GlobalAveragePool": _global(False),
    "Resize": _resize,
    "Upsample": _resize,
    "LSTM": _recurrent("LSTM"),
    "GRU": _recurrent("GRU"),
    "RNN": _recurrent("RNN"),
    "STFT": _stft,
    "DFT": _dft,
    "HannWindow": _window(torch.hann_window),
    "HammingWindow": _window(_hamming),
    "BlackmanWindow": _window(torch.blackman_window),
    "DequantizeLinear": _dequantised,
}
