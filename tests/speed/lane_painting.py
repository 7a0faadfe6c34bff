"""What a frame of ten lanes costs by pyqtgraph and by our own painting.

Run it with `python -m tests.speed.lane_painting`.

All ways take turns over the same windows of time of the same ten curves of 16,384 samples, antialiased, so
that whatever else the machine does falls on all of them alike. Printed are the median of each and its ratio
to our own painting: with axes beside plots with axes, the curves alone beside bare curves.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from time import perf_counter

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.bench.scroll import wishes
from core.signals.axis import Range
from core.signals.envelope import envelope
from core.signals.track import Track
from tests.support.made_up import WHOLE, lane, layer_axis
from widgets.drawing.curves import curve_limits, curve_rows, paint_curve
from widgets.drawing.lane import LANE_PX, NO_LIMITS, Marks
from widgets.stack.lane_plot import LanePlot
from widgets.theme import theme
from widgets.timeline.columns import AXIS_PX, HEADER_PX, Columns
from widgets.timeline.lane_views import Curve

LANES, SAMPLES, FRAMES = 10, 16_384, 90
PLOT_PX = 720
AXES, OWN_AXES = "PlotItems with axes", "our own lanes with axes"
BARE, OWN_BARE = "bare PlotCurveItems, our envelope", "our own curves alone"
Show = Callable[[Range], None]


def tracks() -> list[Track]:
    """Give ten curves that look like speech: harmonics and noise under a slow envelope."""
    chance = np.random.default_rng(0)
    axis = layer_axis(1)
    time_s = axis.times()
    loud = np.sin(np.pi * time_s / WHOLE.length_s) ** 2
    found: list[Track] = []
    for row in range(LANES):
        voice = sum(np.sin(2 * np.pi * (100 + 10 * row) * k * time_s) / k for k in range(1, 20))
        samples = loud * (voice + chance.normal(0, 0.3, SAMPLES))
        found.append(Track(f"lane {row}", samples.astype(np.float32), axis))
    return found


class PlotItems(pg.GraphicsLayoutWidget):
    """Ten plots of pyqtgraph with axes, its own downsampling to extremes, only what is seen."""

    def __init__(self, curves: list[Track]) -> None:
        super().__init__()
        self.plots: list[pg.PlotItem] = []
        for row, track in enumerate(curves):
            plot = self.addPlot(row, 0)
            item = plot.plot(
                track.axis.times(), track.samples, pen=pg.mkPen(theme.LIGHT.curve), antialias=True
            )
            item.setDownsampling(auto=True, method="peak")
            item.setClipToView(True)  # as an argument of `plot` it raises in 0.14
            plot.setMouseEnabled(x=False, y=False)
            plot.setYRange(float(track.samples.min()), float(track.samples.max()))
            self.plots.append(plot)
        self.resize(PLOT_PX + round(AXIS_PX), LANES * LANE_PX)

    def show_window(self, window: Range) -> None:
        for plot in self.plots:
            plot.setXRange(window.start_s, window.end_s, padding=0)
        self.viewport().repaint()


class BareCurves(pg.GraphicsLayoutWidget):
    """Ten bare curves of pyqtgraph without axes, each given our envelope of what is seen."""

    def __init__(self, curves: list[Track]) -> None:
        super().__init__()
        self.curves = curves
        self.items: list[tuple[pg.ViewBox, pg.PlotCurveItem]] = []
        for row, track in enumerate(curves):
            box = self.addViewBox(row, 0, enableMouse=False, enableMenu=False)
            item = pg.PlotCurveItem(pen=pg.mkPen(theme.LIGHT.curve), antialias=True)
            box.addItem(item)
            box.setYRange(float(track.samples.min()), float(track.samples.max()))
            self.items.append((box, item))
        self.resize(PLOT_PX, LANES * LANE_PX)

    def show_window(self, window: Range) -> None:
        for track, (box, item) in zip(self.curves, self.items, strict=True):
            found = envelope(track, window, PLOT_PX, None)
            ends = np.stack((found.low, found.high), axis=1).reshape(-1)
            item.setData(np.repeat(found.times(), 2), ends)
            box.setXRange(window.start_s, window.end_s, padding=0)
        self.viewport().repaint()


class OwnLanes(QWidget):
    """Ten lanes as the stack paints them, with their axes and grid."""

    def __init__(self, curves: list[Track]) -> None:
        super().__init__()
        self.lanes = [lane(track.name, track) for track in curves]
        self.plots = [LanePlot(self) for _ in curves]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for plot in self.plots:
            plot.set_theme(theme.LIGHT)
            column.addWidget(plot)
        self.resize(PLOT_PX + round(2 * AXIS_PX), LANES * LANE_PX)

    def show_window(self, window: Range) -> None:
        columns = Columns(window, HEADER_PX + AXIS_PX, PLOT_PX)
        for view, plot in zip(self.lanes, self.plots, strict=True):
            plot.show_lane(view, columns, Marks(), NO_LIMITS)
        self.repaint()


class OwnCurves(QWidget):
    """The curves of ten lanes as the stack paints them, without axes and grid."""

    def __init__(self, curves: list[Track]) -> None:
        super().__init__()
        self.curves = curves
        self.columns = Columns(WHOLE, 0.0, PLOT_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(PLOT_PX, LANES * LANE_PX)

    def show_window(self, window: Range) -> None:
        self.columns = Columns(window, 0.0, PLOT_PX)
        self.repaint()

    def paintEvent(self, event: QPaintEvent) -> None:
        picture = QPixmap(self.size())  # as a lane does, whose picture is kept until it changes
        painter = QPainter(picture)
        painter.fillRect(self.rect(), theme.LIGHT.plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, track in enumerate(self.curves):
            rect = QRectF(0, row * LANE_PX, PLOT_PX, LANE_PX)
            rows = curve_rows(curve_limits(Curve(track), None), rect)  # the same scale in every window
            paint_curve(painter, track, self.columns, rows, theme.LIGHT.curve)
        painter.end()
        QPainter(self).drawPixmap(0, 0, picture)


def measured(ways: dict[str, Show]) -> dict[str, float]:
    """Give the median time of a frame in milliseconds, all ways taking turns over the same windows."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for window in wishes(WHOLE, FRAMES):
        for name, show in ways.items():
            start_s = perf_counter()
            show(window)
            spent[name].append(1000 * (perf_counter() - start_s))
    return {name: statistics.median(times[2:]) for name, times in spent.items()}


def main() -> None:
    """Measure and print one line a way."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    theme.apply(app, theme.LIGHT)
    curves = tracks()
    widgets = {
        AXES: PlotItems(curves),
        OWN_AXES: OwnLanes(curves),
        BARE: BareCurves(curves),
        OWN_BARE: OwnCurves(curves),
    }
    for widget in widgets.values():
        widget.show()
    app.processEvents()
    found = measured({name: widget.show_window for name, widget in widgets.items()})
    for name, own in ((AXES, OWN_AXES), (OWN_AXES, OWN_AXES), (BARE, OWN_BARE), (OWN_BARE, OWN_BARE)):
        print(f"{name:36} {found[name]:6.1f} ms a frame, ratio {found[name] / found[own]:.2f}")


if __name__ == "__main__":
    main()
