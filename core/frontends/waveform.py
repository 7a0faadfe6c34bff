"""The waveform itself, and the waveform in frames that are normalised one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.frontends.frames import Edge, Framed, Frames

if TYPE_CHECKING:
    from torch import Tensor


class Samples:
    """What front ends that give the samples themselves share (see `FrontEnd`)."""

    __slots__ = ()

    @property
    def step(self) -> float:
        return 1.0

    @property
    def centre(self) -> float:
        return 0.0

    @property
    def reach(self) -> int:
        return 1

    @property
    def hears_all(self) -> bool:
        return False

    def length(self, n: int) -> int:
        return n


@dataclass(frozen=True, slots=True)
class Waveform(Samples):
    """The samples as they are."""

    kind: Literal["waveform"] = "waveform"

    @property
    def channels(self) -> int:
        return 1

    def features(self, samples: Tensor) -> Tensor:
        """Return the samples [items, samples, 1]."""
        return samples.unsqueeze(2)


WAVEFORM = Waveform()


@dataclass(frozen=True, slots=True)
class WaveformChannels(Samples):
    """The samples of several channels; a sound of one channel is given to each of them."""

    channels: int
    kind: Literal["waveform channels"] = "waveform channels"

    def features(self, samples: Tensor) -> Tensor:
        """Return the samples [items, samples, channels] of sounds with or without a channel axis."""
        return samples if samples.ndim == 3 else samples.unsqueeze(2).expand(-1, -1, self.channels)


@dataclass(frozen=True, slots=True)
class WaveformFrames(Framed):
    """Frames of the waveform, each minus its mean and divided by its standard deviation if `normalised`.

    The standard deviation is that of a sample (n - 1), at least `least_deviation`, as torchcrepe computes it.
    """

    size: int
    hop: int
    centred: bool = True
    edge: Edge = "zeros"
    normalised: bool = True
    least_deviation: float = 1e-10
    kind: Literal["waveform frames"] = "waveform frames"

    def __post_init__(self) -> None:
        Frames(self.size, self.hop)

    @property
    def frames(self) -> Frames:
        """The geometry of the frames."""
        return Frames(self.size, self.hop, self.centred, self.edge)

    @property
    def channels(self) -> int:
        return self.size

    def features(self, samples: Tensor) -> Tensor:
        """Return the frames [items, frames, size]."""
        found = self.frames.cut(samples)
        if not self.normalised:
            return found
        centred = found - found.mean(2, keepdim=True)
        return centred / centred.std(2, keepdim=True).clamp_min(self.least_deviation)
