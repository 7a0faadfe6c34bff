"""The legend of a lane with several curves: their names with gains, as in the papers, in rows that wrap."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from widgets.drawing.curves import curve_colour
from widgets.drawing.lines import draw_text
from widgets.theme.theme import Theme, font
from widgets.timeline.lane_views import Curve, LaneView

ROW_PX, SAMPLE_PX, GAP_PX, APART_PX = 16.0, 16.0, 4.0, 15.0
EDGE_PX, TOP_PX = 8.0, 3.0


@dataclass(frozen=True)
class LegendEntry:
    """A curve's line in the legend: its words as they fit, and its place."""

    curve: Curve
    words: str
    place: QRectF

    @property
    def gain_px(self) -> float:
        """Where the gain begins, after the name."""
        name = QFontMetrics(_face(self.curve)).horizontalAdvance(self.curve.name)
        return min(self.place.left() + SAMPLE_PX + GAP_PX + name, self.place.right())


def _face(curve: Curve) -> QFont:
    return font(11, 600 if curve.active else 500, numbers=True)


def legend_entries(rect: QRectF, lane: LaneView) -> list[LegendEntry]:
    """Return the legend of a lane's plot, none for a single curve; what does not fit moves to a next row."""
    if len(lane.curves) < 2 or lane.collapsed:
        return []
    left, right = rect.left() + EDGE_PX, rect.right() - EDGE_PX
    x, y, found = left, rect.top() + TOP_PX, list[LegendEntry]()
    for curve in lane.curves:
        metrics = QFontMetrics(_face(curve))
        room_px = right - left - SAMPLE_PX - GAP_PX
        words = metrics.elidedText(curve.label, Qt.TextElideMode.ElideMiddle, int(room_px))
        width = SAMPLE_PX + GAP_PX + metrics.horizontalAdvance(words)
        if found and x + width > right:
            x, y = left, y + ROW_PX
        found.append(LegendEntry(curve, words, QRectF(x, y, width, ROW_PX)))
        x += width + APART_PX
    return found


def legend_rect(entries: list[LegendEntry]) -> QRectF:
    """Return the rectangle that a legend covers; an empty one for no entries."""
    whole = QRectF()
    for entry in entries:
        whole = whole.united(entry.place)
    return whole.adjusted(-4, 0, 4, 0) if entries else whole


def paint_legend(painter: QPainter, entries: list[LegendEntry], theme: Theme) -> None:
    """Paint a sample of each line with its name; the ground is not painted."""
    for entry in entries:
        x, y = entry.place.left(), entry.place.center().y()
        draw_line_sample(painter, x, y, curve_colour(entry.curve, theme))
        place = QPointF(x + SAMPLE_PX + GAP_PX, y)
        draw_text(painter, place, entry.words, _face(entry.curve), theme.ink)


def draw_line_sample(painter: QPainter, x: float, y: float, colour: QColor) -> None:
    """Draw 16 px of a line, as a legend's sample."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(colour, 2))
    painter.drawLine(QLineF(x, y, x + SAMPLE_PX, y))
