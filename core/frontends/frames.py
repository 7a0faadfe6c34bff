"""Cutting a sound into frames: the geometry that all front ends with windows share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.faults import Fault

if TYPE_CHECKING:
    from torch import Tensor

Edge = Literal["reflect", "zeros"]


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames of `size` samples, one every `hop`.

    The first one begins at the first sample or, if `centred`, half a frame before it; what lies outside the
    sound is then mirrored or zero, as `edge` says.
    """

    size: int
    hop: int
    centred: bool = False
    edge: Edge = "reflect"

    def __post_init__(self) -> None:
        if self.size < 1 or self.hop < 1:
            raise ValueError("frames and hops have at least one sample")

    @property
    def outside(self) -> int:
        """The samples of the first frame that lie before the sound."""
        return self.size // 2 if self.centred else 0

    @property
    def centre(self) -> float:
        """The position of the centre of frame 0, in samples."""
        return (self.size - 1) / 2 - self.outside

    @property
    def fft(self) -> int:
        """The length of a transform that is a power of two."""
        return 1 << (self.size - 1).bit_length()

    def length(self, n: int) -> int:
        """Return the number of frames of `n` samples."""
        if self.centred and n <= (self.outside if self.edge == "reflect" else 0):
            return 0
        return max(0, (n + 2 * self.outside - self.size) // self.hop + 1)

    def cut(self, samples: Tensor) -> Tensor:
        """Return frames [items, frames, size] of sounds [items, samples]. Raises Fault if there is none."""
        from torch.nn.functional import pad

        if not self.length(samples.shape[1]):
            raise too_short(samples.shape[1], self.outside + 1 if self.centred else self.size)
        if self.outside:
            mode = "reflect" if self.edge == "reflect" else "constant"
            samples = pad(samples, (self.outside, self.outside), mode)
        return samples.unfold(1, self.size, self.hop)


class Framed:
    """What front ends of plain frames share (see `FrontEnd`); each gives its `frames`."""

    __slots__ = ()

    @property
    def frames(self) -> Frames:
        """The geometry of the frames."""
        raise NotImplementedError

    @property
    def step(self) -> float:
        return float(self.frames.hop)

    @property
    def centre(self) -> float:
        return self.frames.centre

    @property
    def reach(self) -> int:
        return self.frames.size

    @property
    def hears_all(self) -> bool:
        return False

    def length(self, n: int) -> int:
        return self.frames.length(n)


def too_short(n: int, least: int) -> Fault:
    """Return the fault for a sound without a single frame."""
    return Fault(
        f"The sound has {n} samples; this network needs at least {least}.", "Use a longer part of it."
    )
