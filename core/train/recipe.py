"""The settings of a training run, frozen and comparable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.faults import Fault
from core.networks.latent import CodeKind, LatentLayout

Model = Literal["wavegan", "ciwgan", "fiwgan"]
KINDS: dict[Model, CodeKind] = {"wavegan": "none", "ciwgan": "one-hot", "fiwgan": "bits"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The published recipe (Donahue et al. 2019; Beguš 2021); every number can be changed.

    `categories` are the classes of a ciwGAN or the bits of a fiwGAN. `averaging` is the decay of the
    generator's moving average, which is the generator that is saved.
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
                f"A {self.model} needs a number of categories.",
                "Set --categories to at least 2 for a ciwgan or at least 1 for a fiwgan.",
                coded and self.categories < (2 if self.model == "ciwgan" else 1),
            ),
            (
                "A wavegan has no categories.",
                "Omit --categories, or train a ciwgan or fiwgan.",
                not coded and self.categories != 0,
            ),
            (
                f"{self.categories} categories do not fit into {self.latent} latent variables.",
                "Use fewer categories.",
                self.categories >= self.latent,
            ),
            (
                f"A slice of {self.slice_len} samples is not one of the three lengths in the papers.",
                "Use 16384, 32768 or 65536.",
                self.slice_len not in (16384, 32768, 65536),
            ),
            (
                "Dim, batch, rate and the number of critic updates must be at least 1.",
                "Use whole numbers from 1.",
                min(self.dim, self.batch, self.rate_hz, self.critic_updates) < 1,
            ),
            (
                "A learning rate must be above 0.",
                "The published one is 1e-4.",
                not (0 < self.learning_rate < float("inf") and 0 < self.q_learning_rate < float("inf")),
            ),
            ("A seed must be a whole number from 0.", "Use --seed 0 or more.", self.seed < 0),
        )

    @property
    def layout(self) -> LatentLayout:
        """The layout of the latent vector: first the code, then the noise."""
        return LatentLayout(self.latent, self.categories, KINDS[self.model])

    def plain(self) -> dict[str, Any]:
        return asdict(self)
