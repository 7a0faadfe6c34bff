"""The overlays of a lane kept as a picture of their own, which a turned knob only has to fade."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from widgets.columns import Columns
from widgets.look import Look
from widgets.overlays import STALE_OPACITY, paint_overlays
from widgets.views import LaneView


class OverlayLayer:
    """Paints overlays as `paint_overlays` does, but anew only where they differ.

    Lines wider than a pixel cost more than everything else in a lane, and while a knob is turned
    the curves change with every frame and the overlays not at all.
    """

    def __init__(self) -> None:
        self._made_for: tuple[Any, ...] = ()
        self._picture = QPixmap()

    def __call__(self, painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, look: Look) -> None:
        if not any(lane.overlays.get(measure) for measure in lane.shown):
            return
        ratio = painter.device().devicePixelRatioF()
        wanted = (_drawn(lane), rect.size(), columns.moved(rect.left()), look, ratio)
        if wanted != self._made_for:
            self._made_for, self._picture = wanted, _picture(rect, lane, columns, look, ratio)
        painter.save()
        painter.setOpacity(STALE_OPACITY if lane.stale else 1.0)
        painter.drawPixmap(rect.topLeft(), self._picture)
        painter.restore()


def _drawn(lane: LaneView) -> tuple[Any, ...]:
    """Give all that the overlays' painting reads of a lane, but whether they are stale."""
    scales = (lane.view_low_hz, lane.view_high_hz, lane.intensity_low_db, lane.intensity_high_db)
    pitch = (lane.pitch_floor_hz, lane.pitch_ceiling_hz, lane.pitch_log)
    return tuple(lane.overlays.items()), lane.shown, scales, pitch


def _picture(rect: QRectF, lane: LaneView, columns: Columns, look: Look, ratio: float) -> QPixmap:
    made = QPixmap(math.ceil(rect.width() * ratio), math.ceil(rect.height() * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    place = QRectF(0, 0, rect.width(), rect.height())
    paint_overlays(painter, place, replace(lane, stale=False), columns.moved(rect.left()), look)
    painter.end()
    return made
