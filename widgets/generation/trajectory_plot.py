"""The unit's value over the steps of a search: a line per restart, beside what real excerpts reach."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from widgets.generation.generation_views import Array, TrajectoryView
from widgets.plots.area import AreaWords, Margins, PlotArea, PlotItem
from widgets.plots.band_item import BandItem
from widgets.plots.items import CurveItem, Stroke
from widgets.plots.view import PlotView

MOST = 50
LOWEST_PART = 0.02
"""The share of values at either end that may run out of the plot, so that one runaway hides no others."""


NOTHING = (float("nan"), float("nan"))


class TrajectoryPlot(PlotView):
    """Maximised restarts are solid, minimised ones dashed; the steps of the settings are dotted lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(150)
        self.setMinimumWidth(230)
        self.area = self.add_area(PlotArea(Margins(left=44, top=4, right=10, bottom=18, title=12)))
        self.setAccessibleName("Activation over the steps")

    def show_view(self, view: TrajectoryView) -> None:
        """Show the trajectories of one course in both directions."""
        steps = max(len(view.up), len(view.down), *view.marks, 1) if view.marks else 1
        low, high = _ends(view)
        items: list[PlotItem] = [*self._real(view, steps), *_marks(view, low, high)]
        items += _curves(view.down, (4.0, 3.0))
        items += _curves(view.up, ())
        known = bool(view.up.size or view.down.size)
        note = "solid: maximised · dashed: minimised" + (" · grey: real, mean ± sd" if view.real else "")
        words = AreaWords(
            view.title, view.remark, note if known else "", "step" if known else "", "",
            "" if known else "The trajectories appear as the search goes on.",
        )  # fmt: skip
        self.area.show_words(words)
        nothing = (float("nan"), float("nan"))
        self.area.show_range(
            (0.0, float(steps)) if known else nothing, (low, high) if known else nothing, 2.0
        )
        self.area.show_items(items if known else [])

    def _real(self, view: TrajectoryView, steps: int) -> list[PlotItem]:
        x = np.array([0.0, float(steps)])
        return [
            BandItem(x, np.full(2, mean), np.full(2, max(sd, 1e-9)), lambda theme: theme.curve)
            for _, mean, sd in view.real
        ]


def _ends(view: TrajectoryView) -> tuple[float, float]:
    values = np.concatenate([view.up.ravel(), view.down.ravel()]).astype(np.float64)
    if not values.size:
        return 0.0, 1.0
    low, high = np.quantile(values, (LOWEST_PART, 1 - LOWEST_PART))
    for _, mean, sd in view.real:
        low, high = min(low, mean - sd), max(high, mean + sd)
    room = 0.06 * (high - low) or 1.0
    return float(low - room), float(high + room)


def _curves(values: Array, dashes: tuple[float, ...]) -> list[PlotItem]:
    x = np.arange(1, len(values) + 1, dtype=np.float64)
    return [
        CurveItem(x, values[:, k].astype(np.float64), Stroke(lambda theme: theme.curve, 1.0, dashes))
        for k in range(min(MOST, values.shape[1]))
    ]


def _marks(view: TrajectoryView, low: float, high: float) -> list[PlotItem]:
    stroke = Stroke(lambda theme: theme.edge, 1.0, (1.0, 2.0))
    return [
        CurveItem(np.array([mark - 1e-6, mark + 1e-6]), np.array([low, high]), stroke)
        for mark in view.marks[:-1]
    ]
