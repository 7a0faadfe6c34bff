"""Mel bands of a spectrum as logarithms: Slaney's, HTK's and Yaafe's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.frontends.compression import Log, Normalisation, normalised
from core.frontends.mel_filters import MelForm, mel_filters
from core.frontends.spectrum import Spectrum
from core.frontends.tensors import tensor

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class LogMel:
    """`bands` mel bands from `low_hz` to `high_hz`, compressed and normalised.

    `area` is librosa's norm "slaney". `silence` is a number of frames of silence (the logarithm of 0) added
    before and after the sound, for networks whose frames need neighbours on both sides; `dropped` are frames
    at the end that are left out.
    """

    rate_hz: float
    spectrum: Spectrum
    bands: int
    low_hz: float
    high_hz: float
    form: MelForm
    log: Log
    area: bool = False
    normalisation: Normalisation = "none"
    silence: int = 0
    dropped: int = 0
    kind: Literal["log-mel"] = "log-mel"

    @property
    def channels(self) -> int:
        return self.bands

    @property
    def step(self) -> float:
        return float(self.spectrum.hop)

    @property
    def centre(self) -> float:
        return self.spectrum.frames.centre - self.silence * self.spectrum.hop

    @property
    def reach(self) -> int:
        return self.spectrum.reach

    @property
    def hears_all(self) -> bool:
        return self.normalisation != "none" or self.log.range_db is not None

    def length(self, n: int) -> int:
        found = self.spectrum.frames.length(n)
        return max(0, found - self.dropped) + 2 * self.silence if found else 0

    def features(self, samples: Tensor) -> Tensor:
        """Return the bands [items, frames, bands]."""
        from torch.nn.functional import pad

        ends = (0, 0, self.silence, self.silence - self.dropped)
        values = self.log(pad(self.energies(samples), ends))
        return normalised(values, self.normalisation)

    def energies(self, samples: Tensor) -> Tensor:
        """Return the bands before the logarithm [items, frames, bands]."""
        values = self.spectrum.values(samples)
        bank = mel_filters(
            self.form, self.rate_hz, self.spectrum.fft, self.bands, self.low_hz, self.high_hz, self.area
        )
        return values @ tensor(bank, values)
