"""The page of feature maps: the bar, the layer's average, its maps, and the output."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.signals.axis import Range
from widgets.drawing.lane import NO_LIMITS, Marks, lane_height_px
from widgets.maps.cut_panel import CutPanel
from widgets.maps.maps_bar import BarView, MapsBar
from widgets.maps.maps_plot import MapsPlot
from widgets.maps.maps_view import HeatView, TimeView
from widgets.maps.time_box import NO_TIME
from widgets.stack.lane import LaneWidget
from widgets.stack.ruler import Ruler
from widgets.theme.control_paint import Rule, Surface
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import LaneView
from widgets.timeline.pointer import Pointer

MM_PER_INCH = 25.4
LEAST_WITH_CUTS_PX = 900  # a narrower page has no room for the panel of cuts


class Notice(Surface):
    """A sentence in the middle of the page, in place of maps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.words = ""

    def show_words(self, words: str) -> None:
        """Show another sentence."""
        self.words = words
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setFont(font(12))
            painter.setPen(self._theme.ink2)
            room = QRectF(self.rect()).adjusted(40, 0, -40, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.words)


class MapsPage(Surface):
    """Shows frozen values and emits requests; lanes stand above the maps and below them."""

    cursor_wanted = Signal(float)
    selection_wanted = Signal(object)
    range_wanted = Signal(object)
    lane_play_wanted = Signal(object)
    lane_field_wanted = Signal(object, str, object)
    play_wanted = Signal(object)
    pointed = Signal(float, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Feature maps")
        self.bar, self.ruler, self.plot, self.notice = MapsBar(), Ruler(), MapsPlot(), Notice()
        self.cuts = CutPanel()
        self._time: TimeView = NO_TIME
        self._lanes: dict[Hashable, LaneWidget] = {}
        self._above: tuple[LaneView, ...] = ()
        self._below: tuple[LaneView, ...] = ()
        self._pointer = Pointer(self, travel_px=self.logicalDpiX() / MM_PER_INCH)
        self._lay_out()
        self._connect()
        self.show_words("")

    def _lay_out(self) -> None:
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.ruler)
        self._column.addWidget(self.plot, 1)
        middle = QWidget()
        across = QHBoxLayout(middle)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        for part in (self._body, self.notice):
            across.addWidget(part, 1)
        across.addWidget(self.cuts)
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        for part in (self.bar, Rule(), middle):
            down.addWidget(part, 1 if part is middle else 0)

    def _connect(self) -> None:
        heat, multiples = self.plot.heat, self.plot.multiples
        for pointer in (self._pointer, heat.box.pointer):
            self._follow(pointer)
        heat.pointed.connect(self.pointed)
        multiples.play_wanted.connect(heat.play_wanted)
        multiples.row_wanted.connect(heat.row_wanted)
        self.ruler.play_wanted.connect(self.play_wanted)

    def _follow(self, pointer: Pointer) -> None:
        pointer.cursor_wanted.connect(self.cursor_wanted)
        pointer.selection_wanted.connect(self.selection_wanted)
        pointer.range_wanted.connect(self.range_wanted)

    # --- what is shown --------------------------------------------------------------------------

    def show_words(self, words: str) -> None:
        """Show a sentence in place of the maps, or with "" the maps."""
        self.notice.show_words(words)
        self.notice.setVisible(bool(words))
        self._body.setVisible(not words)

    def show_bar(self, view: BarView) -> None:
        """Show other choices in the bar."""
        self.bar.show_view(view)

    def show_heat(self, view: HeatView | None) -> None:
        """Show other maps."""
        self.plot.show_view(view)
        for area in self.plot.clusters:
            self._follow(area.box.pointer)

    def show_lanes(self, above: tuple[LaneView, ...], below: tuple[LaneView, ...]) -> None:
        """Show other lanes above and below the maps."""
        self._above, self._below = above, below
        keys = {lane.key for lane in (*above, *below)}
        for key in [key for key in self._lanes if key not in keys]:
            self._lanes.pop(key).deleteLater()
        for place, lane in enumerate(above):
            self._place(lane, 1 + place)
        for place, lane in enumerate(below):
            self._place(lane, 2 + len(above) + place)
        self._show_time()

    def _place(self, lane: LaneView, place: int) -> None:
        widget = self._lanes.get(lane.key)
        if widget is None:
            widget = self._lanes[lane.key] = self._new_lane(lane.key)
        if self._column.indexOf(widget) != place:
            self._column.removeWidget(widget)
            self._column.insertWidget(place, widget)
        widget.setFixedHeight(lane_height_px(lane))
        widget.show()

    def _new_lane(self, key: Hashable) -> LaneWidget:
        lane = LaneWidget(self._body)
        lane.set_theme(self._theme)
        lane.header.play_clicked.connect(lambda: self.lane_play_wanted.emit(key))
        lane.header.field_wanted.connect(lambda field, value: self.lane_field_wanted.emit(key, field, value))
        lane.plot.pressed.connect(lambda x, shift, hz: self._press(x, shift))
        lane.plot.moved.connect(lambda x: self._pointer.move(x, self.columns, self._time.selection))
        lane.plot.released.connect(self._pointer.release)
        lane.plot.wheeled.connect(self._wheel)
        return lane

    @property
    def lanes(self) -> list[LaneWidget]:
        """The lanes from the top."""
        return [self._lanes[lane.key] for lane in (*self._above, *self._below)]

    def show_brackets(self, windows: Mapping[Any, Range]) -> None:
        """Mark a stretch of time in some lanes: what belongs to the sample under the pointer."""
        for key, lane in self._lanes.items():
            lane.plot.show_bracket(windows.get(key))

    def show_time(self, time: TimeView) -> None:
        """Show another range of time, cursor or selection."""
        self._time = time
        self._show_time()

    @property
    def columns(self) -> Columns:
        """The time columns in pixels of the plots."""
        return Columns.of_stack(self._time.visible, self.plot.width())

    def _show_time(self) -> None:
        columns, marks = self.columns, Marks(self._time.cursor_s, self._time.selection)
        self.ruler.show_time(columns, marks)
        self.plot.show_time(self._time)
        for lane in (*self._above, *self._below):
            self._lanes[lane.key].show_lane(lane, columns, marks, NO_LIMITS)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for part in (self.bar, self.ruler, self.plot, self.notice, self.cuts, *self._lanes.values()):
            part.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.cuts.setVisible(self.width() >= LEAST_WITH_CUTS_PX)
        self._show_time()

    # --- mouse over the lanes -------------------------------------------------------------------

    def _press(self, x_px: float, shift: bool) -> None:
        press = self._pointer.press_shift if shift else self._pointer.press
        press(x_px, self.columns, self._time.cursor_s, self._time.selection)

    def _wheel(self, event: QWheelEvent, x_px: float) -> None:
        across, along = -event.angleDelta().x() / 120, -event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pointer.zoom(-along, x_px, self.columns, self._time.whole)
        else:
            self._pointer.scroll(across or along, self.columns, self._time.whole)
