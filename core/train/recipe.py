"""What a training run is told: the recipe's numbers, frozen and comparable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.faults import Fault
from core.networks.latent import CodeKind, LatentLayout

Model = Literal["wavegan", "ciwgan", "fiwgan"]
KINDS: dict[Model, CodeKind] = {"wavegan": "none", "ciwgan": "one-hot", "fiwgan": "bits"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The published recipe (Donahue et al. 2019; Beguš 2021), each number open to change.

    `categories` are the classes of a ciwGAN or the bits of a fiwGAN. `averaging` is the part that
    the averaged generator keeps of itself at each step; the averaged one is what is saved.
    """

    model: Model = "ciwgan"
    categories: int = 0
    slice_len: int = 16384
    rate_hz: int = 16000
    dim: int = 64
    latent: int = 100
    batch: int = 64
    critic_updates: int = 5
    penalty: float = 10.0
    learning_rate: float = 1e-4
    q_learning_rate: float = 1e-4
    phase_shuffle: int = 2
    slope: float = 0.2
    averaging: float = 0.999
    trim: bool = False
    held_out: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        for sentence, hint, wrong in self._complaints():
            if wrong:
                raise Fault(sentence, hint)

    def _complaints(self) -> tuple[tuple[str, str, bool], ...]:
        coded = self.model != "wavegan"
        return (
            (
                f"A {self.model} needs to know how many categories there are.",
                "Give --categories, at least 2 for a ciwgan and at least 1 for a fiwgan.",
                coded and self.categories < (2 if self.model == "ciwgan" else 1),
            ),
            (
                "A wavegan has no categories.",
                "Leave --categories out, or train a ciwgan or fiwgan.",
                not coded and self.categories != 0,
            ),
            (
                f"{self.categories} categories do not fit into {self.latent} latent variables.",
                "Give fewer categories.",
                self.categories >= self.latent,
            ),
            (
                f"A slice of {self.slice_len} samples is none of the three that the papers use.",
                "Give 16384, 32768 or 65536.",
                self.slice_len not in (16384, 32768, 65536),
            ),
            (
                "Dim, batch, rate and the number of critic updates are at least 1.",
                "Give whole numbers from 1.",
                min(self.dim, self.batch, self.rate_hz, self.critic_updates) < 1,
            ),
            (
                "A learning rate is above 0.",
                "The published one is 1e-4.",
                not (0 < self.learning_rate < float("inf") and 0 < self.q_learning_rate < float("inf")),
            ),
            ("A seed is a whole number from 0.", "Give --seed 0 or more.", self.seed < 0),
        )

    @property
    def layout(self) -> LatentLayout:
        """The latent vector's layout: the code first, then the noise."""
        return LatentLayout(self.latent, self.categories, KINDS[self.model])

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    def differences(self, other: Recipe) -> dict[str, tuple[Any, Any]]:
        """Give the names at which two recipes differ, with both values."""
        mine, theirs = self.plain(), other.plain()
        return {name: (mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]}
