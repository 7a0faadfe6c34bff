"""While a knob turns, the former contours stay as thin lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from core.signals.axis import Range, TimeAxis
from core.signals.track import Track
from widgets.drawing.overlays import paint_overlays
from widgets.theme.theme import LIGHT
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import LaneView


def test_a_turn_keeps_the_contours_it_started_from(services):
    session = services.session
    output = session.output
    session.set_lane(output, "show", shown=frozenset({"intensity"}))
    services.overlays.refresh()
    before = session.shown.overlays[output, "intensity"]
    session.set_value(10, 3.0)
    services.overlays.refresh()
    lane = next(one for one in services.stack_views.view().lanes if one.key == output)
    assert lane.overlays["intensity"] is not before
    assert lane.ghost_overlays == {"intensity": before}


def test_a_former_contour_is_a_thin_line_where_it_was(qapp):
    axis = TimeAxis(100.0, 100)
    flat = [Track("intensity", np.full(100, level, np.float32), axis) for level in (60.0, 80.0)]
    lane = LaneView(
        "out", "Out", overlays={"intensity": (flat[1],)}, ghost_overlays={"intensity": (flat[0],)},
        shown=frozenset({"intensity"}),
    )  # fmt: skip

    def dark_rows(one: LaneView) -> list[int]:
        image = QImage(100, 100, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        with QPainter(image) as painter:
            columns = Columns(Range(0.0, 1.0), 0.0, 100.0)
            paint_overlays(painter, QRectF(0, 0, 100, 100), one, columns, LIGHT)
        return [y for y in range(100) if QColor(image.pixel(50, y)).lightness() < 235]

    low = dark_rows(replace(lane, overlays={"intensity": (flat[0],)}, ghost_overlays={}))
    ghost = dark_rows(lane)
    former = [y for y in ghost if y > 60]
    assert set(former) <= set(low), "the former contour lies where it lay"
    assert 1 <= len(former) <= 2, "and is thin"
