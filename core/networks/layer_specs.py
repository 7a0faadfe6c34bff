"""Specs of single layers, made from tensors whose names and shapes are checked."""

from __future__ import annotations

from collections.abc import Callable

from core.networks.operations import (
    Activation,
    Conv,
    Dense,
    Fir,
    Logits,
    Norm,
    Rise,
    Stored,
    Upsample,
)
from core.networks.spec import LayerSpec
from core.networks.weights import Misfit, Weights, kernel_shape

STEPS = 16  # steps of the map that the latent vector is projected to, in every WaveGAN

Fall = Callable[[int, int], tuple[int, tuple[int, int]]]


def dense(
    weights: Weights, stored: Stored, channels: int, activation: Activation, norm: Norm | None = None
) -> LayerSpec:
    """Return the dense layer on the latent vector; with order "torch" the kernel is [channels * time,
    latent].
    """
    rows = STEPS * channels
    weights.shape(stored.kernel, *((rows, None) if stored.order == "torch" else (None, rows)))
    weights.shape(stored.bias, rows)
    return LayerSpec("fc", Dense(stored, STEPS, activation, norm), channels, STEPS)


def upsample(
    name: str,
    weights: Weights,
    stored: Stored,
    before: LayerSpec,
    rise: Callable[[int], Rise],
    activation: Activation,
    norm: Norm | None = None,
) -> LayerSpec:
    """Return an upsampling convolution; `rise` maps the number of taps to its geometry."""
    taps, _, out = kernel_shape(weights, stored.kernel, stored.order, before.channels)
    weights.shape(stored.bias, out)
    op = Upsample(stored, rise(taps), activation, norm)
    n = None if before.n is None else op.length(before.n)
    return LayerSpec(name, op, out, n, op.rise.ratio, op.rise.shift)


def conv(
    name: str,
    weights: Weights,
    stored: Stored,
    before: tuple[int, int],
    fall: Fall,
    activation: Activation,
    norm: Norm | None = None,
) -> LayerSpec:
    """Return a convolution after `before` (channels, samples).

    `fall` maps taps and input length to the stride and the padding.
    """
    taps, _, out = kernel_shape(weights, stored.kernel, stored.order, before[0])
    weights.shape(stored.bias, out)
    stride, pads = fall(taps, before[1])
    op = Conv(stored, taps, stride, pads, activation, norm)
    n = op.length(before[1])
    if n < 1:
        raise Misfit(f"The kernel “{stored.kernel}” is longer than its input.")
    centre = (taps - 1) / 2 - pads[0]
    return LayerSpec(name, op, out, n, 1 / stride, -centre / stride)


def post_filter(weights: Weights, stored: Stored, before: LayerSpec, left: Callable[[int], int]) -> LayerSpec:
    """Return the post-processing filter; an empty bias name means no bias."""
    taps, _, out = kernel_shape(weights, stored.kernel, stored.order, before.channels)
    if stored.bias:
        weights.shape(stored.bias, out)
    return LayerSpec("pp", Fir(stored, taps, left(taps)), out, before.n, 1.0, left(taps) - (taps - 1) / 2)


def logits(weights: Weights, stored: Stored, before: LayerSpec) -> LayerSpec:
    """Return the dense layer at the end of D and Q."""
    torch, width = stored.order == "torch", before.channels * (before.n or 0)
    shape = weights.shape(stored.kernel, *((None, width) if torch else (width, None)))
    classes = shape[0] if torch else shape[1]
    weights.shape(stored.bias, classes)
    return LayerSpec("logits", Logits(stored), classes, 1)


def norm_of(weights: Weights, norm: Norm) -> Norm:
    """Return `norm`, after checking that the tensors it names exist."""
    for name in (norm.gamma, norm.beta, norm.mean, norm.variance):
        if name:
            weights.shape(name, None)
    return norm
