"""One example of a search as it is shown and heard: its sound, its picture, its place, its measures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.generation.acoustics import Acoustics, acoustics
from core.generation.log_mel import log_mels

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Example:
    """A sound of a search, or a real excerpt.

    `number` is its restart, from 1; `z` is empty for a real one, `label` its name.
    """

    number: int
    value: float
    samples: Array
    rate_hz: float
    mel: Array
    acoustics: Acoustics
    z: Array = field(default_factory=lambda: np.empty(0, np.float32))
    label: str = ""
    path: str = ""
    start_s: float = 0.0


def pictured(sounds: Array, rate_hz: float) -> tuple[tuple[Array, Acoustics], ...]:
    """Return the log-mel picture [frames, bands] and Praat's measures of each sound."""
    if not len(sounds):
        return ()
    mels = log_mels(sounds, rate_hz)
    return tuple((mel, acoustics(sound, rate_hz)) for mel, sound in zip(mels, sounds, strict=True))
