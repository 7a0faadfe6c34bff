"""The field that opens over a gain: in a lane's header, or over a line of the legend in its plot."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QWidget

from core.faults import Fault
from widgets.theme.number_text import read_number
from widgets.theme.praat_numbers import short
from widgets.theme.shortcut_override import OwnLine

SIZE_PX = (50, 26)


class GainField(OwnLine):
    """Shows a gain to be replaced; Enter or a click elsewhere accepts, Esc cancels; then it is `closed`."""

    accepted = Signal(float)
    closed = Signal()

    def __init__(self, gain: float, place: QRect, parent: QWidget, name: str = "Gain") -> None:
        super().__init__(short(gain), parent)
        self._gain, self._beside = gain, parent
        self._open = True
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setGeometry(place)
        self.selectAll()
        self.editingFinished.connect(self._take)
        self.left.connect(self._close)
        self.show()
        self.setFocus()

    def _take(self) -> None:
        if not self._open:
            return
        text = self.text().strip().lstrip("×x*")
        self._close()
        try:
            value = read_number(text)
        except Fault:
            return
        if value > 0 and value != self._gain:
            self.accepted.emit(value)

    def _close(self) -> None:
        """Leave once; hiding a focused field makes it finish editing again."""
        if self._open:
            self._open = False
            if self.hasFocus():
                self._beside.setFocus()
            self.hide()
            self.deleteLater()
            self.closed.emit()
