"""Banks of triangular filters on the mel scale, in the forms that networks were trained with.

Sources: Slaney's Auditory Toolbox and HTK's formula as librosa and torchaudio compute them, HTK's on whole
bins as in common Python feature code; Yaafe's as in Schlüter & Grill's detector (ISMIR 2015); Kaldi's
mel-computations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MelForm = Literal["slaney", "htk", "htk bins", "yaafe", "kaldi"]
Scale = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]

_LINEAR_TO_HZ, _HZ_PER_MEL = 1000.0, 200.0 / 3
_LOG_STEP = np.log(6.4) / 27


def _slaney_mel(hz: Floats) -> Floats:
    high = _LINEAR_TO_HZ / _HZ_PER_MEL + np.log(np.maximum(hz, _LINEAR_TO_HZ) / _LINEAR_TO_HZ) / _LOG_STEP
    return np.where(hz < _LINEAR_TO_HZ, hz / _HZ_PER_MEL, high)


def _slaney_hz(mel: Floats) -> Floats:
    knee = _LINEAR_TO_HZ / _HZ_PER_MEL
    high = _LINEAR_TO_HZ * np.exp(_LOG_STEP * (np.maximum(mel, knee) - knee))
    return np.where(mel < knee, mel * _HZ_PER_MEL, high)


def _htk_mel(hz: Floats) -> Floats:
    return 2595 * np.log10(1 + hz / 700)


def _htk_hz(mel: Floats) -> Floats:
    return 700 * (10 ** (mel / 2595) - 1)


def _natural_mel(hz: Floats) -> Floats:
    return 1127 * np.log1p(hz / 700)


def _natural_hz(mel: Floats) -> Floats:
    return 700 * np.expm1(mel / 1127)


SCALES: dict[MelForm, Scale] = {
    "slaney": (_slaney_mel, _slaney_hz),
    "htk": (_htk_mel, _htk_hz),
    "htk bins": (_htk_mel, _htk_hz),
    "yaafe": (_natural_mel, _natural_hz),
    "kaldi": (_natural_mel, _natural_hz),
}


def mel_filters(
    form: MelForm, rate_hz: float, fft: int, bands: int, low_hz: float, high_hz: float, area: bool = False
) -> Floats:
    """Return the bank [fft / 2 + 1, bands].

    The triangles' corners are equally spaced on the scale of `form`; "htk bins" moves them down to whole bins
    (of fft + 1). With `area` (librosa's norm "slaney") each triangle has the same area over frequency.

    >>> mel_filters("slaney", 16000, 512, 40, 0, 8000).shape
    (257, 40)
    """
    to_mel, to_hz = SCALES[form]
    ends = to_mel(np.array([low_hz, high_hz], np.float64))
    corners: Floats = np.linspace(float(ends[0]), float(ends[1]), bands + 2)
    corners_hz, bins_hz = to_hz(corners), np.linspace(0, rate_hz / 2, fft // 2 + 1)
    if form == "yaafe":
        return _yaafe(bins_hz, corners_hz)
    if form == "kaldi":
        return _triangles(to_mel(bins_hz), corners)
    if form == "htk bins":
        return _triangles(np.arange(fft // 2 + 1.0), np.floor((fft + 1) * corners_hz / rate_hz))
    bank = _triangles(bins_hz, corners_hz)
    return bank * (2 / (corners_hz[2:] - corners_hz[:-2])) if area else bank


def _triangles(bins: Floats, corners: Floats) -> Floats:
    """Return triangles that rise from 0 to 1 and fall back between three corners each."""
    widths = np.maximum(np.diff(corners), 1e-9)
    rising = (bins[:, None] - corners[None, :-2]) / widths[:-1]
    falling = (corners[None, 2:] - bins[:, None]) / widths[1:]
    return np.maximum(0, np.minimum(rising, falling))


def _yaafe(bins_hz: Floats, corners_hz: Floats) -> Floats:
    """Return Yaafe's triangles: their flanks lie between whole bins, and each sums to 1."""
    bank = np.zeros((len(bins_hz), len(corners_hz) - 2))
    places = np.searchsorted(bins_hz, corners_hz)
    for band in range(bank.shape[1]):
        left, top, right = places[band : band + 3]
        bank[left:top, band] = (bins_hz[left:top] - corners_hz[band]) / max(1, top - left)
        bank[top:right, band] = (corners_hz[band + 2] - bins_hz[top:right]) / max(1, right - top)
        total = bank[left:right, band].sum()
        bank[left:right, band] /= total if total > 0 else 1
    return bank
