"""How close the generated sounds are to the recordings, and whether Q recovers their codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.networks.latent import LatentLayout
from core.train.random_draws import Draws
from core.train.slice_memory import StoredSlices, spread
from core.train.step import Nets

Values = NDArray[np.float64]
Statistics = tuple[Values, Values]

WINDOW_S = 0.032
HOP_S = 0.016
BANDS = 40
LOWEST_HZ = 60.0
FLOOR_DB = -80.0
SOUNDS = 128
MOST = 1024
SEED = 20210


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Q's accuracy (None without a code), the distance to the recordings and its floor, in dB²."""

    steps: int
    q_accuracy: float | None
    distance_db2: float
    floor_db2: float | None

    def words(self) -> str:
        """Tell the figures in a sentence."""
        floor = "no floor" if self.floor_db2 is None else f"floor {self.floor_db2:.0f}"
        coded = "" if self.q_accuracy is None else f"Q finds {self.q_accuracy:.0%} of the codes · "
        return f"{coded}distance to the recordings {self.distance_db2:.0f} dB² ({floor})"


@dataclass(frozen=True, eq=False)
class Reference:
    """Statistics of the recordings, computed once, and the distance of the held-out recordings."""

    real: Statistics
    floor_db2: float | None

    @classmethod
    def of(cls, training: StoredSlices, held_out: StoredSlices, rate_hz: int) -> Reference:
        """Measure at most `MOST` evenly spaced slices of the recordings."""
        real = statistics(_frames(training, rate_hz))
        if len(held_out) < 2:
            return cls(real, None)
        return cls(real, frechet(real, statistics(_frames(held_out, rate_hz))))


def _frames(rows: StoredSlices, rate_hz: int) -> Values:
    """Return the frames of the slices, a few slices at a time because their spectra are large."""
    sounds = spread(rows, MOST)
    return np.concatenate([log_mel(sounds[at : at + 32], rate_hz) for at in range(0, len(sounds), 32)])


def measure(nets: Nets, layout: LatentLayout, reference: Reference, rate_hz: int, steps: int) -> Evaluation:
    """Generate sounds with the averaged generator and compare them with the recordings."""
    z = fixed_latent(layout, SOUNDS)
    sounds = generated(nets, z)
    return Evaluation(
        steps,
        q_accuracy(nets, z, sounds, layout),
        frechet(reference.real, statistics(log_mel(sounds, rate_hz))),
        reference.floor_db2,
    )


def fixed_latent(layout: LatentLayout, count: int, seed: int = SEED) -> Tensor:
    """Return latent vectors that are the same at every evaluation, without using the run's random numbers."""
    z = Draws(seed, 1, count).latent(layout)
    codes = torch.tensor(layout.codes(), dtype=torch.float32)
    if layout.code:
        z[:, : layout.code] = codes[torch.arange(count) % len(codes)]
    return z


@torch.no_grad()
def generated(nets: Nets, z: Tensor) -> NDArray[np.float32]:
    """Return the averaged generator's sounds, a few at a time."""
    device = next(nets.average.parameters()).device
    return np.concatenate([nets.average(some.to(device)).numpy(force=True) for some in _few(z)])


@torch.no_grad()
def q_accuracy(nets: Nets, z: Tensor, sounds: NDArray[np.float32], layout: LatentLayout) -> float | None:
    """Return the fraction of sounds whose whole code Q recovers."""
    if nets.Q is None:
        return None
    device = next(nets.Q.parameters()).device
    logits = torch.cat([nets.Q(some.to(device)).cpu() for some in _few(torch.as_tensor(sounds))])
    code = z[:, : layout.code]
    if layout.kind == "one-hot":
        right = logits.argmax(1) == code.argmax(1)
    else:
        right = ((logits > 0) == (code > 0.5)).all(1)
    return float(right.float().mean())


def _few(rows: Tensor, count: int = 16) -> list[Tensor]:
    return [rows[at : at + count] for at in range(0, len(rows), count)]


def log_mel(sounds: NDArray[np.float32], rate_hz: int) -> Values:
    """Return every frame of every sound as 40 mel bands in dB re full scale, at least -80 dB."""
    size, hop = round(WINDOW_S * rate_hz), round(HOP_S * rate_hz)
    frames = np.lib.stride_tricks.sliding_window_view(sounds, size, axis=1)[:, ::hop]
    shaped = frames.reshape(-1, size) * np.hanning(size + 2)[1:-1].astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(shaped, axis=1))) / (size / 4) ** 2
    return np.maximum(10 * np.log10(power @ _mel_bands(size, rate_hz) + 1e-20), FLOOR_DB)


@cache
def _mel_bands(size: int, rate_hz: int) -> Values:
    """Return triangular bands, evenly spaced in mel, as a matrix [bins, bands] whose columns sum to 1."""

    def mel(hz: Any) -> Values:
        return 2595 * np.log10(1 + np.asarray(hz) / 700)

    edges = np.linspace(mel(LOWEST_HZ), mel(rate_hz / 2), BANDS + 2)
    place = mel(np.fft.rfftfreq(size, 1 / rate_hz))[:, None]
    rising = (place - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - place) / (edges[2:] - edges[1:-1])
    bands = np.maximum(0, np.minimum(rising, falling))
    return bands / np.maximum(bands.sum(0), 1e-9)


def statistics(frames: Values) -> Statistics:
    """Return the mean and covariance of the frames."""
    return frames.mean(0), np.cov(frames, rowvar=False)


def frechet(one: Statistics, other: Statistics) -> float:
    """Return the Fréchet distance of two normal distributions: |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½).

    >>> round(frechet((np.zeros(1), np.eye(1)), (np.full(1, 3.0), 4 * np.eye(1))), 6)
    10.0
    """
    (m1, c1), (m2, c2) = one, other
    values, vectors = np.linalg.eigh(c1)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ c2 @ root), 0)).sum()
    return float(np.square(m1 - m2).sum() + np.trace(c1) + np.trace(c2) - 2 * shared)
