"""The numbers beside a lane: scale ends, round ticks and values at the cursor, without overlaps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from widgets.drawing.lines import draw_text
from widgets.drawing.overlays import frequency_rows, intensity_rows, pitch_y, reading
from widgets.theme.praat_numbers import activation, four_digits, short, signed
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import PixelRows, round_step, round_values
from widgets.timeline.lane_views import LaneView

APART_PX = 14.0
EDGE_PX = 8.0
TICK_PX = 4.0
GAP_PX = 6.0
WIDEST = 5
VALUE, END, ROUND = 0, 1, 2  # priorities: cursor value, scale end, round tick


@dataclass(frozen=True)
class Label:
    """A number beside an axis: its position, its look, and its priority.

    `beyond` marks a value outside the scale: 1 above it, -1 below.
    """

    y_px: float
    text: str
    colour: QColor
    rank: int
    unit: str = ""
    weight: int = 400
    log: bool = False
    tick: bool = False
    beyond: int = 0


def settled(labels: Iterable[Label], rect: QRectF, edge_px: float = EDGE_PX) -> list[Label]:
    """Keep labels inside a rectangle and 14 px apart; of two that are too close, the lesser one is dropped.

    Two values at the cursor are both needed, so the second one is moved instead.
    """
    kept: list[Label] = []
    for label in sorted(labels, key=lambda one: one.rank):
        inside = replace(label, y_px=_clamped(label.y_px, rect, edge_px))
        near = [other for other in kept if abs(other.y_px - inside.y_px) < APART_PX - 0.5]
        if near and label.rank == VALUE:
            inside = replace(inside, y_px=_beside(near[0].y_px, inside.y_px, rect, edge_px))
            near = [other for other in kept if abs(other.y_px - inside.y_px) < APART_PX - 0.5]
        if not near:
            kept.append(inside)
    return kept


def _clamped(y_px: float, rect: QRectF, edge_px: float) -> float:
    return min(max(y_px, rect.top() + edge_px), max(rect.bottom() - edge_px, rect.top() + edge_px))


def _beside(taken_px: float, y_px: float, rect: QRectF, edge_px: float) -> float:
    """Return the free position next to a taken one, on the side where the label belongs."""
    above, below = taken_px - APART_PX, taken_px + APART_PX
    wanted = above if y_px < taken_px else below
    other = below if wanted == above else above
    return wanted if rect.top() + edge_px <= wanted <= rect.bottom() - edge_px else other


def curve_labels(lane: LaneView, rows: PixelRows, cursor_s: float | None, theme: Theme) -> list[Label]:
    """Return the labels of the curve: its maximum and minimum, zero, and the value at the cursor."""
    labels = [
        Label(rows.top_px - GAP_PX, activation(rows.high), theme.ink2, END),
        Label(rows.top_px + rows.height_px + GAP_PX, activation(rows.low), theme.ink2, END),
        Label(rows.y(0.0), "0", theme.ink2, ROUND),
    ]
    if lane.collapsed:
        labels = []
    value = lane.curves[0].track.at(cursor_s) if lane.curves and cursor_s is not None else math.nan
    if math.isfinite(value):
        gain = lane.curves[0].gain if len(lane.curves) > 1 else 1.0
        labels.append(_cursor_label(value, value * gain, rows, theme))
    return labels


def _cursor_label(value: float, drawn: float, rows: PixelRows, theme: Theme) -> Label:
    """Return the value at the cursor; outside the scale it is drawn just inside its end."""
    beyond = int(drawn > rows.high) - int(drawn < rows.low)
    apart_px = APART_PX + EDGE_PX + 2 - GAP_PX
    inside = {0: rows.y(drawn), 1: rows.top_px + apart_px, -1: rows.top_px + rows.height_px - apart_px}
    return Label(inside[beyond], activation(value), theme.cursor, VALUE, beyond=beyond)


def frequency_labels(lane: LaneView, rect: QRectF, frequency_hz: float | None, theme: Theme) -> list[Label]:
    """Return the labels of the frequency scale: both ends, round values, and the frequency cursor."""
    rows = frequency_rows(lane, rect)
    labels = [
        Label(rect.top(), short(rows.high), theme.ink2, END, unit="Hz"),
        Label(rect.bottom(), short(rows.low), theme.ink2, END, unit="Hz"),
    ]
    step = round_step(rows.high - rows.low, rect.height() / 30)
    if rect.height() >= 90:
        ticks = round_values(rows.low, rows.high, step)
        labels += [Label(rows.y(tick), short(tick), theme.ink3, ROUND, tick=True) for tick in ticks]
    if frequency_hz is not None and rows.low <= frequency_hz <= rows.high:
        at = rows.y(frequency_hz)
        labels.append(Label(at, four_digits(frequency_hz), theme.cursor, VALUE, unit="Hz", tick=True))
    return labels


def overlay_labels(lane: LaneView, rect: QRectF, cursor_s: float | None, theme: Theme) -> list[Label]:
    """Return the labels of the right axis: pitch outermost, dB inside it, values in bold."""
    labels: list[Label] = []
    inset = 0.0
    if "pitch" in lane.shown and "pitch" not in lane.refusals:
        labels += _pitch_labels(lane, rect, cursor_s, theme)
        inset = APART_PX
    if "intensity" in lane.shown and "intensity" not in lane.refusals:
        labels += _intensity_labels(lane, rect, inset, cursor_s, theme)
    return labels


def _pitch_labels(lane: LaneView, rect: QRectF, cursor_s: float | None, theme: Theme) -> list[Label]:
    colour = theme.ink3 if lane.stale else theme.pitch
    made = Label(0.0, "", colour, END, unit="Hz", weight=500, log=lane.pitch_log)
    labels = [
        replace(made, y_px=rect.top() + EDGE_PX, text=short(lane.pitch_ceiling_hz)),
        replace(made, y_px=rect.bottom() - EDGE_PX, text=short(lane.pitch_floor_hz)),
    ]
    value = reading(lane, "pitch", cursor_s)
    if math.isfinite(value) and lane.pitch_floor_hz <= value <= lane.pitch_ceiling_hz:
        bold = replace(made, rank=VALUE, weight=600, tick=True)
        labels.append(replace(bold, y_px=pitch_y(lane, rect, value), text=four_digits(value)))
    return labels


def _intensity_labels(
    lane: LaneView, rect: QRectF, inset: float, cursor_s: float | None, theme: Theme
) -> list[Label]:
    colour = theme.ink3 if lane.stale else theme.intensity
    made = Label(0.0, "", colour, END, unit="dB", weight=500)
    labels = [
        replace(made, y_px=rect.top() + EDGE_PX + inset, text=short(lane.intensity_high_db)),
        replace(made, y_px=rect.bottom() - EDGE_PX - inset, text=short(lane.intensity_low_db)),
    ]
    value = reading(lane, "intensity", cursor_s)
    if math.isfinite(value):
        inside = lane.intensity_low_db <= value <= lane.intensity_high_db
        bold = replace(made, rank=VALUE, weight=600, tick=inside)
        labels.append(replace(bold, y_px=intensity_rows(lane, rect).y(value), text=level(value)))
    return labels


def level(value_db: float) -> str:
    """Return a level with as many digits as leave space for its unit beside a lane.

    >>> level(77.634), level(-29.864), level(-335.41)
    ('77.63', '−29.9', '−335')
    """
    texts = (four_digits(value_db), signed(f"{value_db:.1f}"), signed(f"{value_db:.0f}"))
    return next((text for text in texts if len(text) <= WIDEST), texts[-1])


def paint_left_labels(painter: QPainter, labels: Iterable[Label], axis_x: float, theme: Theme) -> None:
    """Paint labels that end at an axis, with a tick if they have one."""
    for label in labels:
        text = f"{label.text} {label.unit}".rstrip()
        draw_text(painter, QPointF(axis_x - GAP_PX, label.y_px), text, _font(label), label.colour, "right")
        if label.tick:
            _paint_tick(painter, axis_x - TICK_PX, label, label.colour if label.rank == VALUE else theme.edge)
        if label.beyond:
            _paint_beyond(painter, axis_x - GAP_PX / 2, label)


def paint_right_labels(painter: QPainter, labels: Iterable[Label], axis_x: float) -> None:
    """Paint labels that begin at an axis; an italic unit marks a logarithmic scale."""
    for label in labels:
        number = draw_text(
            painter, QPointF(axis_x + GAP_PX, label.y_px), label.text, _font(label), label.colour
        )
        place = QPointF(number.right() + 2, label.y_px)
        draw_text(painter, place, label.unit, _font(label, italic=label.log), label.colour)
        if label.tick:
            _paint_wedge(painter, axis_x, label)


def _font(label: Label, italic: bool = False) -> QFont:
    return font(11, label.weight, numbers=True, italic=italic)


def _paint_wedge(painter: QPainter, x: float, label: Label) -> None:
    """Point at a value's height; a dash would look like a minus sign."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(label.colour)
    y = label.y_px
    corners = [QPointF(x + 0.5, y), QPointF(x + TICK_PX, y - 3), QPointF(x + TICK_PX, y + 3)]
    painter.drawPolygon(QPolygonF(corners))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_beyond(painter: QPainter, x: float, label: Label) -> None:
    """Point up or down towards a value outside the scale."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(label.colour)
    base, tip = label.y_px + 2.5 * label.beyond, label.y_px - 2.5 * label.beyond
    painter.drawPolygon(QPolygonF([QPointF(x - 2.5, base), QPointF(x + 2.5, base), QPointF(x, tip)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_tick(painter: QPainter, x: float, label: Label, colour: QColor) -> None:
    y = math.floor(label.y_px) + 0.5
    painter.setPen(QPen(colour, 1))
    painter.drawLine(QLineF(x, y, x + TICK_PX, y))
