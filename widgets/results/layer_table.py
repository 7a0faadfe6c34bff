"""The table of all layers: a row per layer with the lines that unfold below it, painted as one surface."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets.results.layer_rows import (
    BELOW_PX,
    CARET_X,
    COLUMNS,
    END_PX,
    GROUP_PX,
    NAME_END,
    NAME_X,
    ROW_PX,
    Below,
    Cell,
    LayerRow,
    cell_rect,
    title_px,
)
from widgets.theme.icons import paint_icon
from widgets.theme.shortcut_override import keeps, keeps_standard
from widgets.theme.theme import LIGHT, Theme, font

_OWN_KEYS = frozenset((
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space,
))  # fmt: skip

_OWN_ACTS = (QKeySequence.StandardKey.Copy,)


DOUBT_PX = 6  # how far the mark of a doubtful number stands to its right


class LayerTable(QWidget):
    """Shows rows; emits `row_wanted(key)`, `fold_wanted(key)`, `ask_wanted` and `value_wanted` (key,
    line, column), `copy_wanted`.
    """

    row_wanted = Signal(object)
    fold_wanted = Signal(object)
    ask_wanted = Signal(object, int, int)
    value_wanted = Signal(object, int, int)
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._rows: tuple[LayerRow, ...] = ()
        self._hover = -1
        self._stale = False
        self.setAccessibleName("All layers")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # --- what is shown --------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[LayerRow]) -> None:
        """Show these rows; the height follows what is unfolded."""
        if tuple(rows) == self._rows and not self._stale:
            return
        self._rows, self._stale = tuple(rows), False
        self.setAccessibleDescription(self._spoken())
        if self.height() != self.sizeHint().height():
            self.setFixedHeight(self.sizeHint().height())
        self.update()

    def fade(self) -> None:
        """Show all numbers as those of an earlier state, until new rows arrive."""
        if not self._stale:
            self._stale = True
            self.update()

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        return self._rows

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            384, sum(map(self._height, self._rows)) + sum(map(self._group_px, range(len(self._rows))))
        )

    def _spoken(self) -> str:
        """Return the active row as text for screen readers."""
        row = next((row for row in self._rows if row.active), None)
        if row is None:
            return ""
        named = zip(COLUMNS, row.cells, strict=True)
        if row.words:
            return f"{row.title}: {row.tip or row.words}"
        return f"{row.title}: " + ", ".join(
            f"{name} {cell.text or cell.tip} {unit}" for (name, unit, _), cell in named
        )

    # --- geometry -------------------------------------------------------------------------------

    def _height(self, row: LayerRow) -> int:
        return title_px(row) + ROW_PX + (len(row.below) * BELOW_PX + END_PX if row.below else 0)

    def _group_px(self, place: int) -> int:
        """Return the height of the head above a row: the model's name, where it is another than above."""
        group = self._rows[place].group
        above = self._rows[place - 1].group if place else ""
        return GROUP_PX if group != above and group else 0

    def row_rect(self, place: int) -> QRect:
        """Return the place of a row with everything below it."""
        top = sum(self._height(row) for row in self._rows[:place])
        top += sum(self._group_px(k) for k in range(place + 1))
        return QRect(0, top, self.width(), self._height(self._rows[place]))

    def at(self, point: QPoint) -> tuple[int, int, int]:
        """Return the row, the line within it (0 is the row itself) and the column under a point; -1 for
        none.
        """
        for place, row in enumerate(self._rows):
            rect = self.row_rect(place)
            if rect.contains(point):
                inside = point.y() - rect.top() - title_px(self._rows[place])
                line = 0 if inside < ROW_PX else min(1 + (inside - ROW_PX) // BELOW_PX, len(row.below))
                column = next(
                    (k for k, (_, _, end) in enumerate(COLUMNS) if NAME_END < point.x() <= end + 4), -1
                )
                return place, line, column
        return -1, -1, -1

    def cell(self, place: int, line: int, column: int) -> Cell | None:
        """Return a cell by row, line and column."""
        if place < 0 or column < 0:
            return None
        row = self._rows[place]
        cells = row.cells if line == 0 else row.below[line - 1].cells
        return cells[column] if cells else None

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for place, row in enumerate(self._rows):
                rect = self.row_rect(place)
                if self._group_px(place):
                    self._paint_group(
                        painter, row.group, QRect(0, rect.top() - GROUP_PX, self.width(), GROUP_PX)
                    )
                self._paint_row(painter, row, rect, place == self._hover)
            if self.hasFocus():
                painter.setPen(QPen(self._theme.accent, 2))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_group(self, painter: QPainter, name: str, rect: QRect) -> None:
        """Paint a model's name above its rows."""
        painter.setFont(font(11, 500))
        painter.setPen(self._theme.ink2)
        painter.drawText(rect.adjusted(CARET_X, 0, -CARET_X, 0), Qt.AlignmentFlag.AlignVCenter, name)
        painter.fillRect(0, rect.bottom(), self.width(), 1, self._theme.line)

    def _paint_row(self, painter: QPainter, row: LayerRow, rect: QRect, hover: bool) -> None:
        theme, top, title = self._theme, rect.top(), title_px(row)
        if row.active or hover:
            light = theme.accent_weak if row.active else theme.hover
            painter.fillRect(0, top, self.width(), title + ROW_PX, light)
        caret, line = "caret-down" if row.below else "caret-right", title + 7 if title else ROW_PX - 1
        paint_icon(painter, caret, QRectF(CARET_X, top, 12, line), theme.ink2, 10)
        self._paint_title(painter, row, QRectF(NAME_X, top, 0, line))
        painter.setFont(font(12, numbers=True))
        if row.words:
            self._paint_words(painter, row.words, rect.adjusted(0, 0, 0, ROW_PX - 1 - rect.height()))
        for column, cell in enumerate(row.cells):
            self._paint_cell(painter, cell, cell_rect(column, top + title, ROW_PX - 1))
        for line, below in enumerate(row.below):
            self._paint_below(painter, below, top + title + ROW_PX + 2 + line * BELOW_PX)
        painter.fillRect(0, rect.bottom(), self.width(), 1, theme.line)

    def _paint_title(self, painter: QPainter, row: LayerRow, room: QRectF) -> None:
        """Paint a row's title before its first number, or on its own line if it is long."""
        first = QFontMetrics(font(12, numbers=True)).horizontalAdvance(row.cells[0].text if row.cells else "")
        end = self.width() if title_px(row) else COLUMNS[0][2] - first
        room.setRight(end - 3)
        fits = QFontMetrics(font(12, 600)).horizontalAdvance(row.title) <= room.width()
        painter.setFont(font(12 if fits else 11, 600))
        painter.setPen(self._theme.ink)
        words = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_words(self, painter: QPainter, words: str, rect: QRect) -> None:
        """Paint words across all columns, at the right as the numbers are."""
        room = QRect(NAME_END + 16, rect.top(), COLUMNS[-1][2] - NAME_END - 16, rect.height())
        painter.setPen(self._theme.ink3 if self._stale else self._theme.ink)
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    def _paint_below(self, painter: QPainter, below: Below, top: int) -> None:
        painter.setFont(font(11, numbers=True))
        painter.setPen(self._theme.ink2)
        painter.drawText(QRectF(NAME_X, top, 70, BELOW_PX), Qt.AlignmentFlag.AlignVCenter, below.name)
        if below.words:
            self._paint_words(painter, below.words, QRect(0, top, self.width(), BELOW_PX))
        for column, cell in enumerate(below.cells):
            if cell is not None:
                self._paint_cell(painter, cell, cell_rect(column, top, BELOW_PX), small=True)

    def _paint_cell(self, painter: QPainter, cell: Cell, rect: QRectF, small: bool = False) -> None:
        theme = self._theme
        if cell.state == "refused":
            size = 12 if small else 13
            place = QRectF(rect.right() - size, rect.top(), size, rect.height())
            paint_refusal(painter, place.center(), size - 3.0, theme)
            return
        quiet = self._stale or cell.stale or cell.state != "value"
        painter.setPen(theme.ink3 if quiet else theme.ink2 if small else theme.ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, cell.text)
        if cell.doubtful:
            painter.setPen(theme.warn)
            mark = rect.translated(DOUBT_PX, -3)
            painter.drawText(mark, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "?")

    # --- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        place, line, column = self.at(point)
        if place < 0:
            return
        key = self._rows[place].key
        if line == 0 and point.x() < NAME_X:
            self.fold_wanted.emit(key)
            return
        if self._has_value(place, line, column):
            self.value_wanted.emit(key, line, column)
        if not self._rows[place].active:
            self.row_wanted.emit(key)

    def _has_value(self, place: int, line: int, column: int) -> bool:
        cell = self.cell(place, line, column)
        return cell is not None and cell.state == "value"

    def _has_words(self, place: int, line: int) -> bool:
        row = self._rows[place] if place >= 0 else None
        return row is not None and bool(row.words if line == 0 else row.below[line - 1].words)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place, line, column = self.at(event.position().toPoint())
        if place >= 0 and column < 0:
            self.fold_wanted.emit(self._rows[place].key)
        elif self.cell(place, line, column) is not None or self._has_words(place, line):
            self.ask_wanted.emit(self._rows[place].key, line, column)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, line, column = self.at(event.position().toPoint())
        self._set_hover(place if line == 0 else -1)
        hand = self._has_value(place, line, column)
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(-1)

    def _set_hover(self, place: int) -> None:
        if place != self._hover:
            self._hover = place
            self.update()

    def event(self, event: QEvent) -> bool:
        if keeps(event, _OWN_KEYS) or keeps_standard(event, _OWN_ACTS):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self)
            return True
        return super().event(event)

    def _tip(self, point: QPoint) -> str:
        place, line, column = self.at(point)
        cell = self.cell(place, line, column)
        row = self._rows[place] if place >= 0 else None
        if cell is not None or row is None:
            return cell.tip if cell is not None else ""
        title = f"{row.group} · {row.title}" if row.group else row.title
        return row.tip or (title if line == 0 else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        active = next((k for k, row in enumerate(self._rows) if row.active), 0)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(event.key())  # type: ignore[call-overload]
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif step and 0 <= active + step < len(self._rows):
            self.row_wanted.emit(self._rows[active + step].key)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space) and self._rows:
            unfolded = bool(self._rows[active].below)
            if event.key() == Qt.Key.Key_Space or unfolded == (event.key() == Qt.Key.Key_Left):
                self.fold_wanted.emit(self._rows[active].key)
        else:
            super().keyPressEvent(event)


def paint_refusal(painter: QPainter, centre: QPointF, size_px: float, theme: Theme) -> None:
    """Paint the sign of a refused measure: a struck circle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.ink3, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius, reach = size_px / 2, size_px / 2 * 0.7071
    painter.drawEllipse(centre, radius, radius)
    painter.drawLine(centre + QPointF(-reach, -reach), centre + QPointF(reach, reach))
    painter.restore()
