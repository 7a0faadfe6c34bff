"""All layers of a sweep beside each other, or one layer with a panel for each step."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from widgets.plots.area import AreaWords, Margins, PlotArea
from widgets.plots.items import CurveItem
from widgets.plots.view import PlotView
from widgets.sweep.layer_area import MULTIPLES, LayerArea
from widgets.sweep.sweep_views import SweepView, SweptLayer
from widgets.sweep.traces import peak_of, step_stroke
from widgets.theme.praat_numbers import signed

COLUMN_PX = 270  # a narrower page has fewer columns
MOST_COLUMNS = 3
STEP_COLUMN_PX = 180
STEP_MARGINS = Margins(left=40, top=4, right=8, bottom=18, title=40)
LEAST_PX = 160


class SweepPlot(PlotView):
    """The plots of a sweep. Signals: `step_clicked(step)`, `play_clicked(layer)`."""

    step_clicked = Signal(int)
    play_clicked = Signal(str)
    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._view: SweepView | None = None
        self._mode, self._layer = "", ""
        self._shape: tuple[object, ...] = ()
        self.setAccessibleName("Layers over the steps")
        scene = self.scene()
        assert isinstance(scene, pg.GraphicsScene)
        scene.sigMouseClicked.connect(self._clicked)

    def show_sweep(self, view: SweepView, mode: str, layer: str) -> None:
        """Show a sweep in one of the modes; `layer` is the one whose steps are shown as small multiples."""
        self._view, self._mode, self._layer = view, mode, layer
        shape = (mode == MULTIPLES, len(view.words) if mode == MULTIPLES else len(view.layers))
        if shape != self._shape:
            self._make_areas(*shape)
            self._shape = shape
        if mode == MULTIPLES:
            self._show_steps(view, next((one for one in view.layers if one.key == layer), view.layers[0]))
        else:
            for area, one in zip(self.areas, view.layers, strict=True):
                assert isinstance(area, LayerArea)
                area.show_layer(one, view, mode)
        self.setAccessibleDescription(f"{view.name}, {view.done} of {len(view.words)} steps")
        self.viewport().update()

    def _make_areas(self, by_step: bool, count: int) -> None:
        for area in self.areas:
            self.scene().removeItem(area)
        self.areas.clear()
        for _ in range(count):
            self.add_area(PlotArea(STEP_MARGINS) if by_step else LayerArea())
        for area in self.areas[1:]:
            area.box.setXLink(self.areas[0].box)
        self.arrange()

    def _show_steps(self, view: SweepView, layer: SweptLayer) -> None:
        """Show each step of one layer in a panel, all with one scale."""
        known = [track for track in layer.tracks if track is not None]
        highest = max((peak_of(track.samples) for track in known), default=0.0) or 1.0
        signs = any(bool((track.samples < 0).any()) for track in known)
        for step, (area, track) in enumerate(zip(self.areas, layer.tracks, strict=True)):
            area.show_words(AreaWords(f"{layer.title}, {view.name} = {signed(view.words[step])}"))
            stroke = step_stroke(view.shares[step], step == view.current)
            curves = [] if track is None else [
                CurveItem(track.axis.times(), track.samples.astype(np.float64), stroke)
            ]  # fmt: skip
            area.show_items(curves)
            area.show_range((0.0, view.length_s), (-highest if signs else 0.0, highest), 0.0)

    # --- places ---------------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """How many panels stand beside each other."""
        if self._mode == MULTIPLES:
            fitting = max(1, self.width() // STEP_COLUMN_PX)
            return min(fitting, max(1, math.ceil(math.sqrt(len(self.areas)))))
        return max(1, min(MOST_COLUMNS, self.width() // COLUMN_PX, len(self.areas)))

    def least_height(self) -> int:
        """Return the height below which panels would be too low; a scroll area gives them that much."""
        least = 90 if self._mode == MULTIPLES else LEAST_PX
        return least * math.ceil(len(self.areas) / self.columns) if self.areas else 0

    def arrange(self) -> None:
        """Place the panels row by row."""
        if not self.areas:
            return
        columns = self.columns
        rows = math.ceil(len(self.areas) / columns)
        width, height = self.width() / columns, self.height() / rows
        for k, area in enumerate(self.areas):
            area.setGeometry(QRectF(k % columns * width, k // columns * height, width, height))

    # --- the mouse ------------------------------------------------------------------------------

    def _clicked(self, event: object) -> None:
        """Tell which trace, or which play button, was clicked."""
        if event.button() != Qt.MouseButton.LeftButton or event.double():  # type: ignore[attr-defined]
            return
        self.click(event.scenePos())  # type: ignore[attr-defined]

    def click(self, place: QPointF) -> None:
        """Answer a click at a place of the scene."""
        for number, area in enumerate(self.areas):
            if not area.sceneBoundingRect().contains(place):
                continue
            inside = area.box.mapRectToScene(area.box.rect()).contains(place)
            if isinstance(area, LayerArea):
                self._click_layer(area, place, inside)
            elif inside:
                self.step_clicked.emit(number)

    def _click_layer(self, area: LayerArea, place: QPointF, inside: bool) -> None:
        if inside:
            at = area.box.mapSceneToView(place)
            step = area.step_at(at.x(), at.y())
            if step is not None:
                self.step_clicked.emit(step)
        elif area.play_rect.contains(area.mapFromScene(place)) and area.layer is not None:
            self.play_clicked.emit(area.layer.key)

    # --- painting -------------------------------------------------------------------------------

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint the separators of the panels, the selection and the gains over everything."""
        painter.save()
        theme = self.theme
        if self._mode != MULTIPLES and self.areas and not theme.is_print:
            columns, width = self.columns, self.width() / self.columns
            painter.setPen(theme.line)
            for k in range(1, columns):
                painter.drawLine(round(k * width), 0, round(k * width), self.height())
            rows = math.ceil(len(self.areas) / columns)
            for k in range(1, rows):
                y = round(k * self.height() / rows)
                painter.drawLine(0, y, self.width(), y)
        for area in self.areas:
            if isinstance(area, LayerArea):
                area.paint_over(painter)
        painter.restore()
