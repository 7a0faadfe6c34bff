"""What is put where a part of a sound is taken away, and the perturbed inputs of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.explain.segments import Grid, Mask, hears_samples
from core.explain.short_time import sounds, spectrum
from core.explain.steps import IMAGE
from core.explain.subject import WAVEFORM, Subject
from core.explain.targets import Target
from core.frontends.tensors import tensor

if TYPE_CHECKING:
    from torch import Tensor

Fill = Literal["silence", "mean", "noise", "neighbours", "all"]
Plane = NDArray[np.float64]
FILLS: tuple[Fill, ...] = ("silence", "mean", "noise", "neighbours")
AT_ONCE = 8


def _silence(plane: Plane, mask: Mask, chance: np.random.Generator) -> Plane:
    """Return the quietest value of the recording in each bin."""
    return np.broadcast_to(plane.min(0), plane.shape)


def _mean(plane: Plane, mask: Mask, chance: np.random.Generator) -> Plane:
    return np.broadcast_to(plane.mean(0), plane.shape)


def _noise(plane: Plane, mask: Mask, chance: np.random.Generator) -> Plane:
    """Return values as they vary in each bin, in random order of time."""
    return plane.mean(0) + plane.std(0) * chance.standard_normal(plane.shape)


def _neighbours(plane: Plane, mask: Mask, chance: np.random.Generator) -> Plane:
    """Return each bin interpolated in time from what is left of it; its mean if nothing is left."""
    filled, frames = plane.copy(), np.arange(len(plane))
    for k in np.flatnonzero(mask.any(0)).tolist():
        left = ~mask[:, k]
        filled[:, k] = np.interp(frames, frames[left], plane[left, k]) if left.any() else plane[:, k].mean()
    return filled


PUT: dict[str, Callable[[Plane, Mask, np.random.Generator], Plane]] = {
    "silence": _silence,
    "mean": _mean,
    "noise": _noise,
    "neighbours": _neighbours,
}


class Perturbed:
    """The scores of a target when parts of its sound are taken away."""

    def __init__(self, subject: Subject, target: Target, grid: Grid) -> None:
        self._subject, self._target, self._grid = subject, target, grid
        self._samples = hears_samples(subject)
        self._spectrum = spectrum(subject.samples) if self._samples else None
        if self._spectrum is not None:
            self._plane = np.abs(self._spectrum)
        else:
            self._plane = subject.image[0].double().numpy()

    def scores(self, removed: Sequence[Mask], fill: str, seed: int = 0) -> NDArray[np.float64]:
        """Return the score without the places [frames, bins] of each mask."""
        chance = np.random.default_rng(seed)
        planes = (self._filled(mask, fill, chance) for mask in removed)
        return np.concatenate([self._scored(part) for part in _batches(planes)])

    def _filled(self, mask: Mask, fill: str, chance: np.random.Generator) -> Plane:
        return np.where(mask, PUT[fill](self._plane, mask, chance), self._plane)

    def _scored(self, planes: list[Plane]) -> NDArray[np.float64]:
        import torch

        place, given = (WAVEFORM, self._sounds(planes)) if self._samples else (IMAGE, self._images(planes))
        with torch.no_grad():
            return self._subject.scores(place, given, self._target).double().numpy()

    def _images(self, planes: list[Plane]) -> Tensor:
        return tensor(np.stack(planes)).to(self._subject.image.dtype)

    def _sounds(self, planes: list[Plane]) -> Tensor:
        """Return samples whose spectrum has these magnitudes and the sound's own phase."""
        assert self._spectrum is not None
        phase = np.exp(1j * np.angle(self._spectrum))
        like = self._subject.samples
        return sounds(np.stack([np.maximum(plane, 0) * phase for plane in planes]), like.shape[1]).to(
            like.dtype
        )


def _batches(planes: Iterator[Plane]) -> Iterator[list[Plane]]:
    held: list[Plane] = []
    for plane in planes:
        held.append(plane)
        if len(held) == AT_ONCE:
            yield held
            held = []
    if held:
        yield held
