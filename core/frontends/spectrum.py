"""The windowed spectrum of frames, which power spectrum, mel bands and cepstra start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.frontends.frames import Edge, Frames
from core.frontends.tensors import power_spectrum, root

if TYPE_CHECKING:
    from torch import Tensor

Window = Literal["hann", "symmetric hann", "hamming", "povey"]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The spectrum of `fft` samples every `hop`, weighted by a window of `width` samples in their middle.

    `width` 0 is the whole frame. "hann" is periodic, as in torch and librosa; "symmetric hann" is numpy's.
    `power` 2 gives power, 1 magnitude.
    """

    fft: int
    hop: int
    width: int = 0
    window: Window = "hann"
    power: int = 2
    centred: bool = True
    edge: Edge = "reflect"

    def __post_init__(self) -> None:
        Frames(self.fft, self.hop)

    @property
    def bins(self) -> int:
        """The number of frequencies, from 0 to the Nyquist frequency."""
        return self.fft // 2 + 1

    @property
    def frames(self) -> Frames:
        """The geometry of the frames."""
        return Frames(self.fft, self.hop, self.centred, self.edge)

    @property
    def reach(self) -> int:
        """The number of samples under the window."""
        return self.width or self.fft

    def values(self, samples: Tensor) -> Tensor:
        """Return power or magnitude [items, frames, bins] of sounds [items, samples]."""
        frames = self.frames.cut(samples)
        power = power_spectrum(frames, self._weights(), self.fft)
        return power if self.power == 2 else root(power)

    def _weights(self) -> NDArray[np.float64]:
        """Return the window in the middle of the frame, as torch.stft places it."""
        whole = np.zeros(self.fft)
        left = (self.fft - self.reach) // 2
        whole[left : left + self.reach] = window_weights(self.window, self.reach)
        return whole


def window_weights(window: Window, size: int) -> NDArray[np.float64]:
    """Return a window of `size` samples."""
    periodic = window in ("hann", "hamming")
    phase = 2 * np.pi * np.arange(size) / max(1, size if periodic else size - 1)
    hann = 0.5 - 0.5 * np.cos(phase)
    if window == "hamming":
        return 0.54 - 0.46 * np.cos(phase)
    return hann**0.85 if window == "povey" else hann
