"""The screen of blind listening: one sound after the other, and keys to judge it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.theme.control_paint import Words, pass_theme
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import Theme

KEYS = {Qt.Key.Key_1: "real", Qt.Key.Key_2: "unsure", Qt.Key.Key_3: "made"}
ANSWERS = (("real", "1  Real"), ("unsure", "2  Unsure"), ("made", "3  Generated"))


class BlindDialog(QDialog):
    """Emits `play_wanted(place)`, and `judged(answers)` after the last sound."""

    play_wanted = Signal(int)
    judged = Signal(tuple)

    def __init__(self, count: int, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Judge blind")
        self.setMinimumWidth(420)
        self._count = count
        self.answers: list[str] = []
        self._question = Words("Is this a recording, or was it generated?", 13, 600)
        self._under = Words(question, 12, 400, "ink2")
        self._place = Words("", 12, 400, "ink2")
        self._result = Words("", 12, 400, "ink", wrap=True)
        self.again = Button("Again", "play-fill", kind="bordered", name="Play it again (Space)")
        self.buttons = {key: Button(words, kind="bordered") for key, words in ANSWERS}
        self._lay_out()
        self.again.clicked.connect(lambda: self.play_wanted.emit(len(self.answers)))
        for key, button in self.buttons.items():
            button.clicked.connect(lambda _=False, key=key: self.judge(key))
        self._show_place()

    def _lay_out(self) -> None:
        down = QVBoxLayout(self)
        down.setContentsMargins(20, 16, 20, 16)
        down.setSpacing(10)
        for part in (self._question, self._under, self._place):
            down.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.again)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        down.addLayout(row)
        down.addWidget(self._result)

    def _show_place(self) -> None:
        done = len(self.answers) >= self._count
        self._place.setText("" if done else f"Sound {len(self.answers) + 1} of {self._count}")
        for button in (self.again, *self.buttons.values()):
            button.setEnabled(not done)

    def judge(self, answer: str) -> None:
        """Take an answer about the present sound, and go on to the next one."""
        if len(self.answers) >= self._count:
            return
        self.answers.append(answer)
        self._show_place()
        if len(self.answers) < self._count:
            self.play_wanted.emit(len(self.answers))
        else:
            self.judged.emit(tuple(self.answers))

    def show_result(self, lines: Sequence[str]) -> None:
        """Show what was judged."""
        self._result.setText("\n".join(lines))
        self.adjustSize()

    def event(self, event: QEvent) -> bool:
        return keeps(event, frozenset((*KEYS, Qt.Key.Key_Space))) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self.judge(KEYS[key])
        elif key == Qt.Key.Key_Space:
            self.play_wanted.emit(len(self.answers))
        else:
            super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        pass_theme(self, theme)
