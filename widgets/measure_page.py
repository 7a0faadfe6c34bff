"""The form that asks what to measure: a settings form whose OK is a wish each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from core.faults import Fault
from widgets.form import SettingsForm

WIDE_PX = 260


class MeasureForm(SettingsForm):
    """Emits `wanted(value)` when it is pressed, also where nothing was changed since the last time."""

    wanted = Signal(object)

    def __init__(
        self, title: str, press: str, value: Any, standards: Any, parent: QWidget | None = None
    ) -> None:
        self._press = press
        super().__init__(title, value, standards, parent)
        for made in self._fields.values():
            if isinstance(made.widget, QLineEdit):
                made.widget.setFixedWidth(WIDE_PX)

    def add_buttons(
        self,
        left: Sequence[tuple[str, Callable[[], object]]],
        right: Sequence[tuple[str, Callable[[], object]]],
    ) -> dict[str, QPushButton]:
        """Put one button in the place of Apply and OK."""
        return super().add_buttons(left, (*right[:1], (self._press, self._accept)))

    def apply(self) -> bool:
        """Wish what the fields hold; False where they hold nonsense, which is then said."""
        try:
            self.wanted.emit(self.value())
        except Fault as fault:
            self._say(str(fault), "warn")
            return False
        return True
