"""Resampling that gradients pass through: a windowed sinc as one convolution (Smith & Gossett 1984)."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.frontends.tensors import tensor

if TYPE_CHECKING:
    from torch import Tensor

ZEROS = 24
"""The zero crossings of the sinc on each side."""

ROLL_OFF, BETA = 0.945, 8.555
"""Where the pass band ends, as a part of the lower Nyquist frequency, and the shape of Kaiser's window."""


@dataclass(frozen=True, slots=True)
class Resampler:
    """From one rate to another; equal rates change nothing."""

    from_hz: int
    to_hz: int

    @property
    def step(self) -> int:
        """The samples that become `block` ones."""
        return self.from_hz // gcd(self.from_hz, self.to_hz)

    @property
    def block(self) -> int:
        """The samples that each `step` samples become."""
        return self.to_hz // gcd(self.from_hz, self.to_hz)

    def length(self, n: int) -> int:
        """Return the number of samples that `n` samples become."""
        return -(-n * self.block // self.step)

    def __call__(self, sounds: Tensor) -> Tensor:
        """Return sounds [items, samples] at the other rate."""
        from torch.nn.functional import conv1d, pad

        if self.from_hz == self.to_hz:
            return sounds
        kernel, width = self._kernel()
        n = sounds.shape[1]
        padded = pad(sounds[:, None], (width, width + self.step))
        made = conv1d(padded, tensor(kernel, sounds), stride=self.step)
        return made.transpose(1, 2).reshape(len(sounds), -1)[:, : self.length(n)]

    def _kernel(self) -> tuple[NDArray[np.float64], int]:
        """Return the filter of each phase [block, 1, taps], and the samples on each side."""
        band = ROLL_OFF * min(1.0, self.block / self.step)
        width = int(np.ceil(ZEROS / band))
        places = (
            np.arange(-width, width + self.step)[None]
            - self.step * np.arange(self.block)[:, None] / self.block
        )
        reach = np.clip(np.abs(places) / (ZEROS / band), 0, 1)
        window = np.i0(BETA * np.sqrt(1 - reach**2)) / np.i0(BETA)
        return (band * np.sinc(band * places) * window * (reach < 1))[:, None], width
