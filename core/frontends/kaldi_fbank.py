"""Kaldi's filter bank: log mel energies of pre-emphasised frames, as compute-fbank-feats gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.frontends.frames import Framed, Frames
from core.frontends.mel_filters import mel_filters
from core.frontends.spectrum import Window, window_weights
from core.frontends.tensors import power_spectrum, tensor

if TYPE_CHECKING:
    from torch import Tensor

EPSILON = float(np.finfo(np.float32).eps)


@dataclass(frozen=True, slots=True)
class KaldiFbank(Framed):
    """Frames of `size` samples every `hop` ("snip edges", no dither): minus their mean, pre-emphasised,
    windowed, filled up with zeros to the next power of two.

    `gain` comes first: Kaldi reads whole numbers of 16 bits, 32768 times the samples between -1 and 1.
    """

    rate_hz: float
    size: int
    hop: int
    bands: int
    low_hz: float
    high_hz: float
    window: Window = "povey"
    pre_emphasis: float = 0.97
    gain: float = 32768.0
    kind: Literal["kaldi filter bank"] = "kaldi filter bank"

    def __post_init__(self) -> None:
        Frames(self.size, self.hop)

    @property
    def frames(self) -> Frames:
        """The geometry of the frames."""
        return Frames(self.size, self.hop)

    @property
    def channels(self) -> int:
        return self.bands

    def features(self, samples: Tensor) -> Tensor:
        """Return the log energies [items, frames, bands]."""
        import torch

        frames = self.frames.cut(samples) * self.gain
        frames = frames - frames.mean(2, keepdim=True)
        before = torch.cat((frames[:, :, :1], frames[:, :, :-1]), 2)
        weights = window_weights(self.window, self.size)
        power = power_spectrum(frames - self.pre_emphasis * before, weights, self.frames.fft)
        bank = mel_filters("kaldi", self.rate_hz, self.frames.fft, self.bands, self.low_hz, self.high_hz)
        return (power @ tensor(bank, power)).clamp_min(EPSILON).log()
