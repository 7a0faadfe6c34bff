"""The power spectrum, as it is or as a logarithm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.frontends.compression import Log, Normalisation, normalised
from core.frontends.spectrum import Spectrum

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class PowerSpectrum:
    """Power (or magnitude) at every frequency of a spectrum; compressed if there is a `log`."""

    spectrum: Spectrum
    log: Log | None = None
    normalisation: Normalisation = "none"
    kind: Literal["power spectrum"] = "power spectrum"

    @property
    def channels(self) -> int:
        return self.spectrum.bins

    @property
    def step(self) -> float:
        return float(self.spectrum.hop)

    @property
    def centre(self) -> float:
        return self.spectrum.frames.centre

    @property
    def reach(self) -> int:
        return self.spectrum.reach

    @property
    def hears_all(self) -> bool:
        return self.normalisation != "none" or (self.log is not None and self.log.range_db is not None)

    def length(self, n: int) -> int:
        return self.spectrum.frames.length(n)

    def features(self, samples: Tensor) -> Tensor:
        """Return the spectra [items, frames, bins]."""
        values = self.spectrum.values(samples)
        return normalised(values if self.log is None else self.log(values), self.normalisation)
