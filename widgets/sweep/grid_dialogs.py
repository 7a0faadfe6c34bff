"""The dialogs of grids: a path through kept points, and several variables as on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from core.faults import Fault
from widgets.controls.dialog import SmallDialog
from widgets.controls.number_field import NumberField
from widgets.theme.control_paint import Words

STEPS = 10
EMPTY = "Keep at least two points first: Latent > Save this point…"
AXES_WORDS = (
    "One axis a line; the sweep goes through all combinations. A comma moves several variables together, and "
    "slashes give each its own value."
)
EXAMPLES = "z11=-15:5:2     c1,c2=0:2:0.25     c1,c2=1.5/0,0/0,0/1.5     z[10]=-1,0,1"


class PathDialog(SmallDialog):
    """Choose points, put them in order by dragging, and how many steps lead to the next.

    Emits `chosen(names, steps)`.
    """

    chosen = Signal(tuple, int)

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("A path through kept points", parent)
        self.names = QListWidget()
        self.names.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.names.setAccessibleName("Points of the path, in order")
        for name in names:
            item = QListWidgetItem(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.names.addItem(item)
        self.steps = NumberField("Steps between two points", whole=True)
        self.steps.show_value(STEPS)
        self.steps.setFixedWidth(64)
        self.body.addWidget(Words("Straight lines lead through the ticked points; drag changes their order."))
        self.body.addWidget(self.names, 1)
        if len(names) < 2:
            self.body.addWidget(Words(EMPTY, 12, 400, "warn"))
        row = QHBoxLayout()
        row.addWidget(Words("Steps between two points", 12, 400, "ink2"))
        row.addWidget(self.steps)
        row.addStretch(1)
        self.body.addLayout(row)
        self.add_buttons((), (("Cancel", self.reject), ("Sweep", self._accept)))

    def ticked(self) -> tuple[str, ...]:
        """Return the names of the ticked points, in order."""
        items = (self.names.item(row) for row in range(self.names.count()))
        return tuple(item.text() for item in items if item.checkState() == Qt.CheckState.Checked)

    def _accept(self) -> None:
        self.chosen.emit(self.ticked(), int(self.steps.value or 0))
        self.accept()


class AxesDialog(SmallDialog):
    """Type axes as `phonoscope sweep --vary` takes them; `wrong` says what is wrong with them.

    Emits `chosen(texts)`.
    """

    chosen = Signal(tuple)

    def __init__(
        self,
        texts: Sequence[str],
        check: Callable[[tuple[str, ...]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Move several variables", parent)
        self._check = check
        self.fields = [QLineEdit(texts[k] if k < len(texts) else "") for k in range(3)]
        self.body.addWidget(Words(AXES_WORDS, wrap=True))
        for number, field in enumerate(self.fields, 1):
            field.setAccessibleName(f"Axis {number}")
            self.body.addWidget(field)
        self.body.addWidget(Words(EXAMPLES, 11, 400, "ink3"))
        self.fault = Words("", 12, 400, "warn", wrap=True)
        self.body.addWidget(self.fault)
        self.add_buttons((), (("Cancel", self.reject), ("Sweep", self._accept)))

    def _accept(self) -> None:
        texts = tuple(field.text().strip() for field in self.fields if field.text().strip())
        try:
            self._check(texts)
        except Fault as fault:
            self.fault.setText(str(fault))
            self.grow()
            return
        self.chosen.emit(texts)
        self.accept()
