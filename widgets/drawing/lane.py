"""Painting of one lane: plot and marks, the same on the screen and in an exported figure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from core.analyses.overlay_names import OVERLAYS
from core.signals.axis import Range
from widgets.drawing.channel_image import paint_channel_image
from widgets.drawing.classifier import paint_classifier
from widgets.drawing.curve_legend import legend_entries, legend_rect, paint_legend
from widgets.drawing.curves import (
    Limits,
    curve_limits,
    curve_rows,
    paint_curves,
    paint_zero,
    value_limits,
)
from widgets.drawing.lines import draw_dotted, draw_text, wrapped
from widgets.drawing.overlays import frequency_rows, paint_overlays, paint_pulses
from widgets.drawing.relevance import paint_relevance
from widgets.drawing.scores import paint_scores
from widgets.drawing.spectrogram import paint_spectrogram
from widgets.theme.icons import paint_icon
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import Columns, PixelRows, time_ticks
from widgets.timeline.lane_views import Curve, LaneView

SOUND_PX, SOUND_ANALYSIS_PX = 92, 172
LANE_PX, LANE_ANALYSIS_PX, COLLAPSED_PX = 92, 62, 32
IMAGE_PX, SCORES_PX = 112, 76
MODEL_PX = 14  # a row for the model's name in the header of a folded lane
REASON_PX = 205.0
NO_LIMITS: Limits = (-1.0, 1.0)
PaintOverlays = Callable[[QPainter, QRectF, LaneView, Columns, Theme], None]


@dataclass(frozen=True)
class Marks:
    """The cursor, selection and frequency cursor, painted over every lane."""

    cursor_s: float | None = None
    selection: Range | None = None
    frequency_hz: float | None = None


def is_sound(lane: LaneView) -> bool:
    """Return whether the lane shows the output's waveform."""
    return bool(lane.curves) and lane.curves[0].role == "sound"


def has_analysis(lane: LaneView) -> bool:
    """Return whether a lane needs a second plot with a frequency scale."""
    wanted = set(OVERLAYS) - {"pulses"} if is_sound(lane) else {"spectrogram", "formants"}
    return not lane.collapsed and bool(wanted & lane.shown)


def lane_height_px(lane: LaneView) -> int:
    """Return the preferred height of a lane, including its lower border."""
    if lane.collapsed:
        return COLLAPSED_PX + (MODEL_PX if lane.model else 0)
    if lane.channel_image is not None or (lane.scores is not None and "pitch" in lane.shown):
        return IMAGE_PX
    if lane.scores is not None:
        return SCORES_PX
    if not has_analysis(lane):
        return LANE_PX
    return SOUND_PX + SOUND_ANALYSIS_PX if is_sound(lane) else 2 * LANE_ANALYSIS_PX


def lane_parts(lane: LaneView, rect: QRectF) -> tuple[QRectF, QRectF | None]:
    """Return the plot of the curve and, below it, that of the analyses."""
    if not has_analysis(lane):
        return rect, None
    share = SOUND_PX / (SOUND_PX + SOUND_ANALYSIS_PX) if is_sound(lane) else 0.5
    height = round(rect.height() * share)
    return (
        QRectF(rect.left(), rect.top(), rect.width(), height),
        QRectF(rect.left(), rect.top() + height, rect.width(), rect.height() - height),
    )


def paint_plot(
    painter: QPainter,
    rect: QRectF,
    lane: LaneView,
    columns: Columns,
    theme: Theme,
    shared: Limits = NO_LIMITS,
    overlays: PaintOverlays = paint_overlays,
) -> None:
    """Paint everything in a lane's plot but the marks: background, grid, curves, spectrogram, overlays."""
    if lane.classifier is not None:
        paint_classifier(painter, rect, lane, theme)
        return
    if not lane.measurable:
        _paint_answer_or_input(painter, rect, lane, columns, theme, overlays)
        return
    curve_rect, analysis_rect = lane_parts(lane, rect)
    painter.fillRect(rect, theme.plot_off if _is_off(lane) else theme.plot)
    _paint_grid(painter, curve_rect, columns, theme)
    paint_cuts(painter, curve_rect, lane, columns, theme)
    rows = curve_rows(value_limits(lane, columns.window, shared), curve_rect)
    paint_zero(painter, curve_rect, rows, theme)
    paint_pulses(painter, curve_rect, lane, columns, theme)
    paint_curves(painter, curve_rect, lane, columns, rows, theme)
    if analysis_rect is not None:
        _paint_analysis(painter, analysis_rect, lane, columns, theme)
        overlays(painter, analysis_rect, lane, columns, theme)
    elif not lane.collapsed:
        overlays(painter, curve_rect, lane, columns, theme)
    if not lane.collapsed:
        entries = legend_entries(curve_rect, lane)
        if entries:
            _paint_plate(painter, legend_rect(entries), lane, theme)
            paint_legend(painter, entries, theme)
        _paint_reason(painter, curve_rect, lane, columns, rows, theme)


