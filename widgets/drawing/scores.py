"""What a network says in frames, as curves over time: classes with a legend, or letters over their curves."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from core.signals.track import Track
from widgets.drawing.axes import END, ROUND, Label
from widgets.drawing.curve_legend import GAP_PX, SAMPLE_PX, draw_line_sample
from widgets.drawing.curves import found_envelope, paint_curve, whole_extremes
from widgets.drawing.lines import draw_dotted, draw_text, polygon
from widgets.theme.praat_numbers import activation
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import Columns, PixelRows
from widgets.timeline.lane_views import LaneView, ScoresView

LETTERS_PX, PADDING_PX, EDGE_PX, ROW_PX, APART_PX = 16.0, 6.0, 8.0, 16.0, 14.0
COLLAPSED_PX = 46.0  # a lane that is not higher is folded
LEAST_SEEN = 1.0  # in %: curves that stay below are a line at 0, and are left out
WHOLE = 100.0


def score_limits(scores: ScoresView) -> tuple[float, float]:
    """Return the ends of the scale: 0 to 100 % for probabilities, else those of the scores."""
    if scores.unit == "%" or not scores.curves:
        return 0.0, WHOLE
    ends = [end for curve in scores.curves for end in whole_extremes(curve) if np.isfinite(end)]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def score_rows(scores: ScoresView, rect: QRectF) -> PixelRows:
    """Return the rows of the curves, below the letters or the legend, for which a folded lane has no room."""
    above = LETTERS_PX + 2 if rect.height() > COLLAPSED_PX else PADDING_PX
    return PixelRows(*score_limits(scores), rect.top() + above, max(1.0, rect.height() - above - PADDING_PX))


def score_colour(scores: ScoresView, place: int, theme: Theme) -> QColor:
    """Return the colour of a label's curve: a step for each named one, quiet for the others."""
    if scores.blank is not None:
        return theme.ghost if place == scores.blank else theme.curve
    if place not in scores.named or scores.threshold is not None:
        return theme.ghost
    if len(scores.named) == 1:
        return theme.curve
    return theme.step(scores.named.index(place) / (len(scores.named) - 1))


def paint_scores(painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme) -> None:
    """Paint the curves of a lane, the letters over them, and the legend; a folded lane has curves only."""
    scores = lane.scores
    assert scores is not None
    rows = score_rows(scores, rect)
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if scores.threshold is not None:
        y = math.floor(rows.y(scores.threshold)) + 0.5
        draw_dotted(painter, QLineF(rect.left(), y, rect.right(), y), theme.edge)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    order = sorted(range(len(scores.curves)), key=lambda place: place in scores.named)
    for place in order:
        _paint_score(painter, scores, place, columns, rows, theme)
    if not lane.collapsed:
        _paint_letters(painter, rect, scores, columns, theme)
        _paint_legend(painter, rect, scores, theme)
    painter.restore()


def _paint_score(
    painter: QPainter, scores: ScoresView, place: int, columns: Columns, rows: PixelRows, theme: Theme
) -> None:
    curve, colour = scores.curves[place], score_colour(scores, place, theme)
    if scores.unit == "%" and place not in scores.named and whole_extremes(curve)[1] < LEAST_SEEN:
        return
    if place == scores.blank:
        _paint_dashed(painter, curve, columns, rows, colour)
    else:
        paint_curve(painter, curve, columns, rows, colour, dots=False)


def _paint_dashed(painter: QPainter, curve: Track, columns: Columns, rows: PixelRows, colour: QColor) -> None:
    found = found_envelope(curve, columns, painter.device().devicePixelRatioF())
    painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DashLine))
    painter.drawPolyline(polygon(columns.xs(found.times()), rows.ys(found.high.astype(np.float64))))


def _paint_letters(
    painter: QPainter, rect: QRectF, scores: ScoresView, columns: Columns, theme: Theme
) -> None:
    """Write each letter over its frame, as far as they have room."""
    face = font(11)
    metrics, free_px = QFontMetrics(face), rect.left()
    for time_s, label in scores.letters:
        if not columns.window.contains(time_s):
            continue
        width = metrics.horizontalAdvance(label)
        wanted = columns.x(time_s) - width / 2
        left = max(wanted, free_px)
        if left - wanted <= width:  # beside its neighbour, if that stands too close
            draw_text(painter, QPointF(left, rect.top() + LETTERS_PX / 2), label, face, theme.ink)
            free_px = left + width + 1


def legend_words(curve: Track, value: float) -> str:
    """Return a label with its value at the cursor, if there is one."""
    if not np.isfinite(value):
        return curve.name
    return f"{curve.name} {value:.2f} %" if curve.unit == "%" else f"{curve.name} {activation(value)}"


def _paint_legend(painter: QPainter, rect: QRectF, scores: ScoresView, theme: Theme) -> None:
    """Paint the named labels in the upper right corner, with their values at the cursor."""
    if scores.blank is not None or not scores.named:
        return
    face: QFont = font(11, 500, numbers=True)
    metrics, right, y = QFontMetrics(face), rect.right() - EDGE_PX, rect.top() + ROW_PX / 2 + 2
    for number, place in reversed(list(enumerate(scores.named))):
        value = scores.readings[number] if number < len(scores.readings) else float("nan")
        words = legend_words(scores.curves[place], value)
        width = SAMPLE_PX + GAP_PX + metrics.horizontalAdvance(words)
        if right - width < rect.left() + EDGE_PX:
            right, y = rect.right() - EDGE_PX, y + ROW_PX
        plate = QColor(theme.plot)
        plate.setAlphaF(0.8)
        painter.fillRect(QRectF(right - width - 4, y - ROW_PX / 2, width + 8, ROW_PX), plate)
        draw_line_sample(painter, right - width, y, score_colour(scores, place, theme))
        draw_text(painter, QPointF(right - width + SAMPLE_PX + GAP_PX, y), words, face, theme.ink)
        right -= width + APART_PX


def score_labels(lane: LaneView, rect: QRectF, theme: Theme) -> list[Label]:
    """Return the ends of the scale beside a lane; none for a folded one."""
    scores = lane.scores
    if scores is None or lane.collapsed:
        return []
    rows = score_rows(scores, rect)
    text = (lambda value: f"{value:g}") if scores.unit == "%" else activation
    between = [] if scores.threshold is None else [scores.threshold]
    return [
        *(Label(rows.y(value), text(value), theme.ink2, ROUND) for value in between),
        Label(rows.top_px, text(rows.high), theme.ink2, END, unit=scores.unit),
        Label(rows.top_px + rows.height_px, text(rows.low), theme.ink2, END),
    ]


def score_words(scores: ScoresView, time_s: float) -> str:
    """Return the most probable label at a time, with its value."""
    values = [(curve.at(time_s), curve) for k, curve in enumerate(scores.curves)]
    known = [(value, curve) for value, curve in values if np.isfinite(value)]
    if not known:
        return ""
    value, curve = max(known, key=lambda one: one[0])
    return legend_words(curve, value)
