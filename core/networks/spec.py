"""A network before it is loaded: its layers, their places in time, and how each is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.faults import Fault
from core.networks.layer_info import LayerInfo
from core.networks.numpy_filter import Filter
from core.networks.numpy_layers import Activation, BatchStatistics, Conv, Logits, Network, Project, Step
from core.networks.numpy_upsampling import Rise, upsample
from core.networks.weights import Norm, Weights, kernel_shape, read_kernel
from core.signals.axis import TimeAxis


@dataclass(frozen=True)
class LayerPlan:
    """One layer: input sample m is centred at `ratio * m + shift` in its own samples."""

    name: str
    channels: int
    n: int
    build: Callable[[Weights], Step]
    ratio: float = 1.0
    shift: float = 0.0


@dataclass(frozen=True)
class NetworkPlan:
    """The layers of one network in order; `n_in` samples go in where a sound drives it."""

    weights: Weights
    layers: tuple[LayerPlan, ...]
    n_in: int = 0
    rate_hz: float = 0.0  # of that sound; 0 where it is the generator's own

    def load(self) -> Network:
        """Read the weights, layer by layer, and give the network."""
        steps = tuple((layer.name, layer.build(self.weights)) for layer in self.layers)
        flaws = tuple(self.weights.flawed)
        return Network(steps, self.weights.digest.text(), flaws)

    def infos(self, rate_hz: float) -> tuple[LayerInfo, ...]:
        """Give every layer's channels and true axis; the output of a generator begins at 0."""
        rate_hz = self.rate_hz or rate_hz
        names = [layer.name for layer in self.layers]
        anchor = names.index("out") if "out" in names else -1
        places = {anchor: (1.0, 0.0)}
        for i in range(anchor, 0, -1):
            step, offset = places[i]
            places[i - 1] = step * self.layers[i].ratio, step * self.layers[i].shift + offset
        for i in range(anchor + 1, len(self.layers)):
            (step, offset), layer = places[i - 1], self.layers[i]
            places[i] = step / layer.ratio, offset - step * layer.shift / layer.ratio
        return tuple(
            LayerInfo(layer.name, layer.channels, _axis(rate_hz, layer.n, *places[i]))
            for i, layer in enumerate(self.layers)
            if layer.name != "logits"
        )


def _axis(rate_hz: float, n: int, step: float, offset: float) -> TimeAxis:
    return TimeAxis(rate_hz / step, n, (offset + 0.5) / rate_hz)


@dataclass(frozen=True)
class Names:
    """What a kernel and its bias are called, and the order of the kernel's axes."""

    kernel: str
    bias: str
    order: str


def fully_connected(
    weights: Weights,
    names: Names,
    channels: int,
    activation: Activation,
    norm: Norm | None = None,
) -> LayerPlan:
    """Plan the layer from the latent vector; "torch" stores [channels * time, latent]."""
    torch = names.order == "torch"
    wanted = (16 * channels, None) if torch else (None, 16 * channels)
    weights.shape(names.kernel, *wanted)
    weights.shape(names.bias, 16 * channels)

    def build(source: Weights) -> Step:
        kernel, bias = source.read(names.kernel), source.read(names.bias)
        if torch:
            kernel = kernel.reshape(channels, 16, -1).transpose(2, 1, 0).reshape(-1, 16 * channels)
            bias = bias.reshape(channels, 16).T.reshape(-1)
        if norm is not None:
            scale, shift = (np.tile(part, 16) for part in norm(source))
            kernel, bias = kernel * scale, bias * scale + shift
        return Project(np.ascontiguousarray(kernel), bias, channels, activation)

    return LayerPlan("fc", channels, 16, build)


def upward(
    name: str,
    weights: Weights,
    names: Names,
    before: LayerPlan,
    rise: Callable[[int], Rise],
    activation: Activation,
    norm: Norm | None = None,
) -> LayerPlan:
    """Plan an upsampling convolution; `rise` gives its geometry from the number of taps."""
    taps, _, out = kernel_shape(weights, names.kernel, names.order, before.channels)
    weights.shape(names.bias, out)
    geometry = rise(taps)

    def build(source: Weights) -> Step:
        kernel, bias = read_kernel(source, names.kernel, names.order), source.read(names.bias)
        if norm is not None:
            scale, shift = norm(source)
            kernel, bias = kernel * scale, bias * scale + shift
        return upsample(kernel, bias, geometry, activation)

    n = geometry.length(before.n)
    return LayerPlan(name, out, n, build, geometry.ratio, geometry.shift)


def downward(
    name: str,
    weights: Weights,
    names: Names,
    before: tuple[int, int],
    fall: Callable[[int, int], tuple[int, tuple[int, int]]],
    activation: Activation,
    norm: Norm | None = None,
    statistics: Callable[[Weights], BatchStatistics] | None = None,
) -> LayerPlan:
    """Plan a convolution after `before` (channels, samples).

    `fall` gives the stride and the pads from taps and input length; `norm` is a batch
    normalisation with stored statistics, `statistics` one on those of what is running.
    """
    taps, _, out = kernel_shape(weights, names.kernel, names.order, before[0])
    weights.shape(names.bias, out)
    stride, pads = fall(taps, before[1])
    n = (before[1] + sum(pads) - taps) // stride + 1
    if n < 1:
        raise Fault(f"“{names.kernel}” is longer than what reaches it.")
    centre = (taps - 1) / 2 - pads[0]

    def build(source: Weights) -> Step:
        kernel, bias = read_kernel(source, names.kernel, names.order), source.read(names.bias)
        if norm is not None:
            scale, shift = norm(source)
            kernel, bias = kernel * scale, bias * scale + shift
        live = statistics(source) if statistics is not None else None
        return Conv(np.ascontiguousarray(kernel), bias, stride, pads, activation, live)

    return LayerPlan(name, out, n, build, 1 / stride, -centre / stride)


def post_filter(weights: Weights, names: Names, before: LayerPlan, left: Callable[[int], int]) -> LayerPlan:
    """Plan the post-processing filter; an empty bias name means that it has none."""
    taps, _, _ = kernel_shape(weights, names.kernel, names.order, 1)
    if names.bias:
        weights.shape(names.bias, 1)

    def build(source: Weights) -> Step:
        kernel = read_kernel(source, names.kernel, names.order)[:, 0, 0]
        bias = float(source.read(names.bias)[0]) if names.bias else 0.0
        return Filter(kernel, bias, left(taps))

    return LayerPlan("pp", 1, before.n, build, 1.0, left(taps) - (taps - 1) / 2)


def logits(weights: Weights, names: Names, before: LayerPlan) -> LayerPlan:
    """Plan the dense layer that ends D and Q."""
    torch, width = names.order == "torch", before.channels * before.n
    shape = weights.shape(names.kernel, *((None, width) if torch else (width, None)))
    classes = shape[0] if torch else shape[1]
    weights.shape(names.bias, classes)

    def build(source: Weights) -> Step:
        kernel, bias = source.read(names.kernel), source.read(names.bias)
        if torch:
            channels_first = kernel.reshape(classes, before.channels, before.n)
            kernel = channels_first.transpose(2, 1, 0).reshape(width, classes)
        return Logits(np.ascontiguousarray(kernel), bias)

    return LayerPlan("logits", classes, 1, build)
