"""Excerpts to learn from: where they are cut, what is laid over what, and how they are changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import grid_sample

from core.families.schlueter_grill import FRAMES, FRONTEND, RATE_HZ
from core.frontends.mel_filters import mel_filters
from core.frontends.tensors import tensor
from core.train.voice.pieces import HOP, Kind, Piece, as_float
from core.train.voice.recipe import VoiceRecipe

Samples = NDArray[np.float32]

BINS = 372
"""The spectrum's bins up to the highest mel band."""

GAIN_DB = 6.0
"""The most by which an excerpt is louder or softer than the recording."""

VOICED: tuple[tuple[Kind, float], ...] = (("song", 0.3), ("voice", 0.4), ("made", 0.3))
"""What an excerpt with a voice is taken from, and how often; the last two are laid over music."""

UNVOICED: tuple[tuple[Kind, float], ...] = (("music", 0.8), ("song", 0.2))
TWO_AT_ONCE = 0.3
"""How often two pieces of music are heard at once, so that a sum alone does not betray a voice."""

CENTRES_HZ, WIDTHS_SEMITONES = (150.0, 8000.0), (5.0, 7.0)
"""Where a random filter lies and how wide it is (Schlüter & Grill 2015)."""


class Choice:
    """The hops of pieces of one kind, with a voice or without, each as likely as any other."""

    def __init__(self, pieces: Sequence[Piece], kind: Kind, voiced: bool) -> None:
        self.pieces = [piece for piece in pieces if piece.kind == kind]
        self.hops = [np.flatnonzero(piece.voiced == voiced) for piece in self.pieces]
        self.ends = np.cumsum([len(hops) for hops in self.hops], dtype=np.int64)

    @property
    def count(self) -> int:
        """The number of hops to choose from."""
        return int(self.ends[-1]) if len(self.ends) else 0

    def draw(self, chance: np.random.Generator) -> tuple[Piece, int]:
        """Return a piece and a hop in it."""
        place = int(chance.integers(self.count))
        piece = int(np.searchsorted(self.ends, place, "right"))
        return self.pieces[piece], int(self.hops[piece][place - self.ends[piece]])


class Draw:
    """Draws excerpts of a set of pieces; each follows from the random numbers it is given."""

    def __init__(self, pieces: Sequence[Piece], level_db: tuple[float, float], length: int) -> None:
        self.level_db, self.length = level_db, length
        self.voiced = _there([(Choice(pieces, kind, True), part) for kind, part in VOICED])
        self.unvoiced = _there([(Choice(pieces, kind, False), part) for kind, part in UNVOICED])
        self.music = Choice(pieces, "music", False)

    def excerpt(self, chance: np.random.Generator, voiced: bool) -> Samples:
        """Return an excerpt with a voice in its middle, or with none there."""
        choice = _one_of(self.voiced if voiced else self.unvoiced, chance)
        piece, hop = choice.draw(chance)
        sound = cut(piece, hop, self.length)
        over = piece.kind in ("voice", "made") or (piece.kind == "music" and chance.random() < TWO_AT_ONCE)
        if over and self.music.count:
            other = cut(*self.music.draw(chance), self.length)
            sound = laid_over(other, sound, float(chance.uniform(*self.level_db)))
        gain = np.float32(10 ** (chance.uniform(-GAIN_DB, GAIN_DB) / 20))
        return sound * gain


def _there(choices: list[tuple[Choice, float]]) -> list[tuple[Choice, float]]:
    return [(choice, part) for choice, part in choices if choice.count]


def _one_of(choices: Sequence[tuple[Choice, float]], chance: np.random.Generator) -> Choice:
    ends = list(accumulate(part for _, part in choices))
    return choices[bisect_right(ends, float(chance.random()) * ends[-1])][0]


def cut(piece: Piece, hop: int, length: int) -> Samples:
    """Return `length` samples around a hop, with silence beyond the ends."""
    first = hop * HOP - length // 2
    whole = np.zeros(length, np.float32)
    start, end = max(0, first), min(len(piece.sound), first + length)
    whole[start - first : end - first] = as_float(piece.sound[start:end])
    return whole


