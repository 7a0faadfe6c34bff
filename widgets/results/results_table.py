"""The results: a row per query, with its note, painted as one surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from widgets.theme.praat_numbers import MINUS
from widgets.theme.shortcut_override import OwnLine, keeps, keeps_standard
from widgets.theme.theme import LIGHT, Theme, font

HEAD_PX, ROW_PX, NOTE_PX = 26, 22, 17
# Heading and left edge; the last one is aligned right.
COLUMNS = (("#", 12), ("Layer", 37), ("Measure", 85), ("Where, s", 178), ("Value", 300))
EDGE_PX = 12
RING_PX = 6  # the focus ring and a little space
_OWN_KEYS = frozenset((
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
))  # fmt: skip
_OWN_ACTS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row as shown.

    `about` says what was asked and how; `elsewhere` is set if the row is from another file or point than the
    present one.
    """

    number: int
    layer: str
    measure: str
    where: str
    value: str
    note: str = ""
    about: str = ""
    elsewhere: bool = False


class ResultsTable(QAbstractScrollArea):
    """Shows rows, with the newest in view.

    Emits `note_wanted(number, text)`, `remove_wanted(numbers)` and `copy_wanted(numbers)`; no numbers means
    all rows.
    """

    note_wanted = Signal(int, str)
    remove_wanted = Signal(list)
    copy_wanted = Signal(list)
    undo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._rows: tuple[ResultRow, ...] = ()
        self._chosen: frozenset[int] = frozenset()
        self._last = -1
        self._editor: OwnLine | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Results")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(ROW_PX)

    def show_rows(self, rows: Sequence[ResultRow]) -> None:
        """Show these rows and scroll to a new one."""
        bar = self.verticalScrollBar()
        to_end = len(rows) > len(self._rows) or bar.value() == bar.maximum()  # a note makes a row higher
        self._rows = tuple(rows)
        self._chosen &= {row.number for row in rows}
        self._set_range()
        if to_end:
            bar.setValue(bar.maximum())
        newest = self._rows[-1] if self._rows else None
        self.setAccessibleDescription(
            " ".join((newest.layer, newest.measure, newest.value)) if newest else ""
        )
        self.viewport().update()

    @property
    def rows(self) -> tuple[ResultRow, ...]:
        return self._rows

    @property
    def chosen(self) -> list[int]:
        """The numbers of the selected rows, in order."""
        return [row.number for row in self._rows if row.number in self._chosen]

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(384, HEAD_PX + 7 * ROW_PX)

    # --- geometry -------------------------------------------------------------------------------

    @property
    def _right_px(self) -> int:
        """The right edge of the values, clear of the focus ring, which moves in beside a scroll bar."""
        return self.width() - max(EDGE_PX, self.verticalScrollBar().sizeHint().width() + RING_PX)

    def _height(self, row: ResultRow) -> int:
        return ROW_PX + (NOTE_PX if row.note else 0)

    def row_rect(self, place: int) -> QRect:
        """Return a row's rectangle in the viewport."""
        top = HEAD_PX + sum(map(self._height, self._rows[:place])) - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._height(self._rows[place]))

    def _row_at(self, point: QPoint) -> int:
        if point.y() < HEAD_PX:
            return -1
        return next((k for k in range(len(self._rows)) if self.row_rect(k).contains(point)), -1)

    def _set_range(self) -> None:
        room = self.viewport().height() - HEAD_PX
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, sum(map(self._height, self._rows)) + 6 - room))
        bar.setPageStep(max(room, 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the newest row in view if it was; the first size may never be shown."""
        bar = self.verticalScrollBar()
        was_at_end = bar.value() == bar.maximum()
        self._set_range()
        if was_at_end:
            bar.setValue(bar.maximum())

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.panel)
        for place, row in enumerate(self._rows):
            rect = self.row_rect(place)
            if rect.bottom() > HEAD_PX and rect.top() < self.viewport().height():
                self._paint_row(painter, row, rect)
        self._paint_head(painter)
        if not self._rows:
            self._paint_hint(painter)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def _paint_head(self, painter: QPainter) -> None:
        theme, width = self._theme, self.viewport().width()
        painter.fillRect(0, 0, width, HEAD_PX, theme.panel)
        painter.setFont(font(11))
        painter.setPen(theme.ink2)
        for name, left in COLUMNS[:-1]:
            painter.drawText(QRectF(left, 0, 100, HEAD_PX - 1), Qt.AlignmentFlag.AlignVCenter, name)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, 0, self._right_px, HEAD_PX - 1), right, COLUMNS[-1][0])
        painter.fillRect(0, HEAD_PX - 1, width, 1, theme.line2)

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setFont(font(11))
        painter.setPen(self._theme.ink3)
        room = QRectF(EDGE_PX, HEAD_PX + 6, self.viewport().width() - 2 * EDGE_PX, 40)
        words = (
            "F5 queries the pitch, F1 to F4 the formants, F8 the intensity of the active layer. "
            "Double-click a number above to keep it here."
        )
        painter.drawText(room, Qt.TextFlag.TextWordWrap, words)

    def _paint_row(self, painter: QPainter, row: ResultRow, rect: QRect) -> None:
        theme, top = self._theme, rect.top()
        if row.number in self._chosen:
            painter.fillRect(rect, theme.accent_weak)
        inks = (theme.ink3,) * 4 if row.elsewhere else (theme.ink3, theme.ink, theme.ink, theme.ink2)
        texts = (str(row.number), row.layer, row.measure, row.where)
        ends = (*(left - 4 for _, left in COLUMNS[1:4]), self._right_px - 58)
        for (_, left), end, text, ink in zip(COLUMNS, ends, texts, inks, strict=False):
            painter.setFont(font(11, numbers=True))
            painter.setPen(ink)
            room = QRectF(left, top, end - left, ROW_PX)
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        defined = (row.value[:1].isdigit() or row.value[:1] == MINUS) and not row.elsewhere
        painter.setFont(font(11, 600 if defined else 400, numbers=True))
        painter.setPen(theme.ink if defined else theme.ink3)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, top, self._right_px, ROW_PX), right, row.value)
        if row.note:
            painter.setFont(font(11))
            painter.setPen(theme.ink2)
            room = QRectF(COLUMNS[1][1], top + ROW_PX - 3, rect.width() - COLUMNS[1][1] - EDGE_PX, NOTE_PX)
            words = painter.fontMetrics().elidedText(row.note, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    # --- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._row_at(event.position().toPoint())
        if place < 0:
            self._choose(frozenset(), -1)
            return
        number, keys = self._rows[place].number, event.modifiers()
        if keys & Qt.KeyboardModifier.ShiftModifier and self._last >= 0:
            low, high = sorted((place, self._last))
            self._choose(frozenset(row.number for row in self._rows[low : high + 1]), self._last)
        elif keys & Qt.KeyboardModifier.ControlModifier:
            self._choose(self._chosen ^ {number}, place)
        else:
            self._choose(frozenset({number}), place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._row_at(event.position().toPoint())
        if place >= 0:
            self.edit_note(place)

    def _choose(self, numbers: frozenset[int], last: int) -> None:
        self._chosen, self._last = numbers, last
        self.viewport().update()

    def edit_note(self, place: int) -> None:
        """Open an editor over a row for its note."""
        row, rect = self._rows[place], self.row_rect(place)
        self._close_editor()
        editor = OwnLine(row.note, self.viewport())
        editor.setPlaceholderText("Note")
        editor.setAccessibleName(f"Note of row {row.number}")
        editor.setGeometry(
            COLUMNS[1][1] - 6, max(HEAD_PX, rect.top() - 1), rect.width() - COLUMNS[1][1] - 2, 24
        )
        editor.editingFinished.connect(lambda: self._noted(row.number))
        editor.left.connect(self._close_editor)
        self._editor = editor
        editor.show()
        editor.setFocus()

    def _noted(self, number: int) -> None:
        if self._editor is not None:
            text = self._editor.text().strip()
            self._close_editor()
            self.note_wanted.emit(number, text)

    def _close_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.hide()
            editor.deleteLater()
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit(self.chosen)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._choose(frozenset(row.number for row in self._rows), len(self._rows) - 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen:
            self.remove_wanted.emit(self.chosen)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._last < len(self._rows):
            self.edit_note(self._last)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._rows:
            step = 1 if key == Qt.Key.Key_Down else -1
            place = min(max(self._last + step, 0), len(self._rows) - 1)
            self._choose(frozenset({self._rows[place].number}), place)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        return keeps(event, _OWN_KEYS) or keeps_standard(event, _OWN_ACTS) or super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._row_at(event.pos())
            QToolTip.showText(event.globalPos(), self.about(place) if place >= 0 else "", self)
            return True
        return super().viewportEvent(event)

    def about(self, place: int) -> str:
        """Return everything known about a row."""
        row = self._rows[place]
        asked = f"{row.measure} of {row.layer}, {row.where} s: {row.value}"
        return "\n".join(filter(None, (asked, row.about, row.note, "Double-click to write a note.")))
