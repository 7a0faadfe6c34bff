"""How far two sounds are apart in their spectra: a loss to descend, and a distance in dB to tell."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

WINDOWS = (256, 512, 1024, 2048)
FLOOR_DB = -60.0
"""Below the loudest bin of the recording; what is quieter counts as this."""

_TOLD_WINDOW = 512


def spectral_loss(made: Tensor, target: Tensor) -> Tensor:
    """Return the loss of sounds [items, samples] against one [samples], float [items].

    Spectral convergence and the mean absolute difference of log magnitudes, averaged over several windows
    (Yamamoto, Song & Kim, "Parallel WaveGAN", ICASSP 2020, eq. 6).
    """
    import torch

    total = torch.zeros(len(made), dtype=made.dtype)
    for window in WINDOWS:
        mine, theirs = magnitudes(made, window), magnitudes(target[None], window)
        floor = theirs.max() * 10 ** (FLOOR_DB / 20)
        size = torch.clamp(theirs.square().sum((1, 2)).sqrt(), min=1e-8)
        converged = (mine - theirs).square().sum((1, 2)).sqrt() / size
        logs = (_log(mine, floor) - _log(theirs, floor)).abs().mean((1, 2))
        total = total + converged + logs
    return total / len(WINDOWS)


def distance_db(made: NDArray[np.float32], target: NDArray[np.float32]) -> float:
    """Return the log-spectral distance of two sounds in dB: the RMS difference of their levels.

    Over all bins of a window of 512 samples; what lies more than 60 dB below the loudest bin of the target
    counts as silent. Equal sounds have 0 dB (Gray & Markel, "Distance measures for speech processing", 1976).
    """
    import torch

    with torch.no_grad():
        mine, theirs = (magnitudes(torch.tensor(one)[None], _TOLD_WINDOW) for one in (made, target))
        floor = theirs.max() * 10 ** (FLOOR_DB / 20)
        levels = 20 / np.log(10) * (_log(mine, floor) - _log(theirs, floor))
        return float(levels.square().mean().sqrt())


def magnitudes(sounds: Tensor, window: int) -> Tensor:
    """Return the magnitudes of short-time spectra, [items, bins, frames], every quarter of a window."""
    import torch

    found = torch.stft(
        sounds,
        window,
        window // 4,
        window=_hann(window),
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    return torch.sqrt(found.real.square() + found.imag.square() + 1e-12)


@lru_cache
def _hann(window: int) -> Tensor:
    import torch

    return torch.hann_window(window)


def _log(values: Tensor, floor: Tensor) -> Tensor:
    import torch

    return torch.log(torch.maximum(values, torch.clamp(floor, min=1e-8)))
