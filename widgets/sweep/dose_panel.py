"""The dock beside a sweep: what is measured, the dose-response, and its table."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.number_field import NumberField
from widgets.sweep.dose_plot import DosePlot
from widgets.sweep.dose_table import DoseTable
from widgets.sweep.dose_views import DoseView
from widgets.theme.control_paint import Rule, Surface, Words, pass_theme
from widgets.theme.theme import Theme

DRAWS = 200
LABEL_PX = 64


class DosePanel(Surface):
    """Signals: `measure_wanted(key)`, `layer_wanted(key)`, `over_wanted(key)`, `baseline_wanted(key)`,
    `variables_wanted(text)`, `run_wanted(draws)`, `cancel_wanted`, `copy_wanted`, `save_wanted`.
    """

    measure_wanted = Signal(str)
    layer_wanted = Signal(str)
    over_wanted = Signal(str)
    baseline_wanted = Signal(str)
    variables_wanted = Signal(str)
    run_wanted = Signal(int)
    cancel_wanted = Signal()
    copy_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.measure = ComboBox("Measure", height_px=26)
        self.layer = ComboBox("Layer", height_px=26, width_px=110)
        self.over = ComboBox("Over", height_px=26)
        self.baseline = ComboBox("Baseline", height_px=26)
        self.variables = QLineEdit()
        self.draws = NumberField("Frozen draws", whole=True)
        self.run = Button("Run", kind="bordered", height_px=26)
        self.copy = Button("", "copy", height_px=24, name="Copy the table")
        self.save = Button("", "export", height_px=24, name="Save the plot as a figure…")
        self.state = Words("", 11, 400, "ink3")
        self.told = Words("", 11, 400, "ink2", wrap=True)
        self.note = Words("", 11, 400, "ink3", wrap=True)
        self.refusals = Words("", 11, 400, "ink3", wrap=True)
        self.plot, self.table = DosePlot(), DoseTable()
        self._running = False
        self._set_up()
        self._lay_out()

    def _set_up(self) -> None:
        self.variables.setAccessibleName("Variables to compare")
        self.variables.setPlaceholderText("z11, z20-z30, all")
        self.variables.setToolTip("Compare several variables, each moved through the same values.")
        self.variables.setFixedHeight(26)
        self.draws.show_value(DRAWS)
        self.draws.setFixedWidth(58)
        self.draws.setToolTip("How many random outputs are kept while the variable moves in each (1 to 2500)")
        for combo, told in (
            (self.measure, self.measure_wanted), (self.layer, self.layer_wanted),
            (self.over, self.over_wanted), (self.baseline, self.baseline_wanted),
        ):  # fmt: skip
            combo.wanted.connect(told)
        self.variables.editingFinished.connect(self._typed)
        self.run.clicked.connect(lambda: self._run_or_cancel())
        self.copy.clicked.connect(lambda: self.copy_wanted.emit())
        self.save.clicked.connect(lambda: self.save_wanted.emit())

    def _lay_out(self) -> None:
        draws = QHBoxLayout()
        draws.setSpacing(8)
        draws.addWidget(self.draws)
        draws.addWidget(Words("draws", 12, 400, "ink2"))
        draws.addWidget(self.run)
        draws.addWidget(self.state, 1)
        draws.addWidget(self.copy)
        draws.addWidget(self.save)
        column = QVBoxLayout()
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(6)
        column.addLayout(_row("Measure", self.measure, self.layer))
        column.addLayout(_row("Over", self.over))
        column.addLayout(_row("Variables", self.variables))
        column.addLayout(_row("Baseline", self.baseline))
        column.addLayout(draws)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(column)
        whole.addWidget(self.plot, 3)
        below = QVBoxLayout()
        below.setContentsMargins(12, 4, 12, 6)
        below.setSpacing(2)
        for words in (self.told, self.note):
            below.addWidget(words)
        whole.addLayout(below)
        whole.addWidget(Rule())
        whole.addWidget(self.table, 2)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 2, 12, 6)
        foot.addWidget(self.refusals)
        whole.addLayout(foot)

    def show_dose(self, view: DoseView) -> None:
        """Show what is measured so far."""
        self._running = view.running
        self.plot.show_dose(view)
        self.table.show_rows(view.heads, view.rows)
        for words, text in (
            (self.told, view.told), (self.note, view.note), (self.refusals, view.refusals),
            (self.state, view.state),
        ):  # fmt: skip
            words.setText(text)
            words.setVisible(bool(text))
        self.run.setText("Cancel" if view.running else "Run")
        self.run.setAccessibleName("Cancel" if view.running else "Run with these draws")
        self.run.updateGeometry()
        self.run.update()

    def _typed(self) -> None:
        if self.variables.isModified():
            self.variables.setModified(False)
            self.variables_wanted.emit(self.variables.text().strip())

    def _run_or_cancel(self) -> None:
        if self._running:
            self.cancel_wanted.emit()
        else:
            self.run_wanted.emit(int(self.draws.value or 1))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)


def _row(name: str, *fields: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    label = Words(name, 12, 400, "ink2")
    label.setFixedWidth(LABEL_PX)
    row.addWidget(label)
    for field in fields:
        row.addWidget(field, 1 if field is fields[0] else 0)
    return row
