"""A curve and its scale: an envelope where samples are dense, otherwise a line with dots."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter

from core.recordings.long_sound import LongTrack
from core.signals.axis import Range
from core.signals.envelope import Envelope, Pyramid, envelope, extremes, is_long
from core.signals.track import Track
from widgets.drawing.dots import draw_dots
from widgets.drawing.lines import draw_dense, draw_line, draw_solid
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns, PixelRows
from widgets.timeline.lane_views import Curve, LaneView

DOTS_FROM_PX = 6.0
BIG_DOTS_FROM_PX = 25.0
CURVE_PADDING_PX = 6.0
Limits = tuple[float, float]


@lru_cache(maxsize=16)
def _built(track: Track) -> Pyramid:
    return Pyramid.of(track.samples)


def _pyramid(track: Track) -> Pyramid | None:
    """Return the pyramid of a track, None if it is too short for one."""
    if isinstance(track, LongTrack):
        return track.pyramid
    return _built(track) if is_long(track) else None


@lru_cache(maxsize=128)
def whole_extremes(track: Track) -> Limits:
    """Return the extremes of all finite samples of a track."""
    return extremes(track, track.axis.extent, _pyramid(track))


def peak(track: Track) -> float:
    """Return the largest finite magnitude of a track, 0 if nothing is finite."""
    return max((abs(end) for end in whole_extremes(track) if math.isfinite(end)), default=0.0)


def curve_limits(curve: Curve, window: Range | None) -> Limits:
    """Return the lowest and highest finite value of a curve in a window (None: everywhere), with gain."""
    track = curve.track
    low, high = whole_extremes(track) if window is None else extremes(track, window, _pyramid(track))
    return (low * curve.gain, high * curve.gain) if curve.gain >= 0 else (high * curve.gain, low * curve.gain)


def _spanned(limits: Iterable[Limits]) -> Limits:
    """Return the smallest range that contains all limits and 0; -1 to 1 if nothing is finite."""
    ends = [end for pair in limits for end in pair if math.isfinite(end)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    return (low, high) if high > low else (-1.0, 1.0)


def shared_limits(lanes: Iterable[LaneView]) -> Limits:
    """Return the common range of all lanes that share their scale."""
    return _spanned(
        curve_limits(curve, None) for lane in lanes if lane.scale == "shared" for curve in lane.curves
    )


def value_limits(lane: LaneView, window: Range, shared: Limits = (-1.0, 1.0)) -> Limits:
    """Return the values at the bottom and the top of a lane.

    The axis of a lane with one curve shows the curve's own values, and its gain magnifies: gain 2 halves
    the range. Merged curves are multiplied by their gains and share the range that contains them all.
    """
    low, high = _scale_limits(lane, window, shared)
    magnified = abs(lane.curves[0].gain) if len(lane.curves) == 1 else 1.0
    return (low / magnified, high / magnified) if magnified else (low, high)


def _scale_limits(lane: LaneView, window: Range, shared: Limits) -> Limits:
    if lane.scale == "fixed":
        return (lane.fixed_low, lane.fixed_high) if lane.fixed_high > lane.fixed_low else (-1.0, 1.0)
    if lane.scale == "shared":
        return shared
    seen = window if lane.scale == "window" else None
    single = len(lane.curves) == 1
    curves = [Curve(curve.track) if single else curve for curve in lane.curves]
    if lane.ghost is not None:
        curves.append(Curve(lane.ghost))
    return _spanned(curve_limits(curve, seen) for curve in curves)


def curve_rows(limits: Limits, rect: QRectF) -> PixelRows:
    """Return the rows of a lane's values inside a rectangle, with a small margin above and below."""
    padding = min(CURVE_PADDING_PX, rect.height() / 6)
    return PixelRows(*limits, rect.top() + padding, rect.height() - 2 * padding)


def curve_colour(curve: Curve, theme: Theme) -> QColor:
    """Return the colour of a curve: the output's, an activation's, or a step for each merged one."""
    if curve.role == "merged":
        return theme.step(curve.step)
    return theme.sound if curve.role == "sound" else theme.curve


def found_envelope(track: Track, columns: Columns, ratio: float = 1.0) -> Envelope:
    """Return the envelope of a track per device pixel, from a pyramid if the track is long."""
    return envelope(track, columns.window, columns.width_px * ratio, _pyramid(track))


def paint_curve(
    painter: QPainter,
    track: Track,
    columns: Columns,
    rows: PixelRows,
    colour: QColor,
    gain: float = 1.0,
    dots: bool = True,
) -> None:
    """Paint one curve: extremes per pixel, a line through the samples, and dots when they are far apart."""
    found = found_envelope(track, columns, painter.device().devicePixelRatioF())
    xs = columns.xs(found.times())
    apart_px = columns.px_per_s * track.axis.step_s
    if found.per_block > 1:
        draw_dense(painter, np.repeat(xs, 2), rows.ys(_zigzag(found) * gain), colour)
        return
    ys = rows.ys(found.low.astype(np.float64) * gain)
    if apart_px < DOTS_FROM_PX:
        draw_dense(painter, xs, ys, colour)
        return
    draw_line(painter, xs, ys, colour, 1.25 if dots else 1.0)
    if dots:
        draw_dots(painter, xs, ys, colour, 5.0 if apart_px >= BIG_DOTS_FROM_PX else 3.0)


def _zigzag(found: Envelope) -> np.ndarray:
    """Return low, high, high, low, low, high ...: each block once up or down, joined at the nearer end."""
    pairs = np.stack((found.low, found.high), axis=1).astype(np.float64)
    pairs[1::2] = pairs[1::2, ::-1]
    return pairs.reshape(-1)


def paint_curves(
    painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, rows: PixelRows, theme: Theme
) -> None:
    """Paint the ghost and then all curves of a lane: slow ones over fast ones, of equals the own one last."""
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if lane.ghost is not None:
        paint_curve(painter, lane.ghost, columns, rows, theme.ghost, dots=False)
    single = len(lane.curves) == 1
    for curve in sorted((*lane.curves[1:], *lane.curves[:1]), key=lambda one: -one.track.axis.rate_hz):
        gain = 1.0 if single else curve.gain
        paint_curve(painter, curve.track, columns, rows, curve_colour(curve, theme), gain)
    painter.restore()


def paint_zero(painter: QPainter, rect: QRectF, rows: PixelRows, theme: Theme) -> None:
    """Paint a faint line at zero if values lie on both sides of it."""
    if rows.low < 0 < rows.high:
        y = math.floor(rows.y(0.0)) + 0.5
        draw_solid(painter, QLineF(rect.left(), y, rect.right(), y), theme.line, 1.0, None)
