"""Each layer against the output, as the papers draw it: scatter plots with r, and courses in normalised
time, the layer solid and the output dashed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from core.files.atomic import atomic
from core.measures.correlation import Pair
from widgets.controls.dialog import SmallDialog
from widgets.controls.segmented import Segmented
from widgets.theme.control_paint import Words
from widgets.theme.praat_numbers import NONE, four_digits, short, signed
from widgets.theme.theme import LIGHT, PRINT, Look, font

PANEL = QSize(272, 196)
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 52, 12, 26, 22
INSIDE_PX, NOTE_PX = 6, 17
MOST_COURSES = 60
PNG_SCALE = 3
SCATTER, COURSES = "scatter", "courses"
WORDS = {
    SCATTER: "Across the output, up the layer; r over all values that both have",
    COURSES: "Solid the layer, dashed the output, a colour for each interval, over normalised time; "
    f"the first {MOST_COURSES} intervals",
}
NAMES = {"fc": "FC", "pp": "PP"}

Ends = tuple[float, float]


def paint_pair(painter: QPainter, place: QRectF, pair: Pair, mode: str, look: Look) -> None:
    """Paint one panel: its title with r, its frame with the ends of its axes, its dots or lines."""
    plot = place.adjusted(LEFT_PX, TOP_PX, -RIGHT_PX, -BOTTOM_PX)
    painter.fillRect(plot, look.plot)
    _words(painter, place, plot, pair, look)
    data = plot.adjusted(0, NOTE_PX if pair.resampling else 0, 0, -NOTE_PX if pair.n == 0 else 0)
    across, up = _PAINT[mode](painter, data, pair, look)
    painter.setPen(QPen(look.line2, 1))
    painter.drawRect(plot)
    if pair.n == 0:
        painter.setFont(font(11))
        painter.setPen(look.ink3)
        words = "No value is defined in both"
        room = QRectF(plot.left(), data.bottom(), plot.width(), NOTE_PX - 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
    _ends(painter, plot, data, across, up, look)
    _axis_words(painter, plot, pair, mode, look)


def _axis_words(painter: QPainter, plot: QRectF, pair: Pair, mode: str, look: Look) -> None:
    """Write what lies across and, turned, what lies up, each with its unit."""
    unit = f" ({pair.unit})" if pair.unit else ""
    layer = NAMES.get(pair.layer, pair.layer.capitalize())
    across = f"output{unit}" if mode == SCATTER else "normalised time"
    painter.setFont(font(11))
    painter.setPen(look.ink2)
    middle = Qt.AlignmentFlag.AlignCenter
    painter.drawText(QRectF(plot.left(), plot.bottom() + 4, plot.width(), 16), middle, across)
    painter.save()
    painter.translate(plot.left() - 16, plot.center().y())
    painter.rotate(-90)
    up = f"{layer}{unit}" if mode == SCATTER else pair.unit
    painter.drawText(QRectF(-plot.height() / 2, -8, plot.height(), 16), middle, up)
    painter.restore()


def _words(painter: QPainter, place: QRectF, plot: QRectF, pair: Pair, look: Look) -> None:
    unit = f" ({pair.unit})" if pair.unit else ""
    title = f"{NAMES.get(pair.layer, pair.layer.capitalize())} {measure_words(pair.measure)}{unit}"
    r = NONE if pair.r is None else signed(f"{pair.r:.2f}")
    room = QRectF(plot.left(), place.top() + 4, plot.width(), 18)
    painter.setFont(font(11, 600))
    painter.setPen(look.ink)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
    painter.setFont(font(11, numbers=True))
    painter.setPen(look.ink2)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"r {r}, n {pair.n}")
    painter.setPen(look.ink3)
    inside = plot.adjusted(6, 4, -6, 0)
    painter.drawText(inside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, pair.resampling)


def _ends(painter: QPainter, frame: QRectF, plot: QRectF, across: Ends, up: Ends, look: Look) -> None:
    """Write the ends of both axes, those of the upright one beside the place of the values."""
    painter.setFont(font(11, numbers=True))
    painter.setPen(look.ink3)
    right, top, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignLeft
    beside = QRectF(plot.left() - LEFT_PX, plot.top() - 2, LEFT_PX - 6, plot.height() + 4)
    painter.drawText(beside, right | top, _short(up[1]))
    painter.drawText(beside, right | Qt.AlignmentFlag.AlignBottom, _short(up[0]))
    below = QRectF(plot.left(), frame.bottom() + 4, plot.width(), 16)
    painter.drawText(below, left | top, _short(across[0]))
    painter.drawText(below, right | top, _short(across[1]))


def _short(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return short(value) if value == round(value) else four_digits(value)


def _scatter(painter: QPainter, plot: QRectF, pair: Pair, look: Look) -> tuple[Ends, Ends]:
    """Paint one dot per pair of values, the output across and the layer up."""
    mine, theirs = pair.both
    across, up = ends_of(theirs), ends_of(mine)
    colour = QColor(look.sound)
    colour.setAlphaF(0.55)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for spot in _places(plot, theirs, mine, across, up):
        painter.drawEllipse(spot, 2.0, 2.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return across, up


def _courses(painter: QPainter, plot: QRectF, pair: Pair, look: Look) -> tuple[Ends, Ends]:
    """Paint every interval in its own colour over normalised time, the layer solid, the output dashed."""
    count = pair.mine.shape[1]
    times = (np.arange(count) + 0.5) / count
    up = ends_of(np.concatenate([side[np.isfinite(side)] for side in (pair.mine, pair.theirs)]))
    shown = min(pair.mine.shape[0], MOST_COURSES)
    for values, style in ((pair.theirs, Qt.PenStyle.DashLine), (pair.mine, Qt.PenStyle.SolidLine)):
        for row, course in enumerate(values[:shown]):
            painter.setPen(QPen(look.step(row / max(shown - 1, 1)), 1.2, style))
            for first, last in runs(np.isfinite(course)):
                places = _places(plot, times[first:last], course[first:last], (0.0, 1.0), up)
                if len(places) == 1:
                    painter.drawEllipse(places[0], 1.0, 1.0)
                painter.drawPolyline(QPolygonF(places))
    return (0.0, 1.0), up


_PAINT: Mapping[str, Callable[[QPainter, QRectF, Pair, Look], tuple[Ends, Ends]]] = {
    SCATTER: _scatter,
    COURSES: _courses,
}


def ends_of(values: NDArray[np.float64]) -> Ends:
    """Give the ends of an axis that holds all values, with a little room where they are all the same."""
    if values.size == 0:
        return (math.nan, math.nan)
    low, high = float(values.min()), float(values.max())
    least = 0.0 if low >= 0 else -math.inf  # no duration, and no F0, is below 0
    return (low, high) if high > low else (max(low - 0.5, least), high + 0.5)


def measure_words(measure: str) -> str:
    """Give what a measure is called, formants as phoneticians write them.

    >>> measure_words("f2"), measure_words("f1_bandwidth"), measure_words("duration")
    ('F2', 'F1 bandwidth', 'duration')
    """
    words = measure.replace("_", " ")
    return words[:1].upper() + words[1:] if words[:1] == "f" and words[1:2].isdigit() else words


def runs(defined: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give the stretches `first, last` of values that are defined.

    >>> runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], defined, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _places(
    plot: QRectF, x: NDArray[np.float64], y: NDArray[np.float64], across: Ends, up: Ends
) -> list[QPointF]:
    """Give the points of values in a plot, so far inside its frame that no dot touches it."""
    inner = plot.adjusted(INSIDE_PX, INSIDE_PX, -INSIDE_PX, -INSIDE_PX)
    left = inner.left() + (x - across[0]) / (across[1] - across[0]) * inner.width()
    top = inner.bottom() - (y - up[0]) / (up[1] - up[0]) * inner.height()
    return [QPointF(*place) for place in zip(left.tolist(), top.tolist(), strict=True)]


class PlotSheet(QWidget):
    """All panels: a row for each layer, the nearest to the output first, a column for each measure."""

    def __init__(self, pairs: Sequence[Pair], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Look = LIGHT
        self.mode = SCATTER
        self._pairs = pairs
        self._layers = list(dict.fromkeys(pair.layer for pair in reversed(pairs)))
        near_first = [pair for layer in self._layers for pair in pairs if pair.layer == layer]
        self._measures = list(dict.fromkeys(pair.measure for pair in near_first))
        self.setFixedSize(PANEL.width() * len(self._measures), PANEL.height() * len(self._layers))
        self.setAccessibleName("Each layer against the output")
        said = (f"{p.layer} {p.measure} r {NONE if p.r is None else signed(f'{p.r:.2f}')}" for p in pairs)
        self.setAccessibleDescription(", ".join(said))

    def show_mode(self, mode: str) -> None:
        """Show dots, or courses in time."""
        self.mode = mode
        self.update()

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def place_of(self, pair: Pair) -> QRectF:
        """Give the place of a panel."""
        column, row = self._measures.index(pair.measure), self._layers.index(pair.layer)
        return QRectF(column * PANEL.width(), row * PANEL.height(), PANEL.width(), PANEL.height())

    def paint(self, painter: QPainter, look: Look) -> None:
        """Paint all panels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pair in self._pairs:
            if self.mode == SCATTER or pair.mine.shape[1] > 1:
                paint_pair(painter, self.place_of(pair), pair, self.mode, look)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.panel)
        self.paint(painter, self._look)

    def save(self, path: Path) -> None:
        """Write the sheet as PNG or SVG in the colours of paper. Raises Fault where it cannot be."""
        with atomic(path) as draft:
            (_save_svg if path.suffix.lower() == ".svg" else _save_png)(self, draft)


def _save_png(sheet: PlotSheet, path: Path) -> None:
    image = QImage(sheet.size() * PNG_SCALE, QImage.Format.Format_RGB32)
    image.fill(PRINT.plot)
    painter = QPainter(image)
    painter.scale(PNG_SCALE, PNG_SCALE)
    sheet.paint(painter, PRINT)
    painter.end()
    if not image.save(str(path), "PNG"):  # type: ignore[call-overload]
        raise OSError(f"{path.name} could not be written")


def _save_svg(sheet: PlotSheet, path: Path) -> None:
    made = QSvgGenerator()
    made.setFileName(str(path))
    made.setSize(sheet.size())
    made.setViewBox(sheet.rect())
    made.setTitle("Each layer against the output")
    painter = QPainter(made)
    sheet.paint(painter, PRINT)
    painter.end()


class PlotsDialog(SmallDialog):
    """The sheet in a window of its own; `save` asks where a picture of it goes."""

    def __init__(
        self, pairs: Sequence[Pair], save: Callable[[PlotSheet], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("Each layer against the output", parent)
        self.sheet = PlotSheet(pairs)
        self.modes = Segmented(((SCATTER, "Scatter"), (COURSES, "In time")), "What the panels show")
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
