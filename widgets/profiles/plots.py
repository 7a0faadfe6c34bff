"""The figures as widgets: they show a view, and say what was clicked or pointed at."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.profiles.painting import (
    HEAD_PX,
    NAME_PX,
    SCALE_PX,
    heat_rects,
    map_rect,
    paint_bars,
    paint_curves,
    paint_heat,
    paint_maps,
    paint_pattern,
    paint_silhouettes,
    paint_tree,
    tree_row_px,
)
from widgets.profiles.views import CurvesView, HeatView, LayersView, MapsView, TreeView, UnitView
from widgets.theme.number_text import number_text
from widgets.theme.theme import LIGHT, Theme


class Figure(QWidget):
    """A painted figure that follows the mouse; `pointed` carries words for the status bar."""

    pointed = Signal(str)

    def __init__(self, name: str, least: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._least = QSize(*least)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def minimumSizeHint(self) -> QSize:
        return self._least

    def sizeHint(self) -> QSize:
        return self._least

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        """Paint the figure into a rectangle; also on paper."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self.paint(painter, QRectF(self.rect()), self._theme)

    def leaveEvent(self, event: object) -> None:
        self.pointed.emit("")


class HeatPlot(Figure):
    """A group's profile; a click chooses a unit."""

    unit_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Profile of a group, units by time", (300, 240), parent)
        self.view: HeatView | None = None

    def show_view(self, view: HeatView | None) -> None:
        """Show another profile."""
        self.view = view
        self.update()

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        if self.view is not None:
            paint_heat(painter, rect, theme, self.view)

    def at(self, place: QPointF) -> tuple[int, int] | None:
        """Return the unit and the step at a place, None outside the profile."""
        view = self.view
        heat = heat_rects(QRectF(self.rect()))[1]
        if view is None or not heat.contains(place) or not len(view.rows):
            return None
        row = int((place.y() - heat.top()) / heat.height() * len(view.rows))
        step = int((place.x() - heat.left()) / heat.width() * view.values.shape[1])
        return int(view.rows[min(row, len(view.rows) - 1)]), min(step, view.values.shape[1] - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.unit_wanted.emit(found[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found, view = self.at(event.position()), self.view
        if found is None or view is None:
            self.pointed.emit("")
            return
        unit, step = found
        row = int(np.flatnonzero(view.rows == unit)[0])
        seconds = (step - view.centre) * view.step_s
        value = float(view.values[row, step])
        self.pointed.emit(f"Unit {unit + 1}  {number_text(seconds, 3)} s  {number_text(value, 4)}")


class CurvesPlot(Figure):
    """Groups' curves over the time of the heat map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Event-related averages", (300, 110), parent)
        self.view: CurvesView | None = None

    def show_view(self, view: CurvesView | None) -> None:
        """Show other curves."""
        self.view = view
        self.update()

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        if self.view is not None:
            paint_curves(painter, rect, theme, self.view)


class TreePlot(Figure):
    """A tree of groups; a click on a name chooses it, with Ctrl it is added to the curves."""

    group_wanted = Signal(str)
    group_added = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, (140, 240), parent)
        self.view: TreeView | None = None

    def show_view(self, view: TreeView | None) -> None:
        """Show another tree."""
        self.view = view
        self.update()

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        if self.view is not None:
            paint_tree(painter, rect, theme, self.view)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        view, place = self.view, event.position()
        if view is None or place.x() < self.width() - NAME_PX:
            return
        row = int((place.y() - HEAD_PX) // tree_row_px(QRectF(self.rect()), view))
        if 0 <= row < len(view.names):
            added = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            (self.group_added if added else self.group_wanted).emit(view.names[row])


class LayersPlot(Figure):
    """Silhouettes over layers; a click chooses a layer."""

    layer_wanted = Signal(str)
    LEFT_PX = 170.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Silhouettes over layers", (300, 100), parent)
        self.view: LayersView | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_view(self, view: LayersView | None) -> None:
        """Show other silhouettes."""
        self.view = view
        self.update()

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        if self.view is not None:
            paint_silhouettes(painter, rect, theme, self.view, self.LEFT_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        view = self.view
        if view is None or not view.layers:
            return
        share = (event.position().x() - self.LEFT_PX) / (self.width() - self.LEFT_PX - SCALE_PX)
        if 0 <= share < 1:
            self.layer_wanted.emit(view.layers[int(share * len(view.layers))])


class MapsPlot(Figure):
    """Topographic maps of several groups; pointing names the nearest unit, a click chooses it."""

    unit_wanted = Signal(int)
    group_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Topographic maps", (300, 190), parent)
        self.view: MapsView | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_view(self, view: MapsView | None) -> None:
        """Show other maps."""
        self.view = view
        self.update()

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        if self.view is not None:
            paint_maps(painter, rect, theme, self.view)

    def at(self, place: QPointF) -> tuple[int, int] | None:
        """Return the map and the unit nearest to a place, None beside the maps."""
        view = self.view
        if view is None or not len(view.places):
            return None
        for k in range(len(view.maps)):
            rect = map_rect(QRectF(self.rect()), k, len(view.maps))
            if rect.contains(place):
                across = (place.x() - rect.left()) / rect.width()
                up = (rect.bottom() - place.y()) / rect.height()
                return k, int(np.square(view.places - (across, up)).sum(1).argmin())
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found, view = self.at(event.position()), self.view
        if found is None or view is None:
            self.pointed.emit("")
            return
        k, unit = found
        value = number_text(float(view.values[k, unit]), 4)
        self.pointed.emit(f"Unit {unit + 1}  {view.maps[k].name}  {value}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found, view = self.at(event.position()), self.view
        if found is not None and view is not None:
            self.unit_wanted.emit(found[1])


class PatternPlot(Figure):
    """What a unit of the first layer has learnt; hidden in other layers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Learnt pattern, mel bands by time", (120, 84), parent)
        self.view: UnitView | None = None
        self.setToolTip("Learnt pattern: the kernel over mel bands, the lowest below, and time")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_view(self, view: UnitView | None) -> None:
        """Show another unit's."""
        self.view = view
        self.setVisible(view is not None and view.pattern is not None)
        self.update()

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        if self.view is not None and self.view.pattern is not None:
            paint_pattern(painter, rect.adjusted(0, 0, -rect.width() / 2, -1), theme, self.view.pattern)


class BarsPlot(Figure):
    """A unit's value for every group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("The unit's value for every group", (240, 120), parent)
        self.view: UnitView | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_view(self, view: UnitView | None) -> None:
        """Show another unit."""
        self.view = view
        self.update()

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        if self.view is not None:
            paint_bars(painter, rect, theme, self.view)
