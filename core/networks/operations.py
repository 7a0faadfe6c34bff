"""Operations of layers as data: tensor names, geometry, normalisation and activation.

Every operation is frozen, comparable and picklable. The numpy engine (`numpy_runner`) and the torch module
(`torch_module`) are both made from those here; those of `map_operations` run in torch alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

AxisOrder = Literal[
    "tf", "tf up", "tf linear", "tf bins-time", "tf time-bins",
    "torch", "torch up", "torch linear", "torch bins-time", "torch time-bins", "torch flat",
]  # fmt: skip
ActivationKind = Literal["linear", "relu", "leaky", "tanh", "sigmoid"]


@dataclass(frozen=True, slots=True)
class Activation:
    """gain * f(x); `slope` is that of the leaky ReLU and may be 0 or above 1."""

    kind: ActivationKind = "linear"
    slope: float = 0.0
    gain: float = 1.0


LINEAR, RELU, TANH = Activation("linear"), Activation("relu"), Activation("tanh")


def leaky(slope: float) -> Activation:
    """Return the leaky ReLU with this slope."""
    return Activation("leaky", slope)


@dataclass(frozen=True, slots=True)
class Stored:
    """The names of a kernel and its bias ("" for none), and the axis order of the kernel."""

    kernel: str
    bias: str
    order: AxisOrder


@dataclass(frozen=True, slots=True)
class Norm:
    """Batch normalisation: (x - mean) / sqrt(variance + epsilon) * gamma + beta, per channel.

    It is a layer or a part of one. `mean` and `variance` name the stored statistics; if they are "", the
    statistics are those of the current input, over all items and time. In maps of time by `bins`, the bins of
    one map share their statistics.
    """

    gamma: str
    beta: str
    mean: str
    variance: str
    epsilon: float
    bins: int = 1

    @property
    def is_stored(self) -> bool:
        return bool(self.mean)

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n


@dataclass(frozen=True, slots=True)
class Dense:
    """A fully connected layer from a latent vector to a map [steps, channels]."""

    stored: Stored
    steps: int
    activation: Activation = LINEAR
    norm: Norm | None = None

    def length(self, n: int) -> int:
        """Return the number of output samples."""
        return self.steps


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution along time with `taps` and a stride; `pads` zeros are added before and after.

    With a `chunk`, every chunk of so many samples is padded and convolved by itself. A dense layer on each
    sample is a convolution of one tap, whose kernel has a "linear" order.
    """

    stored: Stored
    taps: int
    stride: int = 1
    pads: tuple[int, int] = (0, 0)
    activation: Activation = LINEAR
    norm: Norm | None = None
    chunk: int = 0

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        if self.chunk:
            return n // self.chunk * ((self.chunk + sum(self.pads) - self.taps) // self.stride + 1)
        return (n + sum(self.pads) - self.taps) // self.stride + 1

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return self.taps, self.stride


@dataclass(frozen=True, slots=True)
class Rise:
    """The geometry of an upsampling layer.

    Transposed convolution (`repeat` 0): output j = stride * m + k - left for input m and kernel entry k.
    Nearest neighbour: the input is repeated `repeat` times, then convolved with `stride`, with `left` zeros
    before it.
    """

    taps: int
    left: int
    stride: int
    repeat: int = 0
    extra: int = 0

    @property
    def ratio(self) -> int:
        return self.repeat // self.stride if self.repeat else self.stride

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n * self.ratio + self.extra

    @property
    def shift(self) -> float:
        """The centre of the response to input sample 0, in output samples."""
        half = (self.taps - 1) / 2
        if self.repeat:
            return ((self.repeat - 1) / 2 - half + self.left) / self.stride
        return half - self.left

    def meets(self) -> Iterator[tuple[int, int, int]]:
        """Yield the phase, the input sample relative to the output's block, and the kernel entry."""
        for phase in range(self.ratio):
            for k in range(self.taps):
                if self.repeat:
                    yield phase, (self.stride * phase + k - self.left) // self.repeat, k
                elif (phase + self.left - k) % self.stride == 0:
                    yield phase, (phase + self.left - k) // self.stride, k


@dataclass(frozen=True, slots=True)
class Upsample:
    """A transposed convolution, or a convolution after repeating each sample."""

    stored: Stored
    rise: Rise
    activation: Activation = LINEAR
    norm: Norm | None = None

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return self.rise.length(n)


@dataclass(frozen=True, slots=True)
class Fir:
    """One long filter: y[n] = bias + sum over k of taps[k] * x[n + k - left].

    With several channels, every channel of the output sums over all channels of the input.
    """

    stored: Stored
    taps: int
    left: int

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n


@dataclass(frozen=True, slots=True)
class Pooling:
    """The maximum or the mean of `width` neighbours along time, every `stride` samples."""

    kind: Literal["max", "mean"]
    width: int
    stride: int

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return (n - self.width) // self.stride + 1

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return self.width, self.stride


@dataclass(frozen=True, slots=True)
class Logits:
    """The last dense layer, on the whole map at once: [1, classes]."""

    stored: Stored

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return 1
