"""SmoothGrad: the mean gradient of a sound with different noise (captum)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from core.explain.gradients import no_cause
from core.explain.subject import Found, Subject, check_moves, columns, numbers
from core.explain.targets import Target

if TYPE_CHECKING:
    from torch import Tensor

AT_ONCE = 8

cause = no_cause


@dataclass(frozen=True, slots=True)
class SmoothGradSettings:
    """`draws` of noise; its standard deviation is `noise` of the range of values. `seed` makes it repeat."""

    draws: int = 16
    noise: float = 0.1
    seed: int = 0


def smoothgrad(subject: Subject, target: Target, settings: SmoothGradSettings, place: str) -> Found:
    """Return the mean gradient over noisy copies (Smilkov et al. 2017), and its spread."""
    import torch
    from captum.attr import NoiseTunnel, Saliency  # pyright: ignore[reportMissingTypeStubs]

    def forward(maps: Tensor) -> Tensor:
        return subject.scores(place, maps, target)

    maps = subject.maps(place).detach().clone()
    deviation = settings.noise * float(maps.max() - maps.min())
    method = cast(Any, NoiseTunnel(Saliency(forward)))
    parts: list[Any] = []
    with cast(Any, torch).random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)  # pyright: ignore[reportUnknownMemberType]
        for first in range(0, settings.draws, AT_ONCE):
            count = min(AT_ONCE, settings.draws - first)
            found = method.attribute(
                maps, nt_samples=count, nt_type="smoothgrad", stdevs=deviation, abs=False
            )
            parts.append((count, columns(numbers(cast("Tensor", found)))))
    values = np.average([part for _, part in parts], axis=0, weights=[count for count, _ in parts])
    check_moves(values, subject, target, place)
    spread = np.std([part for _, part in parts], axis=0) if len(parts) > 1 else None
    return Found(
        values.astype(np.float32), place, spread=None if spread is None else spread.astype(np.float32)
    )
