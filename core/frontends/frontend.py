"""The interface of a front end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor


class FrontEnd(Protocol):
    """Samples to frames: how many, where they lie in the sound, and their values."""

    @property
    def channels(self) -> int:
        """The number of values per frame."""
        ...

    @property
    def step(self) -> float:
        """The samples from one frame to the next."""
        ...

    @property
    def centre(self) -> float:
        """The position of frame 0, in samples, counted from the centre of the first sample."""
        ...

    @property
    def reach(self) -> int:
        """The number of samples that one frame is computed from; normalisation may add all others."""
        ...

    @property
    def hears_all(self) -> bool:
        """Whether every frame depends on the whole sound, by its normalisation or its range of levels."""
        ...

    def length(self, n: int) -> int:
        """Return the number of frames of `n` samples, 0 if they are too few."""
        ...

    def features(self, samples: Tensor) -> Tensor:
        """Return the frames [items, frames, channels] of sounds [items, samples]."""
        ...


def frames_of(frontend: FrontEnd, samples: Tensor) -> Tensor:
    """Return a front end's frames, computed in float64 and given in the precision of the samples.

    A logarithm magnifies the rounding of float32 in quiet bands to 1e-4.
    """
    if frontend.channels == 1:
        return frontend.features(samples)
    return frontend.features(samples.double()).to(samples.dtype)
