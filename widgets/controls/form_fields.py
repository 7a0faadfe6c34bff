"""The fields of a settings form: one kind per type of value, with its parser."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from core.faults import Fault
from widgets.theme.number_text import MINUS, exact_text, read_number

UNITS = {"hz": "Hz", "s": "s", "ms": "ms", "db": "dB", "mm": "mm", "px": "px", "dpi": "dpi"}
PRAATS = {
    "max formants": "Number of formants",
    "max candidates": "Max. number of candidates",
    "pre emphasis": "Pre-emphasis",
    "pre emphasis from": "Pre-emphasis from",
    "voiced unvoiced cost": "Voiced / unvoiced cost",
    "max period factor": "Maximum period factor",
    "max amplitude factor": "Maximum amplitude factor",
    "periods per window": "Number of periods per window",
}
AUTOMATIC = "automatic"
CHECK_COLUMNS = 3
_AUTOMATIC_WORDS = ("", "auto", AUTOMATIC)


def label_and_unit(name: str) -> tuple[str, str]:
    """Return a field's label and unit from its name; `_db_per_octave` and the like are supported.

    >>> label_and_unit("window_length_s"), label_and_unit("max_formants")
    (('Window length', 's'), ('Number of formants', ''))
    """
    words = name.split("_")
    unit = UNITS.get(words[-1], "")
    if "per" in words[1:-1] and words[words.index("per") - 1] in UNITS:
        place = words.index("per")
        unit = f"{UNITS[words[place - 1]]}/{' '.join(words[place + 1 :])}"
        words = words[: place - 1]
    elif unit:
        words = words[:-1]
    label = " ".join(words)
    return PRAATS.get(label, label.capitalize()), unit


@dataclass(frozen=True)
class Field:
    """A widget for one value, with functions to show a value and to read it back."""

    widget: QWidget
    show: Callable[[Any], None]
    read: Callable[[], Any]


def make_field(label: str, hint: Any, standard: Any, changed: Callable[[], None]) -> Field:
    """Create the field for a type: check box, list, number or text; None or a default of 0 s is automatic."""
    if hint is bool:
        return _tick(label, changed)
    if get_origin(hint) is Literal:
        return choice_list(label, get_args(hint), changed)
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    if float in kinds or int in kinds:
        return _number(label, whole=float not in kinds, empty=type(None) in kinds, changed=changed)
    return _text(label, changed)


def _tick(label: str, changed: Callable[[], None]) -> Field:
    box = QCheckBox(label)
    box.toggled.connect(lambda _on: changed())
    return Field(box, box.setChecked, box.isChecked)


def choice_list(label: str, choices: tuple[Any, ...], changed: Callable[[], None]) -> Field:
    """Create a field for one of several words."""
    box = QComboBox()
    for choice in choices:
        box.addItem(str(choice).capitalize(), choice)
    box.setAccessibleName(label)
    box.currentIndexChanged.connect(lambda _row: changed())
    return Field(box, lambda value: box.setCurrentIndex(box.findData(value)), box.currentData)


def _number(label: str, whole: bool, empty: bool, changed: Callable[[], None]) -> Field:
    line = QLineEdit()
    line.setAccessibleName(label)
    line.setPlaceholderText(AUTOMATIC if empty else "")
    line.textEdited.connect(lambda _text: changed())

    def show(value: float | None) -> None:
        line.setText("" if value is None else exact_text(value).replace("-", MINUS))

    def read() -> float | int | None:
        if empty and line.text().strip().lower() in _AUTOMATIC_WORDS:
            return None
        try:
            value = read_number(line.text())
        except Fault as fault:
            raise Fault(f"{label}: {fault.sentence}", fault.hint) from None
        if whole and value != int(value):
            raise Fault(f"{label}: “{line.text().strip()}” is not a whole number.", "Enter one such as 15.")
        return int(value) if whole else value

    return Field(line, show, read)


def _text(label: str, changed: Callable[[], None]) -> Field:
    line = QLineEdit()
    line.setAccessibleName(label)
    line.textEdited.connect(lambda _text: changed())
    return Field(line, lambda value: line.setText(str(value)), line.text)


def editable_list(label: str, known: Sequence[str], empty: str, changed: Callable[[], None]) -> Field:
    """Create a field for a text that is typed or chosen among `known`; `empty` describes an empty text."""
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setCompleter(None)  # type: ignore[arg-type]  # what is typed is what is meant
    box.addItems(["", *known])
    box.setAccessibleName(label)
    line = box.lineEdit()
    assert line is not None
    line.setPlaceholderText(empty)
    box.editTextChanged.connect(lambda _text: changed())
    return Field(box, box.setEditText, box.currentText)


def check_list(label: str, choices: Sequence[tuple[str, str]], changed: Callable[[], None]) -> Field:
    """Create a field for several of many words: a check box each, in columns; the value is the ticked words,
    separated by commas. Words without a box are kept.
    """
    frame = QWidget()
    frame.setAccessibleName(label)
    grid = QGridLayout(frame)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(4)
    boxes: dict[str, QCheckBox] = {}
    others: list[str] = []
    lines = -(-len(choices) // CHECK_COLUMNS)
    for number, (word, title) in enumerate(choices):
        boxes[word] = QCheckBox(title)
        boxes[word].setToolTip(word)
        boxes[word].toggled.connect(lambda _on: changed())
        grid.addWidget(boxes[word], number % lines, number // lines)

    def show(value: str) -> None:
        words = [word.strip() for word in value.split(",") if word.strip()]
        others[:] = [word for word in words if word not in boxes]
        for word, box in boxes.items():
            box.setChecked(word in words)

    def read() -> str:
        return ", ".join([*(word for word, box in boxes.items() if box.isChecked()), *others])

    return Field(frame, show, read)


class NamedValues:
    """A list of named values next to a number; choosing one sets only the number."""

    OTHER = "Other"

    def __init__(
        self, label: str, values: Mapping[str, float], number: Field, changed: Callable[[], None]
    ) -> None:
        self.box = QComboBox()
        self.box.setAccessibleName(f"{label}, by name")
        for words, value in values.items():
            self.box.addItem(words, value)
        self.box.addItem(self.OTHER, None)
        self._number, self._changed = number, changed
        self.box.activated.connect(self._chosen)

    def show(self, value: float) -> str:
        """Select the name of a value in the list; return the name in lower case, for a sentence."""
        row = self.box.findData(value)
        self.box.setCurrentIndex(row if row >= 0 else self.box.count() - 1)
        words = self.box.currentText()
        return words[:1].lower() + words[1:]

    def _chosen(self, row: int) -> None:
        if self.box.itemData(row) is not None:
            self._number.show(self.box.itemData(row))
        self._changed()
