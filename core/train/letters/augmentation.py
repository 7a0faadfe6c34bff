"""Utterances as they are heard in training: at another speed and level, with parts of the spectrogram left
out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad
from torch.nn.utils.rnn import pad_sequence

from core.frontends.frontend import FrontEnd
from core.frontends.tensors import tensor
from core.train.letters.batches import Variations
from core.train.letters.recipe import LetterRecipe
from core.train.slice_memory import as_samples

Pcm = NDArray[np.int16]
MASKS_IN_FREQUENCY, MASKS_IN_TIME = 2, 2
MASKS = MASKS_IN_FREQUENCY + MASKS_IN_TIME
WIDEST_MASK = 0.15
"""The most of all bands that one mask leaves out; Park et al. (2019) use twice that for more data."""

ROUNDED = 32
"""Batches have a multiple of this number of frames, because memory is kept for every new shape.

After 60 batches it is 1.1 GB instead of 1.7 GB.
"""

LONGEST_MASK, LONGEST_MASK_FRAMES = 0.1, 25
"""The most of an utterance, and the most frames, that one mask leaves out."""


def plain_features(sound: Pcm, frontend: FrontEnd) -> Tensor:
    """Return the frames [frames, bands] of an utterance as it is."""
    return frontend.features(tensor(as_samples(sound))[None])[0]


def varied_features(sound: Pcm, recipe: LetterRecipe, change: Tensor) -> Tensor:
    """Return the frames of an utterance at another speed and level; `change` are two numbers from 0 to 1."""
    speed, louder = (float(part) for part in change)
    played = at_speed(as_samples(sound), played_speed(recipe, speed))
    gain = 10 ** (recipe.gain_db * (louder * 2 - 1) / 20)
    return recipe.frontend.features(tensor(played * np.float32(gain))[None])[0]


def played_speed(recipe: LetterRecipe, drawn: float) -> float:
    """Return the speed that a drawn number from 0 to 1 stands for."""
    return 1 + recipe.speed * (drawn * 2 - 1)


def at_speed(samples: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Return a sound played faster (above 1) or slower: tempo, pitch and formants change together."""
    import soxr  # pyright: ignore[reportMissingTypeStubs]

    if speed == 1:
        return samples
    made: Any = soxr.resample(samples, speed, 1.0, quality="MQ")  # pyright: ignore[reportUnknownMemberType]
    return np.asarray(made, np.float32)


def masked(features: Tensor, places: Tensor) -> Tensor:
    """Return frames [frames, bands] with bands and stretches of time set to 0, the value of silence.

    `places` [masks, 2] are where each mask lies and how wide it is, as numbers from 0 to 1.
    """
    found = features.clone()
    frames, bands = found.shape
    for drawn in places[:MASKS_IN_FREQUENCY]:
        found[:, _stretch(bands, int(WIDEST_MASK * bands), drawn)] = 0
    longest = min(int(LONGEST_MASK * frames), LONGEST_MASK_FRAMES)
    for drawn in places[MASKS_IN_FREQUENCY:]:
        found[_stretch(frames, longest, drawn)] = 0
    return found


def _stretch(whole: int, most: int, drawn: Tensor) -> slice:
    size = int(float(drawn[1]) * (most + 1))
    first = int(float(drawn[0]) * (whole - size + 1))
    return slice(first, first + size)


def varied_batch(sounds: list[Pcm], recipe: LetterRecipe, drawn: Variations) -> tuple[Tensor, Tensor]:
    """Return the varied frames of utterances [items, frames, bands], filled up with 0, and their lengths."""
    parts = [
        varied_features(sound, recipe, change) for sound, change in zip(sounds, drawn.changes, strict=True)
    ]
    if recipe.masks:
        parts = [masked(part, places) for part, places in zip(parts, drawn.masks, strict=True)]
    return filled_up(parts)


def plain_batch(sounds: list[Pcm], frontend: FrontEnd) -> tuple[Tensor, Tensor]:
    """Return the frames of utterances as they are."""
    return filled_up([plain_features(sound, frontend) for sound in sounds])


def filled_up(parts: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Return frames as one tensor, filled up with 0 to a multiple of `ROUNDED`, and their lengths."""
    whole = pad_sequence(parts, batch_first=True)
    return pad(whole, (0, 0, 0, -whole.shape[1] % ROUNDED)), torch.tensor([len(part) for part in parts])
