"""Mel-frequency cepstral coefficients: the cosine transform of log-mel bands, with their changes in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.frontends.compression import Normalisation, normalised
from core.frontends.log_mel import LogMel
from core.frontends.tensors import tensor

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Mfcc:
    """The first `count` coefficients (orthonormal DCT-II) of log-mel bands.

    `deltas` 1 appends their slopes over `delta_width` frames, 2 also the slopes of the slopes; before the
    first and after the last frame those are repeated (torchaudio's compute_deltas).
    """

    mel: LogMel
    count: int
    deltas: int = 0
    delta_width: int = 9
    normalisation: Normalisation = "none"
    kind: Literal["mfcc"] = "mfcc"

    @property
    def channels(self) -> int:
        return self.count * (1 + self.deltas)

    @property
    def step(self) -> float:
        return self.mel.step

    @property
    def centre(self) -> float:
        return self.mel.centre

    @property
    def reach(self) -> int:
        return self.mel.reach + self.deltas * (self.delta_width - 1) * self.mel.spectrum.hop

    @property
    def hears_all(self) -> bool:
        return self.normalisation != "none" or self.mel.hears_all

    def length(self, n: int) -> int:
        return self.mel.length(n)

    def features(self, samples: Tensor) -> Tensor:
        """Return the coefficients [items, frames, count * (1 + deltas)]."""
        import torch

        bands = self.mel.features(samples)
        found = [bands @ tensor(cosines(self.mel.bands, self.count), bands)]
        for _ in range(self.deltas):
            found.append(slopes(found[-1], self.delta_width))
        return normalised(torch.cat(found, 2), self.normalisation)


def cosines(bands: int, count: int) -> NDArray[np.float64]:
    """Return the orthonormal DCT-II as a matrix [bands, count]."""
    angles = np.pi / bands * (np.arange(bands)[:, None] + 0.5) * np.arange(count)[None]
    matrix = np.cos(angles) * np.sqrt(2 / bands)
    matrix[:, 0] /= np.sqrt(2)
    return matrix


def slopes(values: Tensor, width: int) -> Tensor:
    """Return the least-squares slope of each channel over `width` frames, per frame."""
    import torch

    half = width // 2
    steps = torch.arange(-half, half + 1, dtype=values.dtype)
    ends = (values[:, :1].expand(-1, half, -1), values, values[:, -1:].expand(-1, half, -1))
    windows = torch.cat(ends, 1).unfold(1, 2 * half + 1, 1)
    return (windows * steps).sum(3) / steps.square().sum()
