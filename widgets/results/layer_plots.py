"""Each layer against the output, as in the papers: scatter plots with r, and courses in normalised time, with
the layer solid and the output dashed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QWidget

from core.analyses.measures import MEASURES, groups
from core.measures.correlation import Pair
from widgets.controls.dialog import SmallDialog
from widgets.controls.segmented import Segmented
from widgets.plots import legend
from widgets.plots.area import ZOOM_HINT, AreaWords, Ends, PlotArea
from widgets.plots.items import CurveItem, DotItem, Stroke
from widgets.plots.legend import LegendEntry
from widgets.plots.view import PlotView
from widgets.theme.control_paint import Words
from widgets.theme.praat_numbers import NONE, signed
from widgets.theme.theme import LIGHT, Theme

PANEL = QSize(272, 212)
NOTED_PX = 16  # how much higher the panels are if one of them has a note
INSIDE_PX, DOT_PX = 6.0, 4.0
MOST_COURSES = 60
MOST_NAMED = 12  # more intervals have a scale of colours with a few names
NAMED_OF_MANY = 5
LEGEND_GAP_PX = 8
SCATTER, COURSES = "scatter", "courses"
MOMENTS = frozenset(groups()["moments"])
SCATTER_WORDS = "x: output, y: layer; r over all points where both have a value"
COURSE_WORDS = "Solid: layer; dashed: output; one colour per interval, over normalised time"
NAMES = {"fc": "FC", "pp": "PP"}
NOTHING = "No value is defined in both"

Items = list[CurveItem | DotItem]


def mode_words(mode: str, pairs: Sequence[Pair]) -> str:
    """Return what a view shows; of more intervals than can be told apart, how many of them."""
    if mode == SCATTER:
        return SCATTER_WORDS
    count = max((pair.mine.shape[0] for pair in pairs), default=0)
    first = f"; the first {MOST_COURSES} of {count} intervals" if count > MOST_COURSES else ""
    return f"{COURSE_WORDS}{first}"


def usual_measures(measures: Sequence[str]) -> tuple[str, ...]:
    """Return the measures to show at first: all but the spectral moments, unless there are no others."""
    return tuple(one for one in measures if one not in MOMENTS) or tuple(measures)


def legend_entries(pairs: Sequence[Pair]) -> list[LegendEntry]:
    """Return the legend of the courses: the lines of layer and output, and the intervals' colours."""
    longest = max(pairs, key=lambda pair: len(pair.labels), default=None)
    names = longest.labels[:MOST_COURSES] if longest is not None else ()
    last = max(len(names) - 1, 1)
    places = range(len(names))
    if len(names) > MOST_NAMED:
        places = sorted({round(k * last / (NAMED_OF_MANY - 1)) for k in range(NAMED_OF_MANY)})
    colours = [LegendEntry(names[k], Stroke(_step(k / last), 3.0)) for k in places]
    ink = Stroke(lambda theme: theme.ink, 1.2)
    return [LegendEntry("layer", ink), LegendEntry("output", replace(ink, dashes=(4.0, 2.0))), *colours]


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


class CourseLegend(pg.GraphicsWidget):
    """The legend above the panels, in rows as wide as they are."""

    def __init__(self, entries: Sequence[LegendEntry]) -> None:
        super().__init__()
        self._entries, self._theme = entries, LIGHT

    def height_for(self, width_px: float) -> float:
        """Return the height that the legend needs in a width."""
        return legend.height(legend.placed(self._entries, 0, width_px))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        legend.paint(painter, legend.placed(self._entries, 0, self.size().width()), self._theme)