def laid_over(music: Samples, voice: Samples, level_db: float) -> Samples:
    """Return the sum of both, with the voice at a level over the music, at most at full scale."""
    under, over = (float(np.sqrt(np.mean(np.square(one)))) for one in (music, voice))
    if min(under, over) > 0:
        voice = voice * np.float32(10 ** (level_db / 20) * under / over)
    both = music + voice
    return both / np.float32(max(1.0, float(np.abs(both).max())))


@dataclass(frozen=True, eq=False)
class Changes:
    """How each excerpt of a batch is changed: its time and pitch as factors, and a filter's shape."""

    time: NDArray[np.float64]
    pitch: NDArray[np.float64]
    gain_db: NDArray[np.float64]
    centre_hz: NDArray[np.float64]
    semitones: NDArray[np.float64]


def changes(chance: np.random.Generator, recipe: VoiceRecipe, count: int) -> Changes:
    """Draw the changes of `count` excerpts."""
    low, high = np.log(CENTRES_HZ)
    return Changes(
        chance.uniform(1 - recipe.stretch, 1 + recipe.stretch, count),
        chance.uniform(1 - recipe.shift, 1 + recipe.shift, count),
        chance.uniform(-recipe.filter_db, recipe.filter_db, count),
        np.exp(chance.uniform(low, high, count)),
        chance.uniform(*WIDTHS_SEMITONES, count),
    )


def frames_for(stretch: float) -> int:
    """Return the frames that an excerpt needs before its time is stretched."""
    return int(np.ceil(FRAMES * (1 + stretch))) + 1


def samples_for(frames: int) -> int:
    """Return the samples of so many frames."""
    return (frames - 1) * HOP + FRONTEND.spectrum.fft


def changed_bands(sounds: Tensor, change: Changes) -> Tensor:
    """Return the log-mel bands [items, 115, 80] of sounds [items, samples], stretched, shifted and filtered.

    The magnitudes are read between their frames and bins, linearly.
    """
    magnitude = FRONTEND.spectrum.values(sounds)
    items, frames, bins = magnitude.shape
    steps = (np.arange(FRAMES) - FRAMES // 2) * change.time[:, None] + (frames - 1) / 2
    places = np.arange(BINS)[None] / change.pitch[:, None]
    grid = np.empty((items, FRAMES, BINS, 2), np.float32)
    grid[..., 0] = (2 * places / (bins - 1) - 1)[:, None, :]
    grid[..., 1] = (2 * steps / (frames - 1) - 1)[:, :, None]
    read = grid_sample(magnitude[:, None], tensor(grid), align_corners=True)[:, 0]
    return bands_of(read * tensor(_filters(change))[:, None, :])


def _filters(change: Changes) -> NDArray[np.float32]:
    """Return the gains [items, bins] of Gaussian filters over the logarithm of frequency."""
    hz = np.maximum(np.arange(BINS), 0.5) * RATE_HZ / FRONTEND.spectrum.fft
    away = 12 * np.log2(hz[None] / change.centre_hz[:, None]) / change.semitones[:, None]
    return (10 ** (change.gain_db[:, None] * np.exp(-0.5 * away**2) / 20)).astype(np.float32)


def bands_of(magnitude: Tensor) -> Tensor:
    """Return the log-mel bands of magnitudes [items, frames, bins]."""
    bank = mel_filters(
        FRONTEND.form, RATE_HZ, FRONTEND.spectrum.fft, FRONTEND.bands, FRONTEND.low_hz, FRONTEND.high_hz
    )
    return FRONTEND.log(magnitude @ tensor(bank[: magnitude.shape[2]], magnitude))


def plain_bands(sounds: Tensor) -> Tensor:
    """Return the log-mel bands [items, frames, 80] of sounds as they are."""
    return FRONTEND.log(FRONTEND.energies(sounds))
