"""The slots of a code as buttons: one category out of several, or bits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from widgets.controls.button import Button
from widgets.theme.theme import Theme

PER_ROW = 6


class SlotChooser(QWidget):
    """One button per slot, for codes of one category or of bits: emits `wanted(slot)`."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: list[Button] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 0, 12, 0)
        self._grid.setSpacing(4)

    @property
    def buttons(self) -> list[Button]:
        """The buttons of the slots, in order."""
        return self._buttons

    def show_slots(self, count: int, theme: Theme) -> None:
        """Show this number of slots, and remove the previous ones."""
        for button in self._buttons:
            button.deleteLater()
        self._buttons = [Button(f"c{k + 1}", kind="bordered", height_px=24) for k in range(count)]
        across = min(count, PER_ROW) or 1
        for slot, button in enumerate(self._buttons):
            button.setCheckable(True)
            button.setFixedWidth((216 - 4 * (across - 1)) // across)
            button.set_theme(theme)
            button.clicked.connect(lambda _=False, slot=slot: self.wanted.emit(slot))
            self._grid.addWidget(button, slot // PER_ROW, slot % PER_ROW)

    def show_code(self, code: Sequence[float]) -> None:
        """Show which slots are on."""
        for button, value in zip(self._buttons, code, strict=True):
            button.setChecked(value == 1.0)
