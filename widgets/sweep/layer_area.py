"""One layer of a sweep: its steps as a waterfall or as a heat map."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from core.signals.track import Track
from widgets.drawing.lines import draw_dotted
from widgets.plots.area import AreaWords, Margins, PlotArea
from widgets.plots.image_item import ImageItem
from widgets.plots.items import CurveItem
from widgets.sweep.sweep_views import SweepView, SweptLayer
from widgets.sweep.traces import TraceItem, gain_of, peak_of, round_below, step_stroke
from widgets.theme.icons import paint_icon
from widgets.theme.praat_numbers import signed
from widgets.theme.ramps import diverging, sequential
from widgets.theme.theme import font

WATERFALL, HEAT, MULTIPLES, DIFFERENCE = "waterfall", "heat", "multiples", "difference"
MARGINS = Margins(left=44, top=30, right=14, bottom=20, title=12)
LABEL_PX = 15  # room that one step's name needs
PLAY_PX = QRectF(0, 0, 26, 22)
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignCenter


class LayerArea(PlotArea):
    """A layer's steps over time. A step's line is its number, from 0 at the bottom.

    `play_rect` is the place of the play button, in the area's pixels.
    """

    def __init__(self) -> None:
        super().__init__(MARGINS)
        self._layer: SweptLayer | None = None
        self._view: SweepView | None = None
        self._mode, self._gain = WATERFALL, 1.0
        self.across.unit_at_zero = "s"

    @property
    def layer(self) -> SweptLayer | None:
        return self._layer

    @property
    def gain(self) -> float:
        """How many lines a value of 1 is high."""
        return self._gain

    # --- what is shown --------------------------------------------------------------------------

    def show_layer(self, layer: SweptLayer, view: SweepView, mode: str) -> None:
        """Show all steps of a layer that are computed."""
        self._layer, self._view, self._mode = layer, view, mode
        if mode == HEAT:
            self._show_heat(layer, view)
        else:
            self._show_traces(layer.tracks, view)
        self.show_words(AreaWords())
        self._show_ticks()
        self.update()

    def _show_traces(self, tracks: tuple[Track | None, ...], view: SweepView) -> None:
        self._gain = gain_of(tracks)
        items: list[CurveItem] = []
        low, high = -0.5, len(tracks) - 0.5
        for step in reversed(range(len(tracks))):  # the lowest line lies in front
            track = tracks[step]
            if track is None:
                continue
            heights = step + self._gain * track.samples.astype(np.float64)
            low, high = min(low, float(np.nanmin(heights))), max(high, float(np.nanmax(heights)))
            stroke = step_stroke(view.shares[step], step == view.current)
            items.append(TraceItem(track.axis.times(), heights, float(step), stroke))
        self.show_items(items)
        self.show_range((0.0, view.length_s), (low, high), 0.0)

    def _show_heat(self, layer: SweptLayer, view: SweepView) -> None:
        """Show the steps as rows of colours: from 0 up, or about 0 where a layer has negative values."""
        known = next((track for track in layer.tracks if track is not None), None)
        items: list[ImageItem] = []
        if known is not None:
            rows = np.full((len(layer.tracks), len(known.samples)), np.nan, np.float32)
            for step, track in enumerate(layer.tracks):
                if track is not None:
                    rows[step] = track.samples
            peak = peak_of(rows) or 1.0
            signs = bool(np.nanmin(rows) < 0)
            start = known.axis.start_s - known.axis.step_s / 2
            place = QRectF(start, -0.5, known.axis.step_s * known.axis.n, len(rows))
            ramp, low = (diverging, -peak) if signs else (sequential, 0.0)
            items.append(ImageItem(rows, place, ramp, low, peak))
            self._gain = 1 / peak
        self.show_items(items)
        self.show_range((0.0, view.length_s), (-0.5, len(layer.tracks) - 0.5), 0.0)

    def _show_ticks(self) -> None:
        """Name the steps at the left, as many as have room; the current one is painted by itself."""
        view = self._view
        assert view is not None
        every = max(1, round(len(view.words) * LABEL_PX / max(1.0, self.box.size().height()) + 0.49))
        ticks = [
            (float(step), signed(view.words[step]))
            for step in range(0, len(view.words), every)
            if abs(step - view.current) >= every or every == 1
        ]
        self.up.setTicks([[one for one in ticks if one[0] != view.current]])

    def step_at(self, time_s: float, line: float) -> int | None:
        """Return the step whose trace is closest to a place in the plot."""
        layer, view = self._layer, self._view
        if layer is None or view is None:
            return None
        if self._mode == HEAT:
            return min(max(round(line), 0), len(layer.tracks) - 1)
        known = [step for step, track in enumerate(layer.tracks) if track is not None]
        heights = {step: self._height(step, time_s) for step in known}
        return min(known, key=lambda step: abs(heights[step] - line), default=None)

    def _height(self, step: int, time_s: float) -> float:
        layer = self._layer
        assert layer is not None
        track = layer.tracks[step]
        assert track is not None
        place = min(max(round(track.axis.index(time_s)), 0), track.axis.n - 1)
        around = track.samples[max(0, place - 1) : place + 2]
        return step + self._gain * float(np.nan_to_num(around).mean())

    # --- painting -------------------------------------------------------------------------------

    @property
    def play_rect(self) -> QRectF:
        """The place of the play button."""
        return PLAY_PX.translated(self.size().width() - PLAY_PX.width() - MARGINS.right, 4)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if self._view is not None:
            self._show_ticks()

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        super().paint(painter, option, widget)
        layer, view = self._layer, self._view
        if layer is None or view is None:
            return
        self._paint_head(painter, layer)
        self._paint_name(painter, view)
        self._paint_current(painter, view)

    def _paint_head(self, painter: QPainter, layer: SweptLayer) -> None:
        theme, room = self.theme, QRectF(12, 4, self.size().width(), 22)
        name = font(13, 600)
        painter.setFont(name)
        painter.setPen(theme.ink)
        painter.drawText(room, LEFT, layer.title)
        room.setLeft(room.left() + QFontMetrics(name).horizontalAdvance(layer.title) + 10)
        limit, facts = QFontMetrics(font(11)), font(11, numbers=True)
        play = self.play_rect
        badge_px = limit.horizontalAdvance(layer.limit) + 12
        badge = QRectF(play.left() - 8 - badge_px, 7, badge_px, 16)
        room.setRight(badge.left() - 6)
        painter.setFont(facts)
        painter.setPen(theme.ink3)
        painter.drawText(
            room, LEFT, limit.elidedText(layer.facts, Qt.TextElideMode.ElideRight, round(room.width()))
        )
        painter.setPen(QPen(theme.line2, 1))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(theme.ink2)
        painter.drawText(badge, CENTRE, layer.limit)
        if layer.is_sound and not theme.is_print:
            painter.setPen(QPen(theme.edge, 1))
            painter.drawRoundedRect(play, 4, 4)
            paint_icon(painter, "play-fill", play, theme.ink2, 12)

    def _paint_name(self, painter: QPainter, view: SweepView) -> None:
        """Write what moves below the names of the steps."""
        face = font(11)
        room = QRectF(2, self.size().height() - MARGINS.bottom + 2, MARGINS.left - 17, 16)
        painter.setFont(face)
        painter.setPen(self.theme.ink2)
        fits = QFontMetrics(face).horizontalAdvance(view.name) <= room.width()
        painter.drawText(room, LEFT, view.name if fits else "step")

    def _paint_current(self, painter: QPainter, view: SweepView) -> None:
        """Paint the current step's name on the accent colour, on its line."""
        if view.current < 0:
            return
        box = self.box.mapRectToParent(self.box.rect())
        place = self.box.mapFromView(QPointF(0.0, float(view.current)))
        y = box.top() + place.y()
        if not box.top() - 2 <= y <= box.bottom() + 2:
            return
        theme, words = self.theme, signed(view.words[view.current])
        face = font(11, 600, numbers=True)
        width = min(QFontMetrics(face).horizontalAdvance(words) + 12, MARGINS.left - 4)
        badge = QRectF(box.left() - 6 - width, y - 8, width, 16)
        painter.setFont(face)
        if not theme.is_print:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent)
            painter.drawRoundedRect(badge, 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.ink if theme.is_print else theme.on_accent)
        painter.drawText(badge, CENTRE | Qt.TextFlag.TextDontClip, words)

    def paint_over(self, painter: QPainter) -> None:
        """Paint what lies over the traces: the selection, and the bracket of the gain; in scene pixels."""
        layer, view = self._layer, self._view
        if layer is None or view is None or not self.isVisible():
            return
        box = self.box.mapRectToScene(self.box.rect())
        self._paint_selection(painter, view, box)
        if self._mode == HEAT:
            self._paint_words(painter, box, f"to {signed(f'{1 / self._gain:.3g}')}")
        else:
            self._paint_bracket(painter, box)

    def _paint_selection(self, painter: QPainter, view: SweepView, box: QRectF) -> None:
        if view.selection is None:
            return
        theme = self.theme
        ends = [
            self.box.mapToScene(self.box.mapFromView(QPointF(time_s, 0.0))).x()
            for time_s in (view.selection.start_s, view.selection.end_s)
        ]
        left, right = max(ends[0], box.left()), min(ends[1], box.right())
        if right <= left:
            return
        is_image = self._mode == HEAT
        if not is_image:
            painter.fillRect(QRectF(left, box.top(), right - left, box.height()), theme.sel)
        for x in ends:
            if box.left() <= x <= box.right():
                edge = QLineF(round(x), box.top(), round(x), box.bottom())
                draw_dotted(painter, edge, theme.cursor, theme.halo if is_image else None)

    def _paint_bracket(self, painter: QPainter, box: QRectF) -> None:
        """Paint a bracket as high as a round value, with the value beside it."""
        line_px = abs(
            self.box.mapFromView(QPointF(0, 1)).y() - self.box.mapFromView(QPointF(0, 0)).y()
        )  # of one line
        value = round_below(max(24 / max(line_px * self._gain, 1e-12), 1e-12))
        height = value * self._gain * line_px
        right, top = box.right() - 8, box.top() + 8
        painter.setPen(QPen(self.theme.ink2, 1))
        for y in (top, top + height):
            painter.drawLine(QLineF(right - 4, y, right, y))
        painter.drawLine(QLineF(right, top, right, top + height))
        self._paint_words(painter, box.adjusted(0, 0, -6, 0), signed(f"{value:g}"))

    def _paint_words(self, painter: QPainter, box: QRectF, words: str) -> None:
        face = font(11, numbers=True)
        room = QRectF(box.left(), box.top() + 4, box.width() - 8, 16)
        width = QFontMetrics(face).horizontalAdvance(words)
        painter.fillRect(QRectF(room.right() - width - 2, room.top(), width + 4, 16), self.theme.plot)
        painter.setFont(face)
        painter.setPen(self.theme.ink2)
        painter.drawText(room, RIGHT, words)
