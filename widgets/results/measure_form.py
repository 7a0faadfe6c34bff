"""The form of a measurement: a settings form whose OK always starts one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from core.faults import Fault
from widgets.controls.form import SettingsForm
from widgets.controls.form_fields import Field, check_list, choice_list, editable_list

WIDE_PX = 260


@dataclass(frozen=True)
class MeasureChoices:
    """The tiers, the things to measure and the measures (words and titles) to choose from; without measures,
    their words are typed.
    """

    tiers: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    measures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MeasureAnswers:
    """What the form says about a value: why it is invalid, or what to know before measuring."""

    wrong: Callable[[Any], str | None] = lambda value: None
    remark: Callable[[Any], str] = lambda value: ""


class MeasureForm(SettingsForm):
    """Emits `wanted(value)` when the button is pressed, even if nothing has changed since the last time."""

    wanted = Signal(object)

    def __init__(
        self,
        title: str,
        press: str,
        value: Any,
        standards: Any,
        parent: QWidget | None = None,
        offered: MeasureChoices | None = None,
        words: MeasureAnswers | None = None,
    ) -> None:
        self._press, self._offered = press, offered or MeasureChoices()
        self._said = words or MeasureAnswers()
        super().__init__(title, value, standards, parent, self._said.wrong)
        self._title = "Measurement settings"  # the names that the closing line uses
        for known in fields(value):
            line = self._fields[known.name].widget
            if isinstance(line, QComboBox):
                line.setFixedWidth(WIDE_PX)
            if isinstance(line, QLineEdit):
                line.setFixedWidth(WIDE_PX)
                line.setPlaceholderText(known.metadata.get("empty", ""))
            if isinstance(line, QLineEdit) and isinstance(getattr(value, known.name), str):
                line.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._tell()

    def made_field(self, name: str, label: str, hint: Any, standard: Any) -> Field:
        """Return a field that offers the measures or the existing tiers; another tier name can be typed."""
        if name == "tier":
            return editable_list(label, self._offered.tiers, "the first", self._tell)
        if name == "what" and self._offered.what:
            return choice_list(label, self._offered.what, self._tell)
        if name == "measures" and self._offered.measures:
            return check_list(label, self._offered.measures, self._tell)
        return super().made_field(name, label, hint, standard)

    def _tell(self) -> None:
        """Show what the user should know about the chosen values."""
        super()._tell()
        if len(self._fields) < len(fields(self._value)) or not hasattr(self, "report"):
            return
        with contextlib.suppress(Fault):
            remark = self._said.remark(self.value())
            if remark:
                self.say(remark, "warn")

    def add_buttons(
        self,
        left: Sequence[tuple[str, Callable[[], object]]],
        right: Sequence[tuple[str, Callable[[], object]]],
    ) -> dict[str, QPushButton]:
        """Add one button in place of Apply and OK."""
        return super().add_buttons(left, (*right[:1], (self._press, self._accept)))

    def apply(self) -> bool:
        """Emit the values of the fields; return False if they are invalid, after saying so."""
        try:
            self.wanted.emit(self.value())
        except Fault as fault:
            self.say(str(fault), "warn")
            return False
        return True
