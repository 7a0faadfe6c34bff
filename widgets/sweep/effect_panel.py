"""The dock's second page: which variable does this? What is asked, the ranking, and its table."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.number_field import NumberField
from widgets.sweep.dose_table import DoseTable
from widgets.sweep.dose_views import DoseRow
from widgets.sweep.effect_plot import EffectPlot
from widgets.sweep.effect_views import EffectRow, EffectView
from widgets.theme.control_paint import Rule, Surface, Words, pass_theme
from widgets.theme.praat_numbers import four_digits
from widgets.theme.theme import Theme

ITEMS = 500
LABEL_PX = 64
FIRST = "Random items are measured or labelled, and regressed on their variables."
VALUE, ABOVE, TEXTGRID, EAR = "value", "above", "textgrid", "ear"
KINDS = (
    (VALUE, "the measure itself"),
    (ABOVE, "the measure above a threshold"),
    (TEXTGRID, "labels in a TextGrid"),
    (EAR, "labels by ear"),
)
METHODS = (("linear", "linear"), ("logistic", "logistic"), ("lasso", "Lasso, 10-fold"))
HEADS = ("variable", "|beta|", "from", "to", "> chance")


class EffectPanel(Surface):
    """Signals: `kind_wanted(key)`, `measure_wanted(key)`, `layer_wanted(key)`, `run_wanted`, `cancel_wanted`,
    `write_wanted`, `read_wanted`, `listen_wanted`, `sweep_wanted(variable)`, `save_wanted`, `copy_wanted`.
    """

    kind_wanted = Signal(str)
    measure_wanted = Signal(str)
    layer_wanted = Signal(str)
    run_wanted = Signal()
    cancel_wanted = Signal()
    write_wanted = Signal()
    read_wanted = Signal()
    listen_wanted = Signal()
    sweep_wanted = Signal(str)
    save_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.items = NumberField("Items", whole=True)
        self.items.show_value(ITEMS)
        self.items.setFixedWidth(58)
        self.method = ComboBox("Regression", height_px=26, width_px=120)
        self.method.show_options(METHODS, "linear")
        self.kind = ComboBox("What is explained", height_px=26)
        self.kind.show_options(KINDS, VALUE)
        self.measure = ComboBox("Measure", height_px=26)
        self.layer = ComboBox("Layer", height_px=26, width_px=110)
        self.threshold = NumberField("Threshold")
        self.threshold.setFixedWidth(80)
        self.label = QLineEdit()
        self.label.setAccessibleName("Label that counts")
        self.label.setPlaceholderText("label that counts; empty: any")
        self.label.setFixedHeight(26)
        self.write = Button("Write the items…", kind="bordered", height_px=26)
        self.read = Button("Read labels…", kind="bordered", height_px=26)
        self.listen = Button("Listen and label…", kind="bordered", height_px=26)
        self.run = Button("Find", kind="primary", height_px=26)
        self.sweep = Button("Sweep the first", kind="bordered", height_px=26)
        self.copy = Button("", "copy", height_px=24, name="Copy the table")
        self.save = Button("", "export", height_px=24, name="Save the plot as a figure…")
        self.state = Words("", 11, 400, "ink3")
        self.told = Words("", 11, 400, "ink2", wrap=True)
        self.told.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.plot, self.table = EffectPlot(), DoseTable()
        self._view = EffectView()
        self._chosen = 0
        self._lay_out()
        self._connect()
        self.show_kind(VALUE)
        self.show_effects(EffectView(told=FIRST))

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        column = QVBoxLayout()
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(6)
        self._measure_row = _row("Measure", self.measure, self.layer)
        self._label_row = _row("Label", self.label, self.threshold, self.write, self.read, self.listen)
        for row in (
            _row("Explain", self.kind),
            self._measure_row,
            self._label_row,
            _row("Items", self.items, self.method, self.run, self.state, self.copy, self.save),
        ):
            column.addWidget(row)
        whole.addLayout(column)
        whole.addWidget(self.plot, 3)
        below = QVBoxLayout()
        below.setContentsMargins(12, 4, 12, 6)
        below.addWidget(self.told)
        below.addWidget(self.sweep)
        whole.addLayout(below)
        whole.addWidget(Rule())
        whole.addWidget(self.table, 2)

    def _connect(self) -> None:
        for combo, told in (
            (self.kind, self.kind_wanted), (self.measure, self.measure_wanted),
            (self.layer, self.layer_wanted),
        ):  # fmt: skip
            combo.wanted.connect(told)
        for button, told in (
            (self.write, self.write_wanted), (self.read, self.read_wanted),
            (self.listen, self.listen_wanted), (self.save, self.save_wanted), (self.copy, self.copy_wanted),
        ):  # fmt: skip
            button.clicked.connect(lambda _=False, told=told: told.emit())
        self.run.clicked.connect(
            lambda: (self.cancel_wanted if self._view.running else self.run_wanted).emit()
        )
        self.sweep.clicked.connect(lambda: self.sweep_wanted.emit(self._view.rows[self._chosen].variable))
        self.table.row_clicked.connect(self._choose)

    def show_kind(self, kind: str) -> None:
        """Show the fields that a way of explaining needs."""
        by_measure = kind in (VALUE, ABOVE)
        for part, on in (
            (self.measure, by_measure), (self.layer, by_measure), (self.threshold, kind == ABOVE),
            (self.label, kind == TEXTGRID), (self.write, kind == TEXTGRID), (self.read, kind == TEXTGRID),
            (self.listen, kind == EAR),
        ):  # fmt: skip
            part.setVisible(on)
        self._measure_row.setVisible(by_measure)
        self._label_row.setVisible(kind != VALUE)
        self.run.setEnabled(by_measure)

    def show_effects(self, view: EffectView) -> None:
        """Show what is found so far."""
        if view.rows != self._view.rows:
            self._chosen = 0
        self._view = view
        self.plot.show_effects(view)
        self.state.setText(view.state)
        self.told.setText(view.told if view.rows else "")
        self.told.setVisible(bool(view.rows))
        self.run.setText("Cancel" if view.running else "Find")
        self.run.setEnabled(view.running or self.kind.currentData() in (VALUE, ABOVE))
        self.run.updateGeometry()
        self.sweep.setVisible(bool(view.rows))
        self._show_rows()

    def _choose(self, row: int) -> None:
        self._chosen = row
        self._show_rows()

    def _show_rows(self) -> None:
        rows = self._view.rows
        self.table.show_rows(
            HEADS,
            [DoseRow(_cells(one), None, None, k == self._chosen) for k, one in enumerate(rows)]
            if rows
            else [],
        )
        if rows:
            self.sweep.setText(f"Sweep {rows[self._chosen].variable}")
            self.sweep.updateGeometry()
            self.sweep.update()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)


def _cells(row: EffectRow) -> tuple[str, ...]:
    numbers = (abs(row.beta), row.low, row.high)
    return (row.variable, *(four_digits(value) for value in numbers), "yes" if row.beyond_chance else "no")


def _row(name: str, *fields: QWidget) -> QWidget:
    """Return a named row of fields, which can be hidden as a whole."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    label = Words(name, 12, 400, "ink2")
    label.setFixedWidth(LABEL_PX)
    row.addWidget(label)
    for field in fields:
        row.addWidget(field, 1 if field is fields[0] and not isinstance(field, NumberField) else 0)
    row.addStretch(0)
    return made
