"""Dialogs for what a checkpoint does not say, and for which run to open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.families.card import Answer, Card, Question
from core.faults import Fault
from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words
from widgets.theme.number_text import MINUS, exact_text, read_number
from widgets.theme.theme import Theme


class QuestionBox(QWidget):
    """One question: its sentence, its presets, and a field for any other number."""

    def __init__(self, question: Question, answer: Answer, known: bool) -> None:
        super().__init__()
        self.question = question
        self._buttons: list[tuple[QRadioButton, Answer]] = []
        self._group = QButtonGroup(self)
        self._field: QLineEdit | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        column.addWidget(Words(question.sentence, 12, 600, wrap=True))
        for choice in question.choices:
            assumed = not known and choice.value == question.assumed
            button = QRadioButton(f"{choice.words}, assumed" if assumed else choice.words)
            button.setChecked(choice.value == answer)
            self._group.addButton(button)
            self._buttons.append((button, choice.value))
            column.addWidget(button)
        if question.free:
            self._add_field(column, answer)

    def _add_field(self, column: QVBoxLayout, answer: Answer) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._other = QRadioButton("Another number:")
        self._group.addButton(self._other)
        self._field = QLineEdit()
        self._field.setFixedWidth(96)
        self._field.setAccessibleName(f"{self.question.sentence} Another number")
        self._field.textEdited.connect(lambda _text: self._other.setChecked(True))
        if all(value != answer for _, value in self._buttons):
            self._other.setChecked(True)
            if isinstance(answer, (int, float)):
                self._field.setText(exact_text(answer).replace("-", MINUS))
        row.addWidget(self._other)
        row.addWidget(self._field)
        row.addStretch(1)
        column.addLayout(row)

    def answer(self) -> Answer:
        """Read the answer; raises Fault if the text is not a number."""
        for button, value in self._buttons:
            if button.isChecked():
                return value
        if self._field is None:
            return self.question.assumed
        number = read_number(self._field.text())
        return int(number) if number == int(number) else number

    def focus(self) -> None:
        """Focus the chosen answer."""
        chosen = self._group.checkedButton()
        if chosen is not None:
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)


class QuestionsDialog(SmallDialog):
    """Asks all open questions of a card at once; emits `answered(dict)` with every answer."""

    answered = Signal(dict)

    def __init__(self, card: Card, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__("What the checkpoint does not say", parent)
        told = "Your answers are saved next to the checkpoint. You can change them later on the card."
        self.body.addWidget(Words(told, 11, 400, "ink2", wrap=True))
        self._first = name
        self._boxes = [
            QuestionBox(
                question,
                card.answers.get(question.name, question.assumed),
                question.name not in card.unanswered,
            )
            for question in card.questions
        ]
        for box in self._boxes:
            self.body.addWidget(box)
        self._fault = Words("", 11, 400, "warn", wrap=True)
        self._fault.hide()
        self.body.addWidget(self._fault)
        self.body.addStretch(1)
        self.add_buttons((), (("Keep the assumptions", self.reject), ("Use these answers", self._accept)))
        self.set_least_width(440)

    def answers(self) -> dict[str, Answer]:
        """Read all answers; raises Fault if a text is not a number."""
        return {box.question.name: box.answer() for box in self._boxes}

    def _accept(self) -> None:
        try:
            answers = self.answers()
        except Fault as fault:
            self._fault.setText(str(fault))
            self._fault.show()
            return
        self.accept()
        self.answered.emit(answers)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        boxes = [box for box in self._boxes if box.question.name == self._first] or self._boxes
        if boxes:
            boxes[0].focus()


class ChooseRunDialog(SmallDialog):
    """Asks which of several runs in a folder to open; emits `chosen(path)`."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__("Which run do you want to open?", parent)
        self._list = QListWidget()
        self._list.setAccessibleName("Runs")
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for path, words in choices:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(path)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._list.itemActivated.connect(lambda _item: self._accept())
        self.body.addWidget(self._list)
        self.add_buttons((), (("Cancel", self.reject), ("Open this run", self._accept)))
        self.resize(520, 320)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._list.setStyleSheet(
            f"QListWidget {{ border: 2px solid {theme.line2.name()}; }}"
            f"QListWidget:focus {{ border-color: {theme.accent.name()}; }}"
        )

    def _accept(self) -> None:
        item = self._list.currentItem()
        if item is not None and self.isVisible():
            self.accept()
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)
