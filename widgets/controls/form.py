"""A settings form for any frozen dataclass, in the style of Praat's forms."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import Field as DataField
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from core.faults import Fault
from widgets.controls.dialog import SmallDialog
from widgets.controls.form_fields import Field, NamedValues, label_and_unit, make_field
from widgets.theme.control_paint import Words

FIELD_PX = 148


def self_report(title: str, labels: list[str], choices: str = "") -> str:
    """Return the closing line that compares the settings with the standard values.

    `labels` are those that differ; `choices` names the standard values that have a name.

    >>> self_report("Pitch settings", [])
    '(all of your pitch settings have their standard values)'
    """
    name = title[:1].lower() + title[1:]
    more = f"; {choices}" if choices else ""
    differing = ", ".join(label[:1].lower() + label[1:] for label in labels)
    if not labels:
        return f"(all of your {name} have their standard values{more})"
    have = "has a non-standard value" if len(labels) == 1 else "have non-standard values"
    return f"({len(labels)} of your {name} {have}: {differing}{more})"


def _nothing_wrong(value: Any) -> str | None:
    return None


class SettingsForm(SmallDialog):
    """Edits a copy of `value`; emits `applied(value)` with each changed value.

    `wrong` returns why a value as a whole is invalid; the form then stays open and does not apply it.
    """

    applied = Signal(object)

    def __init__(
        self,
        title: str,
        value: Any,
        standards: Any,
        parent: QWidget | None = None,
        wrong: Callable[[Any], str | None] = _nothing_wrong,
    ) -> None:
        super().__init__(title, parent)
        self._wrong = wrong
        self._title, self._value, self._standards = title, value, standards
        self._labels: dict[str, str] = {}
        self._fields: dict[str, Field] = {}
        self._named: dict[str, NamedValues] = {}
        self._words: dict[str, Words] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        self._add_fields()
        self._help = Words(_help_text(value), 11, 400, "ink2", wrap=True)
        self._help.hide()
        self.report = Words("", 11, 400, "ink3", wrap=True)
        self.body.addLayout(self._grid)
        for words in (self._help, self.report):
            self.body.addWidget(words)
        self.body.addStretch(1)
        self.buttons = self.add_buttons(
            (("Help", self._flip_help), ("Standards", self.show_standards)),
            (("Cancel", self.reject), ("Apply", self.apply), ("OK", self._accept)),
        )
        self.show_value(value)
        self.set_least_width(420)

    def _add_fields(self) -> None:
        hints = typing.get_type_hints(type(self._value))
        for line, known in enumerate(_asked(self._value)):
            label, unit = label_and_unit(known.name)
            label = known.metadata.get("label", label)
            standard = getattr(self._standards, known.name)
            made = self.made_field(known.name, label, hints[known.name], standard)
            self._labels[known.name], self._fields[known.name] = label, made
            if isinstance(made.widget, QLineEdit):
                made.widget.setFixedWidth(FIELD_PX)
                made.widget.setAlignment(Qt.AlignmentFlag.AlignRight)
            if hints[known.name] is bool:
                self._grid.addWidget(made.widget, line, 1, 1, 2)
                continue
            usual = "automatic" if unit and standard == 0 and "step" in known.name else ""
            meant = known.metadata.get("zero", usual)
            zero = f", 0 is {meant}" if meant else ""
            words = Words(f"{label} ({unit}{zero})" if unit else label, 12, 400, "ink")
            words.setBuddy(made.widget)
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._words[known.name] = words
            self._grid.addWidget(words, line, 0)
            self._grid.addWidget(made.widget, line, 1)
            if "named" in known.metadata:
                names = NamedValues(label, known.metadata["named"], made, self._tell)
                self._named[known.name] = names
                self._grid.addWidget(names.box, line, 2)

    def made_field(self, name: str, label: str, hint: Any, standard: Any) -> Field:
        """Create the field for one attribute of the value."""
        return make_field(label, hint, standard, self._tell)

    def show_value(self, value: Any) -> None:
        """Show the attributes of a value in the fields."""
        for name, made in self._fields.items():
            made.show(getattr(value, name))
        self._tell()

    def show_standards(self) -> None:
        """Show the standard values in the fields, without applying them."""
        self.show_value(self._standards)

    def value(self) -> Any:
        """Read the fields; raises Fault if one is invalid."""
        try:
            value = replace(self._value, **{name: made.read() for name, made in self._fields.items()})
        except ValueError as error:
            raise Fault(str(error)) from error
        if wrong := self._wrong(value):
            raise Fault(f"{wrong}.")
        return value

    def apply(self) -> bool:
        """Apply the fields; if they are invalid, show why and return False."""
        try:
            value = self.value()
        except Fault as fault:
            self.say(str(fault), "warn")
            return False
        if value != self._value:
            self._value = value
            self.applied.emit(value)
        return True

    def _accept(self) -> None:
        if self.apply():
            self.accept()

    def _tell(self) -> None:
        """Show how the fields differ from the standard values, or what is wrong with them."""
        if len(self._fields) < len(_asked(self._value)) or not hasattr(self, "report"):
            return
        try:
            value = self.value()
        except Fault as fault:
            self.say(str(fault), "warn")
            return
        self._grey(value)
        named = {name: box.show(getattr(value, name)) for name, box in self._named.items()}
        differing, choices = [], []
        for name, label in self._labels.items():
            if getattr(value, name) != getattr(self._standards, name):
                differing.append(f"{label} ({named[name]})" if name in named else label)
            elif name in named:
                choices.append(f"{label.lower()}: {named[name]}")
        self.say(self_report(self._title, differing, ", ".join(choices)), "ink3")

    def _grey(self, value: Any) -> None:
        """Disable the fields that the other settings make irrelevant."""
        for known in _asked(value):
            if "used" in known.metadata:
                used = getattr(value, known.metadata["used"])
                self._fields[known.name].widget.setEnabled(used)
                self._words[known.name].set_ink("ink" if used else "ink3")

    def say(self, words: str, ink: str) -> None:
        self.report.setText(words)
        self.report.set_ink(ink)
        self.report.updateGeometry()
        self.grow()

    def _flip_help(self) -> None:
        self._help.setVisible(self._help.isHidden())
        self.adjustSize()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        first = next(iter(self._fields.values())).widget
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()


def _asked(value: Any) -> list[DataField[Any]]:
    """Return the fields of the form: those that say how to measure, not where."""
    return [known for known in fields(value) if known.metadata.get("form", True)]


def _help_text(value: Any) -> str:
    """Return the docstring of the settings class as help text."""
    text = inspect.cleandoc(type(value).__doc__ or "").replace("`", "")
    return " ".join(part.strip() for part in text.splitlines() if part.strip())
