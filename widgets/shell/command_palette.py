"""A search for commands by parts of their names; Enter runs one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.shell.command_match import PaletteRow, ranked
from widgets.theme.control_paint import paint_field
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import LIGHT, Theme, font

__all__ = ["CommandPalette", "PaletteRow"]

WIDTH_PX, ROW_PX, MOST_ROWS, KEYS_PX = 640, 28, 12, 90
COMMANDS = "Search commands"
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
_ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class PaletteModel(QAbstractListModel):
    """The commands that match the typed text."""

    def __init__(self, rows: Sequence[PaletteRow], parent: QWidget) -> None:
        super().__init__(parent)
        self._all = tuple(rows)
        self.fitting = ranked("", self._all)

    def search(self, typed: str) -> None:
        self.beginResetModel()
        self.fitting = ranked(typed, self._all)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.fitting)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.fitting[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.title
        if role in (Qt.ItemDataRole.AccessibleDescriptionRole, Qt.ItemDataRole.ToolTipRole):
            return row.help if row.enabled else f"{row.help} ({row.reason})".replace(" ()", "")
        return row if role == _ROW else None


class RowPainter(QStyledItemDelegate):
    """Paints a command: title, menu, and its keys at the right."""

    theme: Theme = LIGHT

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PaletteRow = index.data(_ROW)
        theme, rect = self.theme, QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # pyright: ignore[reportAttributeAccessIssue]
        if chosen:
            painter.fillRect(rect, theme.accent_weak)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        inner = rect.adjusted(12, 0, -12, 0)
        painter.setFont(font(12))
        painter.setPen(theme.ink3 if not row.enabled else theme.accent if chosen else theme.ink)
        painter.drawText(inner, middle, row.title)
        width = painter.fontMetrics().horizontalAdvance(row.title)
        painter.setFont(font(11))
        painter.setPen(theme.ink3)
        words = row.menu if row.enabled else f"{row.menu} · {row.reason or 'not available now'}"
        room = inner.adjusted(width + 10, 0, -KEYS_PX if row.key else 0, 0)
        short = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, middle, short)
        keys = QKeySequence(row.key).toString(QKeySequence.SequenceFormat.NativeText)
        painter.setPen(theme.ink2)
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, keys)


class CommandPalette(QDialog):
    """A search over all commands; emits `run_wanted(id)` and closes."""

    run_wanted = Signal(str)

    def __init__(
        self, rows: Sequence[PaletteRow], parent: QWidget | None = None, title: str = COMMANDS
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme: Theme = LIGHT
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(title)
        self._field = QLineEdit()
        self._field.setPlaceholderText(title)
        self._field.setAccessibleName(title)
        self._field.setProperty("size", "28")
        self._model = PaletteModel(rows, self)
        self._painter = RowPainter(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(self._painter)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName("Commands")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self._field.textChanged.connect(self._search)
        self._field.returnPressed.connect(self._run)
        self._list.clicked.connect(lambda index: self._run())
        self._empty = QLabel("No matching command." if title == COMMANDS else "Nothing matches.")
        self._empty.setProperty("role", "hint")
        self._empty.setContentsMargins(12, 0, 12, 0)
        self._empty.setFixedHeight(ROW_PX)
        column.addWidget(self._empty)
        self._fit()
        self._choose(0)

    def _fit(self) -> None:
        """Set the height to that of the results, up to twelve rows."""
        found = self._model.rowCount()
        self._list.setVisible(found > 0)
        self._empty.setVisible(found == 0)
        self._list.setFixedHeight(ROW_PX * min(max(found, 1), MOST_ROWS))
        self.setFixedSize(WIDTH_PX, 8 + 28 + 8 + ROW_PX * min(max(found, 1), MOST_ROWS) + 8)

    def showEvent(self, event: object) -> None:
        """Appear in the upper middle of the window."""
        parent = self.parentWidget()
        if parent is not None:
            x = (parent.window().width() - self.width()) // 2
            self.move(
                parent.window().mapToGlobal(parent.window().rect().topLeft()).x() + x, self._top(parent)
            )
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    @staticmethod
    def _top(parent: QWidget) -> int:
        return parent.window().mapToGlobal(parent.window().rect().topLeft()).y() + 76

    def _search(self, typed: str) -> None:
        self._model.search(typed)
        self._fit()
        self._choose(0)

    def _choose(self, place: int) -> None:
        last = self._model.rowCount() - 1
        self._list.setCurrentIndex(self._model.index(max(0, min(place, last)), 0))

    def _run(self) -> None:
        place = self._list.currentIndex().row()
        if not 0 <= place < self._model.rowCount():
            return
        row = self._model.fitting[place]
        if row.enabled:
            self.close()
            self.run_wanted.emit(row.id)

    def event(self, event: QEvent) -> bool:
        return keeps(event, (*_MOVES, Qt.Key.Key_Escape)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = _MOVES.get(Qt.Key(event.key()))
        if move is not None:
            self._choose(self._list.currentIndex().row() + move)
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._painter.theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        paint_field(QPainter(self), QRectF(self.rect()), theme, theme.panel, theme.edge)
