"""The frozen values of the question which variable does this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One variable: the size of its coefficient with the ends of its interval, and whether it counts."""

    variable: str
    beta: float
    low: float
    high: float
    beyond_chance: bool


@dataclass(frozen=True)
class EffectView:
    """The ranked variables, the largest coefficient that shuffled labels give, and the drop after them.

    `told` says what was found, `state` how far it is.
    """

    rows: tuple[EffectRow, ...] = ()
    baseline: float = 0.0
    before_the_drop: int = 0
    unit: str = ""
    told: str = ""
    state: str = ""
    running: bool = False
