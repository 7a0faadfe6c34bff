"""The waveform minus its mean over its standard deviation, as encoders of speech take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.frontends.waveform import Samples

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class NormalisedWaveform(Samples):
    """(x - mean) / sqrt(variance + epsilon) over the whole recording, as Wav2Vec2FeatureExtractor does it."""

    epsilon: float = 1e-7
    kind: Literal["normalised waveform"] = "normalised waveform"

    @property
    def channels(self) -> int:
        return 1

    @property
    def hears_all(self) -> bool:
        return True

    def features(self, samples: Tensor) -> Tensor:
        """Return the samples [items, samples, 1]."""
        centred = samples - samples.mean(1, keepdim=True)
        variance = centred.square().mean(1, keepdim=True)
        return (centred / (variance + self.epsilon).sqrt()).unsqueeze(2)
