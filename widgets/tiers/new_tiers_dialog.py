"""The dialog that asks for the names of new tiers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words

STANDARD = "phones words"


class NewTiersDialog(SmallDialog):
    """Asks for the names of interval tiers and of point tiers, separated by spaces."""

    tiers_wanted = Signal(tuple, tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("New tiers", parent)
        self.intervals = self._field("Interval tiers, names separated by spaces", STANDARD)
        self.points = self._field("Point tiers", "")
        self.add_buttons((), (("Cancel", self.reject), ("Create tiers", self._accept)))
        self.setMinimumWidth(360)

    def _field(self, label: str, text: str) -> QLineEdit:
        line = QLineEdit(text)
        line.setAccessibleName(label)
        self.body.addWidget(Words(label))
        self.body.addWidget(line)
        return line

    def _accept(self) -> None:
        names = tuple(tuple(field.text().split()) for field in (self.intervals, self.points))
        self.accept()
        self.tiers_wanted.emit(*names)
