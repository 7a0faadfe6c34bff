"""The widget that shows plots: one area or several, in the theme's colours, on screen and on paper."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from widgets.plots.area import PlotArea
from widgets.theme.theme import LIGHT, Theme


class PlotView(pg.GraphicsView):
    """Shows one area, or several at the places that `arrange` gives them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.areas: list[PlotArea] = []  # before the view is made, which resizes itself
        super().__init__(parent)
        self.setBackgroundBrush(Qt.BrushStyle.NoBrush)  # not pyqtgraph's, which is shared by all windows
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("background: transparent")

    def add_area(self, area: PlotArea) -> PlotArea:
        """Add an area."""
        self.scene().addItem(area)
        self.areas.append(area)
        area.set_theme(self._theme)
        return area

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        for area in self.areas:
            area.set_theme(theme)

    @property
    def theme(self) -> Theme:
        return self._theme

    def arrange(self) -> None:
        """Place the areas; a single one fills the widget."""
        for area in self.areas:
            area.setGeometry(QRectF(self.rect()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.areas:
            self.arrange()

    def close(self) -> bool:
        """Close as any widget does; pyqtgraph's own method takes the scene apart while Qt still paints it."""
        return QGraphicsView.close(self)

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint everything to scale in other colours, one pixel per unit, as a picture on paper needs it."""
        before, room = self._theme, QRectF(self.rect())
        self.arrange()
        self.set_theme(theme)
        self._print(True)
        super().render(painter, room, self.rect())
        self._print(False)
        self.set_theme(before)

    def _print(self, on: bool) -> None:
        for area in self.areas:
            for item in area.items:
                item.setExportMode(on, {})
