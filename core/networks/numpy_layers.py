"""The numpy engine's layers: each maps activations [items, time, channels] to the same axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.networks.operations import Activation, Pooling

Array = NDArray[np.float32]
InPlace = Callable[[Array], Array]


class Step(Protocol):
    """One layer ready to run: [items, time, channels] to [items, time, channels]."""

    def __call__(self, x: Array) -> Array: ...


def in_place(activation: Activation) -> InPlace:
    """Return the function of an activation, which changes its argument in place."""
    plain = {"linear": _linear, "relu": _relu, "tanh": _tanh, "sigmoid": _sigmoid}
    bend = plain.get(activation.kind) or _leaky(activation.slope)
    return bend if activation.gain == 1 else _with_gain(bend, activation.gain)


def _linear(x: Array) -> Array:
    return x


def _relu(x: Array) -> Array:
    return np.maximum(x, 0, out=x)


def _tanh(x: Array) -> Array:
    return np.tanh(x, out=x)


def _sigmoid(x: Array) -> Array:
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    return np.reciprocal(x, out=x)


def _leaky(slope: float) -> InPlace:
    """Return the leaky ReLU with one slope; slopes 0 and 2 occur, so it is not always a maximum."""
    low = np.float32(slope)

    def bend(x: Array) -> Array:
        return np.multiply(x, low, out=x, where=x < 0)

    return bend


def _with_gain(bend: InPlace, gain: float) -> InPlace:
    def bend_and_scale(x: Array) -> Array:
        return np.multiply(bend(x), gain, out=x)

    return bend_and_scale


@dataclass
class NumpyDense:
    """Latent vectors [items, size] to maps [items, time, channels]."""

    kernel: Array  # [size, time * channels]: time varies more slowly than channels
    bias: Array
    channels: int
    activation: InPlace

    def __call__(self, x: Array) -> Array:
        y = x @ self.kernel
        y += self.bias
        return self.activation(y).reshape(len(x), len(self.bias) // self.channels, self.channels)


@dataclass
class NumpyScale:
    """Batch normalisation with stored statistics."""

    scale: Array
    shift: Array

    def __call__(self, x: Array) -> Array:
        return x * self.scale + self.shift


@dataclass
class NumpyRunningNorm:
    """Batch normalisation with the statistics of the current input, over all items and time."""

    gamma: Array
    beta: Array
    epsilon: float

    def __call__(self, x: Array) -> Array:
        centred = x - x.mean((0, 1), keepdims=True)
        spread = np.sqrt(np.mean(centred**2, (0, 1), keepdims=True) + np.float32(self.epsilon))
        return centred / spread * self.gamma + self.beta


@dataclass
class NumpyConv:
    """A convolution with a stride: windows of the padded input times one matrix."""

    kernel: Array  # [taps, in, out]
    bias: Array
    stride: int
    pads: tuple[int, int]
    activation: InPlace
    norm: NumpyRunningNorm | None = None
    chunk: int = 0

    def __call__(self, x: Array) -> Array:
        if not self.chunk:
            return self._convolved(x)
        items, n, width = x.shape
        whole = x[:, : n // self.chunk * self.chunk].reshape(-1, self.chunk, width)
        return self._convolved(whole).reshape(items, -1, self.kernel.shape[2])

    def _convolved(self, x: Array) -> Array:
        taps, width, out = self.kernel.shape
        padded = np.pad(x, ((0, 0), self.pads, (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, taps, axis=1)[:, :: self.stride]
        columns = windows.transpose(0, 1, 3, 2).reshape(len(x), -1, taps * width)
        y = columns @ self.kernel.reshape(taps * width, out)
        y += self.bias
        return self.activation(self.norm(y) if self.norm else y)


@dataclass
class NumpyPool:
    """The maximum or the mean of neighbours along time."""

    op: Pooling

    def __call__(self, x: Array) -> Array:
        windows = np.lib.stride_tricks.sliding_window_view(x, self.op.width, axis=1)[:, :: self.op.stride]
        return windows.max(-1) if self.op.kind == "max" else windows.mean(-1)


@dataclass
class NumpyLogits:
    """The last dense layer of D and Q, on the whole map: [items, 1, classes]."""

    kernel: Array  # [time * channels, classes]: time varies more slowly than channels
    bias: Array

    def __call__(self, x: Array) -> Array:
        return (x.reshape(len(x), -1) @ self.kernel + self.bias)[:, None, :]
