"""A network as a chain of steps on activations [items, time, channels]."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.faults import Cancelled
from core.networks.blas_threads import products_on_one_thread

Array = NDArray[np.float32]


class Step(Protocol):
    """One layer ready to run: [items, time, channels] in, the same out."""

    def __call__(self, x: Array) -> Array: ...


@dataclass
class Network:
    """Named steps in the order of computation; one run at a time, since steps keep work space."""

    steps: tuple[tuple[str, Step], ...]
    digest: str
    warnings: tuple[str, ...] = ()

    def walk(self, x: Array, cancelled: Callable[[], bool] | None = None) -> Iterator[tuple[str, Array]]:
        """Give each layer's name and maps [items, time, channels] as they are computed.

        Raises Cancelled between layers once `cancelled` says so.
        """
        for name, step in self.steps:
            if cancelled is not None and cancelled():
                raise Cancelled
            with np.errstate(all="ignore"), products_on_one_thread():
                x = step(x)
            yield name, x


def relu(x: Array) -> Array:
    """Cut off what is below 0, in place."""
    return np.maximum(x, 0, out=x)


def tanh(x: Array) -> Array:
    """Squash to −1 .. 1, in place."""
    return np.tanh(x, out=x)


def tanh3(x: Array) -> Array:
    """Squash to −3 .. 3, in place, as articulationGAN does."""
    tanh(x)
    return np.multiply(x, 3, out=x)


def linear(x: Array) -> Array:
    """Leave everything as it is."""
    return x


def leaky(slope: float) -> Callable[[Array], Array]:
    """Give the leaky ReLU of one slope; 2 and 0 occur in the wild, so it is no maximum."""
    low = np.float32(slope)

    def activation(x: Array) -> Array:
        return np.multiply(x, low, out=x, where=x < 0)

    return activation


Activation = Callable[[Array], Array]


@dataclass
class Project:
    """The fully connected layer: latent vectors [items, size] to [items, time, channels]."""

    kernel: Array  # [size, time * channels], as the time runs slower than the channels
    bias: Array
    channels: int
    activation: Activation

    def __call__(self, x: Array) -> Array:
        y = x @ self.kernel
        y += self.bias
        return self.activation(y).reshape(len(x), -1, self.channels)


@dataclass
class BatchStatistics:
    """Batch normalisation on the statistics of what is running: of one item over its time."""

    gamma: Array
    beta: Array
    epsilon: float

    def __call__(self, x: Array) -> Array:
        centred = x - x.mean((0, 1), keepdims=True)
        spread = np.sqrt(np.mean(centred**2, (0, 1), keepdims=True) + np.float32(self.epsilon))
        return centred / spread * self.gamma + self.beta


@dataclass
class Conv:
    """A convolution with a stride: windows of the padded input times one matrix."""

    kernel: Array  # [taps, in, out]
    bias: Array
    stride: int
    pads: tuple[int, int]
    activation: Activation
    norm: BatchStatistics | None = None

    def __call__(self, x: Array) -> Array:
        taps, width, out = self.kernel.shape
        padded = np.pad(x, ((0, 0), self.pads, (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, taps, axis=1)[:, :: self.stride]
        columns = windows.transpose(0, 1, 3, 2).reshape(len(x), -1, taps * width)
        y = columns @ self.kernel.reshape(taps * width, out)
        y += self.bias
        return self.activation(self.norm(y) if self.norm else y)


@dataclass
class Logits:
    """The last dense layer of D and Q, on the whole map: [items, 1, classes]."""

    kernel: Array  # [time * channels, classes], as the time runs slower than the channels
    bias: Array

    def __call__(self, x: Array) -> Array:
        return (x.reshape(len(x), -1) @ self.kernel + self.bias)[:, None, :]
