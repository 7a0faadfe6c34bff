"""The annotated figure: the stack laid out for print, with its captions, notes and arrows."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from core.annotation.tiers import Tier
from widgets.drawing.curves import shared_limits
from widgets.drawing.lane import Marks, lane_height_px, paint_marks, paint_plot
from widgets.drawing.lines import draw_text
from widgets.drawing.margins import paint_left_axis, paint_right_axis
from widgets.stack.lane_legend import paint_sample
from widgets.stack.ruler import is_visible
from widgets.theme.praat_numbers import seconds, short, signed
from widgets.theme.theme import PRINT, Theme, font
from widgets.tiers.painting import paint_figure_tier
from widgets.timeline.columns import Columns, time_ticks
from widgets.timeline.lane_views import LaneView, StackView
from widgets.timeline.tier_views import rows

HEADER_PX, AXIS_PX, MARGIN_PX = 104.0, 60.0, 12.0
STRIP_PX, RULER_PX, LINE_PX = 24.0, 34.0, 16.0
TICK_PX = 4.0
OVERLAY_WORDS = {"pitch": "Pitch", "formants": "Formants", "intensity": "Intensity", "pulses": "Pulses"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in the figure: a time, and a height in a lane from 0 to 1."""

    time_s: float
    lane: Hashable
    part: float


@dataclass(frozen=True, slots=True)
class Note:
    """The user's text at a position, with an optional arrow to another position."""

    text: str
    at: Spot
    to: Spot | None = None


