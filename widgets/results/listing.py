"""Listings and reports in their own windows, to read, select and copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPlainTextEdit, QTableView, QWidget

from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words
from widgets.theme.praat_numbers import signed
from widgets.theme.theme import font

Index = QModelIndex | QPersistentModelIndex

AIR_PX = 12  # between the columns


class ListingModel(QAbstractTableModel):
    """Rows of text; numbers are aligned right."""

    def __init__(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self._head, self._rows = head, rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self._head)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        text = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return signed(text) if _is_number(text) else text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if _is_value(text) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._head[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._rows:
            side = (
                Qt.AlignmentFlag.AlignRight
                if _is_value(self._rows[0][section])
                else Qt.AlignmentFlag.AlignLeft
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def text(self, rows: Sequence[int]) -> str:
        """Return rows as tab-separated text with the head."""
        lines = (self._head, *(self._rows[row] for row in rows))
        return "".join("\t".join(line) + "\n" for line in lines)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_value(text: str) -> bool:
    return text == "--undefined--" or _is_number(text)


class ListingDialog(SmallDialog):
    """Shows a listing below its notice; Copy takes the selected rows, or all. Emits `save_wanted`."""

    save_wanted = Signal()

    def __init__(
        self,
        title: str,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        parent: QWidget | None = None,
        notice: str = "",
    ) -> None:
        super().__init__(title, parent)
        self.notice = notice
        if notice:
            self.body.addWidget(Words(notice, 12, ink="ink2", wrap=True))
        self.rows = ListingModel(head, rows)
        self.view = QTableView()
        self.view.setModel(self.rows)
        self.view.setFont(font(12, numbers=True))
        self.view.setShowGrid(False)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(22)
        self._words = bool(rows) and not all(map(_is_value, rows[0]))
        self.view.setAccessibleName(title)
        self.body.addWidget(self.view)
        self.add_buttons((("Copy", self.copy), ("Save…", self.save_wanted.emit)), (("Close", self.accept),))
        self._hints: list[int] = []
        self.resize(420, min(640, 150 + 22 * len(rows)))

    def showEvent(self, event: QShowEvent) -> None:
        """Set the width to fit heads and rows, once their font is known."""
        if not self._hints:
            header = self.view.horizontalHeader()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            columns = range(self.rows.columnCount())
            self._hints = [
                max(header.sectionSizeHint(k), self.view.sizeHintForColumn(k)) + AIR_PX for k in columns
            ]
            margins = self._whole.contentsMargins()
            width = sum(self._hints) + self._bar_px + margins.left() + margins.right()
            self.resize(max(self.width(), width), self.height())
        super().showEvent(event)
        self._share_width()

    @property
    def _bar_px(self) -> int:
        return self.view.verticalScrollBar().sizeHint().width() + 2 * self.view.frameWidth()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Share the free width between columns of numbers; if there is text, the first text column takes
        it.
        """
        free_px = max(0, self.view.width() - self._bar_px - sum(self._hints))
        for column, hint in enumerate(self._hints):
            more = free_px // len(self._hints) if not self._words else free_px if column == 0 else 0
            self.view.setColumnWidth(column, hint + more)

    def copy(self) -> None:
        """Copy the selected rows, or all, to the clipboard."""
        chosen = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        QGuiApplication.clipboard().setText(self.rows.text(chosen or range(self.rows.rowCount())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)


class ReportDialog(SmallDialog):
    """Shows a report line by line as Praat prints it; Copy takes the selection, or all. Emits
    `save_wanted`.
    """

    save_wanted = Signal()

    def __init__(self, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.view = QPlainTextEdit(words.removeprefix(f"{title}\n"))
        self.view.setReadOnly(True)
        self.view.setFont(font(12, numbers=True))
        self.view.setAccessibleName(title)
        self.body.addWidget(self.view)
        self._words = words
        self.add_buttons((("Copy", self.copy), ("Save…", self.save_wanted.emit)), (("Close", self.accept),))
        self.resize(560, min(640, 150 + 18 * words.count("\n")))

    def copy(self) -> None:
        """Copy the selection, or the whole report, to the clipboard."""
        chosen = self.view.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(chosen or self._words)
