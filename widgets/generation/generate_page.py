"""The page of searches: choices at the left, settings above, examples below, findings at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.segmented import Segmented
from widgets.generation.choices import Choices
from widgets.generation.findings import Findings
from widgets.generation.generation_views import SettingsView
from widgets.generation.settings_table import SettingsTable
from widgets.generation.tile_rows import TileRows
from widgets.generation.trajectory_plot import TrajectoryPlot
from widgets.theme.control_paint import Rule, ShortWords, Surface, Words, pass_theme
from widgets.theme.theme import Theme

BAR_PX = 40
WITH_FINDINGS_PX, WITH_PLOT_PX = 1080, 640
LEAST_PX = 190
DISTANCES = (
    ("unit", "One unit"),
    ("layer", "Layer"),
    ("pca", "Layer, PCA to n/10"),
    ("diagonal", "Layer, variances"),
    ("extrapolated", "Layer, N to infinity"),
    ("mmd", "Layer, unbiased MMD"),
)


class GenerateBar(Surface):
    """The bar above: the direction whose table is shown, and what can be saved.

    Signals: `sign_wanted(key)`, `distance_wanted(kind)`, `listen_wanted`, `picture_wanted`, `export_wanted`.
    """

    sign_wanted = Signal(str)
    distance_wanted = Signal(str)
    listen_wanted = Signal()
    picture_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.setFixedHeight(BAR_PX)
        self.sign = Segmented((("max", "Maximise"), ("min", "Minimise")), "Table of", padding_px=9)
        self.sign.show_current("max")
        self.words = ShortWords("", 12, 400, "ink2")
        self.distance = ComboBox(
            "Distance to the real excerpts", prefix="Distance", height_px=24, width_px=190
        )
        self.distance.setFixedWidth(190)
        self.distance.show_options(DISTANCES, "unit")
        self.listen = Button("Judge blind…", kind="bordered", height_px=24)
        self.picture = Button("", "image", height_px=24, name="Save the page as a figure…")
        self.export = Button("", "export", height_px=24, name="Save tables, sounds and points…")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(Words("Generate", 13, 600))
        row.addWidget(self.sign)
        row.addWidget(self.distance)
        row.addWidget(self.words, 1)
        for part in (self.listen, self.picture, self.export):
            row.addWidget(part)
        self.sign.wanted.connect(self.sign_wanted)
        self.distance.wanted.connect(self.distance_wanted)
        self.listen.clicked.connect(lambda: self.listen_wanted.emit())
        self.picture.clicked.connect(lambda: self.picture_wanted.emit())
        self.export.clicked.connect(lambda: self.export_wanted.emit())


class GeneratePage(Surface):
    """The page; its parts `choices`, `bar`, `table`, `plot`, `tiles` and `findings` emit what is wanted.

    `shown_changed(visible)` follows its appearing and disappearing.
    """

    shown_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.choices, self.bar, self.findings = Choices(), GenerateBar(), Findings()
        self.table, self.plot, self.tiles = SettingsTable(), TrajectoryPlot(), TileRows()
        self.setFocusProxy(self.tiles)
        self.centre = Surface("chrome")
        self._lay_out()

    def _lay_out(self) -> None:
        self._upper = QWidget()
        upper = QHBoxLayout(self._upper)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        upper.addWidget(self.table, 3)
        upper.addWidget(self.plot, 2)
        middle = QVBoxLayout(self.centre)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.bar)
        middle.addWidget(Rule())
        middle.addWidget(self._upper)
        middle.addWidget(Rule())
        middle.addWidget(self.tiles, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        for part, stretch in (
            (self.choices, 0), (_line(), 0), (self.centre, 1), (_line(), 0), (self.findings, 0),
        ):  # fmt: skip
            across.addWidget(part, stretch)

    def show_settings(self, view: SettingsView) -> None:
        """Show the table; the plot beside it is as high."""
        self.table.show_view(view)
        self._upper.setFixedHeight(max(LEAST_PX, self.table.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.findings.setVisible(self.width() >= WITH_FINDINGS_PX)
        self.plot.setVisible(self.centre.width() >= WITH_PLOT_PX or self.width() >= WITH_FINDINGS_PX + 180)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self.shown_changed.emit(event.type() == QEvent.Type.Show)
        return super().event(event)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)


def _line() -> QWidget:
    """Return a separating line that stands."""
    line = Rule()
    line.setFixedWidth(1)
    line.setMinimumHeight(0)
    line.setMaximumHeight(16_777_215)
    return line
