"""One curve over training steps, with its name and its last value."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
from PySide6.QtCore import QSize

from widgets.plots.area import ZOOM_HINT, AreaWords, Margins, PlotArea
from widgets.plots.items import CurveItem, DotItem, Stroke
from widgets.plots.view import PlotView
from widgets.theme.praat_numbers import short

HEIGHT_PX, LEAST_PX = 136, 110
INSIDE_PX, DOT_PX = 4.0, 6.0
CURVE, LEVEL = attrgetter("accent"), attrgetter("edge")


class LossPlot(PlotView):
    """One curve over the steps, with its name and its last value."""

    def __init__(self, name: str, unit: str) -> None:
        super().__init__()
        self._name, self._unit = name, unit
        self._shown: tuple[tuple[tuple[int, float], ...], float | None] = ((), None)
        self.area = PlotArea(Margins(left=48, right=10, title=0), grid=True)
        self.add_area(self.area)
        self.setMinimumHeight(LEAST_PX)
        self.setMaximumHeight(HEIGHT_PX)
        self.setAccessibleName(name)
        self.setToolTip(ZOOM_HINT)
        self.show_points(())

    def show_points(self, points: tuple[tuple[int, float], ...], floor: float | None = None) -> None:
        """Show a curve, and a level to compare it with."""
        self._shown = (points, floor)
        last = f"{short(points[-1][1])} {self._unit}".strip() if points else ""
        inside = "" if points else "Nothing yet"
        self.area.show_words(AreaWords(self._name, last, "", "step", self._unit, inside))
        if not points:
            self.area.show_items(())
            self.area.show_range((np.nan, np.nan), (np.nan, np.nan))
            return
        steps, values = (np.array(row, np.float64) for row in zip(*points, strict=True))
        self.area.show_items([*_level(steps, floor), _curve(steps, values)])
        levels = [0.0, *values[np.isfinite(values)], *([] if floor is None else [floor])]
        self.area.show_range(_ends(np.append(steps, 0.0)), _ends(np.array(levels)), INSIDE_PX)

    def show_name(self, name: str, unit: str, tip: str) -> None:
        """Show another quantity from now on; `tip` explains it."""
        self._name, self._unit = name, unit
        self.setAccessibleName(name)
        self.setToolTip(f"{tip}\n{ZOOM_HINT}")
        self.show_points(*self._shown)

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT_PX)


def _curve(steps: np.ndarray, values: np.ndarray) -> CurveItem | DotItem:
    """Return the curve, or a dot, since a line of one point would be invisible."""
    if len(steps) == 1:
        return DotItem(steps, values, CURVE, DOT_PX)
    return CurveItem(steps, values, Stroke(CURVE, 1.5))


def _level(steps: np.ndarray, floor: float | None) -> list[CurveItem]:
    if floor is None:
        return []
    return [CurveItem(np.array(_ends(np.append(steps, 0.0))), np.full(2, floor), Stroke(LEVEL))]


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Return the range of an axis, of length one if all values are equal."""
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low, low + 1.0)
