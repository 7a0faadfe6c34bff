"""The numpy engine: layers made from a spec and its weights, which run one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.faults import Cancelled
from core.frontends.waveform import Waveform
from core.networks.blas_threads import products_on_one_thread
from core.networks.layer_info import LayerInfo
from core.networks.numpy_filter import NumpyFir
from core.networks.numpy_layers import (
    Array,
    NumpyConv,
    NumpyDense,
    NumpyLogits,
    NumpyPool,
    NumpyRunningNorm,
    NumpyScale,
    Step,
    in_place,
)
from core.networks.numpy_upsampling import numpy_upsample
from core.networks.operations import LINEAR, Conv, Dense, Fir, Logits, Norm, Pooling, Upsample
from core.networks.runner import INPUT, Cancel, Edit, Record, check_layers, recorded
from core.networks.spec import LatentDrive, LayerSpec, NetworkSpec
from core.networks.weights import Weights, read_bias, read_dense, read_kernel, read_logits, read_norm


@dataclass
class NumpyRunner:
    """A network ready to run (a `Runner`); one run at a time, because layers keep work space."""

    spec: NetworkSpec
    steps: tuple[tuple[str, Step], ...]
    digest: str
    warnings: tuple[str, ...] = ()

    def layers(self) -> tuple[LayerInfo, ...]:
        """Return the layers with a time axis, in the order of computation."""
        return self.spec.infos()

    def run(
        self, x: Array, record: Sequence[Record], edits: Sequence[Edit] = (), cancelled: Cancel = None
    ) -> Mapping[Record, Array]:
        """Run up to the last recorded layer: see `Runner.run`."""
        check_layers(self.spec, record, edits)
        left = {wanted.layer for wanted in record}
        found: dict[Record, Array] = {}
        for name, maps in self.walk(x, edits, cancelled) if left else ():
            for wanted in record:
                if wanted.layer == name:
                    found[wanted] = _recorded(wanted, maps)
            left.discard(name)
            if not left:
                break
        return found

    def walk(
        self, x: Array, edits: Sequence[Edit] = (), cancelled: Cancel = None
    ) -> Iterator[tuple[str, Array]]:
        """Yield each layer's name and maps [items, time, channels] as they are computed.

        Raises Cancelled between layers once `cancelled()` is true.
        """
        if not isinstance(self.spec.drive, LatentDrive):
            x = x[:, :, None]
            yield INPUT, x
        for name, step in self.steps:
            if cancelled is not None and cancelled():
                raise Cancelled
            with np.errstate(all="ignore"), products_on_one_thread():
                x = step(x)
                for edit in edits:
                    if edit.layer == name:
                        x = edit(x)
            yield name, x


def _recorded(wanted: Record, maps: Array) -> Array:
    with products_on_one_thread():
        return recorded(wanted, maps)


def runs_in_numpy(spec: NetworkSpec) -> bool:
    """Return whether the numpy engine has every operation of a network, and the network takes samples."""
    drive = spec.drive
    plain = isinstance(drive, LatentDrive) or isinstance(drive.frontend, Waveform)
    return plain and all(type(layer.op) in BUILDERS for layer in spec.layers)


def numpy_runner(spec: NetworkSpec, weights: Weights) -> NumpyRunner:
    """Read the weights layer by layer and return the network ready to run: see `runs_in_numpy`."""
    steps: list[tuple[str, Step]] = []
    channels = 1
    for layer in spec.layers:
        steps.append((layer.name, BUILDERS[type(layer.op)](layer.op, layer, channels, weights)))
        channels = layer.channels
    return NumpyRunner(spec, tuple(steps), weights.digest.text(), tuple(weights.flawed))


def _scaled(
    kernel: Array, bias: Array, norm: Norm | None, weights: Weights, repeat: int = 1
) -> tuple[Array, Array]:
    """Fold a normalisation with stored statistics into the kernel [.., out] and the bias [out]."""
    if norm is None or not norm.is_stored:
        return kernel, bias
    scale, shift = (np.tile(part, repeat) for part in read_norm(weights, norm))
    return kernel * scale, bias * scale + shift


def _dense(op: Dense, layer: LayerSpec, before: int, weights: Weights) -> Step:
    kernel, bias = read_dense(weights, op.stored, op.steps)
    kernel, bias = _scaled(kernel, bias, op.norm, weights, op.steps)
    return NumpyDense(np.ascontiguousarray(kernel), bias, layer.channels, in_place(op.activation))


def _conv(op: Conv, layer: LayerSpec, before: int, weights: Weights) -> Step:
    kernel, bias = read_kernel(weights, op.stored), read_bias(weights, op.stored, layer.channels)
    kernel, bias = _scaled(kernel, bias, op.norm, weights)
    running = None
    if op.norm is not None and not op.norm.is_stored:
        running = _running(op.norm, weights)
    activation = in_place(op.activation)
    return NumpyConv(np.ascontiguousarray(kernel), bias, op.stride, op.pads, activation, running, op.chunk)


def _running(norm: Norm, weights: Weights) -> NumpyRunningNorm:
    return NumpyRunningNorm(weights.read(norm.gamma), weights.read(norm.beta), norm.epsilon)


def _upsample(op: Upsample, layer: LayerSpec, before: int, weights: Weights) -> Step:
    kernel, bias = read_kernel(weights, op.stored), weights.read(op.stored.bias)
    kernel, bias = _scaled(kernel, bias, op.norm, weights)
    return numpy_upsample(kernel, bias, op.rise, in_place(op.activation))


def _fir(op: Fir, layer: LayerSpec, before: int, weights: Weights) -> Step:
    kernel, bias = read_kernel(weights, op.stored), read_bias(weights, op.stored, layer.channels)
    if kernel.shape[1:] == (1, 1):
        return NumpyFir(kernel[:, 0, 0], float(bias[0]), op.left)
    pads = op.left, op.taps - 1 - op.left
    return NumpyConv(np.ascontiguousarray(kernel), bias, 1, pads, in_place(LINEAR))


def _norm(norm: Norm, layer: LayerSpec, before: int, weights: Weights) -> Step:
    return NumpyScale(*read_norm(weights, norm)) if norm.is_stored else _running(norm, weights)


def _pool(op: Pooling, layer: LayerSpec, before: int, weights: Weights) -> Step:
    return NumpyPool(op)


def _logits(op: Logits, layer: LayerSpec, before: int, weights: Weights) -> Step:
    kernel, bias = read_logits(weights, op.stored, before)
    return NumpyLogits(np.ascontiguousarray(kernel), bias)


BUILDERS: dict[type[Any], Callable[..., Step]] = {
    Dense: _dense,
    Conv: _conv,
    Upsample: _upsample,
    Fir: _fir,
    Norm: _norm,
    Pooling: _pool,
    Logits: _logits,
}
