"""A row of joined buttons, one of which is on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from widgets.theme.control_paint import RADIUS_PX, paint_field
from widgets.theme.theme import LIGHT, Theme, font


class Segment(QAbstractButton):
    """One of the joined buttons; arrow keys move between them, as in any exclusive group of Qt."""

    def __init__(self, words: str, height_px: int, padding_px: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._padding_px = padding_px
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFixedHeight(height_px)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(font(11, 600)).horizontalAdvance(self.text())
        return QSize(width + 2 * self._padding_px, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme = self._theme
            if not self.isChecked() and self.underMouse() and self.isEnabled():
                painter.fillRect(self.rect(), theme.hover)
            on, free = self.isChecked(), self.isEnabled()
            painter.setFont(font(11, 600 if on else 400))
            painter.setPen((theme.accent if on else theme.ink2) if free else theme.ghost)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            if self.hasFocus():
                paint_field(
                    painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), theme, None, None, focus=True
                )


class Segmented(QWidget):
    """Exclusive choices in one bordered row; emits `wanted(key)`."""

    wanted = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        name: str,
        *,
        height_px: int = 24,
        padding_px: int = 9,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._current = ""
        self._buttons: dict[str, Segment] = {}
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for key, words in options:
            button = Segment(words, height_px, padding_px, self)
            button.setAccessibleDescription(name)
            button.clicked.connect(lambda _=False, key=key: self._ask(key))
            row.addWidget(button)
            self._buttons[key] = button
        self.setFixedHeight(height_px)
        self.setFixedWidth(sum(button.sizeHint().width() for button in self._buttons.values()))

    @property
    def current(self) -> str:
        return self._current

    def _ask(self, key: str) -> None:
        if key != self._current:
            self._current = key
            self.update()
            self.wanted.emit(key)

    def show_current(self, key: str) -> None:
        """Show which choice is on; an unknown key shows none."""
        self._current = key
        for name, button in self._buttons.items():
            button.setAutoExclusive(False)
            button.setChecked(name == key)
            button.setAutoExclusive(True)
        self.update()

    def enable(self, key: str, on: bool, reason: str = "") -> None:
        """Enable or disable one of the choices, with the reason as tooltip."""
        self._buttons[key].setEnabled(on)
        self._buttons[key].setToolTip("" if on else reason)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for button in self._buttons.values():
            button.set_theme(theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme, rect = self._theme, QRectF(self.rect())
            paint_field(painter, rect, theme, theme.panel, None)
            shape = QPainterPath()
            shape.addRoundedRect(rect, RADIUS_PX, RADIUS_PX)
            painter.setClipPath(shape)
            for button in self._buttons.values():
                if button.isChecked():
                    painter.fillRect(button.geometry(), theme.accent_weak)
            painter.setClipping(False)
            paint_field(painter, rect, theme, None, theme.edge)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(theme.edge)
            for button in list(self._buttons.values())[1:]:
                painter.drawLine(button.x(), 1, button.x(), self.height() - 2)
