"""Operations of networks that hear sound: two-dimensional maps, recurrent layers, and sums of layers.

They run in torch alone: a front end comes before them, which is computed in torch, so a second engine would
save nothing. Every family that uses them is held to a straight-line computation in its own test.

Maps of time by bins are kept as [time, maps * bins], the bins of map 0 first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from core.networks.operations import (
    LINEAR,
    Activation,
    Conv,
    Dense,
    Fir,
    Logits,
    Norm,
    Pooling,
    Stored,
    Upsample,
)

Pair = tuple[int, int]
NO_PADS: tuple[Pair, Pair] = ((0, 0), (0, 0))


def _steps(n: int, taps: int, stride: int, pads: Pair, dilation: int = 1) -> int:
    return (n + sum(pads) - dilation * (taps - 1) - 1) // stride + 1


@dataclass(frozen=True, slots=True)
class Conv2d:
    """A convolution over time and `bins`; `taps`, `stride` and `pads` are (time, bins).

    `dilation` spreads the taps along time.
    """

    stored: Stored
    bins: int
    taps: Pair
    stride: Pair = (1, 1)
    pads: tuple[Pair, Pair] = NO_PADS
    dilation: int = 1
    activation: Activation = LINEAR
    norm: Norm | None = None

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return _steps(n, self.taps[0], self.stride[0], self.pads[0], self.dilation)

    @property
    def bins_out(self) -> int:
        """The number of bins of each output map."""
        return _steps(self.bins, self.taps[1], self.stride[1], self.pads[1])

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return self.dilation * (self.taps[0] - 1) + 1, self.stride[0]


@dataclass(frozen=True, slots=True)
class Pool2d:
    """The maximum over neighbours in time and `bins`; places outside the map never win."""

    bins: int
    size: Pair
    stride: Pair
    pads: tuple[Pair, Pair] = NO_PADS
    dilation: int = 1

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return _steps(n, self.size[0], self.stride[0], self.pads[0], self.dilation)

    @property
    def bins_out(self) -> int:
        """The number of bins of each output map."""
        return _steps(self.bins, self.size[1], self.stride[1], self.pads[1])

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return self.dilation * (self.size[0] - 1) + 1, self.stride[0]


@dataclass(frozen=True, slots=True)
class Flat:
    """A dense layer on `taps` samples of maps of `bins` at once, moved along time one sample at a time.

    The order of `stored` says how the matrix's inputs are ordered.
    """

    stored: Stored
    taps: int
    bins: int = 1
    dilation: int = 1
    activation: Activation = LINEAR
    norm: Norm | None = None

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return _steps(n, self.taps, 1, (0, 0), self.dilation)

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return self.dilation * (self.taps - 1) + 1, 1


@dataclass(frozen=True, slots=True)
class Recurrent:
    """A GRU or LSTM layer of `hidden` units in torch's layout, over the whole sound.

    `forward` and `backward` name the tensors weight_ih, weight_hh, bias_ih and bias_hh of each direction;
    without `backward` it only runs forward.
    """

    kind: Literal["gru", "lstm"]
    hidden: int
    forward: tuple[str, str, str, str]
    backward: tuple[str, str, str, str] | None = None
    activation: Activation = LINEAR

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return math.inf, 1


@dataclass(frozen=True, slots=True)
class Memory:
    """A sequential memory (FSMN): each channel plus its own weighted past and future.

    y[t] = x[t] + sum over k of back[k] * x[t - taps[0] + 1 + k] + sum over k of ahead[k] * x[t + 1 + k],
    with zeros around x. Both kernels are stored as [channels, 1, taps].
    """

    back: str
    ahead: str
    taps: Pair

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return sum(self.taps), 1


@dataclass(frozen=True, slots=True)
class Add:
    """The sum with the maps of an earlier layer."""

    layer: str

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return 1, 1


@dataclass(frozen=True, slots=True)
class Standardise:
    """(x - mean) / deviation per channel; `inverse` says that 1 / deviation is stored."""

    mean: str
    deviation: str
    inverse: bool = False

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return 1, 1


@dataclass(frozen=True, slots=True)
class ChunkSpectrum:
    """The magnitudes of a stored Fourier basis [2 * bins, 1, taps], every `stride` samples of each chunk.

    Its input is a front end of chunks, with the samples of a chunk as channels.
    """

    basis: str
    chunk: int
    taps: int
    stride: int

    @property
    def steps(self) -> int:
        """The number of output samples per chunk."""
        return (self.chunk - self.taps) // self.stride + 1

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` input samples."""
        return n * self.steps

    @property
    def field(self) -> tuple[float, float]:
        """The input samples that one output sample hears, and the stride."""
        return 1, 1 / self.steps


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer that only its network's own module can compute: an encoder's, or one of an ONNX graph.

    Its place in time is told from what the first layer takes, not from the layer before: `n` frames of it
    give (n + spare) // stride samples; sample 0 lies at frame `offset`, and hears `reach` frames. `rise`
    counts the samples per frame where a layer has more of them than there are frames. `once` says that there
    is one sample for the whole sound.
    """

    stride: int = 1
    spare: int = 0
    offset: float = 0.0
    reach: float = 1.0
    rise: int = 1
    once: bool = False

    def length(self, n: int) -> int:
        """Return the number of output samples for `n` frames of what the first layer takes."""
        return 1 if self.once else (n * self.rise + self.spare) // self.stride

    @property
    def step(self) -> float:
        """The frames from one sample to the next."""
        return self.stride / self.rise

    @property
    def field(self) -> tuple[float, float]:
        """The frames that one output sample hears, and the stride."""
        return self.reach, self.step

    def conv(self, taps: int, stride: int = 1, before: int = 0, after: int = 0) -> Placed:
        """Return the place of a convolution after this layer, with `before` and `after` zeros around it.

        Nested floors of whole strides are one floor: ((n + c) // S + p - k) // s + 1 is
        (n + c + S * (p - k + s)) // (S * s).
        """
        spare = self.spare + self.stride * (before + after - taps + stride)
        offset = self.offset + self.step * ((taps - 1) / 2 - before)
        reach = self.reach + self.step * (taps - 1)
        return Placed(self.stride * stride, spare, offset, reach, self.rise)

    def everywhere(self) -> Placed:
        """Return the same place for a layer that hears the whole sound."""
        return Placed(self.stride, self.spare, self.offset, math.inf, self.rise)


MapOperation = Conv2d | Pool2d | Flat | Recurrent | Memory | Add | Standardise | ChunkSpectrum | Placed
Operation = Dense | Conv | Upsample | Fir | Norm | Pooling | Logits | MapOperation
