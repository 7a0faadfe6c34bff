"""The panel at the left of a search: network, unit, direction, prior, recordings, budget."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.number_field import NumberField
from widgets.controls.segmented import Segmented
from widgets.generation.generation_views import ChoicesView
from widgets.theme.control_paint import ShortWords, Surface, Words, pass_theme
from widgets.theme.theme import Theme

WIDTH_PX = 240
LABEL_PX, FIELD_PX, SMALL_PX = 64, 148, 47
KINDS = (("unit", "Unit"), ("channel", "Channel"), ("layer", "Layer"))
VALUES = (("before", "before the non-linearity"), ("after", "after the non-linearity"))
OVERS = (("mean", "mean over time"), ("max", "largest over time"), ("middle", "in the middle"))
SIGNS = (("max", "Maximise"), ("both", "Both"), ("min", "Minimise"))
SIGN_KEYS = {(1,): "max", (-1,): "min", (1, -1): "both"}


class Choices(Surface):
    """Emits `wanted(field, value)` for each choice, and `start_wanted`, `stop_wanted`, `go_on_wanted`,
    `folder_wanted`, `built_in_wanted` (open the generator that ships with the program).
    """

    wanted = Signal(str, object)
    start_wanted = Signal()
    stop_wanted = Signal()
    go_on_wanted = Signal()
    folder_wanted = Signal()
    built_in_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.setFixedWidth(WIDTH_PX)
        self._make()
        self._lay_out()
        self._connect()

    def _make(self) -> None:
        self.network = self._combo("Network that hears")
        self.kind = Segmented(KINDS, "What is driven", height_px=22, padding_px=8)
        self.layer, self.unit = self._combo("Layer"), self._combo("Unit")
        self.channel = NumberField("Channel, from 1", whole=True)
        self.value, self.over = self._combo("Value"), self._combo("Over time")
        self.sign = Segmented(SIGNS, "Direction", height_px=22, padding_px=7)
        self.prior, self.code = self._combo("Generator"), self._combo("Code")
        self.folder = Button("Recordings…", kind="bordered", height_px=24, name="Recordings to compare with…")
        self.top = NumberField("Most activating excerpts that are compared", whole=True)
        self.steps = [NumberField(f"Steps {k}", whole=True) for k in (1, 2, 3)]
        self.rates = [NumberField(f"Rate {k}") for k in (1, 2, 3)]
        self.penalties = [NumberField(f"λ {k}") for k in (1, 2, 3)]
        self.restarts, self.seed = NumberField("Restarts", whole=True), NumberField("Seed", whole=True)
        self.published = Button(
            "Published", kind="bordered", height_px=22, name="The published grid: 27 settings, 50 restarts"
        )
        self.quick = Button(
            "Quick", kind="bordered", height_px=22, name="A first look: few settings and restarts"
        )
        self.start = Button("Start", "play-fill", kind="primary", height_px=28)
        self.stop = Button("Stop", "stop-fill", kind="bordered", height_px=28)
        self.go_on = Button("Go on", kind="bordered", height_px=28)
        self.built_in = Button("Open the built-in generator", kind="bordered", height_px=24)
        self.progress = Words("", 11, 400, "ink2", wrap=True)
        self.reason = Words("", 11, 400, "warn", wrap=True)
        self._facts, self._prior_lines = (
            Words("", 11, 400, "ink2", wrap=True),
            Words("", 11, 400, "ink2", wrap=True),
        )
        self._folder_words, self._budget = ShortWords("", 11, 400, "ink2"), Words("", 11, 400, "ink3")
        self._labels = {name: Words(name, 12, 400, "ink2") for name in ("Layer", "Unit", "Channel", "Code")}

    def _combo(self, name: str) -> ComboBox:
        made = ComboBox(name, height_px=24, width_px=FIELD_PX)
        made.setFixedWidth(FIELD_PX)
        return made

    def _lay_out(self) -> None:
        inner = Surface("panel")
        down = QVBoxLayout(inner)
        down.setContentsMargins(12, 10, 12, 12)
        down.setSpacing(6)
        self.network.setFixedWidth(FIELD_PX + LABEL_PX + 4)
        down.addWidget(Words("Network", 13, 600))
        down.addWidget(self.network)
        down.addWidget(self._facts)
        down.addSpacing(6)
        down.addLayout(_row(Words("Explain", 13, 600), self.kind))
        down.addLayout(_row(self._labels["Layer"], self.layer))
        down.addLayout(_row(self._labels["Unit"], self.unit))
        down.addLayout(_row(self._labels["Channel"], self.channel))
        down.addLayout(_row(Words("Value", 12, 400, "ink2"), self.value))
        down.addLayout(_row(Words("Frames", 12, 400, "ink2"), self.over))
        down.addWidget(self.sign)
        down.addSpacing(6)
        down.addWidget(Words("Prior", 13, 600))
        down.addLayout(_row(Words("Generator", 12, 400, "ink2"), self.prior))
        down.addLayout(_row(self._labels["Code"], self.code))
        down.addWidget(self._prior_lines)
        down.addSpacing(6)
        down.addLayout(_row(Words("Real", 13, 600), self.folder))
        down.addWidget(self._folder_words)
        down.addLayout(_row(Words("compared", 12, 400, "ink2"), self.top))
        down.addSpacing(6)
        down.addLayout(_row(Words("Budget", 13, 600), self.published, self.quick))
        for words, fields in (("Steps", self.steps), ("Rate", self.rates), ("λ", self.penalties)):
            for field in fields:
                field.setFixedWidth(SMALL_PX)
            down.addLayout(_row(Words(words, 12, 400, "ink2"), *fields))
        for field in (self.restarts, self.seed, self.top, self.channel):
            field.setFixedWidth(SMALL_PX + 3)
        down.addLayout(
            _row(Words("Restarts", 12, 400, "ink2"), self.restarts, Words("Seed", 12, 400, "ink2"), self.seed)
        )
        down.addWidget(self._budget)
        down.addLayout(_row(self.start, self.stop, self.go_on, label_px=0))
        down.addWidget(self.progress)
        down.addWidget(self.reason)
        down.addWidget(self.built_in)
        down.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _connect(self) -> None:
        for field, combo in (
            ("network", self.network), ("layer", self.layer), ("unit", self.unit), ("value", self.value),
            ("over", self.over), ("prior", self.prior), ("code", self.code),
        ):  # fmt: skip
            combo.wanted.connect(lambda key, field=field: self.wanted.emit(field, key))
        self.kind.wanted.connect(lambda key: self.wanted.emit("kind", key))
        self.sign.wanted.connect(lambda key: self.wanted.emit("sign", key))
        for field, number in (
            ("channel", self.channel), ("top", self.top), ("restarts", self.restarts), ("seed", self.seed),
        ):  # fmt: skip
            number.value_wanted.connect(lambda value, field=field: self.wanted.emit(field, int(value)))
        for field, numbers in (("steps", self.steps), ("rates", self.rates), ("penalties", self.penalties)):
            for one in numbers:
                one.value_wanted.connect(lambda _, field=field, all=numbers: self._ask_row(field, all))
        self.published.clicked.connect(lambda: self.wanted.emit("grid", "published"))
        self.quick.clicked.connect(lambda: self.wanted.emit("grid", "quick"))
        self.start.clicked.connect(lambda: self.start_wanted.emit())
        self.stop.clicked.connect(lambda: self.stop_wanted.emit())
        self.go_on.clicked.connect(lambda: self.go_on_wanted.emit())
        self.built_in.clicked.connect(lambda: self.built_in_wanted.emit())
        self.folder.clicked.connect(lambda: self.folder_wanted.emit())

    def _ask_row(self, field: str, numbers: Sequence[NumberField]) -> None:
        values = [one.value for one in numbers]
        self.wanted.emit(field, tuple(value for value in values if value is not None))

    def show_view(self, view: ChoicesView) -> None:
        """Show what can be chosen and what is."""
        self.network.show_options(view.networks, view.network)
        self._facts.setText("\n".join(f"{name}: {value}" for name, value in view.facts))
        self.kind.show_current(view.kind)
        for name in ("unit", "channel", "layer"):
            self.kind.enable(name, name in view.kinds, "This network has no such parts.")
        self.layer.show_options(view.layers, view.layer)
        self.unit.show_options(view.units, view.unit)
        self.channel.show_value(view.channel)
        self._show("Layer", self.layer, view.kind != "unit")
        self._show("Unit", self.unit, view.kind == "unit")
        self._show("Channel", self.channel, view.kind == "channel")
        self._labels["Channel"].setText(f"of {view.channels}" if view.channels else "Channel")
        self.value.show_options(VALUES, view.value)
        self.over.show_options(OVERS, view.over)
        self.sign.show_current(SIGN_KEYS.get(view.signs, "both"))
        self.prior.show_options(view.priors, view.prior)
        self.code.show_options(view.codes, view.code)
        self._show("Code", self.code, bool(view.codes))
        self._prior_lines.setText("\n".join(view.prior_lines))
        self._folder_words.setText(view.folder or "none: settings have no distance")
        self.top.show_value(view.top)
        for fields, values in (
            (self.steps, view.steps),
            (self.rates, view.rates),
            (self.penalties, view.penalties),
        ):
            for k, field in enumerate(fields):
                field.show_value(values[k] if k < len(values) else None)
        self.restarts.show_value(view.restarts)
        self.seed.show_value(view.seed)
        self._budget.setText(view.budget_words)
        self.start.setEnabled(not view.reason)
        self.start.setVisible(not view.running)
        self.stop.setVisible(view.running)
        self.go_on.setVisible(view.may_go_on and not view.running)
        self.progress.setText(view.progress)
        self.progress.setVisible(bool(view.progress))
        self.reason.setText(view.reason)
        self.reason.setVisible(bool(view.reason))
        self.built_in.setVisible(view.lacks_prior)

    def _show(self, label: str, field: QWidget, on: bool) -> None:
        self._labels[label].setVisible(on)
        field.setVisible(on)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)


def _row(*parts: QWidget, label_px: int = LABEL_PX) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    row.setContentsMargins(0, 0, 0, 0)
    if label_px and isinstance(parts[0], Words):
        parts[0].setFixedWidth(label_px)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return row