def _paint_answer_or_input(
    painter: QPainter,
    rect: QRectF,
    lane: LaneView,
    columns: Columns,
    theme: Theme,
    overlays: PaintOverlays,
) -> None:
    """Paint what a network takes as an image, or what it says as curves, pitch over them."""
    if lane.channel_image is not None and lane.signed:
        paint_relevance(painter, rect, lane.channel_image, lane.under, columns, theme)
        return
    if lane.channel_image is not None:
        paint_channel_image(painter, rect, lane.channel_image, columns, theme, lane.grey)
        return
    painter.fillRect(rect, theme.plot)
    _paint_grid(painter, rect, columns, theme)
    if lane.scores is not None:
        paint_scores(painter, rect, lane, columns, theme)
    if not lane.collapsed:
        overlays(painter, rect, lane, columns, theme)


def paint_cuts(painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme) -> None:
    """Hatch the ranges in which the layer is edited, each with what was done in a word."""
    for window, words in lane.cuts:
        left, right = columns.x(window.start_s), columns.x(window.end_s)
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), hatch(theme))
        for x in (left, right):
            draw_dotted(painter, QLineF(x, rect.top(), x, rect.bottom()), theme.cursor)
        shown = max(left, rect.left()) + 4
        painter.setFont(font(11, 600))
        if not lane.collapsed and painter.fontMetrics().horizontalAdvance(words) < right - shown:
            draw_text(painter, QPointF(shown, rect.bottom() - 9), words, font(11, 600), theme.cursor)
        painter.restore()


def hatch(theme: Theme) -> QBrush:
    """Return the lines at 45° that mark what was cut."""
    return QBrush(theme.line2, Qt.BrushStyle.BDiagPattern)


def _is_off(lane: LaneView) -> bool:
    """Return whether the layer's rate is too low for any measure."""
    return bool(lane.refusals) and set(OVERLAYS) <= set(lane.refusals)


def _paint_grid(painter: QPainter, rect: QRectF, columns: Columns, theme: Theme) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.grid, 1))
    xs = [columns.line_x(time_s) for time_s in time_ticks(columns)[0]]
    painter.drawLines([QLineF(x, rect.top(), x, rect.bottom()) for x in xs])


def _paint_analysis(painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme) -> None:
    if lane.spectrogram is not None and "spectrogram" in lane.shown:
        paint_spectrogram(painter, rect, lane.spectrogram, columns, frequency_rows(lane, rect), theme)
    else:
        _paint_grid(painter, rect, columns, theme)
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(QLineF(rect.left(), rect.top() + 0.5, rect.right(), rect.top() + 0.5))


def _paint_plate(painter: QPainter, rect: QRectF, lane: LaneView, theme: Theme) -> None:
    """Dim the plot behind text, so that no curve runs through it."""
    ground = QColor(theme.plot_off if _is_off(lane) else theme.plot)
    ground.setAlphaF(0.8)
    painter.fillRect(rect, ground)


