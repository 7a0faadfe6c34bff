"""The column of lanes, which scrolls when it is taller than the available height."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from widgets.drawing.lane import COLLAPSED_PX, MODEL_PX
from widgets.stack.lane import LaneWidget
from widgets.theme.theme import LIGHT, Theme

MOST_STRETCH = 1.5
MOST_FILLING = 2
GRID_PX = 4


def stretched(heights: list[int], room_px: int, least_px: int = COLLAPSED_PX + MODEL_PX + 1) -> list[int]:
    """Distribute the remaining height among the open lanes in proportion, up to half as much again; one or
    two open lanes, such as a recording alone, fill it.
    """
    open_lanes = [height for height in heights if height >= least_px]
    open_px = sum(open_lanes)
    spare = room_px - sum(heights)
    if spare <= 0 or open_px == 0:
        return heights
    fills = len(open_lanes) <= MOST_FILLING
    factor = 1 + spare / open_px if fills else min(MOST_STRETCH, 1 + spare / open_px)
    found = [int(h * factor) // GRID_PX * GRID_PX if h >= least_px else h for h in heights]
    if fills or factor < MOST_STRETCH:
        found[heights.index(max(heights))] += room_px - sum(found)
    return found


class LaneArea(QScrollArea):
    """A scroll area with manual layout, so that all lanes share their left and right edges."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.column = _Column()
        self.setWidget(self.column)
        self._lanes: list[tuple[LaneWidget, int]] = []
        self._line = QWidget(self.column)
        self._line.hide()
        self.set_theme(LIGHT)

    def set_theme(self, theme: Theme) -> None:
        self.column.set_theme(theme)
        self._line.setStyleSheet(f"background: {theme.accent.name()}")

    @property
    def is_cut(self) -> bool:
        """Whether the lanes are taller than the area."""
        return self.column.height() > self.height()

    def place(self, lanes: list[tuple[LaneWidget, int]]) -> None:
        """Place lanes from the top, each with its preferred height."""
        if lanes != self._lanes:
            self._lanes = lanes
            self.arrange()

    def arrange(self) -> None:
        """Lay out the lanes in the current size."""
        heights = [height for _, height in self._lanes]
        total = sum(heights)
        self.column.resize(self._inner_width(total), max(total, self.height()))
        y = 0
        for (lane, _), height in zip(self._lanes, stretched(heights, self.height()), strict=True):
            lane.setGeometry(0, y, self.column.width(), height)
            y += height

    def reveal(self, lane: LaneWidget) -> None:
        """Scroll until a lane is visible, but not while the mouse is pressed on one."""
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.ensureWidgetVisible(lane, 0, 0)

    def _inner_width(self, total_px: int) -> int:
        bar = self.verticalScrollBar().sizeHint().width() if total_px > self.height() else 0
        return self.width() - bar

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def show_line(self, y_px: int | None) -> None:
        """Show where a dragged lane would be inserted; None hides the line."""
        self._line.setVisible(y_px is not None)
        if y_px is not None:
            self._line.setGeometry(0, y_px - 1, self.column.width(), 2)
            self._line.raise_()


class _Column(QWidget):
    """The background under the lanes."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._theme.chrome)
