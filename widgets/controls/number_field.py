"""A field for any real number, which explains in a sentence why it rejects a text."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QToolTip, QWidget

from core.faults import Fault
from widgets.controls.scales import Steps
from widgets.theme.number_text import exact_text, number_text, read_number
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import Theme, font

SPIN_INSET_PX = 6


def inset(box: QAbstractSpinBox) -> None:
    """Align the text of a spin box with that of a line edit, whose padding it does not get."""
    box.lineEdit().setTextMargins(SPIN_INSET_PX, 0, 0, 0)


_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down)
_ARROWS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


class NumberField(QLineEdit):
    """Shows a number; emits `value_wanted(value)` on Enter or focus loss, `refused(sentence)` if invalid."""

    value_wanted = Signal(float)
    refused = Signal(str)
    given_up = Signal()

    def __init__(
        self,
        name: str,
        *,
        decimals: int = 2,
        steps: Steps | None = None,
        whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value: float | None = None
        self._decimals, self._whole = (0 if whole else decimals), whole
        self._steps = steps or Steps()
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFont(font(12, numbers=True))
        self.setFixedHeight(24)
        self.setTextMargins(-4, 0, -3, 0)  # the style sheet's padding is meant for text
        self.editingFinished.connect(self._read)
        self.textEdited.connect(lambda _text: self._mark(""))

    @property
    def value(self) -> float | None:
        return self._value

    def show_value(self, value: float | None) -> None:
        """Show a number, or nothing; does not disturb typing."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self._show_text()

    def _show_text(self) -> None:
        shown = "" if self._value is None else number_text(self._value, self._decimals)
        if shown != self.text():
            self.setText(shown)
            self.setToolTip("" if self._value is None else exact_text(self._value))
        self.setModified(False)

    def _mark(self, sentence: str) -> None:
        if bool(self.property("bad")) != bool(sentence):
            self.setProperty("bad", bool(sentence))
            self.style().unpolish(self)
            self.style().polish(self)
        self.setAccessibleDescription(sentence)

    def _read(self) -> None:
        """Read and emit the typed value; unmodified text is not read, so that no digit is lost."""
        if not self.isModified():
            return
        try:
            value = read_number(self.text())
            if self._whole and (value != int(value) or value < 0):
                raise Fault(f"“{self.text().strip()}” is not a whole number.", "Enter one such as 69.")
        except Fault as fault:
            self._mark(str(fault))
            self.refused.emit(str(fault))
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), str(fault), self)
            return
        self._mark("")
        changed, self._value = value != self._value, value
        self.setModified(False)
        self._show_text()
        if changed:
            self.value_wanted.emit(value)

    def step(self, count: float, modifiers: Qt.KeyboardModifier) -> None:
        """Request the value `count` steps further."""
        if self._value is None:
            return
        value = (
            max(0.0, self._value + count)
            if self._whole
            else self._steps.turned(self._value, count, modifiers)
        )
        if value != self._value:
            self._value = value
            self.setModified(False)
            self._show_text()
            self.value_wanted.emit(value)

    def event(self, event: QEvent) -> bool:
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._mark("")
            self._show_text()
            self.given_up.emit()
        elif event.key() in _ARROWS:
            self.step(_ARROWS[Qt.Key(event.key())], event.modifiers())
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # the Enter that ends typing must not reach other widgets

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self.step(event.angleDelta().y() / 120, event.modifiers())
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._value is not None and not self.isModified():
            if round(self._value, self._decimals) != self._value:
                self.setText(exact_text(self._value))
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.property("bad"):
            self._show_text()

    def set_theme(self, theme: Theme) -> None:
        """Do nothing: fields take their colours from the style sheet."""
