"""Torch functions that front ends share, with types; torch is imported by the first call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


def tensor(values: NDArray[Any], like: Tensor | None = None) -> Tensor:
    """Return an array as a tensor, of the element type of `like` if given."""
    import torch

    made = cast("Tensor", cast(Any, torch).from_numpy(np.ascontiguousarray(values)))
    return made if like is None else made.to(like.dtype)


def power_spectrum(frames: Tensor, weights: NDArray[np.float64], fft: int) -> Tensor:
    """Return the power [items, frames, fft / 2 + 1] of frames times a window, filled up with zeros."""
    import torch

    found: Any = cast(Any, torch).fft.rfft(frames * tensor(weights, frames), fft)
    return found.real.square() + found.imag.square()


def root(power: Tensor) -> Tensor:
    """Return the square root, with slope 0 at 0.

    The true slope is infinite there, and a NaN in one silent bin would spoil the whole gradient.
    """
    import torch

    return torch.where(power > 0, power, 1.0).sqrt() * (power > 0)
