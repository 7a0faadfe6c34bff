"""The frequencies of a front end's values, for drawing what a network hears as an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.frontends.chunks import Chunks
from core.frontends.frontend import FrontEnd
from core.frontends.kaldi_fbank import KaldiFbank
from core.frontends.log_mel import LogMel
from core.frontends.mel_filters import SCALES, MelForm
from core.frontends.power_spectrum import PowerSpectrum
from core.frontends.sidekit_mel import SidekitMel
from core.frontends.waveform import Samples, WaveformFrames

Floats = NDArray[np.float64]


def is_image(frontend: FrontEnd) -> bool:
    """Return whether a front end's values are worth an image; the waveform, also cut into frames, is not."""
    return frontend.channels > 1 and not isinstance(frontend, Samples | WaveformFrames | Chunks)


def band_centres_hz(frontend: FrontEnd, rate_hz: float) -> tuple[float, ...]:
    """Return the frequency of each value of a frame, where its filter is highest; () if it has none.

    >>> from core.frontends.spectrum import Spectrum
    >>> band_centres_hz(PowerSpectrum(Spectrum(4, 2)), 16000.0)
    (0.0, 4000.0, 8000.0)
    """
    found = _CENTRES.get(type(frontend))
    return tuple(found(frontend, rate_hz).tolist()) if found is not None else ()


def _mel_centres(form: MelForm, bands: int, low_hz: float, high_hz: float) -> Floats:
    to_mel, to_hz = SCALES[form]
    ends = to_mel(np.array([low_hz, high_hz], np.float64))
    return to_hz(np.linspace(float(ends[0]), float(ends[1]), bands + 2)[1:-1])


def _log_mel(one: LogMel, rate_hz: float) -> Floats:
    return _mel_centres(one.form, one.bands, one.low_hz, one.high_hz)


def _kaldi(one: KaldiFbank, rate_hz: float) -> Floats:
    return _mel_centres("kaldi", one.bands, one.low_hz, one.high_hz)


def _sidekit(one: SidekitMel, rate_hz: float) -> Floats:
    return _mel_centres("htk", one.bands, one.low_hz, one.high_hz)[: one.kept]


def _power(one: PowerSpectrum, rate_hz: float) -> Floats:
    return np.linspace(0.0, rate_hz / 2, one.channels)


_CENTRES: dict[type, Callable[[Any, float], Floats]] = {
    LogMel: _log_mel,
    KaldiFbank: _kaldi,
    SidekitMel: _sidekit,
    PowerSpectrum: _power,
}
