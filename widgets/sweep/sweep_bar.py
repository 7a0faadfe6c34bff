"""The bar above a sweep: what moves, through which values, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.number_field import NumberField
from widgets.controls.segmented import Segmented
from widgets.sweep.layer_area import DIFFERENCE, HEAT, MULTIPLES, WATERFALL
from widgets.theme.control_paint import Surface, Words, pass_theme
from widgets.theme.theme import Theme

BAR_PX = 40
MODES = (
    (WATERFALL, "Waterfall"),
    (HEAT, "Heat map"),
    (MULTIPLES, "Small multiples"),
    (DIFFERENCE, "Difference"),
)


class SweepBar(Surface):
    """Signals: `variable_wanted(name)`, `range_wanted(start, stop, step)`, `grid_wanted(key)`,
    `mode_wanted(mode)`, `again_wanted`, `cancel_wanted`, `save_wanted`.
    """

    variable_wanted = Signal(str)
    range_wanted = Signal(float, float, float)
    grid_wanted = Signal(str)
    mode_wanted = Signal(str)
    again_wanted = Signal()
    cancel_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.setFixedHeight(BAR_PX)
        self.variable = ComboBox("Variable that moves", width_px=84, height_px=24)
        self.variable.setFixedWidth(84)
        self.ends = [NumberField(name) for name in ("First value", "Last value", "Step")]
        for field in self.ends:
            field.setFixedWidth(58)
            field.value_wanted.connect(self._range)
        self.grid = ComboBox("Grid", height_px=24, width_px=132)
        self.grid.setFixedWidth(132)
        self.stop = Button("Cancel", kind="bordered", height_px=24)
        self.again = Button("", "arrow-counter-clockwise", height_px=24, name="Sweep again from the knobs")
        self.modes = Segmented(MODES, "View of the layers", padding_px=7)
        self.modes.show_current(WATERFALL)
        self.save = Button("", "export", height_px=24, name="Save the plots as a figure…")
        self._lay_out()
        self._connect()
        self.show_running(False)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        row.addWidget(Words("Sweep", 13, 600))
        row.addSpacing(4)
        row.addWidget(self.variable)
        for words, field in zip(("from", "to", "step"), self.ends, strict=True):
            row.addWidget(Words(words, 12, 400, "ink2"))
            row.addWidget(field)
        row.addWidget(self.grid)
        row.addWidget(self.again)
        row.addWidget(self.stop)
        row.addStretch(1)
        row.addWidget(self.modes)
        row.addWidget(self.save)

    def _connect(self) -> None:
        self.variable.wanted.connect(self.variable_wanted)
        self.grid.wanted.connect(self.grid_wanted)
        self.modes.wanted.connect(self.mode_wanted)
        self.again.clicked.connect(lambda: self.again_wanted.emit())
        self.stop.clicked.connect(lambda: self.cancel_wanted.emit())
        self.save.clicked.connect(lambda: self.save_wanted.emit())

    def show_variables(self, names: Sequence[tuple[str, str]], current: str) -> None:
        """Offer variables: each with its name from 1 and its name from 0."""
        options = [(name, f"{name}   {from_zero}") for name, from_zero in names]
        self.variable.show_options(options, current, {name: name for name, _ in names})

    def show_grids(self, grids: Sequence[tuple[str, str]], current: str) -> None:
        """Offer the grids of the papers and other ways of moving."""
        self.grid.show_options(grids, current)

    def show_range(self, ends: tuple[float, float, float] | None) -> None:
        """Show first value, last value and step; nothing for a grid that is no such range."""
        for field, value in zip(self.ends, ends or (None, None, None), strict=True):
            field.show_value(value)

    def show_running(self, running: bool) -> None:
        """Offer to cancel while steps are being computed."""
        self.stop.setVisible(running)

    def _range(self) -> None:
        values = [field.value for field in self.ends]
        if None not in values:
            self.range_wanted.emit(*values)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)


class StepBar(Surface):
    """The bar below a sweep. Signals: `play_wanted`, `turn_wanted`, `step_by(count)`, `layer_wanted(key)`,
    `compare_wanted`, `set_wanted`, `baseline_wanted(key)`.
    """

    play_wanted = Signal()
    turn_wanted = Signal()
    step_by = Signal(int)
    layer_wanted = Signal(str)
    compare_wanted = Signal()
    set_wanted = Signal()
    baseline_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.value = Words("", 16, 600)
        self.count = Words("", 12, 400, "ink2")
        self.back = Button("", "skip-back", height_px=28, name="Previous step")
        self.play = Button("", "play-fill", kind="primary", name="Play this step")
        self.forth = Button("", "skip-forward", height_px=28, name="Next step")
        self.turn = Button("All steps in turn", "repeat", height_px=28)
        self.layer = ComboBox("What plays", prefix="Plays  ", height_px=28, width_px=120)
        self.layer.setFixedWidth(120)
        self.baseline = ComboBox("Baseline of the difference", prefix="Less  ", height_px=28, width_px=120)
        self.baseline.setFixedWidth(120)
        self.compare = Button("Compare with drawn", kind="bordered", name="Play the draw, then this step")
        self.set = Button("Set the knobs to this step", kind="bordered")
        self._connect()

    def row(self) -> QHBoxLayout:
        """Return the row of controls."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.value)
        row.addSpacing(8)
        row.addWidget(self.count)
        row.addSpacing(4)
        for button in (self.back, self.play, self.forth, self.turn):
            row.addWidget(button)
        row.addWidget(self.layer)
        row.addWidget(self.baseline)
        row.addStretch(1)
        row.addWidget(self.compare)
        row.addWidget(self.set)
        return row

    def _connect(self) -> None:
        self.play.clicked.connect(lambda: self.play_wanted.emit())
        self.turn.clicked.connect(lambda: self.turn_wanted.emit())
        self.back.clicked.connect(lambda: self.step_by.emit(-1))
        self.forth.clicked.connect(lambda: self.step_by.emit(1))
        self.compare.clicked.connect(lambda: self.compare_wanted.emit())
        self.set.clicked.connect(lambda: self.set_wanted.emit())
        self.layer.wanted.connect(self.layer_wanted)
        self.baseline.wanted.connect(self.baseline_wanted)

    def show_step(self, value: str, count: str) -> None:
        """Show the current step's value and its number."""
        self.value.setText(value)
        self.count.setText(count)
        for words in (self.value, self.count):
            words.updateGeometry()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)
