"""Specs of the layers of networks that hear sound, made from tensors whose names and shapes are checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.faults import Fault
from core.networks.map_operations import NO_PADS, Add, Conv2d, Flat, Memory, Pair, Placed, Pool2d, Recurrent
from core.networks.operations import LINEAR, Activation, Conv, Norm, Stored
from core.networks.spec import LayerSpec
from core.networks.weights import Weights, kernel_shape, map_kernel_shape

GATES = {"gru": 3, "lstm": 4}


def conv_layer(
    name: str,
    weights: Weights,
    stored: Stored,
    width: int,
    stride: int = 1,
    pads: Pair = (0, 0),
    activation: Activation = LINEAR,
    chunk: int = 0,
) -> LayerSpec:
    """Return a convolution along time, or a dense layer on each sample, of maps with `width` channels."""
    taps, _, out = kernel_shape(weights, stored.kernel, stored.order, width)
    if stored.bias:
        weights.shape(stored.bias, out)
    op = Conv(stored, taps, stride, pads, activation, None, chunk)
    return LayerSpec(name, op, out, None, 1 / stride, -((taps - 1) / 2 - pads[0]) / stride)


def map_conv(
    name: str,
    weights: Weights,
    stored: Stored,
    before: Pair,
    stride: Pair = (1, 1),
    pads: tuple[Pair, Pair] | None = None,
    activation: Activation = LINEAR,
    dilation: int = 1,
    norm: Norm | None = None,
) -> LayerSpec:
    """Return a convolution over time and bins after `before` (maps, bins); by default its size stays."""
    time, bins, _, out = map_kernel_shape(weights, stored.kernel, stored.order, before[0])
    if stored.bias:
        weights.shape(stored.bias, out)
    same = ((time - 1) // 2, time // 2), ((bins - 1) // 2, bins // 2)
    op = Conv2d(
        stored, before[1], (time, bins), stride, same if pads is None else pads, dilation, activation, norm
    )
    if op.bins_out < 1:
        raise Fault(f"The kernel “{stored.kernel}” is larger than its input.")
    if norm is not None:
        op = replace(op, norm=replace(norm, bins=op.bins_out))
    shift = -(dilation * (time - 1) / 2 - op.pads[0][0]) / stride[0]
    return LayerSpec(name, op, out * op.bins_out, None, 1 / stride[0], shift)


def map_pool(
    name: str,
    before: Pair,
    size: Pair,
    stride: Pair,
    pads: tuple[Pair, Pair] = NO_PADS,
    dilation: int = 1,
) -> LayerSpec:
    """Return the maximum over neighbours after `before` (maps, bins)."""
    op = Pool2d(before[1], size, stride, pads, dilation)
    shift = -(dilation * (size[0] - 1) / 2 - pads[0][0]) / stride[0]
    return LayerSpec(name, op, before[0] * op.bins_out, None, 1 / stride[0], shift)


def maps_of(layer: LayerSpec) -> Pair:
    """Return the maps and bins of a layer over time and bins."""
    if not isinstance(layer.op, Conv2d | Pool2d):
        raise TypeError(f"{layer.name} has no bins")
    return layer.channels // layer.op.bins_out, layer.op.bins_out


def flat(
    name: str,
    weights: Weights,
    stored: Stored,
    before: Pair,
    taps: int,
    activation: Activation = LINEAR,
    dilation: int = 1,
    norm: Norm | None = None,
) -> LayerSpec:
    """Return a dense layer on `taps` samples at once after `before` (maps, bins)."""
    width, torch = before[0] * before[1] * taps, stored.order.startswith("torch")
    shape = weights.shape(stored.kernel, *((None, width) if torch else (width, None)))
    out = shape[0] if torch else shape[1]
    weights.shape(stored.bias, out)
    op = Flat(stored, taps, before[1], dilation, activation, norm)
    return LayerSpec(name, op, out, None, 1.0, -dilation * (taps - 1) / 2)


def norm_layer(name: str, norm: Norm, before: LayerSpec) -> LayerSpec:
    """Return a batch normalisation as a layer of its own."""
    bins = maps_of(before)[1] if isinstance(before.op, Conv2d | Pool2d) else 1
    return LayerSpec(name, replace(norm, bins=bins), before.channels, None)


def recurrent(name: str, weights: Weights, op: Recurrent, width: int, both: bool) -> LayerSpec:
    """Return a GRU or LSTM on maps with `width` channels."""
    rows = GATES[op.kind] * op.hidden
    for names in (op.forward, op.backward or ()):
        for tensor, columns in zip(names, ((width,), (op.hidden,), (), ()), strict=False):
            weights.shape(tensor, rows, *columns)
    return LayerSpec(name, op, op.hidden * (2 if both else 1), None)


def memory(name: str, weights: Weights, back: str, ahead: str, width: int) -> LayerSpec:
    """Return a sequential memory on maps with `width` channels."""
    taps = (weights.shape(back, width, 1, None)[2], weights.shape(ahead, width, 1, None)[2])
    return LayerSpec(name, Memory(back, ahead, taps), width, None)


def add(name: str, before: LayerSpec, earlier: LayerSpec) -> LayerSpec:
    """Return the sum of two layers' maps."""
    if before.channels != earlier.channels:
        raise Fault(f"{earlier.name} with {earlier.channels} channels cannot be added to {before.name}.")
    return LayerSpec(name, Add(earlier.name), before.channels, None)


def placed(rows: Iterable[tuple[str, Placed, int]]) -> tuple[LayerSpec, ...]:
    """Return the layers of a network with a module of its own, from names, places and channels."""
    layers: list[LayerSpec] = []
    step, offset = 1.0, 0.0
    for name, op, channels in rows:
        shift = (offset - op.offset) / op.step
        layers.append(LayerSpec(name, op, channels, None, step / op.step, shift))
        step, offset = op.step, op.offset
    return tuple(layers)
