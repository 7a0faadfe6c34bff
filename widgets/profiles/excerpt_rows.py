"""What drives a unit most: excerpts in rows, each with its sound, its label and a play button."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.profiles.painting import LEFT, MIDDLE, RIGHT, words
from widgets.profiles.views import Excerpt
from widgets.theme.control_paint import paint_field
from widgets.theme.icons import paint_icon
from widgets.theme.number_text import number_text
from widgets.theme.theme import LIGHT, Theme

ROW_PX, PLAY_PX, WAVE_PX, HEAD_PX = 34, 26, 124, 22


class ExcerptRows(QWidget):
    """Rows of excerpts, best first; `play_wanted` carries a row, `open_wanted` too."""

    play_wanted = Signal(int)
    open_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._rows: tuple[Excerpt, ...] = ()
        self._under = -1
        self.setAccessibleName("Excerpts that drive it most")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setToolTip("Click to hear an excerpt; double click opens its recording in the stack")

    @property
    def rows(self) -> tuple[Excerpt, ...]:
        return self._rows

    def show_rows(self, rows: tuple[Excerpt, ...]) -> None:
        """Show other excerpts."""
        self._rows = rows
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, HEAD_PX + ROW_PX * max(1, len(self._rows)) + 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, HEAD_PX + ROW_PX)

    def row_at(self, y_px: float) -> int:
        """Return the row at a height, -1 beside the rows."""
        row = int((y_px - HEAD_PX) // ROW_PX)
        return row if 0 <= row < len(self._rows) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().y())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.play_wanted.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().y())
        if row >= 0:
            self.open_wanted.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._under = self.row_at(event.position().y())
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._under = -1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme, wide = self._theme, self.width()
            head = QRectF(0, 0, wide, HEAD_PX)
            words(painter, head, "Excerpts that drive it most", theme.ink, 12, 600)
            words(painter, head.adjusted(0, 0, -52, 0), "at s", theme.ink3, 10, flags=RIGHT | MIDDLE)
            words(painter, head, "activ.", theme.ink3, 10, flags=RIGHT | MIDDLE)
            for k, one in enumerate(self._rows):
                self._paint_row(painter, QRectF(0, HEAD_PX + k * ROW_PX, wide, ROW_PX), one, k == self._under)

    def _paint_row(self, painter: QPainter, rect: QRectF, one: Excerpt, under: bool) -> None:
        theme = self._theme
        if under:
            painter.fillRect(rect, theme.hover)
        button = QRectF(rect.left(), rect.center().y() - 11, PLAY_PX, 22)
        paint_field(painter, button, theme, theme.panel, theme.edge)
        paint_icon(painter, "play-fill", button, theme.ink, 12)
        wave = QRectF(button.right() + 6, rect.top() + 3, WAVE_PX, rect.height() - 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.line2, 1))
        painter.setBrush(theme.plot)
        painter.drawRect(wave)
        self._paint_wave(painter, wave, one)
        label = QRectF(wave.right() + 8, rect.top() + 2, rect.width() - wave.right() - 104, 15)
        words(painter, label, one.label or "–", theme.ink, 12, 600, LEFT | MIDDLE, ipa=True)
        words(painter, label.translated(0, 14), one.name, theme.ink2, 10)
        right = QRectF(rect.right() - 100, rect.top(), 100, rect.height())
        at = number_text(one.at_s, 3)
        words(painter, right.adjusted(0, 0, -48, 0), at, theme.cursor, 11, flags=RIGHT | MIDDLE)
        words(painter, right, number_text(one.activation, 3), theme.ink, 11, flags=RIGHT | MIDDLE)

    def _paint_wave(self, painter: QPainter, rect: QRectF, one: Excerpt) -> None:
        theme = self._theme
        if len(one.wave):
            columns = int(rect.width()) - 2
            parts = np.array_split(one.wave, columns) if len(one.wave) > columns else [one.wave]
            peak = float(np.abs(one.wave).max()) or 1.0
            painter.setPen(QPen(theme.sound, 1))
            for k, part in enumerate(parts):
                x = rect.left() + 1 + k
                tall = (rect.height() / 2 - 2) / peak
                top, bottom = (rect.center().y() - float(v) * tall for v in (part.max(), part.min()))
                painter.drawLine(QPointF(x, top), QPointF(x, bottom + 0.5))
        if one.length_s > 0:
            x = rect.left() + (one.at_s - one.begin_s) / one.length_s * rect.width()
            painter.setPen(QPen(theme.cursor, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
