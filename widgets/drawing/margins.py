"""The numbers left and right of a lane: their layout, their painting, and which one is under the mouse."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from widgets.drawing.axes import (
    APART_PX,
    VALUE,
    Label,
    curve_labels,
    frequency_labels,
    overlay_labels,
    paint_left_labels,
    paint_right_labels,
    settled,
)
from widgets.drawing.channel_image import channel_labels, shade_labels
from widgets.drawing.curves import Limits
from widgets.drawing.lane import NO_LIMITS, Marks, curve_rows, lane_parts, value_limits
from widgets.drawing.relevance import relevance_labels
from widgets.drawing.scores import score_labels
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import LaneView


def left_labels(
    rect: QRectF, lane: LaneView, columns: Columns, theme: Theme, marks: Marks, shared: Limits = NO_LIMITS
) -> list[Label]:
    """Return the numbers left of a lane: those of the curve, and the frequencies below."""
    if lane.classifier is not None:
        return []
    if lane.channel_image is not None:
        return [] if lane.collapsed else settled(channel_labels(lane.channel_image, rect, theme), rect)
    if lane.scores is not None:
        return settled(score_labels(lane, rect, theme), rect)
    curve_rect, analysis_rect = lane_parts(lane, rect)
    rows = curve_rows(value_limits(lane, columns.window, shared), curve_rect)
    cursor_s = None if marks.selection is not None else marks.cursor_s
    if cursor_s is not None and not columns.window.contains(cursor_s):
        cursor_s = None
    labels = settled(curve_labels(lane, rows, cursor_s, theme), curve_rect, edge_px=10.0)
    if analysis_rect is not None:
        labels += settled(frequency_labels(lane, analysis_rect, marks.frequency_hz, theme), analysis_rect)
    return labels


def right_labels(rect: QRectF, lane: LaneView, theme: Theme, marks: Marks) -> list[Label]:
    """Return the numbers right of a lane: the scales and values of the overlays."""
    if lane.collapsed:
        return []
    if lane.channel_image is not None:
        ends = relevance_labels if lane.signed else shade_labels
        return settled(ends(lane.channel_image, rect, theme), rect)
    curve_rect, analysis_rect = lane_parts(lane, rect)
    room = analysis_rect or curve_rect
    cursor_s = None if marks.selection is not None else marks.cursor_s
    return settled(overlay_labels(lane, room, cursor_s, theme), room)


def paint_left_axis(
    painter: QPainter,
    rect: QRectF,
    lane: LaneView,
    columns: Columns,
    theme: Theme,
    marks: Marks,
    shared: Limits = NO_LIMITS,
) -> None:
    """Paint the numbers left of a lane; `rect` has the plot's height and the axis's width."""
    labels = left_labels(rect, lane, columns, theme, marks, shared)
    paint_left_labels(painter, labels, rect.right(), theme)


def paint_right_axis(painter: QPainter, rect: QRectF, lane: LaneView, theme: Theme, marks: Marks) -> None:
    """Paint the scales and values of the overlays right of a lane."""
    paint_right_labels(painter, right_labels(rect, lane, theme, marks), rect.left())


def value_at(labels: Iterable[Label], place: QPointF) -> str:
    """Return the value under the mouse with its unit, `213.4 Hz`, or "" if there is none."""
    near = [one for one in labels if one.rank == VALUE and abs(one.y_px - place.y()) <= APART_PX / 2]
    return f"{near[0].text} {near[0].unit}".strip() if near else ""
