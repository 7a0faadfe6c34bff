"""The page of sweeps: the bar, the plots, and the scrubber below them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.sweep.dose_panel import DosePanel
from widgets.sweep.layer_area import DIFFERENCE
from widgets.sweep.scrubber import Scrubber
from widgets.sweep.sweep_bar import StepBar, SweepBar
from widgets.sweep.sweep_plot import SweepPlot
from widgets.sweep.sweep_views import SweepView
from widgets.theme.control_paint import Rule, Surface, pass_theme
from widgets.theme.praat_numbers import signed
from widgets.theme.theme import Theme

WITH_DOSE_PX = 900  # a narrower page shows the layers alone


class SweepPanel(Surface):
    """The page; its parts `bar`, `plot`, `steps`, `scrubber` and `dose` emit what is wanted.

    `shown_changed(visible)` follows its appearing and disappearing.
    """

    shown_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.bar, self.plot, self.steps, self.scrubber = SweepBar(), SweepPlot(), StepBar(), Scrubber()
        self.dose = DosePanel()
        self._view: SweepView | None = None
        self._mode = ""
        self.setFocusProxy(self.scrubber)
        self._lay_out()
        self.steps.step_by.connect(self._step_by)

    def _lay_out(self) -> None:
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.plot)
        below = QVBoxLayout(self.steps)
        below.setContentsMargins(12, 8, 12, 6)
        below.setSpacing(4)
        below.addLayout(self.steps.row())
        below.addWidget(self.scrubber)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        for part in (self.bar, Rule()):
            middle.addWidget(part)
        middle.addWidget(self._area, 1)
        for part in (Rule(), self.steps):
            middle.addWidget(part)
        beside = QHBoxLayout(self)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addLayout(middle, 1)
        beside.addWidget(self.dose)

    def show_sweep(self, view: SweepView, mode: str, layer: str) -> None:
        """Show a sweep, or as much of it as there is."""
        self._view, self._mode = view, mode
        self.plot.show_sweep(view, mode, layer)
        self.plot.setMinimumHeight(self.plot.least_height())
        self.scrubber.show_sweep(view)
        word = signed(view.words[view.current])
        self.steps.show_step(f"{view.name} = {word}", self._count(view))
        self.steps.baseline.setVisible(mode == DIFFERENCE)

    def _count(self, view: SweepView) -> str:
        """Return the current step's number, and how many steps are computed until all are."""
        waits = f", {view.done} computed" if view.done < len(view.words) else ""
        return f"step {view.current + 1} of {len(view.words)}{waits}"

    def _step_by(self, count: int) -> None:
        if self._view is not None:
            step = min(max(self._view.current + count, 0), len(self._view.words) - 1)
            self.scrubber.step_wanted.emit(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plot.setMinimumHeight(self.plot.least_height())
        self.dose.setVisible(self.width() >= WITH_DOSE_PX)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.shown_changed.emit(True)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self.shown_changed.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass keys on that no part of the page wants."""
        event.ignore()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)
