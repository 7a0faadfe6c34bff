"""The banner below the toolbar: a message, a hint, and a button."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.theme.control_paint import ShortWords, Surface, Words, pass_theme
from widgets.theme.icons import paint_icon
from widgets.theme.theme import Theme

HEIGHT_PX = 32
MOST = 20  # further ones replace the oldest one waiting


@dataclass(frozen=True, slots=True)
class BannerText:
    """One message with its hint and button text ("" for no button)."""

    sentence: str
    hint: str = ""
    button_text: str = ""


class Banner(Surface):
    """Shows the newest message, then the earlier ones, and hides when all were dismissed.

    Emits `action_wanted(button_text)`.
    """

    action_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warn_weak", parent)
        self.setFixedHeight(HEIGHT_PX)
        self._waiting: deque[BannerText] = deque(maxlen=MOST)
        self._words = ShortWords("", 12, 500, "warn")
        self._count = Words("", 11, 400, "warn")
        self._action = Button("", kind="bordered", height_px=22)
        self._close = Button(icon="x", name="Close this notice", height_px=22, icon_px=12)
        self._words.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(36, 0, 8, 1)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        for widget in (self._count, self._action, self._close):
            row.addWidget(widget)
        self._action.clicked.connect(self._act)
        self._close.clicked.connect(self.dismiss)
        self.hide()

    @property
    def shown(self) -> BannerText | None:
        """The message that is shown, or None."""
        return self._waiting[0] if self._waiting else None

    def show_fault(self, sentence: str, hint: str = "", button_text: str = "") -> None:
        """Show a message before all unread ones; a repeated message is shown once."""
        message = BannerText(sentence, hint, button_text)
        if message in self._waiting:
            self._waiting.remove(message)
        self._waiting.appendleft(message)
        self._show_first()

    def dismiss(self) -> None:
        """Show the next message, or hide."""
        if self._waiting:
            self._waiting.popleft()
        self._show_first()

    def withdraw(self, sentence: str) -> None:
        """Remove a message that no longer applies; the others stay."""
        kept = [message for message in self._waiting if message.sentence != sentence]
        if len(kept) < len(self._waiting):
            self._waiting = deque(kept, maxlen=MOST)
            self._show_first()

    def _act(self) -> None:
        text = self._action.text()
        self.dismiss()
        self.action_wanted.emit(text)

    def _show_first(self) -> None:
        message = self.shown
        self.setVisible(message is not None)
        if message is None:
            return
        words = f"{message.sentence} {message.hint}".strip()
        self._words.setText(words)
        self.setAccessibleName(words)
        self._action.setText(message.button_text)
        self._action.setAccessibleName(message.button_text)
        self._action.setVisible(bool(message.button_text))
        self._action.updateGeometry()
        self._count.setText(f"1 of {len(self._waiting)}" if len(self._waiting) > 1 else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.line2)
            paint_icon(painter, "warning", QRectF(10, 0, 18, self.height() - 1), self._theme.warn)
