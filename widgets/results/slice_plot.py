"""The spectral slices of all layers over one another: the widget that holds their plot.

The plot itself, with pyqtgraph, is imported off the window's thread once there is something to draw, so that
the window starts without it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from widgets.controls.background_import import BackgroundImport
from widgets.controls.dialog import SmallDialog
from widgets.results.slice_views import SliceView
from widgets.theme.control_paint import Words
from widgets.theme.praat_numbers import short
from widgets.theme.theme import LIGHT, Theme

if TYPE_CHECKING:
    from widgets.results.slice_chart import SliceChart

CHART = "widgets.results.slice_chart"
HEIGHT_PX = 252


class SlicePlot(QWidget):
    """Holds a view and, once there is something to draw, the chart that draws it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._view = SliceView()
        self.chart: SliceChart | None = None
        self.importing = BackgroundImport(CHART, self)
        self.importing.done.connect(self._make_chart)
        room = QVBoxLayout(self)
        room.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName("Spectral slice")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_view(self, view: SliceView) -> None:
        """Show these slices."""
        self._view = view
        peaks = (f"{one.title} to {short(one.nyquist_hz)} Hz" for one in view.slices)
        self.setAccessibleDescription(view.reason or ", ".join(peaks))
        if self.chart is not None:
            self.chart.show_view(view)
        elif CHART in sys.modules:
            self._make_chart()
        elif view.slices or view.reason:
            self.importing.start()

    def fade(self) -> None:
        """Grey the slices until the new ones arrive."""
        if not self._view.stale:
            self.show_view(replace(self._view, stale=True))

    @property
    def view(self) -> SliceView:
        return self._view

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.chart is not None:
            self.chart.set_theme(theme)

    def sizeHint(self) -> QSize:
        return QSize(384, HEIGHT_PX)

    def _make_chart(self) -> None:
        from widgets.results.slice_chart import SliceChart

        if self.chart is None:
            self.chart = SliceChart()
            self.chart.set_theme(self._theme)
            self.chart.show_view(self._view)
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self.chart)


class SliceDialog(SmallDialog):
    """The spectral slices in their own large window, which follows the cursor and the selection.

    `save` asks where to save a picture of them.
    """

    def __init__(self, save: Callable[[SliceChart], None], parent: QWidget | None = None) -> None:
        super().__init__("Spectral slice", parent)
        self._save = save
        self.words = Words("", 11, 400, "ink2")
        self.plot = SlicePlot()
        self.body.addWidget(self.words)
        self.body.addWidget(self.plot, 1)
        self.add_buttons((("Save picture…", self._save_chart),), (("Close", self.accept),))
        self.resize(900, 520)

    def show_view(self, view: SliceView, words: str) -> None:
        """Show these slices."""
        self.words.setText(words)
        self.plot.show_view(view)

    def _save_chart(self) -> None:
        if self.plot.chart is not None:
            self._save(self.plot.chart)
