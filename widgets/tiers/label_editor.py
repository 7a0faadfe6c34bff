"""The field for editing a label, over its interval."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import LIGHT, Theme

LEAST_PX = 72
_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LabelEditor(QLineEdit):
    """Emits `written(place, index, text)` on Enter or focus loss, and nothing after Esc."""

    written = Signal(int, int, str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hide()
        self.setAccessibleName("Label")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._at: tuple[int, int] | None = None
        self._before = ""
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme

    def _dress(self, letters: QFont) -> None:
        """Set font and colours by style sheet, since the window's style sheet overrides `setFont`."""
        theme, families = self._theme, ", ".join(f'"{family}"' for family in letters.families())
        self.setStyleSheet(
            f"QLineEdit {{ font-family: {families}; font-size: {letters.pixelSize()}px; padding: 0;"
            f" background: {theme.plot.name()}; color: {theme.ink.name()}; border-radius: 0; min-height: 0;"
            f" border: 2px solid {theme.accent.name()} }}"
        )

    @property
    def at(self) -> tuple[int, int] | None:
        """The tier and the interval of the label that is being edited, or None."""
        return self._at

    def open_at(self, place: int, index: int, room: QRectF, text: str, typed: str, letters: QFont) -> None:
        """Open over an interval with its label, followed by what was already typed."""
        self.finish()
        self._at, self._before = (place, index), text
        self._dress(letters)
        width = max(LEAST_PX, round(room.width()))
        left = round(room.center().x() - width / 2)
        self.setGeometry(left, round(room.top()), width, round(room.height()))
        self.setText(text + typed)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if not typed:
            self.selectAll()

    def finish(self) -> None:
        """Write the text, if it was changed, and close."""
        at, text = self._at, self.text()
        self._close()
        if at is not None and text != self._before:
            self.written.emit(*at, text)

    def cancel(self) -> None:
        """Close without changing the label."""
        self._close()

    def _close(self) -> None:
        if self._at is None:
            return
        self._at = None
        focused = self.hasFocus()
        self.hide()
        if focused:
            self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Claim Esc, which otherwise stops the sound, and Enter, which otherwise adds a boundary."""
        keeps(event, _OWN_KEYS)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()
