"""The scales of knobs and sliders, and their step sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt

from widgets.theme.number_text import shown_decimals


class Scale(Protocol):
    """Maps values to positions from 0 to 1, and back."""

    def place(self, value: float) -> float: ...
    def value(self, place: float) -> float: ...


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear scale from `low` to `high`."""

    low: float
    high: float

    def place(self, value: float) -> float:
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def value(self, place: float) -> float:
        return self.low + min(max(place, 0.0), 1.0) * (self.high - self.low)

    def holding(self, *values: float) -> Linear:
        """Return a scale symmetric about 0 that contains every value: 1, 2 or 5 times a power of ten.

        >>> Linear(-1, 1).holding(0.3, -3.2)
        Linear(low=-5.0, high=5.0)
        """
        widest = max((abs(value) for value in values), default=0.0)
        if widest <= max(abs(self.low), abs(self.high)):
            return self
        power = 10.0 ** math.floor(math.log10(widest))
        half = next(power * step for step in (1, 2, 5, 10) if power * step >= widest * (1 - 1e-12))
        return Linear(-half, half)


@dataclass(frozen=True, slots=True)
class Decibels:
    """Levels from −60 dB at the left to 0 dB at the right, with more space for the loud ones.

    >>> round(Decibels().place(-6.0), 2), Decibels().value(0.0)
    (0.63, -60.0)
    """

    softest_db: float = -60.0

    def place(self, value: float) -> float:
        return 0.0 if value <= self.softest_db else min(10 ** (value / -self.softest_db * 2), 1.0)

    def value(self, place: float) -> float:
        least = 10**-2.0
        return -self.softest_db / 2 * math.log10(min(max(place, least), 1.0))


@dataclass(frozen=True, slots=True)
class Steps:
    """The step of an arrow key: alone, with Shift, and with Ctrl."""

    plain: float = 0.05
    fine: float = 0.01
    coarse: float = 0.5
    decimals: int = 2

    def of(self, modifiers: Qt.KeyboardModifier) -> float:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            return self.fine
        return self.coarse if modifiers & Qt.KeyboardModifier.ControlModifier else self.plain

    def turned(self, value: float, count: float, modifiers: Qt.KeyboardModifier) -> float:
        """Return the value `count` steps further, without binary rounding errors."""
        return self.rounded(value + count * self.of(modifiers))

    def rounded(self, value: float) -> float:
        """Return the value as displayed, so that the displayed value is the exact one."""
        return round(value, shown_decimals(value, self.decimals)) + 0.0  # + 0.0: never a negative zero
