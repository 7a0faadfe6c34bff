"""The stack: all lanes, the ruler, the tiers, the play bars and the overview over one time axis."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from core.signals.axis import Range
from widgets.drawing.curves import shared_limits, value_limits
from widgets.drawing.lane import Marks, lane_height_px
from widgets.stack.lane import LaneWidget
from widgets.stack.lane_area import LaneArea
from widgets.stack.lane_drag import Drop, drop_at
from widgets.stack.lane_menu import lane_menu
from widgets.stack.overview import Overview
from widgets.stack.play_bars import PlayBars
from widgets.stack.ruler import Ruler
from widgets.theme.focus_ring import FocusRing
from widgets.theme.theme import LIGHT, Theme
from widgets.tiers.answer_tiers import AnswerTiers
from widgets.tiers.tiers import Tiers
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import LaneView, StackView
from widgets.timeline.pointer import Pointer

ZOOMS = (
    ("all", "Show all"),
    ("in", "Zoom in"),
    ("out", "Zoom out"),
    ("sel", "Zoom to selection"),
    ("bak", "Zoom back"),
)
MM_PER_INCH = 25.4


class Stack(QWidget):
    """Shows a StackView and emits the user's requests; it holds no other state."""

    range_wanted = Signal(Range)
    zoom_wanted = Signal(str)
    cursor_wanted = Signal(float)
    selection_wanted = Signal(object)
    frequency_wanted = Signal(float)
    play_wanted = Signal(object, object)
    stop_wanted = Signal()
    lane_wanted = Signal(object, str, object)
    merge_wanted = Signal(object, object)
    unmerge_wanted = Signal(object, object)
    order_wanted = Signal(tuple)
    pointer_moved = Signal(float, str)
    legend_clicked = Signal(str)
    layer_pointed = Signal(object, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Stack of layers")
        self._theme = LIGHT
        self._view: StackView | None = None
        self._lanes: dict[Hashable, LaneWidget] = {}
        self.ruler, self.bars, self.overview = Ruler(self), PlayBars(self), Overview(self)
        self._area = LaneArea(self)
        self.answers = AnswerTiers(self, travel_px=self.logicalDpiX() / MM_PER_INCH)
        self.tiers = Tiers(self, travel_px=self.logicalDpiX() / MM_PER_INCH)
        self.focus_ring = FocusRing(self)
        self._pointer = Pointer(self, travel_px=self.logicalDpiX() / MM_PER_INCH)
        self._lay_out()
        self._connect()

    # --- building -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.ruler)
        column.addWidget(self._area, 1)
        column.addWidget(self.answers)
        column.addWidget(self.tiers)
        column.addWidget(self.bars)
        column.addWidget(self.overview)
        for k, (word, name) in enumerate(ZOOMS):
            button = QPushButton(word, self.overview)
            button.setProperty("size", "24")
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setStyleSheet("padding: 0; min-width: 0")
            button.setGeometry(QRect(8 + 34 * k, 8, 30, 24))
            button.clicked.connect(lambda _=False, zoom=word: self.zoom_wanted.emit(zoom))
        for part in (self.ruler, self.bars, self.overview, self._area):
            part.setFocusProxy(self)

    def _connect(self) -> None:
        self._pointer.cursor_wanted.connect(self.cursor_wanted)
        self._pointer.selection_wanted.connect(self.selection_wanted)
        self._pointer.range_wanted.connect(self.range_wanted)
        self.overview.range_wanted.connect(self.range_wanted)
        for tiers in (self.answers, self.tiers):
            tiers.cursor_wanted.connect(self.cursor_wanted)
            tiers.selection_wanted.connect(self.selection_wanted)
            tiers.wheeled.connect(self._wheel)
        self.answers.pointed.connect(self.pointer_moved)
        self.ruler.pointed.connect(self.pointer_moved)
        for bar in (self.ruler, self.bars):
            bar.play_wanted.connect(lambda stretch: self.play_wanted.emit(None, stretch))

    def _new_lane(self, key: Hashable) -> LaneWidget:
        lane = LaneWidget(self._area.column)
        lane.set_theme(self._theme)
        header, plot = lane.header, lane.plot
        header.field_wanted.connect(lambda field, value: self.lane_wanted.emit(key, field, value))
        header.play_clicked.connect(lambda: self._play(key))
        header.legend_clicked.connect(self.legend_clicked)
        header.dragged.connect(lambda place: self._drag(key, place))
        header.dropped.connect(lambda place: self._end_drag(key, place))
        header.menu_wanted.connect(lambda place: self._open_menu(key, place))
        plot.menu_wanted.connect(lambda place: self._open_menu(key, place))
        plot.pressed.connect(lambda x, shift, hz: self._press(key, x, shift, hz))
        plot.moved.connect(self._move)
        plot.released.connect(self._pointer.release)
        plot.pointed.connect(self.pointer_moved)
        plot.pointed.connect(lambda time_s, _: self.layer_pointed.emit(key, time_s))
        plot.wheeled.connect(self._wheel)
        plot.pinched.connect(self._pinch)
        plot.gain_wanted.connect(lambda other, gain: self.lane_wanted.emit(key, "merged_gain", (other, gain)))
        plot.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # before the proxy, which replaces it
        plot.setFocusProxy(self)
        header.setFocusProxy(self)
        lane.setFocusProxy(self)
        return lane

    # --- showing ------------------------------------------------------------------------------

    def show_view(self, view: StackView) -> None:
        """Show new values; only what differs is repainted."""
        before, self._view = self._view, view
        keys = [lane.key for lane in view.lanes]
        for key in [key for key in self._lanes if key not in keys]:
            self._lanes.pop(key).deleteLater()
        for key in keys:
            if key not in self._lanes:
                self._lanes[key] = self._new_lane(key)
                self._lanes[key].header.set_focused(self.focus_ring.isVisible())
                self._lanes[key].show()
        self._area.place([(self._lanes[lane.key], lane_height_px(lane)) for lane in view.lanes])
        self._show_time()
        self.set_playhead(view.playhead_s)
        self._reveal_active(before)

    def _reveal_active(self, before: StackView | None) -> None:
        """Scroll to the active lane when it changes, by a key or with a new recording."""
        was, now = (
            next((lane.key for lane in view.lanes if lane.active), None) if view else None
            for view in (before, self._view)
        )
        if was is not None and now is not None and was != now:
            self._area.reveal(self._lanes[now])

    @property
    def columns(self) -> Columns:
        """The time columns, in the stack's own pixels."""
        window = self._view.visible if self._view else Range(0.0, 1.0)
        return Columns.of_stack(window, self._area.column.width())

    @property
    def lanes(self) -> list[LaneWidget]:
        """The lanes from top to bottom."""
        return [self._lanes[lane.key] for lane in self._view.lanes] if self._view else []

    def _show_time(self) -> None:
        view = self._view
        if view is None:
            return
        columns = self.columns
        marks = Marks(view.cursor_s, view.selection, view.frequency_hz)
        shared = shared_limits(view.lanes)
        for lane in view.lanes:
            limits = shared if lane.scale == "shared" else (-1.0, 1.0)
            self._lanes[lane.key].show_lane(lane, columns, marks, limits)
        self.answers.show_time(columns, marks, view.answers)
        self.tiers.show_time(columns, marks, view.tiers)
        self.ruler.show_time(columns, marks)
        self.bars.set_cut(self._area.is_cut)
        self.bars.show_time(columns, view.whole, marks)
        self.overview.show_time(columns, view.whole, marks, view.overview)

    def show_brackets(self, windows: Mapping[Any, Range]) -> None:
        """Mark a stretch of time in some lanes: what belongs to the sample under the pointer."""
        for key, lane in self._lanes.items():
            lane.plot.show_bracket(windows.get(key))

    def set_playhead(self, time_s: float | None) -> None:
        """Move the play head, or remove it with None; fast enough for every frame."""
        if self._view is not None and time_s != self._view.playhead_s:
            self._view = replace(self._view, playhead_s=time_s)
        for lane in self._lanes.values():
            lane.plot.set_playhead(time_s)
        self.answers.set_playhead(time_s)
        self.tiers.set_playhead(time_s)
        self.ruler.set_playhead(time_s)
        self.overview.set_playhead(time_s)

    def set_theme(self, theme: Theme) -> None:
        """Repaint everything in other colours."""
        self._theme = theme
        for part in (
            self.ruler,
            self.answers,
            self.tiers,
            self.bars,
            self.overview,
            self._area,
            self.focus_ring,
            *self._lanes.values(),
        ):
            part.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.focus_ring.setGeometry(self.rect())
        self._area.arrange()
        self._show_time()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._show_focus(False)

    def _show_focus(self, focused: bool) -> None:
        self.focus_ring.setVisible(focused)
        for lane in self._lanes.values():
            lane.header.set_focused(focused)

    # --- wishes -------------------------------------------------------------------------------

    def _lane_view(self, key: Hashable) -> LaneView | None:
        return next((lane for lane in self._view.lanes if lane.key == key), None) if self._view else None

    def _play(self, key: Hashable) -> None:
        view, lane = self._view, self._lane_view(key)
        if view is None or lane is None:
            return
        if lane.playing:
            self.stop_wanted.emit()
        else:
            self.play_wanted.emit(key, view.selection or view.visible)

    def _press(self, key: Hashable, x_px: float, shift: bool, frequency_hz: float | None) -> None:
        view, lane = self._view, self._lane_view(key)
        if view is None or lane is None:
            return
        if not lane.active:
            self.lane_wanted.emit(key, "active", True)
        if lane.classifier is not None:  # it has no time
            return
        press = self._pointer.press_shift if shift else self._pointer.press
        press(x_px, self.columns, view.cursor_s, view.selection)
        if frequency_hz is not None and not shift:
            self.frequency_wanted.emit(frequency_hz)

    def _move(self, x_px: float) -> None:
        if self._view is not None:
            self._pointer.move(x_px, self.columns, self._view.selection)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel(event, event.position().x())

    def _wheel(self, event: QWheelEvent, x_px: float) -> None:
        """The wheel scrolls in time, also sideways; with Ctrl it zooms at the pointer."""
        if self._view is None:
            return
        across, along = -event.angleDelta().x() / 120, -event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pointer.zoom(-along, x_px, self.columns, self._view.whole)
        else:
            self._pointer.scroll(across or along, self.columns, self._view.whole)

    def _pinch(self, growth: float, x_px: float) -> None:
        if self._view is not None:
            self._pointer.pinch(growth, x_px, self.columns, self._view.whole)

    def reveal(self, key: Hashable) -> None:
        """Scroll until a lane is visible."""
        if key in self._lanes:
            self._area.reveal(self._lanes[key])

    def edit_gain(self, key: Hashable) -> None:
        """Open the field of a curve's gain: in its lane's header, or in the legend of another lane."""
        for lane in self.lanes:
            if lane.lane.key == key and not lane.lane.collapsed:
                self._area.reveal(lane)
                lane.header.edit_gain()
            elif any(curve.key == key for curve in lane.lane.curves):
                self._area.reveal(lane)
                lane.plot.edit_gain_of(key)

    # --- lanes dragged and their menu -----------------------------------------------------------

    def _drag(self, key: Hashable, place: QPoint) -> None:
        self._show_drop(drop_at(key, self.lanes, self._area.column.mapFromGlobal(place).y()))

    def _end_drag(self, key: Hashable, place: QPoint) -> None:
        drop = drop_at(key, self.lanes, self._area.column.mapFromGlobal(place).y())
        self._show_drop(None)
        if drop is not None and drop.target is not None:
            self.merge_wanted.emit(key, drop.target)
        elif drop is not None and drop.order != tuple(lane.lane.key for lane in self.lanes):
            self.order_wanted.emit(drop.order)

    def _show_drop(self, drop: Drop | None) -> None:
        for lane in self.lanes:
            lane.set_target(drop is not None and drop.target == lane.lane.key)
        self._area.show_line(drop.line_px if drop is not None and drop.target is None else None)

    def _open_menu(self, key: Hashable, place: QPoint) -> None:
        view, lane = self._view, self._lane_view(key)
        if view is None or lane is None:
            return
        limits = value_limits(lane, view.visible, shared_limits(view.lanes))
        menu = lane_menu(
            lane,
            limits,
            lambda field, value: self.lane_wanted.emit(key, field, value),
            lambda source: self.unmerge_wanted.emit(key, source),
            self,
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)
