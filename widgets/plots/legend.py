"""The legend of a plot: a sample of each line with its name, in rows above the plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from widgets.plots.items import Stroke
from widgets.theme.theme import Theme, font

ROW_PX = 16
SAMPLE_PX, GAP_PX, APART_PX = 22, 5, 12
LONGEST_PX = 140


@dataclass(frozen=True)
class LegendEntry:
    """One name and its line; without a line it is the mark of the formants; a bare name has no sample."""

    words: str
    stroke: Stroke | None = None
    strong: bool = False
    bare: bool = False

    @property
    def sample_px(self) -> int:
        return 0 if self.bare else SAMPLE_PX + GAP_PX


@dataclass(frozen=True)
class PlacedEntry:
    """An entry with its shortened text and its place."""

    entry: LegendEntry
    words: str
    place: QRectF


def placed(entries: Sequence[LegendEntry], left: float, right: float) -> list[PlacedEntry]:
    """Return each entry with its place, row by row from the left."""
    found: list[PlacedEntry] = []
    x, top = left, 0.0
    for entry in entries:
        metrics = QFontMetrics(font(11, 600 if entry.strong else 400))
        most_px = right - left if entry.bare else LONGEST_PX
        words = metrics.elidedText(entry.words, Qt.TextElideMode.ElideMiddle, round(most_px))
        width = entry.sample_px + metrics.horizontalAdvance(words) + 1
        if found and x + width > right:
            x, top = left, top + ROW_PX
        found.append(PlacedEntry(entry, words, QRectF(x, top, width, ROW_PX)))
        x += width + APART_PX
    return found


def height(places: Sequence[PlacedEntry]) -> float:
    """Return the total height of the rows."""
    return max((one.place.bottom() for one in places), default=0.0)


def paint(painter: QPainter, places: Sequence[PlacedEntry], theme: Theme) -> None:
    """Paint the samples and the names."""
    for one in places:
        room, middle = one.place, one.place.center().y()
        if one.entry.stroke is None and not one.entry.bare:
            painter.fillRect(QRectF(room.left() + SAMPLE_PX / 2 - 1, middle - 3, 2, 6), theme.formant)
        if one.entry.stroke is not None:
            painter.setPen(one.entry.stroke.pen(theme))
            y = round(middle) + 0.5
            painter.drawLine(QPointF(room.left(), y), QPointF(room.left() + SAMPLE_PX, y))
        painter.setFont(font(11, 600 if one.entry.strong else 400))
        painter.setPen(theme.ink3 if one.entry.bare else theme.ink if one.entry.strong else theme.ink2)
        words = room.adjusted(one.entry.sample_px, 0, 4, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, one.words)
