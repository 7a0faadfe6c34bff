"""Each layer against the output, as in the papers: scatter plots with r, and courses in normalised time, with
the layer solid and the output dashed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from core.measures.correlation import Pair
from widgets.controls.dialog import SmallDialog
from widgets.controls.segmented import Segmented
from widgets.plots.area import ZOOM_HINT, AreaWords, Ends, PlotArea
from widgets.plots.items import CurveItem, DotItem, Stroke
from widgets.plots.view import PlotView
from widgets.theme.control_paint import Words
from widgets.theme.praat_numbers import NONE, signed
from widgets.theme.theme import Theme

PANEL = QSize(272, 212)
NOTED_PX = 16  # how much higher the panels are if one of them has a note
INSIDE_PX, DOT_PX = 6.0, 4.0
MOST_COURSES = 60
SCATTER, COURSES = "scatter", "courses"
WORDS = {
    SCATTER: "x: output, y: layer; r over all points where both have a value",
    COURSES: "Solid: layer; dashed: output; one colour per interval, over normalised time; "
    f"the first {MOST_COURSES} intervals",
}
NAMES = {"fc": "FC", "pp": "PP"}
NOTHING = "No value is defined in both"

Items = list[CurveItem | DotItem]


def words_of(pair: Pair, mode: str) -> AreaWords:
    """Return a panel's title with r, and the labels of its axes with units."""
    unit = f" ({pair.unit})" if pair.unit else ""
    layer = NAMES.get(pair.layer, pair.layer.capitalize())
    r = NONE if pair.r is None else signed(f"{pair.r:.2f}")
    note = ", ".join(filter(None, (pair.resampling, "" if pair.n else NOTHING)))
    across = f"output{unit}" if mode == SCATTER else "normalised time"
    up = f"{layer}{unit}" if mode == SCATTER else pair.unit
    return AreaWords(f"{layer} {measure_words(pair.measure)}{unit}", f"r {r}, n {pair.n}", note, across, up)


def _dot_colour(theme: Theme) -> QColor:
    colour = QColor(theme.sound)
    colour.setAlphaF(0.55)
    return colour


def _scatter(pair: Pair) -> tuple[Items, Ends, Ends]:
    """Return one dot per pair of values: the output horizontal, the layer vertical."""
    mine, theirs = pair.both
    dots = [DotItem(theirs, mine, _dot_colour, DOT_PX)] if mine.size else []
    return [*dots], ends_of(theirs), ends_of(mine)


def _courses(pair: Pair) -> tuple[Items, Ends, Ends]:
    """Return every interval in its own colour over normalised time: the layer solid, the output dashed."""
    count = pair.mine.shape[1]
    times = (np.arange(count) + 0.5) / count
    up = ends_of(np.concatenate([side[np.isfinite(side)] for side in (pair.mine, pair.theirs)]))
    shown = min(pair.mine.shape[0], MOST_COURSES)
    curves: Items = [
        CurveItem(times, course, Stroke(_step(row / max(shown - 1, 1)), 1.2, dashes))
        for values, dashes in ((pair.theirs, (4.0, 2.0)), (pair.mine, ()))
        for row, course in enumerate(values[:shown])
        if np.isfinite(course).any()
    ]
    return curves, (0.0, 1.0), up


def _step(share: float) -> Callable[[Theme], QColor]:
    return lambda theme: theme.step(share)


_SHOWN: Mapping[str, Callable[[Pair], tuple[Items, Ends, Ends]]] = {SCATTER: _scatter, COURSES: _courses}


def ends_of(values: NDArray[np.float64]) -> Ends:
    """Return the range of an axis that covers all values, with some room if they are all equal."""
    if values.size == 0:
        return (math.nan, math.nan)
    low, high = float(values.min()), float(values.max())
    least = 0.0 if low >= 0 else -math.inf  # no duration and no F0 is below 0
    return (low, high) if high > low else (max(low - 0.5, least), high + 0.5)


def measure_words(measure: str) -> str:
    """Return a measure's name, with formants as phoneticians write them.

    >>> measure_words("f2"), measure_words("f1_bandwidth"), measure_words("duration")
    ('F2', 'F1 bandwidth', 'duration')
    """
    words = measure.replace("_", " ")
    return words[:1].upper() + words[1:] if words[:1] == "f" and words[1:2].isdigit() else words


class PlotSheet(PlotView):
    """All panels: a row per layer, the nearest to the output first, and a column per measure."""

    def __init__(self, pairs: Sequence[Pair], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = SCATTER
        self.pairs = pairs
        self._layers = list(dict.fromkeys(pair.layer for pair in reversed(pairs)))
        near_first = [pair for layer in self._layers for pair in pairs if pair.layer == layer]
        self._measures = list(dict.fromkeys(pair.measure for pair in near_first))
        self._has_notes = any(words_of(pair, SCATTER).note for pair in pairs)
        for _ in pairs:
            self.add_area(PlotArea())
        self.setFixedSize(PANEL.width() * len(self._measures), round(self._panel_height) * len(self._layers))
        self.setAccessibleName("Each layer against the output")
        said = (f"{p.layer} {p.measure} r {NONE if p.r is None else signed(f'{p.r:.2f}')}" for p in pairs)
        self.setAccessibleDescription(", ".join(said))
        self.setToolTip(ZOOM_HINT)
        self.show_mode(SCATTER)

    @property
    def _panel_height(self) -> float:
        return PANEL.height() + (NOTED_PX if self._has_notes else 0)

    def show_mode(self, mode: str) -> None:
        """Show dots, or courses in time; a measure of whole intervals has no course."""
        self.mode = mode
        for pair, area in zip(self.pairs, self.areas, strict=True):
            area.setVisible(mode == SCATTER or pair.mine.shape[1] > 1)
            items, across, up = _SHOWN[mode](pair)
            area.show_words(words_of(pair, mode), self._has_notes)
            area.show_items(items)
            area.show_range(across, up, INSIDE_PX)

    def place_of(self, pair: Pair) -> QRectF:
        """Return the rectangle of a panel."""
        column, row = self._measures.index(pair.measure), self._layers.index(pair.layer)
        width, height = float(PANEL.width()), self._panel_height
        return QRectF(column * width, row * height, width, height)

    def arrange(self) -> None:
        """Place every panel in its row and column."""
        for pair, area in zip(self.pairs, self.areas, strict=True):
            area.setGeometry(self.place_of(pair))


class PlotsDialog(SmallDialog):
    """The sheet in its own window; `save` asks where to save a picture of it."""

    def __init__(
        self, pairs: Sequence[Pair], save: Callable[[PlotSheet], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("Each layer against the output", parent)
        self.sheet = PlotSheet(pairs)
        self.modes = Segmented(((SCATTER, "Scatter"), (COURSES, "In time")), "View of the panels")
        self.modes.show_current(SCATTER)
        self.modes.wanted.connect(self.sheet.show_mode)
        self.modes.wanted.connect(lambda mode: self.words.setText(WORDS[mode]))
        self.words = Words(WORDS[SCATTER], 11, 400, "ink2")
        area = QScrollArea()
        area.setWidget(self.sheet)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.modes)
        row.addWidget(self.words, 1)
        self.body.addLayout(row)
        self.body.addWidget(area, 1)
        self.add_buttons((("Save picture…", lambda: save(self.sheet)),), (("Close", self.accept),))
        self.resize(min(self.sheet.width() + 60, 1200), min(self.sheet.height() + 150, 860))
