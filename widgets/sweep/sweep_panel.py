"""The page of sweeps: the bar, the plots, and the scrubber below them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from widgets.controls.segmented import Segmented
from widgets.sweep.dose_panel import DosePanel
from widgets.sweep.effect_panel import EffectPanel
from widgets.sweep.layer_area import DIFFERENCE
from widgets.sweep.scrubber import Scrubber
from widgets.sweep.sweep_bar import StepBar, SweepBar
from widgets.sweep.sweep_plot import SweepPlot
from widgets.sweep.sweep_views import SweepView
from widgets.theme.control_paint import Rule, Surface, pass_theme
from widgets.theme.praat_numbers import signed
from widgets.theme.theme import Theme

WITH_DOCK_PX = 900  # a narrower page shows the layers alone
DOCK_PX = 384
DOSE, EFFECTS = "dose", "effects"
TABS = ((DOSE, "Dose-response"), (EFFECTS, "Which variable?"))


class SweepPanel(Surface):
    """The page; its parts `bar`, `plot`, `steps`, `scrubber`, `dose` and `effects` emit what is wanted.

    `shown_changed(visible)` follows its appearing and disappearing.
    """

    shown_changed = Signal(bool)
    tab_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.bar, self.plot, self.steps, self.scrubber = SweepBar(), SweepPlot(), StepBar(), Scrubber()
        self.dose, self.effects = DosePanel(), EffectPanel()
        self.tabs = Segmented(TABS, "Page of the dock")
        self.tabs.show_current(DOSE)
        self.tabs.wanted.connect(self._show_tab)
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
        beside.addWidget(self._make_dock())

    def _make_dock(self) -> QWidget:
        """Return the dock: the dose-response, or the question which variable does this."""
        self.dock = Surface("panel")
        self.dock.setFixedWidth(DOCK_PX)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.addWidget(self.tabs)
        head.addStretch(1)
        self._pages = QStackedWidget()
        for page in (self.dose, self.effects):
            self._pages.addWidget(page)
        column = QVBoxLayout(self.dock)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        return self.dock

    def _show_tab(self, key: str) -> None:
        self._pages.setCurrentWidget(self.effects if key == EFFECTS else self.dose)
        self.tab_changed.emit(key)

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
        self.dock.setVisible(self.width() >= WITH_DOCK_PX)

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
