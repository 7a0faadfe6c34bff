"""SIDEKIT's log mel bands, as inaSpeechSegmenter takes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.frontends.compression import Normalisation, normalised
from core.frontends.frames import Framed, Frames
from core.frontends.spectrum import window_weights
from core.frontends.tensors import power_spectrum, tensor

if TYPE_CHECKING:
    from torch import Tensor

FLOOR = 1e-30  # SIDEKIT has none: the logarithm of digital silence is infinite there


@dataclass(frozen=True, slots=True)
class SidekitMel(Framed):
    """The first `kept` of `bands` HTK mel bands of frames, pre-emphasised and weighted (symmetric Hann).

    The triangles have equal areas, and the last bin of each falling flank is missing, as in SIDEKIT. With
    `whole`, samples are rounded to whole numbers of 16 bits first, as a sound file has them; gradients pass
    as if they were not.
    """

    rate_hz: float
    size: int
    hop: int
    bands: int
    kept: int
    low_hz: float
    high_hz: float
    pre_emphasis: float = 0.97
    gain: float = 32768.0
    normalisation: Normalisation = "none"
    whole: bool = False
    kind: Literal["sidekit mel"] = "sidekit mel"

    def __post_init__(self) -> None:
        Frames(self.size, self.hop)

    @property
    def frames(self) -> Frames:
        """The geometry of the frames."""
        return Frames(self.size, self.hop)

    @property
    def channels(self) -> int:
        return self.kept

    @property
    def hears_all(self) -> bool:
        return self.normalisation != "none"

    def features(self, samples: Tensor) -> Tensor:
        """Return the log energies [items, frames, kept]."""
        import torch

        frames = self.frames.cut(samples) * self.gain
        if self.whole:
            frames = frames + (frames.round() - frames).detach()
        before = torch.cat((frames[:, :, :1], frames[:, :, :-1]), 2)
        weights = window_weights("symmetric hann", self.size)
        power = power_spectrum(frames - self.pre_emphasis * before, weights, self.frames.fft)
        values = (power @ tensor(self._bank(), power)).clamp_min(FLOOR).log()
        return normalised(values, self.normalisation)

    def _bank(self) -> NDArray[np.float64]:
        """Return the filters [fft / 2 + 1, kept]."""
        mels = [2595 * math.log10(1 + hz / 700) for hz in (self.low_hz, self.high_hz)]
        places: NDArray[np.float64] = np.linspace(mels[0], mels[1], self.bands + 2)
        corners: list[float] = (700 * (10 ** (places / 2595) - 1)).tolist()
        hz = np.arange(self.frames.fft // 2 + 1) * self.rate_hz / self.frames.fft
        bank = np.zeros((len(hz), self.kept))
        for band in range(self.kept):
            low, top, high = corners[band : band + 3]
            first, middle, last = (int(f * self.frames.fft / self.rate_hz) + 1 for f in (low, top, high))
            height = 2 / (high - low)
            bank[first:middle, band] = height * (hz[first:middle] - low) / (top - low)
            bank[middle : last - 1, band] = height * (high - hz[middle : last - 1]) / (high - top)
        return bank
