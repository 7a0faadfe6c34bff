"""The overlays of a lane as cached pictures, which are faded while a knob moves and shifted by scrolling."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from core.signals.axis import Range
from widgets.drawing.overlays import STALE_OPACITY, paint_overlays
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import LaneView

CROWDED_PX = 2.0
"""If frames are closer than this, lines are painted in strips that scrolling shifts."""

STRIP_PX = 128
SPILL_PX = 8.0  # halos extend this far into the neighbouring strip
MOST_STRIPS = 96


class OverlayLayer:
    """Paints overlays like `paint_overlays`, but repaints only what differs.

    Lines wider than a pixel cost more than everything else in a lane. While a knob moves, the curves change
    with every frame, but the overlays do not. While a long recording is scrolled, most of the picture was
    visible before, shifted by at most half a pixel.
    """

    def __init__(self) -> None:
        self._made_for: tuple[Any, ...] = ()
        self._picture = QPixmap()
        self._strips: OrderedDict[tuple[Any, ...], QPixmap] = OrderedDict()

    def __call__(
        self, painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme
    ) -> None:
        if not any(lane.overlays.get(measure) for measure in lane.shown):
            return
        painter.save()
        painter.setOpacity(STALE_OPACITY if lane.stale else 1.0)
        if _crowded(lane, columns):
            painter.setClipRect(rect)
            self._paint_strips(painter, rect, lane, columns, theme)
        else:
            self._paint_whole(painter, rect, lane, columns, theme)
        painter.restore()

    def _paint_whole(
        self, painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme
    ) -> None:
        ratio = painter.device().devicePixelRatioF()
        wanted = (_drawn(lane), rect.size(), columns.moved(rect.left()), theme, ratio)
        if wanted != self._made_for:
            own, place = columns.moved(rect.left()), QRectF(0, 0, rect.width(), rect.height())
            self._made_for = wanted
            self._picture = _picture(math.ceil(rect.width()), place, lane, own, theme, ratio, own.window)
        painter.drawPixmap(rect.topLeft(), self._picture)

    def _paint_strips(
        self, painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme
    ) -> None:
        """Paint strips at fixed times, shifted by whole pixels of the screen."""
        ratio, scale = painter.device().devicePixelRatioF(), columns.px_per_s
        begin_px = columns.window.start_s * scale - columns.left_px  # in screen pixels, from time 0
        first, last = ((begin_px + x) / STRIP_PX for x in (rect.left(), rect.right()))
        for number in range(math.floor(first), math.ceil(last)):
            left = round((number * STRIP_PX - begin_px) * ratio) / ratio
            strip = self._strip(number, rect.height(), lane, columns, theme, ratio)
            painter.drawPixmap(QPointF(left, rect.top()), strip)

    def _strip(
        self, number: int, height: float, lane: LaneView, columns: Columns, theme: Theme, ratio: float
    ) -> QPixmap:
        scale = columns.px_per_s
        ends = [(number * STRIP_PX - SPILL_PX) / scale, ((number + 1) * STRIP_PX + SPILL_PX) / scale]
        own = Columns(Range(*ends), -SPILL_PX, STRIP_PX + 2 * SPILL_PX)
        key = (number, height, round(scale, 9), theme, ratio, _scales(lane), _content(lane, own.window))
        if key not in self._strips:
            place = QRectF(own.left_px, 0, own.width_px, height)
            self._strips[key] = _picture(STRIP_PX, place, lane, own, theme, ratio, columns.window)
            while len(self._strips) > MOST_STRIPS:
                self._strips.popitem(last=False)
        self._strips.move_to_end(key)
        return self._strips[key]


def _crowded(lane: LaneView, columns: Columns) -> bool:
    """Return whether frames are so close that half a pixel does not matter."""
    steps = [lane.overlays[name][0].axis.step_s for name in lane.shown if lane.overlays.get(name)]
    return min(steps) * columns.px_per_s < CROWDED_PX


def _scales(lane: LaneView) -> tuple[Any, ...]:
    """Return the scales of a lane's overlays."""
    scales = (lane.view_low_hz, lane.view_high_hz, lane.intensity_low_db, lane.intensity_high_db)
    return (*scales, lane.pitch_floor_hz, lane.pitch_ceiling_hz, lane.pitch_log)


def _drawn(lane: LaneView) -> tuple[Any, ...]:
    """Return everything that painting the overlays depends on, except whether they are stale."""
    ghosts = tuple(lane.ghost_overlays.items())
    return tuple(lane.overlays.items()), ghosts, lane.merged_pitch, lane.shown, _scales(lane)


def _content(lane: LaneView, window: Range) -> tuple[Any, ...]:
    """Return the painted values in a time range, whichever track they come from."""
    found: list[Any] = []
    for measure in sorted(lane.shown):
        beside = tuple(one.track for one in lane.merged_pitch) if measure == "pitch" else ()
        for track in (*lane.overlays.get(measure, ()), *beside):
            step_s = track.axis.step_s
            first, last = track.axis.samples_in(Range(window.start_s - step_s, window.end_s + step_s))
            begin = round(track.axis.seconds(first) * 1e6)
            found.append((measure, begin, step_s, track.samples[first:last].tobytes()))
    return tuple(found)


def _picture(
    width: int, place: QRectF, lane: LaneView, columns: Columns, theme: Theme, ratio: float, seen: Range
) -> QPixmap:
    made = QPixmap(math.ceil(width * ratio), math.ceil(place.height() * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        paint_overlays(painter, place, replace(lane, stale=False), columns, theme, seen)
    return made
