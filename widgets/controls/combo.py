"""A drop-down list with its name inside: `Sound  as published, clipped`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QListView, QSizePolicy, QWidget

from widgets.theme.control_paint import paint_field
from widgets.theme.icons import paint_icon
from widgets.theme.theme import LIGHT, Theme, font


class ComboBox(QComboBox):
    """A choice among texts with keys; emits `wanted(key)` when the user chooses one."""

    wanted = Signal(str)

    def __init__(
        self,
        name: str,
        *,
        prefix: str = "",
        icon: str = "",
        width_px: int = 0,
        height_px: int = 28,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._prefix, self._icon, self._width_px = prefix, icon, width_px
        self._current = ""
        self._shorter: dict[str, str] = {}
        self.setView(QListView(self))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFixedHeight(height_px)
        self.setMaxVisibleItems(20)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._ask)

    def show_options(
        self, options: Sequence[tuple[str, str]], current: str, shorter: Mapping[str, str] | None = None
    ) -> None:
        """Show keys and texts, and the current key; an unknown key shows nothing.

        `shorter` has shorter texts for keys whose text does not fit in the closed field.
        """
        self._shorter = dict(shorter or {})
        self.clear()
        for key, words in options:
            self.addItem(words, key)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        self.show_current(current)

    def show_current(self, key: str) -> None:
        self._current = key
        self.setCurrentIndex(self.findData(key))
        self.update()

    def _ask(self, row: int) -> None:
        key = str(self.itemData(row))
        if key != self._current:
            self._current = key
            self.wanted.emit(key)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def fitting(self, metrics: QFontMetrics, width_px: int) -> str:
        """Return the chosen text, in its shorter form or elided if necessary."""
        words = self.currentText()
        if metrics.horizontalAdvance(words) > width_px:
            words = self._shorter.get(self._current, words)
        return metrics.elidedText(words, Qt.TextElideMode.ElideRight, width_px)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the scroll area: scrolling past a list must not change it."""
        event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(self._width_px or 120, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._width_px or 100, 100), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme, rect = self._theme, QRectF(self.rect())
            fill = theme.hover if self.underMouse() and self.isEnabled() else theme.plot
            paint_field(
                painter, rect, theme, fill, theme.edge if self.isEnabled() else theme.line2, self.hasFocus()
            )
            painter.setFont(font(12, numbers=True))
            left = 9.0
            if self._icon:
                paint_icon(painter, self._icon, QRectF(left, 0, 18, rect.height()), theme.ink2)
                left += 24
            words_px = painter.fontMetrics().horizontalAdvance(self._prefix + self.currentText())
            if self._prefix and left + words_px + 7 <= rect.width() - 22:
                painter.setPen(theme.ink3)
                width = painter.fontMetrics().horizontalAdvance(self._prefix)
                painter.drawText(
                    QRectF(left, 0, width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, self._prefix
                )
                left += width + 7
            painter.setPen(theme.ink if self.isEnabled() else theme.ink3)
            room = QRectF(left, 0, rect.width() - left - 22, rect.height())
            words = self.fitting(painter.fontMetrics(), int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)
            caret = QRectF(rect.width() - 23, 0, 16, rect.height())
            paint_icon(painter, "caret-down", caret, theme.ink2, 12)
