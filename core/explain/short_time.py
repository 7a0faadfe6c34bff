"""The short-time spectrum that masks and fills act on, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

WINDOW, HOP = 512, 128
Spectra = NDArray[np.complex128]


def _window() -> Any:
    import torch

    return torch.hann_window(WINDOW, dtype=torch.float64)


def spectrum(samples: Tensor) -> Spectra:
    """Return the spectrum [frames, bins] of the first sound; frame k is centred on sample k * HOP."""
    import torch

    found: Any = cast(Any, torch).stft(
        samples[:1].double(), WINDOW, HOP, window=_window(), return_complex=True
    )
    return found[0].T.numpy()


def sounds(spectra: Spectra, n: int) -> Tensor:
    """Return the sounds [items, samples] of spectra [items, frames, bins], float64."""
    import torch

    given: Any = torch.from_numpy(spectra.transpose(0, 2, 1).copy())  # pyright: ignore[reportUnknownMemberType]
    return cast(Any, torch).istft(given, WINDOW, HOP, window=_window(), length=n)