@dataclass(frozen=True)
class FigureView:
    """The content of a figure: the stack, its texts, and the user's notes.

    The `caption` lines are printed below: the model, the point, the settings, what is assumed.
    """

    stack: StackView
    title: str = ""
    caption: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    width_px: float = 720.0
    collapsed: bool = field(default=True)

    @property
    def lanes(self) -> tuple[LaneView, ...]:
        """The lanes in the figure; collapsed ones only on request."""
        return tuple(lane for lane in self.stack.lanes if self.collapsed or not lane.collapsed)

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers in the figure: only those that belong to what is shown."""
        view = self.stack.tiers
        return tuple(tier for place, tier in enumerate(view.tiers) if not view.is_away(place))


@dataclass(frozen=True)
class FigureLayout:
    """The layout of a figure: the time columns, a rectangle per lane, and the total size."""

    columns: Columns
    rects: tuple[QRectF, ...]
    width_px: float
    height_px: float
    ruler_px: float
    tiers: tuple[QRectF, ...] = ()

    def place(self, spot: Spot, lanes: tuple[LaneView, ...]) -> QPointF | None:
        """Return the point of a spot, or None if its lane or time is not in the figure."""
        keys = [lane.key for lane in lanes]
        if spot.lane not in keys or not self.columns.window.contains(spot.time_s):
            return None
        rect = self.rects[keys.index(spot.lane)]
        return QPointF(self.columns.x(spot.time_s), rect.top() + spot.part * rect.height())

    def spot(self, point: QPointF, lanes: tuple[LaneView, ...]) -> Spot | None:
        """Return the spot at a point; the inverse of `place`."""
        for lane, rect in zip(lanes, self.rects, strict=True):
            if rect.top() <= point.y() <= rect.bottom():
                window = self.columns.window
                time_s = min(max(self.columns.time_s(point.x()), window.start_s), window.end_s)
                return Spot(time_s, lane.key, (point.y() - rect.top()) / rect.height())
        return None


def lay_out(figure: FigureView) -> FigureLayout:
    """Return the layout of a figure of this width."""
    left = MARGIN_PX + HEADER_PX + AXIS_PX
    columns = Columns(figure.stack.visible, left, figure.width_px - left - AXIS_PX - MARGIN_PX)
    top = MARGIN_PX + (LINE_PX + 8 if figure.title else 0) + STRIP_PX
    rects: list[QRectF] = []
    for lane in figure.lanes:
        rects.append(QRectF(columns.left_px, top, columns.width_px, lane_height_px(lane)))
        top += lane_height_px(lane) + 8
    tiers = tuple(
        QRectF(columns.left_px, top + row.top_px, columns.width_px, row.height_px)
        for row in rows(figure.tiers)
    )
    ruler_px = top + sum(rect.height() for rect in tiers) + (8 if tiers else 0)
    height = ruler_px + RULER_PX + LINE_PX * len(figure.caption) + MARGIN_PX
    return FigureLayout(columns, tuple(rects), figure.width_px, height, ruler_px, tiers)


def paint_figure(painter: QPainter, figure: FigureView, theme: Theme = PRINT) -> None:
    """Paint the whole figure, in pixels of 1/96 inch from the top left corner."""
    layout = lay_out(figure)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(QRectF(0, 0, layout.width_px, layout.height_px), theme.plot)
    if figure.title:
        place = QPointF(MARGIN_PX, MARGIN_PX + LINE_PX / 2)
        draw_text(painter, place, figure.title, font(13, 600), theme.ink)
    marks = Marks(figure.stack.cursor_s, figure.stack.selection, figure.stack.frequency_hz)
    _paint_times(painter, layout, theme, marks)
    shared = shared_limits(figure.lanes)
    for lane, rect in zip(figure.lanes, layout.rects, strict=True):
        _paint_lane(painter, lane, rect, layout, theme, marks, shared)
    for tier, rect in zip(figure.tiers, layout.tiers, strict=True):
        paint_figure_tier(painter, rect, MARGIN_PX, tier, layout.columns, theme, marks)
    _paint_ruler(painter, layout, theme)
    for note in figure.notes:
        _paint_note(painter, note, layout, figure.lanes, theme)
    for number, line in enumerate(figure.caption):
        place = QPointF(MARGIN_PX, layout.ruler_px + RULER_PX + LINE_PX * (number + 0.5))
        draw_text(painter, place, line, font(11, numbers=True), theme.ink2)


def _paint_lane(
    painter: QPainter,
    lane: LaneView,
    rect: QRectF,
    layout: FigureLayout,
    theme: Theme,
    marks: Marks,
    shared: tuple[float, float],
) -> None:
    painter.save()
    painter.setClipRect(rect.adjusted(-1, -1, 1, 1))
    paint_plot(painter, rect, lane, layout.columns, theme, shared)
    paint_marks(painter, rect, lane, layout.columns, theme, marks)
    painter.restore()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
    left = QRectF(rect.left() - AXIS_PX, rect.top(), AXIS_PX, rect.height())
    right = QRectF(rect.right(), rect.top(), AXIS_PX, rect.height())
    paint_left_axis(painter, left, lane, layout.columns, theme, marks, shared)
    paint_right_axis(painter, right, lane, theme, marks)
    _paint_words(painter, lane, rect, theme)


def _paint_words(painter: QPainter, lane: LaneView, rect: QRectF, theme: Theme) -> None:
    """Label a lane: title and gain, channels by samples and rate, and its overlays."""
    x, y = MARGIN_PX, rect.top() + LINE_PX / 2
    room = draw_text(painter, QPointF(x, y), lane.title, font(13, 600), theme.ink)
    if lane.gain != 1:
        draw_text(
            painter, QPointF(room.right() + 4, y), f"×{short(lane.gain)}", font(12, numbers=True), theme.ink
        )
    if lane.collapsed:
        return
    for line in lane.meta.split(" · "):
        y += LINE_PX - 2
        draw_text(painter, QPointF(x, y), line, font(11, numbers=True), theme.ink2)
    y += 4
    for kind, words in OVERLAY_WORDS.items():
        if kind in lane.shown and (lane.pulses if kind == "pulses" else lane.overlays.get(kind)):
            y += LINE_PX - 1
            paint_sample(painter, kind, x, y, theme)
            draw_text(painter, QPointF(x + 22, y), words, font(11), theme.ink2)


def _paint_times(painter: QPainter, layout: FigureLayout, theme: Theme, marks: Marks) -> None:
    """Print the cursor's time, or the selection's start, duration and end, above the lanes."""
    columns = layout.columns
    y = (layout.rects[0].top() if layout.rects else layout.ruler_px) - STRIP_PX / 2
    number = font(11, 500, numbers=True)
    if marks.selection is not None and is_visible(columns, marks.selection):
        seen = marks.selection.cut(columns.window)
        middle = columns.x(seen.middle_s)
        room = columns.x(seen.end_s) - columns.x(seen.start_s)
        words = f"{seconds(marks.selection.length_s)} s"
        painter.setFont(number)
        fits = painter.fontMetrics().horizontalAdvance(words) < room - 8
        if fits:
            draw_text(painter, QPointF(middle, y), words, number, theme.ink, "centre")
        _time(painter, layout, marks.selection.start_s, y, "right", theme)
        _time(painter, layout, marks.selection.end_s, y, "left", theme)
    elif marks.selection is None and marks.cursor_s is not None:
        _time(painter, layout, marks.cursor_s, y, "centre", theme)


def _time(painter: QPainter, layout: FigureLayout, time_s: float, y: float, align: str, theme: Theme) -> None:
    if layout.columns.window.contains(time_s):
        x = layout.columns.x(time_s) + {"right": -4, "left": 4, "centre": 0}[align]
        draw_text(painter, QPointF(x, y), seconds(time_s), font(11, 500, numbers=True), theme.cursor, align)


def _paint_ruler(painter: QPainter, layout: FigureLayout, theme: Theme) -> None:
    columns = layout.columns
    ticks, decimals = time_ticks(columns)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    top = layout.ruler_px - 8
    for tick_s in ticks:
        x = columns.line_x(tick_s)
        painter.setPen(QPen(theme.ink2, 1))
        painter.drawLine(QLineF(x, top, x, top + TICK_PX))
        text = signed(f"{tick_s:.{decimals}f}")
        draw_text(painter, QPointF(x, top + 12), text, font(11, numbers=True), theme.ink2, "centre")
    place = QPointF((columns.left_px + columns.right_px) / 2, top + 27)
    draw_text(painter, place, "Time (s)", font(11), theme.ink2, "centre")


def _paint_note(
    painter: QPainter, note: Note, layout: FigureLayout, lanes: tuple[LaneView, ...], theme: Theme
) -> None:
    at = layout.place(note.at, lanes)
    if at is None:
        return
    to = layout.place(note.to, lanes) if note.to is not None else None
    if to is not None:
        _paint_arrow(painter, at, to, theme)
    words = font(12, 500)
    painter.setFont(words)
    width = painter.fontMetrics().horizontalAdvance(note.text)
    ground = QRectF(at.x() - width / 2 - 3, at.y() - 9, width + 6, 18)
    if note.text:
        painter.fillRect(ground, theme.halo)
        draw_text(painter, at, note.text, words, theme.ink, "centre")


def _paint_arrow(painter: QPainter, at: QPointF, to: QPointF, theme: Theme) -> None:
    angle = math.atan2(to.y() - at.y(), to.x() - at.x())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((theme.halo, 4.0), (theme.ink, 1.25)):
        painter.setPen(QPen(colour, width))
        painter.setBrush(colour)
        painter.drawLine(at, to)
        wings = [angle + math.pi - 0.42, angle + math.pi + 0.42]
        tips = [QPointF(to.x() + 8 * math.cos(a), to.y() + 8 * math.sin(a)) for a in wings]
        painter.drawPolygon(QPolygonF([to, *tips]))
    painter.restore()
