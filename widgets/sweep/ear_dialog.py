"""Labelling by ear: one item after another is played, and a key says yes or no."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words

KEYS = "Y or → yes · N or ← no · Space plays again · Backspace goes back · Enter ends and finds"
_YES = (Qt.Key.Key_Y, Qt.Key.Key_Right, Qt.Key.Key_1)
_NO = (Qt.Key.Key_N, Qt.Key.Key_Left, Qt.Key.Key_0)


class EarDialog(SmallDialog):
    """Signals: `labelled(yes)`, `again_wanted`, `back_wanted`, `finish_wanted`."""

    labelled = Signal(bool)
    again_wanted = Signal()
    back_wanted = Signal()
    finish_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Do you hear it?", parent)
        self.item = Words("", 16, 600)
        self.count = Words("", 12, 400, "ink2")
        self.yes = Button("Yes", kind="bordered", name="Yes (Y)")
        self.no = Button("No", kind="bordered", name="No (N)")
        self.again = Button("Play again", "play-fill", kind="bordered", name="Play again (Space)")
        self.body.addWidget(self.item)
        self.body.addWidget(self.count)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.no, self.yes, self.again):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(Words(KEYS, 11, 400, "ink3"))
        self.yes.clicked.connect(lambda: self.labelled.emit(True))
        self.no.clicked.connect(lambda: self.labelled.emit(False))
        self.again.clicked.connect(lambda: self.again_wanted.emit())
        self.add_buttons((), (("Close", self.reject), ("Find what explains it", self.finish_wanted.emit)))
        self.set_least_width(420)

    def show_item(self, words: str, count: str) -> None:
        """Show which item is heard, and how many are labelled."""
        self.item.setText(words)
        self.count.setText(count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _YES or key in _NO:
            self.labelled.emit(key in _YES)
        elif key == Qt.Key.Key_Space:
            self.again_wanted.emit()
        elif key == Qt.Key.Key_Backspace:
            self.back_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish_wanted.emit()
        else:
            super().keyPressEvent(event)
