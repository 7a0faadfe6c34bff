"""The settings of the training of letters to phonemes, frozen and comparable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.faults import Fault


@dataclass(frozen=True, slots=True)
class PhonemeRecipe:
    """Two bidirectional LSTM layers of `width` units each way, and two LSTM layers of twice as many.

    The learning rate rises over `warm_up` steps and falls as a cosine. `held_out` is the share of the words
    that only measure.
    """

    model: Literal["g2p"] = "g2p"
    width: int = 96
    embedding: int = 48
    batch: int = 128
    learning_rate: float = 3e-3
    warm_up: int = 200
    held_out: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.width, self.embedding, self.batch) < 1:
            raise Fault("Width, embedding and batch must be at least 1.", "Use whole numbers.")
        if not 0 < self.learning_rate < 1:
            raise Fault("A learning rate must be above 0 and below 1.", "3e-3 is usual.")
        if self.warm_up < 0 or self.seed < 0 or not 0 <= self.held_out < 1:
            raise Fault("A warm-up or seed cannot be below 0, a share must lie between 0 and 1.")

    def plain(self) -> dict[str, Any]:
        return asdict(self)
