"""One lane of the stack: header, plot, and the border below them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.signals.axis import TimeAxis
from core.signals.channel_image import ChannelImage
from widgets.drawing.curves import Limits
from widgets.drawing.lane import Marks
from widgets.stack.lane_header import LaneHeader
from widgets.stack.lane_plot import LanePlot
from widgets.theme.theme import LIGHT, Theme
from widgets.timeline.columns import HEADER_PX, Columns
from widgets.timeline.lane_views import LaneView

NOTHING = ChannelImage("", np.zeros((0, 0), np.float32), TimeAxis(1.0, 0), 0.0, 1.0)


class LaneWidget(QWidget):
    """A header of 136 px, and a plot in the remaining width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.header = LaneHeader(self)
        self.plot = LanePlot(self)
        self._target = False

    @property
    def lane(self) -> LaneView:
        return self.plot.lane

    def show_lane(self, lane: LaneView, columns: Columns, marks: Marks, shared: Limits) -> None:
        """Show a new state of the lane, or the same state over other columns."""
        words = _without_numbers(lane)
        if words != self.header.lane:
            self.header.show_lane(words)
            self.setAccessibleName(f"Lane {lane.full_title}, {lane.meta}")
            self.plot.setAccessibleName(f"Plot of {lane.full_title}")
        self.plot.show_lane(lane, columns, marks, shared)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.header.set_theme(theme)
        self.plot.set_theme(theme)
        self.update()

    def set_target(self, target: bool) -> None:
        """Highlight that a lane dropped here would share these axes."""
        if target != self._target:
            self._target = target
            self.setContentsMargins(0, 0, 0, 0)
            self._lay_out()
            self.update()

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        inset = 2 if self._target else 0
        height = self.height() - 1 - 2 * inset
        self.header.setGeometry(inset, inset, round(HEADER_PX) - inset, height)
        self.plot.setGeometry(round(HEADER_PX), inset, self.width() - round(HEADER_PX) - inset, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            y = self.height() - 0.5
            painter.setPen(QPen(self._theme.line2, 1))
            painter.drawLine(QLineF(0, y, self.width(), y))
            if self._target:
                painter.setPen(QPen(self._theme.accent, 2))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -2))


def _without_numbers(lane: LaneView) -> LaneView:
    """Return the part of a lane that its header shows, which does not change while a knob moves."""
    output, scores = lane.classifier, lane.scores
    return replace(
        lane,
        curves=(),
        ghost=None,
        spectrogram=None,
        overlays={},
        pulses=None,
        readings={},
        stale=False,
        scores=replace(scores, curves=(), letters=(), readings=()) if scores is not None else None,
        channel_image=NOTHING if lane.channel_image is not None else None,
        merged_pitch=(),
        classifier=replace(output, classes=()) if output is not None else None,
    )
