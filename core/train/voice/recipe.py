"""The settings of a voice detector's training, frozen and comparable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.families.schlueter_grill import BANDS, FRAMES, FRONTEND, RATE_HZ
from core.faults import Fault
from core.frontends.log_mel import LogMel

DECAYS = 20
"""The number of equal parts of a run after each of which the learning rate falls."""


@dataclass(frozen=True, slots=True)
class VoiceRecipe:
    """Schlüter & Grill's recipe (ISMIR 2015); every number can be changed.

    `stretch` and `shift` are the most by which an excerpt's time and pitch change, `filter_db` the gain of a
    random filter. `decay` is the factor of the learning rate after each twentieth of the run, as the
    published run has after each of its twenty epochs. `level_db` are the levels at which voices are laid over
    music, of the voice over the music. `voices` is the largest number of recordings of voices that are read.
    """

    model: Literal["voice-detector"] = "voice-detector"
    batch: int = 32
    learning_rate: float = 0.01
    momentum: float = 0.95
    decay: float = 0.85
    dropout: float = 0.5
    low_target: float = 0.02
    high_target: float = 0.98
    stretch: float = 0.3
    shift: float = 0.3
    filter_db: float = 10.0
    level_db: tuple[float, float] = (-6.0, 12.0)
    voices: int = 600
    made_voices: int = 120
    held_out: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        for sentence, hint, wrong in self._complaints():
            if wrong:
                raise Fault(sentence, hint)

    def _complaints(self) -> tuple[tuple[str, str, bool], ...]:
        return (
            ("The batch must be at least 1.", "32 is usual.", self.batch < 1),
            ("A learning rate must be above 0.", "0.01 is usual.", not 0 < self.learning_rate < 1e6),
            ("A seed must be a whole number from 0.", "Use --seed 0 or more.", self.seed < 0),
            (
                "The held-out share must lie between 0 and 1.",
                "0.2 is usual.",
                not 0 <= self.held_out < 1,
            ),
        )

    @property
    def rate_hz(self) -> int:
        return int(RATE_HZ)

    @property
    def frontend(self) -> LogMel:
        """What is computed from the samples, as the family has it."""
        return FRONTEND

    def plain(self) -> dict[str, Any]:
        return asdict(self)


EXCERPT = (FRAMES, BANDS)
"""The frames and bands that one answer hears."""
