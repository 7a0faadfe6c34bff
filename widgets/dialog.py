"""The frame of the small dialogs: margins, buttons in one row, colours of the look."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from widgets.look import LIGHT, Look
from widgets.paint import Words, pass_look

AROUND_PX = QSize(8, 40)  # the frame and the title bar


def fit_to_screen(window: QWidget) -> None:
    """Make a window no larger than its screen, so that its buttons can be reached."""
    window.resize(window.size().boundedTo(window.screen().availableSize() - AROUND_PX))


class SmallDialog(QDialog):
    """A dialog that does not stop the window; `body` takes the content, `add_buttons` closes it off."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look: Look = LIGHT
        self.setWindowTitle(title)
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 14, 16, 14)
        whole.setSpacing(12)
        whole.addWidget(Words(title, 13, 600))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        whole.addLayout(self.body, 1)
        self._whole = whole

    def add_buttons(
        self,
        left: Sequence[tuple[str, Callable[[], object]]],
        right: Sequence[tuple[str, Callable[[], object]]],
    ) -> dict[str, QPushButton]:
        """Put buttons at the left and the right; the last one is the one that Enter presses."""
        row = QHBoxLayout()
        row.setSpacing(8)
        made: dict[str, QPushButton] = {}
        for words, act in (*left, *right):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, act=act: act())
            made[words] = button
            row.addWidget(button)
            if left and words == left[-1][0]:
                row.addStretch(1)
        if not left:
            row.insertStretch(0, 1)
        if right:
            made[right[-1][0]].setDefault(True)
        self._whole.addSpacing(4)
        self._whole.addLayout(row)
        return made

    def showEvent(self, event: QShowEvent) -> None:
        fit_to_screen(self)
        super().showEvent(event)

    def set_look(self, look: Look) -> None:
        self.look = look
        pass_look(self, look)
