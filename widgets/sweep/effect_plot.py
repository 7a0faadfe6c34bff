"""Variables ranked by their effect: each with its interval, the baseline of shuffled labels, and the drop."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen

from widgets.drawing.lines import draw_dotted
from widgets.plots.area import ZOOM_HINT, AreaWords, Margins, PlotArea, PlotItem
from widgets.plots.items import CurveItem, DotItem, Stroke
from widgets.plots.view import PlotView
from widgets.sweep.effect_views import EffectView
from widgets.theme.theme import font

MARGINS = Margins(left=52, top=20, right=12, bottom=20, title=8)
MOST = 30
NAMED = 6
INSIDE_PX = 8.0


class EffectArea(PlotArea):
    """|beta| by rank; what lies below the dotted line is what chance gives."""

    def __init__(self) -> None:
        super().__init__(MARGINS, grid=True)
        self._view = EffectView()

    def show_effects(self, view: EffectView) -> None:
        """Show the first ranks."""
        self._view = view
        rows = view.rows[:MOST]
        ranks = np.arange(1.0, len(rows) + 1)
        sizes = np.array([abs(row.beta) for row in rows])
        items: list[PlotItem] = []
        for rank, row in zip(ranks, rows, strict=True):
            ends = np.array(_ends(row.low, row.high))
            items.append(CurveItem(np.array([rank, rank]), ends, Stroke(lambda theme: theme.ghost, 2.0)))
        for counts, size in ((True, 7.0), (False, 5.0)):
            kept = np.array([row.beyond_chance is counts for row in rows], bool)
            if kept.any():
                colour = (lambda theme: theme.accent) if counts else (lambda theme: theme.ink3)
                items.append(DotItem(ranks[kept], sizes[kept], colour, size))
        self.show_words(AreaWords(across="rank", inside="" if rows else view.told))
        self.show_items(items)
        high = max(
            [view.baseline, *(_ends(row.low, row.high)[1] for row in rows), *sizes], default=float("nan")
        )
        none = float("nan")
        self.show_range((1.0, float(max(2, len(rows)))) if rows else (none, none), (0.0, high), INSIDE_PX)
        self.update()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        super().paint(painter, option, widget)
        view, theme, box = self._view, self.theme, self.box.mapRectToParent(self.box.rect())
        painter.setFont(font(11))
        painter.setPen(theme.ink2)
        painter.drawText(QPointF(8, 14), view.unit)
        if not view.rows:
            return
        self._paint_baseline(painter, view, box)
        self._paint_drop(painter, view, box)
        self._paint_names(painter, view, box)

    def _at(self, x: float, y: float, box: QRectF) -> QPointF:
        return box.topLeft() + self.box.mapFromView(QPointF(x, y))

    def _paint_baseline(self, painter: QPainter, view: EffectView, box: QRectF) -> None:
        y = self._at(1.0, view.baseline, box).y()
        if box.top() <= y <= box.bottom():
            draw_dotted(painter, QLineF(box.left(), round(y), box.right(), round(y)), self.theme.cursor)
            painter.setFont(font(11))
            painter.setPen(self.theme.cursor)
            room = QRectF(box.left(), y - 16, box.width() - 4, 14)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, "shuffled labels, 95 %")

    def _paint_drop(self, painter: QPainter, view: EffectView, box: QRectF) -> None:
        """Mark the largest drop by a line between two ranks."""
        if 0 < view.before_the_drop < len(view.rows[:MOST]):
            x = self._at(view.before_the_drop + 0.5, 0.0, box).x()
            painter.setPen(QPen(self.theme.line2, 1))
            painter.drawLine(QLineF(x, box.top(), x, box.bottom()))

    def _paint_names(self, painter: QPainter, view: EffectView, box: QRectF) -> None:
        """Name the first variables beside their dots."""
        painter.setFont(font(11, 500))
        painter.setPen(self.theme.ink)
        taken: list[QRectF] = []
        for rank, row in enumerate(view.rows[:NAMED], 1):
            place = self._at(float(rank), abs(row.beta), box)
            width = painter.fontMetrics().horizontalAdvance(row.variable)
            room = QRectF(place.x() + 7, place.y() - 9, width + 2, 14)
            if box.contains(room) and not any(room.intersects(other) for other in taken):
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, row.variable)
                taken.append(room)


class EffectPlot(PlotView):
    """The plot as a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.area = EffectArea()
        self.add_area(self.area)
        self.setToolTip(ZOOM_HINT)
        self.setAccessibleName("Variables ranked by their effect")

    def sizeHint(self) -> QSize:
        return QSize(384, 280)

    def show_effects(self, view: EffectView) -> None:
        self.area.show_effects(view)
        self.setAccessibleDescription(", ".join(row.variable for row in view.rows[:NAMED]))


def _ends(low: float, high: float) -> tuple[float, float]:
    """Return the ends of an interval of sizes; one across 0 begins at 0."""
    if low <= 0 <= high:
        return 0.0, max(-low, high)
    return min(abs(low), abs(high)), max(abs(low), abs(high))
