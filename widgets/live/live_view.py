"""Lanes that scroll by: what a microphone hears, what a network makes of it, and what the network says."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.annotation.tiers import Tier
from core.signals.axis import Range
from widgets.drawing.lane import IMAGE_PX, SCORES_PX, Marks, paint_plot
from widgets.drawing.lines import draw_text
from widgets.drawing.margins import paint_left_axis
from widgets.theme.theme import LIGHT, Theme, font
from widgets.tiers.painting import paint_tier
from widgets.timeline.columns import Columns, time_ticks
from widgets.timeline.lane_views import LaneView
from widgets.timeline.tier_views import ANSWER_PX

SOUND_PX, LEAST_PX, MOST_PX = 56, 18, 60
META_FROM_PX, AXIS_FROM_PX = 34, 40
EDGE_PX, RULER_PX = 12, 18
NO_MARKS = Marks()


@dataclass(frozen=True, eq=False)
class LiveScene:
    """One moment: the lanes over a window of time, the letters as a tier, and from when on the results will
    still change (`settled_s`), because they depend on what is yet to come.
    """

    window: Range
    lanes: tuple[LaneView, ...]
    tier: Tier | None = None
    settled_s: float = math.inf


class LiveView(QWidget):
    """Paints the lanes of one moment over the whole widget; in place of lanes, `words` say what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("What the network makes of the microphone")
        self._theme = LIGHT
        self._scene: LiveScene | None = None
        self._words = ""
        self.frames = 0

    def show_scene(self, scene: LiveScene) -> None:
        """Show another moment."""
        self._scene = scene
        self.update()

    def show_words(self, words: str) -> None:
        """Show a sentence in place of lanes."""
        self._scene, self._words = None, words
        self.setAccessibleDescription(words)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.chrome)
            if self._scene is None:
                painter.setFont(font(13))
                painter.setPen(self._theme.ink2)
                centred = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
                painter.drawText(self.rect().adjusted(80, 0, -80, 0), centred, self._words)
                return
            self._paint(painter, self._scene)
        self.frames += 1

    def _paint(self, painter: QPainter, scene: LiveScene) -> None:
        columns = Columns.of_stack(scene.window, self.width())
        top = 0.0
        heights = lane_heights(scene, self.height())
        for place, (lane, height) in enumerate(zip(scene.lanes, heights, strict=True)):
            if place == 1 and scene.tier is not None:
                self._paint_tier(painter, QRectF(0, top, self.width(), ANSWER_PX), scene.tier, columns)
                top += ANSWER_PX
            self._paint_lane(painter, QRectF(0, top, self.width(), height), lane, columns)
            top += height
        self._paint_unsettled(painter, scene, columns, top)
        self._paint_times(painter, columns, top)

    def _paint_lane(self, painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns) -> None:
        theme = self._theme
        plot = QRectF(columns.left_px, rect.top(), columns.width_px, rect.height() - 1)
        painter.save()
        painter.setClipRect(plot)
        paint_plot(painter, plot, lane, columns, theme)
        painter.restore()
        if rect.height() >= AXIS_FROM_PX:
            axis = QRectF(columns.left_px - 60, rect.top(), 60, plot.height())
            paint_left_axis(painter, axis, lane, columns, theme, NO_MARKS)
        self._paint_head(painter, rect, lane.title, lane.meta)
        self._paint_frame(painter, plot)

    def _paint_head(self, painter: QPainter, rect: QRectF, name: str, meta: str) -> None:
        both = bool(meta) and rect.height() >= META_FROM_PX
        y = rect.top() + min(13.0 if both else rect.height() / 2, rect.height() / 2)
        face = font(13, 600)
        words = QFontMetrics(face).elidedText(name, Qt.TextElideMode.ElideMiddle, 120)
        draw_text(painter, QPointF(EDGE_PX, y), words, face, self._theme.ink)
        if both:
            draw_text(painter, QPointF(EDGE_PX, y + 16), meta, font(11, numbers=True), self._theme.ink3)

    def _paint_frame(self, painter: QPainter, plot: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(self._theme.line2, 1))
        painter.drawLine(QLineF(0, plot.bottom() + 0.5, self.width(), plot.bottom() + 0.5))
        for x in (plot.left() - 0.5, plot.right() + 0.5):
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))

    def _paint_tier(self, painter: QPainter, rect: QRectF, tier: Tier, columns: Columns) -> None:
        plot = QRectF(columns.left_px, rect.top(), columns.width_px, rect.height() - 1)
        paint_tier(painter, plot, tier, columns, self._theme, NO_MARKS, chosen=True, circled=False)
        self._paint_head(painter, rect, tier.name.capitalize(), "")
        self._paint_frame(painter, plot)

    def _paint_times(self, painter: QPainter, columns: Columns, top_px: float) -> None:
        """Write the seconds since the microphone was opened below the lanes."""
        times, decimals = time_ticks(columns)
        for time_s in times:
            if time_s >= 0:
                place = QPointF(columns.line_x(time_s), top_px + RULER_PX / 2)
                words, face = f"{time_s:.{decimals}f}", font(11, numbers=True)
                draw_text(painter, place, words, face, self._theme.ink3, "centre")
        draw_text(painter, QPointF(EDGE_PX, top_px + RULER_PX / 2), "Time (s)", font(11), self._theme.ink3)

    def _paint_unsettled(
        self, painter: QPainter, scene: LiveScene, columns: Columns, bottom_px: float
    ) -> None:
        """Dim the part whose results will still change, below the lane of the sound."""
        if scene.settled_s >= scene.window.end_s or not scene.lanes:
            return
        left = max(columns.left_px, columns.x(scene.settled_s))
        veil = QColor(self._theme.plot_off)
        veil.setAlphaF(0.55)
        painter.fillRect(QRectF(left, SOUND_PX, columns.right_px - left, bottom_px - SOUND_PX - 1), veil)


def lane_heights(scene: LiveScene, room_px: int) -> list[float]:
    """Return the height of each lane; the layers share what the others leave."""
    fixed = [_fixed_px(place, lane) for place, lane in enumerate(scene.lanes)]
    layers = fixed.count(0)
    left = room_px - RULER_PX - sum(fixed) - (ANSWER_PX if scene.tier is not None else 0)
    each = min(MOST_PX, max(LEAST_PX, left // layers)) if layers else 0
    return [float(height or each) for height in fixed]


def _fixed_px(place: int, lane: LaneView) -> int:
    if place == 0:
        return SOUND_PX
    if lane.channel_image is not None or "pitch" in lane.shown:
        return IMAGE_PX
    return SCORES_PX if lane.scores is not None else 0
