"""The frame of small dialogs: margins, a row of buttons, and the theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from widgets.theme.control_paint import Words, pass_theme
from widgets.theme.theme import LIGHT, Theme

AROUND_PX = QSize(8, 40)  # the window frame and the title bar


def fit_to_screen(window: QWidget) -> None:
    """Fit a window to its content, but not larger than its screen, so that its buttons are reachable.

    A child window without an explicit size starts with its minimum size.
    """
    room = window.screen().availableSize() - AROUND_PX
    if not window.testAttribute(Qt.WidgetAttribute.WA_Resized):
        window.adjustSize()
    least = window.minimumSizeHint()
    if room.expandedTo(least) != room:
        window.setMinimumSize(least.boundedTo(room))
    window.resize(window.size().expandedTo(least).boundedTo(room))


class SmallDialog(QDialog):
    """A modeless dialog; `body` takes the content, `add_buttons` adds the row of buttons."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
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
        """Add buttons at the left and the right; the last one is the default button."""
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

    def set_least_width(self, width_px: int) -> None:
        """Set the least width of the content, which can still widen the dialog."""
        margins = self._whole.contentsMargins()
        self.body.addStrut(width_px - margins.left() - margins.right())

    def grow(self) -> None:
        """Grow downwards if the text now needs more lines."""
        self._whole.activate()  # the layout has cached the height of the previous text
        needed_px = self._whole.totalHeightForWidth(self.width()) if self.isVisible() else 0
        if needed_px > self.height():
            self.resize(self.width(), needed_px)
            fit_to_screen(self)

    def showEvent(self, event: QShowEvent) -> None:
        fit_to_screen(self)
        super().showEvent(event)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        pass_theme(self, theme)