def _paint_reason(
    painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, rows: PixelRows, theme: Theme
) -> None:
    """Show the lane's notes in an upper corner, and what its rate cannot carry."""
    if not (lane.reason or lane.note):
        return
    painter.setFont(font(11, numbers=True))
    metrics = painter.fontMetrics()
    said, refused = (
        [
            line
            for one in words.splitlines()
            for line in wrapped(one, lambda text: metrics.horizontalAdvance(text) <= REASON_PX)
        ]
        for words in (lane.note, lane.reason)
    )
    lines = [*said, *refused]
    widths = [metrics.horizontalAdvance(line) for line in lines]
    room = QRectF(rect.right() - 8 - max(widths) - 24, rect.top() + 5, max(widths) + 28, 14 * len(lines) + 2)
    on_left = _is_taken(room, lane, columns, rows)
    if on_left:
        room.moveLeft(rect.left() + 8)
        on_left = not _is_taken(room, lane, columns, rows)
    if not on_left:
        room.moveRight(rect.right() - 4)
    _paint_plate(painter, room, lane, theme)
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        left = room.left() + 20 if on_left else rect.right() - 8 - width
        place = QPointF(left, rect.top() + 13 + 14 * number)
        draw_text(painter, place, line, font(11, numbers=True), theme.ink2)
    if refused:
        mark_px = room.left() if on_left else rect.right() - 8 - widths[len(said)] - 20
        place_px = rect.top() + 6 + 14 * len(said)
        paint_icon(painter, "prohibit", QRectF(mark_px, place_px, 14, 14), theme.ink2, 12)


def _is_taken(room: QRectF, lane: LaneView, columns: Columns, rows: PixelRows) -> bool:
    """Return whether a curve of the lane rises into a corner."""
    window = Range(columns.time_s(room.left()), columns.time_s(room.right()))
    single = len(lane.curves) == 1
    tops = [curve_limits(Curve(curve.track) if single else curve, window)[1] for curve in lane.curves]
    return any(math.isfinite(top) and rows.y(top) < room.bottom() for top in tops)


def paint_marks(
    painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme, marks: Marks
) -> None:
    """Paint selection, cursor and frequency cursor over a lane's plot, if it is one over time."""
    if lane.classifier is not None:
        return
    curve_rect, analysis_rect = lane_parts(lane, rect)
    painter.save()
    painter.setClipRect(rect)
    if marks.selection is not None:
        _paint_selection(painter, curve_rect, columns, theme, marks.selection)
    for time_s in marked_times(marks):
        if columns.window.contains(time_s):
            _paint_upright(painter, curve_rect, analysis_rect, columns.line_x(time_s), theme)
    if marks.frequency_hz is not None and analysis_rect is not None:
        _paint_frequency(painter, analysis_rect, lane, theme, marks.frequency_hz)
    painter.restore()


def marked_times(marks: Marks) -> list[float]:
    """Return the times with a dotted line: both edges of the selection, or the cursor."""
    if marks.selection is not None:
        return [marks.selection.start_s, marks.selection.end_s]
    return [] if marks.cursor_s is None else [marks.cursor_s]


def _paint_selection(
    painter: QPainter, rect: QRectF, columns: Columns, theme: Theme, selection: Range
) -> None:
    """Tint the background but not the curves: multiply on white, add on black, nothing in print."""
    seen = selection.cut(columns.window)
    if theme.is_print or seen.length_s <= 0:
        return
    left, right = columns.line_x(seen.start_s) + 0.5, columns.line_x(seen.end_s) + 0.5
    painter.save()
    modes = QPainter.CompositionMode
    dark = theme.name == "dark"
    painter.setCompositionMode(modes.CompositionMode_Screen if dark else modes.CompositionMode_Multiply)
    painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), theme.sel)
    painter.restore()


def _paint_upright(
    painter: QPainter, curve_rect: QRectF, analysis_rect: QRectF | None, x: float, theme: Theme
) -> None:
    draw_dotted(painter, QLineF(x, curve_rect.top(), x, curve_rect.bottom()), theme.cursor)
    if analysis_rect is not None:
        line = QLineF(x, analysis_rect.top(), x, analysis_rect.bottom())
        draw_dotted(painter, line, theme.cursor, theme.halo)


def _paint_frequency(
    painter: QPainter, rect: QRectF, lane: LaneView, theme: Theme, frequency_hz: float
) -> None:
    rows = frequency_rows(lane, rect)
    if rows.low < frequency_hz < rows.high:
        y = math.floor(rows.y(frequency_hz)) + 0.5
        draw_dotted(painter, QLineF(rect.left(), y, rect.right(), y), theme.cursor, theme.halo)
