"""The mapping from time to pixel columns, shared by all lanes, rulers, tiers and bars."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.signals.axis import Range

HEADER_PX = 136.0
AXIS_PX = 60.0
TICK_APART_PX = 60.0


@dataclass(frozen=True, slots=True)
class Columns:
    """A time window over `width_px` pixels that begin at `left_px`."""

    window: Range
    left_px: float
    width_px: float

    @classmethod
    def of_stack(cls, window: Range, stack_width_px: float) -> Columns:
        """Return the columns between header and axes in a stack of this width."""
        return cls(window, HEADER_PX + AXIS_PX, max(1.0, stack_width_px - HEADER_PX - 2 * AXIS_PX))

    @property
    def right_px(self) -> float:
        return self.left_px + self.width_px

    @property
    def px_per_s(self) -> float:
        return self.width_px / self.window.length_s if self.window.length_s else 0.0

    def x(self, time_s: float) -> float:
        """Return the x position of a time, in fractional pixels."""
        return self.left_px + (time_s - self.window.start_s) * self.px_per_s

    def xs(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the x positions of many times."""
        return self.left_px + (times_s - self.window.start_s) * self.px_per_s

    def line_x(self, time_s: float) -> float:
        """Return the middle of the pixel column that holds a time, where a line of 1 px is sharp."""
        return math.floor(min(self.x(time_s) + 1e-6, self.right_px - 1)) + 0.5

    def time_s(self, x_px: float) -> float:
        """Return the time at an x position; the inverse of `x`."""
        return self.window.start_s + (x_px - self.left_px) / self.px_per_s if self.px_per_s else 0.0

    def moved(self, by_px: float) -> Columns:
        """Return the same columns for a widget whose left edge is `by_px` further right."""
        return Columns(self.window, self.left_px - by_px, self.width_px)


@dataclass(frozen=True, slots=True)
class PixelRows:
    """A scale of values from `low` at the bottom to `high` at the top of `height_px` pixels."""

    low: float
    high: float
    top_px: float
    height_px: float

    @property
    def px_per_unit(self) -> float:
        return self.height_px / (self.high - self.low) if self.high > self.low else 0.0

    def y(self, value: float) -> float:
        """Return the y position of a value."""
        return self.top_px + (self.high - value) * self.px_per_unit

    def ys(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the y positions of many values."""
        return self.top_px + (self.high - values) * self.px_per_unit

    def value(self, y_px: float) -> float:
        """Return the value at a y position; the inverse of `y`."""
        return self.high - (y_px - self.top_px) / self.px_per_unit if self.px_per_unit else self.low


def round_step(length: float, most: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that divides `length` into at most `most` steps."""
    rough = length / max(most, 1.0)
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough * (1 - 1e-9))


def round_values(low: float, high: float, step: float) -> list[float]:
    """Return the multiples of `step` from `low` to `high`."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def time_ticks(columns: Columns) -> tuple[list[float], int]:
    """Return the round times to print over the columns, and the decimals they need."""
    step = round_step(columns.window.length_s, columns.width_px / TICK_APART_PX)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return round_values(columns.window.start_s, columns.window.end_s, step), decimals
