"""The table below a dose-response: a row for each step or variable, in the colours of the steps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from widgets.sweep.dose_views import DoseRow
from widgets.theme.theme import LIGHT, Theme, font

HEAD_PX, ROW_PX, EDGE_PX = 26, 24, 12
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class DoseTable(QAbstractScrollArea):
    """Shows rows of numbers; emits `row_clicked(number)`."""

    row_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._heads: tuple[str, ...] = ()
        self._rows: tuple[DoseRow, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Table of the dose-response")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(ROW_PX)

    @property
    def rows(self) -> tuple[DoseRow, ...]:
        return self._rows

    @property
    def heads(self) -> tuple[str, ...]:
        return self._heads

    def show_rows(self, heads: Sequence[str], rows: Sequence[DoseRow]) -> None:
        self._heads, self._rows = tuple(heads), tuple(rows)
        current = next((row for row in rows if row.is_current), None)
        self.setAccessibleDescription(" ".join(current.cells) if current else "")
        self._set_range()
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(384, HEAD_PX + 11 * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, HEAD_PX + 2 * ROW_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_range()

    def _set_range(self) -> None:
        room = self.viewport().height() - HEAD_PX
        self.verticalScrollBar().setRange(0, max(0, len(self._rows) * ROW_PX - room))
        self.verticalScrollBar().setPageStep(max(ROW_PX, room))

    def row_at(self, y: float) -> int | None:
        """Return the row at a height of the viewport."""
        number = int((y - HEAD_PX + self.verticalScrollBar().value()) // ROW_PX)
        return number if y >= HEAD_PX and 0 <= number < len(self._rows) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.row_at(event.position().y())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.row_clicked.emit(number)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._theme.panel)
            top = HEAD_PX - self.verticalScrollBar().value()
            for number, row in enumerate(self._rows):
                place = QRectF(0, top + number * ROW_PX, self.viewport().width(), ROW_PX)
                if place.bottom() > HEAD_PX and place.top() < self.viewport().height():
                    self._paint_row(painter, row, place)
            self._paint_head(painter)

    def _columns(self) -> list[tuple[float, float]]:
        """Return the left and right edge of each column: the first narrow, the others equal."""
        width, count = float(self.viewport().width()), max(1, len(self._heads))
        first = 84.0 if count > 1 else width
        rest = (width - first - EDGE_PX) / max(1, count - 1)
        return [(EDGE_PX, first)] + [(first + k * rest, first + (k + 1) * rest) for k in range(count - 1)]

    def _paint_head(self, painter: QPainter) -> None:
        theme, width = self._theme, self.viewport().width()
        painter.fillRect(QRectF(0, 0, width, HEAD_PX), theme.panel)
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(0, HEAD_PX - 1, width, HEAD_PX - 1)
        painter.setFont(font(11, 500))
        painter.setPen(theme.ink2)
        for words, (left, right) in zip(self._heads, self._columns(), strict=False):
            self._write(painter, words, left, right, QRectF(0, 0, 0, HEAD_PX))

    def _paint_row(self, painter: QPainter, row: DoseRow, place: QRectF) -> None:
        theme = self._theme
        if row.is_current:
            painter.fillRect(place, theme.accent_weak)
        if row.share is not None:
            painter.fillRect(QRectF(EDGE_PX, place.center().y() - 4, 8, 8), theme.step(row.share))
        painter.setFont(font(12, 600 if row.is_current else 400, numbers=True))
        painter.setPen(theme.ink)
        for words, (left, right) in zip(row.cells, self._columns(), strict=False):
            self._write(painter, words, left + 12, right, place)

    def _write(self, painter: QPainter, words: str, left: float, right: float, place: QRectF) -> None:
        room = QRectF(left, place.top(), right - left, place.height())
        metrics: QFontMetrics = painter.fontMetrics()
        painter.drawText(
            room, RIGHT, metrics.elidedText(words, Qt.TextElideMode.ElideLeft, round(room.width()))
        )
