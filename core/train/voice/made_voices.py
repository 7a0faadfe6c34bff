"""Singing voices made by rule: a glottal source with vibrato and glides, through the formants of vowels.

And, to test a detector rather than to train it, lines that move as a voice's harmonics do but have none of
its formants: the shortcut that detectors of this kind are known to take (Mishra et al. 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Curve = NDArray[np.float64]

VOWELS = (
    (730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410),
)  # fmt: skip
"""F1 to F3 of a, i, u, e and o (Peterson & Barney 1952, men)."""

BANDWIDTHS = (80.0, 100.0, 150.0)
HARMONICS = 40
Line = Literal["straight", "sloped", "wiggly"]


def made_voice(
    chance: np.random.Generator, seconds: float, rate_hz: float
) -> tuple[Samples, NDArray[np.bool_]]:
    """Return a made voice and, for each sample, whether it sounds: notes of 0.2 to 1.5 s with short rests."""
    n = round(seconds * rate_hz)
    f0, on = _melody(chance, n, rate_hz)
    size = chance.uniform(0.9, 1.25)
    formants = _formants(chance, n, rate_hz) * size
    voice = _harmonics(f0, formants, rate_hz, tilt_db=chance.uniform(-14, -8))
    breath = chance.standard_normal(n) * chance.uniform(0.002, 0.02)
    envelope = _smoothed(on.astype(np.float64), round(0.03 * rate_hz))
    made = (voice + breath) * envelope
    return (0.5 * made / max(1e-9, np.abs(made).max())).astype(np.float32), on


def _melody(chance: np.random.Generator, n: int, rate_hz: float) -> tuple[Curve, NDArray[np.bool_]]:
    """Return F0 in Hz and whether a note sounds, for each sample."""
    semitones, on = np.zeros(n), np.zeros(n, np.bool_)
    note, at = chance.uniform(0, 12), 0
    while at < n:
        length = round(chance.uniform(0.2, 1.5) * rate_hz)
        note = float(np.clip(note + chance.integers(-4, 5), 0, 20))
        semitones[at : at + length] = note
        on[at : at + length] = True
        at += length + (round(chance.uniform(0.05, 0.4) * rate_hz) if chance.random() < 0.4 else 0)
    glide = _smoothed(semitones, round(chance.uniform(0.03, 0.12) * rate_hz))
    t = np.arange(n) / rate_hz
    depth = chance.uniform(0.1, 0.9) * _smoothed(chance.random(n) > 0.3, round(0.4 * rate_hz))
    vibrato = depth * np.sin(2 * np.pi * chance.uniform(4.5, 7) * t + chance.uniform(0, 6.28))
    drift = 0.15 * _smoothed(chance.standard_normal(n), round(0.05 * rate_hz)) * np.sqrt(0.05 * rate_hz)
    return chance.uniform(90, 260) * 2 ** ((glide + vibrato + drift) / 12), on


def _formants(chance: np.random.Generator, n: int, rate_hz: float) -> Curve:
    """Return F1 to F3 [3, n] in Hz, moving from vowel to vowel."""
    targets, at = np.zeros((3, n)), 0
    while at < n:
        length = round(chance.uniform(0.15, 0.8) * rate_hz)
        targets[:, at : at + length] = np.array(VOWELS[chance.integers(len(VOWELS))], float)[:, None]
        at += length
    width = round(0.06 * rate_hz)
    return np.stack([_smoothed(row, width) for row in targets])


def _harmonics(f0: Curve, formants: Curve, rate_hz: float, tilt_db: float) -> Curve:
    phase = 2 * np.pi * np.cumsum(f0) / rate_hz
    whole = np.zeros(len(f0))
    for k in range(1, HARMONICS + 1):
        hz = k * f0
        gain = k ** (tilt_db / 6.02) * (hz < 0.45 * rate_hz)
        for formant, width in zip(formants, BANDWIDTHS, strict=True):
            gain = gain * formant**2 / np.hypot(formant**2 - hz**2, width * hz)
        whole += gain * np.sin(k * phase)
    return whole


def _smoothed(values: NDArray[np.generic] | Curve, width: int) -> Curve:
    """Return a moving average over `width` samples, of the same length."""
    from scipy.ndimage import uniform_filter1d  # pyright: ignore[reportUnknownVariableType]

    return np.asarray(uniform_filter1d(np.asarray(values, np.float64), max(1, width)), np.float64)


def line(chance: np.random.Generator, kind: Line, seconds: float, rate_hz: float) -> Samples:
    """Return a few partials that stay, slide or tremble together, with no formants and no breath.

    A sloped line moves by 6 semitones a second, a wiggly one by 0.7 semitones 5.5 times a second.
    """
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    semitones = {
        "straight": np.zeros(len(t)),
        "sloped": 6 * (t - seconds / 2) * chance.choice((-1, 1)),
        "wiggly": 0.7 * np.sin(2 * np.pi * 5.5 * t + chance.uniform(0, 6.28)),
    }[kind]
    f0 = chance.uniform(150, 600) * 2 ** (semitones / 12)
    phase = 2 * np.pi * np.cumsum(f0) / rate_hz
    partials: Sequence[Curve] = [np.sin(k * phase) / k for k in range(1, int(chance.integers(2, 9)))]
    made = np.sum(partials, 0)
    return (0.3 * made / np.abs(made).max()).astype(np.float32)
