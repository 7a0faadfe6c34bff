"""The annotated figure: the stack laid out for print, with its captions, notes and arrows."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from widgets.drawing.curves import shared_limits
from widgets.drawing.lane import Marks, paint_marks, paint_plot
from widgets.drawing.lines import draw_text
from widgets.drawing.margins import paint_left_axis, paint_right_axis
from widgets.figures.figure_layout import (
    AXIS_PX,
    LINE_PX,
    RULER_PX,
    STRIP_PX,
    TITLE_PX,
    FigureLayout,
    FigureView,
    Note,
    lay_out,
)
from widgets.figures.lane_head import paint_head
from widgets.stack.ruler import is_visible
from widgets.theme.praat_numbers import seconds, signed
from widgets.theme.theme import PRINT, Theme, font
from widgets.tiers.painting import paint_figure_tier
from widgets.timeline.columns import time_ticks
from widgets.timeline.lane_views import LaneView

TICK_PX = 4.0


def paint_figure(painter: QPainter, figure: FigureView, theme: Theme = PRINT) -> None:
    """Paint the whole figure, in pixels of 1/96 inch from the top left corner."""
    layout = lay_out(figure)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(QRectF(0, 0, layout.width_px, layout.height_px), theme.plot)
    for number, line in enumerate(layout.title):
        place = QPointF(layout.margin_px, layout.margin_px + TITLE_PX * (number + 0.5))
        draw_text(painter, place, line, font(13, 600), theme.ink)
    marks = figure.shown_marks
    _paint_times(painter, layout, theme, marks)
    shared = shared_limits(figure.lanes)
    for lane, rect, head in zip(figure.lanes, layout.rects, layout.heads, strict=True):
        _paint_lane(painter, lane, rect, layout, theme, marks, shared)
        paint_head(painter, head, theme)
    for tier, rect in zip(figure.tiers, layout.tiers, strict=True):
        names = (layout.margin_px, layout.names_px)
        paint_figure_tier(painter, rect, names, tier, layout.columns, theme, marks)
    _paint_ruler(painter, layout, theme)
    for note in figure.notes:
        _paint_note(painter, note, layout, figure.lanes, theme)
    for number, line in enumerate(layout.caption):
        place = QPointF(layout.margin_px, layout.ruler_px + RULER_PX + LINE_PX * (number + 0.5))
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


def _paint_times(painter: QPainter, layout: FigureLayout, theme: Theme, marks: Marks) -> None:
    """Print the cursor's time, or the selection's start, duration and end, above the lanes."""
    columns = layout.columns
    y = _lanes_top(layout) - STRIP_PX / 2
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


def _lanes_top(layout: FigureLayout) -> float:
    """Return the height at which the first lane, or the head above it, begins."""
    heads = [piece.y_px - LINE_PX / 2 for head in layout.heads[:1] for piece in head.pieces]
    return min([rect.top() for rect in layout.rects[:1]] + heads, default=layout.ruler_px)


def _time(painter: QPainter, layout: FigureLayout, time_s: float, y: float, align: str, theme: Theme) -> None:
    if layout.columns.window.contains(time_s):
        face = font(11, 500, numbers=True)
        width = QFontMetrics(face).horizontalAdvance(seconds(time_s))
        x = layout.columns.x(time_s) + {"right": -4 - width, "left": 4, "centre": -width / 2}[align]
        place = QPointF(_inside(x, width, layout), y)
        draw_text(painter, place, seconds(time_s), face, theme.cursor)


def _inside(left: float, width: float, layout: FigureLayout) -> float:
    """Return the left edge of a text, moved so that it stays on the paper."""
    return max(layout.margin_px, min(left, layout.width_px - layout.margin_px - width))


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
        face = font(11, numbers=True)
        width = QFontMetrics(face).horizontalAdvance(text)
        place = QPointF(_inside(x - width / 2, width, layout), top + 12)
        draw_text(painter, place, text, face, theme.ink2)
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
    left = _inside(at.x() - width / 2, width, layout)
    if note.text:
        painter.fillRect(QRectF(left - 3, at.y() - 9, width + 6, 18), theme.halo)
        draw_text(painter, QPointF(left, at.y()), note.text, words, theme.ink)


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
