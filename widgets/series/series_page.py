"""The page of checkpoints: a slider over the training steps, and for every layer both curves."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from core.signals.axis import Range
from widgets.controls.button import Button
from widgets.drawing.lane import NO_LIMITS, Marks, lane_height_px
from widgets.stack.lane import LaneWidget
from widgets.stack.ruler import Ruler
from widgets.theme.control_paint import Rule, ShortWords, Surface, Words, pass_theme
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import LaneView
from widgets.timeline.pointer import Pointer

BAR_PX = 40
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class SeriesTime:
    """The visible range, the cursor and the selection of the stack."""

    visible: Range
    whole: Range
    cursor_s: float | None = None
    selection: Range | None = None


class SeriesPage(Surface):
    """Emits `step_wanted(place)`, `other_wanted`, `play_wanted(key)`, `fold_wanted(key)`, and time."""

    step_wanted = Signal(int)
    other_wanted = Signal()
    play_wanted = Signal(object)
    fold_wanted = Signal(object)
    cursor_wanted = Signal(float)
    selection_wanted = Signal(object)
    range_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Checkpoints")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Training step")
        self.slider.setToolTip("The checkpoint to compare with, by its training step")
        self._step, self._note = Words("", 13, 600), ShortWords("", 11, 400, "ink2")
        self.other = Button("Open another…", "folder-open", kind="bordered", height_px=24)
        self.ruler = Ruler()
        self._lanes: dict[Hashable, LaneWidget] = {}
        self._views: tuple[LaneView, ...] = ()
        self._time = SeriesTime(Range(0.0, 1.0), Range(0.0, 1.0))
        self._pointer = Pointer(self, travel_px=self.logicalDpiX() / MM_PER_INCH)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        bar = Surface("panel")
        bar.setFixedHeight(BAR_PX)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self.slider.setFixedWidth(260)
        for part in (Words("Checkpoints", 13, 600), self.slider, self._step):
            row.addWidget(part)
        row.addWidget(self._note, 1)
        row.addWidget(self.other)
        self._column = QWidget()
        self._inside = QVBoxLayout(self._column)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(0)
        self._inside.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._column)
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        for part in (bar, Rule(), self.ruler, self._area):
            down.addWidget(part, 1 if part is self._area else 0)

    def _connect(self) -> None:
        self.slider.valueChanged.connect(self.step_wanted)
        self.other.clicked.connect(self.other_wanted)
        self._pointer.cursor_wanted.connect(self.cursor_wanted)
        self._pointer.selection_wanted.connect(self.selection_wanted)
        self._pointer.range_wanted.connect(self.range_wanted)

    # --- what is shown --------------------------------------------------------------------------

    def show_steps(self, names: Sequence[str], current: int, note: str) -> None:
        """Show the training steps, the chosen one, and a note; a single one needs no slider."""
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(names) - 1))
        self.slider.setValue(current)
        self.slider.blockSignals(False)
        self.slider.setVisible(len(names) > 1)
        self._step.setText(names[current] if 0 <= current < len(names) else "")
        self._note.setText(note)

    def show_lanes(self, views: tuple[LaneView, ...]) -> None:
        """Show other lanes."""
        self._views = views
        keys = [view.key for view in views]
        for key in [key for key in self._lanes if key not in keys]:
            self._lanes.pop(key).deleteLater()
        for place, view in enumerate(views):
            lane = self._lanes.get(view.key)
            if lane is None:
                lane = self._lanes[view.key] = self._new_lane(view.key)
            if self._inside.indexOf(lane) != place:
                self._inside.removeWidget(lane)
                self._inside.insertWidget(place, lane)
            lane.setFixedHeight(lane_height_px(view))
            lane.show()
        self._show_time()

    def _new_lane(self, key: Hashable) -> LaneWidget:
        lane = LaneWidget(self._column)
        lane.set_theme(self._theme)
        lane.header.play_clicked.connect(lambda: self.play_wanted.emit(key))
        lane.header.field_wanted.connect(
            lambda field, value: self.fold_wanted.emit(key) if field == "collapsed" else None
        )
        lane.plot.pressed.connect(lambda x, shift, hz: self._press(x, shift))
        lane.plot.moved.connect(lambda x: self._pointer.move(x, self.columns, self._time.selection))
        lane.plot.released.connect(self._pointer.release)
        lane.plot.wheeled.connect(self._wheel)
        return lane

    @property
    def lanes(self) -> list[LaneWidget]:
        """The lanes from the top."""
        return [self._lanes[view.key] for view in self._views]

    def show_time(self, time: SeriesTime) -> None:
        """Show another range of time, cursor or selection."""
        self._time = time
        self._show_time()

    @property
    def columns(self) -> Columns:
        """The time columns in pixels of the lanes."""
        return Columns.of_stack(self._time.visible, self._area.viewport().width())

    def _show_time(self) -> None:
        columns, marks = self.columns, Marks(self._time.cursor_s, self._time.selection)
        self.ruler.show_time(columns, marks)
        for view in self._views:
            self._lanes[view.key].show_lane(view, columns, marks, NO_LIMITS)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_time()

    # --- mouse ----------------------------------------------------------------------------------

    def _press(self, x_px: float, shift: bool) -> None:
        press = self._pointer.press_shift if shift else self._pointer.press
        press(x_px, self.columns, self._time.cursor_s, self._time.selection)

    def _wheel(self, event: QWheelEvent, x_px: float) -> None:
        across, along = -event.angleDelta().x() / 120, -event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pointer.zoom(-along, x_px, self.columns, self._time.whole)
        else:
            self._pointer.scroll(across or along, self.columns, self._time.whole)