class PlotSheet(PlotView):
    """All panels: a row per layer, the nearest to the output first, and a column per measure.

    Courses have a legend above them.
    """

    def __init__(self, pairs: Sequence[Pair], parent: QWidget | None = None) -> None:
        self.legend = CourseLegend(legend_entries(pairs))
        self._measures: list[str] = []
        super().__init__(parent)
        self.scene().addItem(self.legend)
        self.mode = SCATTER
        self.pairs = pairs
        self._layers = list(dict.fromkeys(pair.layer for pair in reversed(pairs)))
        near_first = [pair for layer in self._layers for pair in pairs if pair.layer == layer]
        self.measures = list(dict.fromkeys(pair.measure for pair in near_first))
        self._measures = list(usual_measures(self.measures))
        self._has_notes = any(words_of(pair, SCATTER).note for pair in pairs)
        for _ in pairs:
            self.add_area(PlotArea())
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
        self._resize()
        for pair, area in zip(self.pairs, self.areas, strict=True):
            in_time = mode == SCATTER or pair.mine.shape[1] > 1
            area.setVisible(pair.measure in self._measures and in_time)
            items, across, up = _SHOWN[mode](pair)
            area.show_words(words_of(pair, mode), self._has_notes)
            area.show_items(items)
            area.show_range(across, up, INSIDE_PX)

    def show_measures(self, measures: Sequence[str]) -> None:
        """Show these measures, each in its column."""
        self._measures = [one for one in self.measures if one in measures]
        self.show_mode(self.mode)

    @property
    def shown(self) -> tuple[Pair, ...]:
        """The pairs of the shown measures."""
        return tuple(pair for pair in self.pairs if pair.measure in self._measures)

    @property
    def _legend_px(self) -> float:
        """The height of the legend, with a gap below it; 0 for dots."""
        width = PANEL.width() * max(1, len(self._measures))
        return self.legend.height_for(width) + LEGEND_GAP_PX if self.mode == COURSES else 0.0

    def _resize(self) -> None:
        """Take the size of the shown panels."""
        columns = max(1, len(self._measures))
        height = round(self._panel_height) * len(self._layers) + round(self._legend_px)
        self.setFixedSize(PANEL.width() * columns, height)
        self.legend.setVisible(self.mode == COURSES)
        self.arrange()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.legend.set_theme(theme)

    def place_of(self, pair: Pair) -> QRectF:
        """Return the rectangle of a panel."""
        column, row = self._measures.index(pair.measure), self._layers.index(pair.layer)
        width, height = float(PANEL.width()), self._panel_height
        return QRectF(column * width, self._legend_px + row * height, width, height)

    def arrange(self) -> None:
        """Place every panel in its row and column, below the legend."""
        self.legend.setGeometry(QRectF(0, 0, self.width(), self._legend_px))
        for pair, area in zip(self.pairs, self.areas, strict=True):
            if pair.measure in self._measures:
                area.setGeometry(self.place_of(pair))


class PlotsDialog(SmallDialog):
    """The sheet in its own window; `save` asks where to save a picture of it. Emits `copy_wanted` and
    `table_wanted` with the shown pairs, whose r is to be copied or saved.
    """

    copy_wanted = Signal(object)
    table_wanted = Signal(object)

    def __init__(
        self, pairs: Sequence[Pair], save: Callable[[PlotSheet], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("Each layer against the output", parent)
        self.sheet = PlotSheet(pairs)
        self.modes = Segmented(((SCATTER, "Scatter"), (COURSES, "In time")), "View of the panels")
        self.modes.show_current(SCATTER)
        self.modes.wanted.connect(self.sheet.show_mode)
        self.modes.wanted.connect(lambda mode: self.words.setText(mode_words(mode, pairs)))
        self.words = Words(mode_words(SCATTER, pairs), 11, 400, "ink2")
        area = QScrollArea()
        area.setWidget(self.sheet)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.modes)
        row.addWidget(self.words, 1)
        self.body.addLayout(row)
        self.boxes = [self._box(measure) for measure in self.sheet.measures]
        if len(self.boxes) > 1:
            self.body.addLayout(self._choice())
        self.body.addWidget(area, 1)
        self.add_buttons(
            (
                ("Save picture…", lambda: save(self.sheet)),
                ("Copy r", lambda: self.copy_wanted.emit(self.sheet.shown)),
                ("Save r as CSV…", lambda: self.table_wanted.emit(self.sheet.shown)),
            ),
            (("Close", self.accept),),
        )
        self.resize(min(self.sheet.width() + 60, 1200), min(self.sheet.height() + 150, 860))

    def _box(self, measure: str) -> QCheckBox:
        """Return the check box of a measure."""
        words = MEASURES[measure].title if measure in MOMENTS else measure_words(measure)
        box = QCheckBox(words[:1].upper() + words[1:])
        box.setChecked(measure in usual_measures(self.sheet.measures))
        box.toggled.connect(self._choose)
        return box

    def _choice(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        for box in self.boxes:
            row.addWidget(box)
        row.addStretch(1)
        return row

    def _choose(self) -> None:
        """Show the ticked measures; the last one cannot be switched off."""
        pairs = zip(self.sheet.measures, self.boxes, strict=True)
        chosen = [measure for measure, box in pairs if box.isChecked()]
        if not chosen:
            sender = self.sender()
            assert isinstance(sender, QCheckBox)
            sender.setChecked(True)
            return
        self.sheet.show_measures(chosen)
