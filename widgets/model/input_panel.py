"""The panel of what a network hears: the recording in use, the others to choose from, and its channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.search_field import SearchField
from widgets.theme.control_paint import Rule, Surface, Words, pass_theme
from widgets.theme.theme import LIGHT, Theme, font

ROW_PX, SECONDS_PX = 22, 56
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class InputRow:
    """One recording to choose: its id, its name, and how long it lasts; `flaw` says why it cannot be read."""

    id: str
    name: str
    lasts_s: float | None = None
    flaw: str = ""


@dataclass(frozen=True)
class InputView:
    """What the panel shows.

    `sources` are where recordings can be taken from, by key, `source` the one that `rows` are of. `in_use` is
    the id of the recording that is heard, `channels` and `channel` are those of its file (0: their average),
    and `notes` say what happens to it on the way.
    """

    sources: tuple[tuple[str, str], ...] = ()
    source: str = ""
    rows: tuple[InputRow, ...] = ()
    in_use: str = ""
    channels: int = 1
    channel: int = 0
    notes: tuple[str, ...] = ()


class RecordingModel(QAbstractListModel):
    """The rows that contain the text searched for."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[InputRow, ...] = ()
        self._all: tuple[InputRow, ...] = ()
        self._searched = ""

    def show_rows(self, rows: tuple[InputRow, ...]) -> None:
        """Show other rows."""
        if rows != self._all:
            self._all = rows
            self._filter()

    def search(self, text: str) -> None:
        """Keep the rows whose name contains every word of a text."""
        self._searched = text.lower()
        self._filter()

    def _filter(self) -> None:
        words = self._searched.split()
        kept = tuple(row for row in self._all if all(word in row.name.lower() for word in words))
        if [row.id for row in kept] == [row.id for row in self.rows]:
            self.rows = kept
            if kept:
                self.dataChanged.emit(self.index(0), self.index(len(kept) - 1))
            return
        self.beginResetModel()
        self.rows = kept
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.flaw or row.name
        return None


class RecordingDelegate(QStyledItemDelegate):
    """Paints a recording: its name and its length, the one in use marked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.in_use = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, model = self.theme, index.model()
        assert isinstance(model, RecordingModel)
        row = model.rows[index.row()]
        # PySide's stubs lack the fields of the option
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        used = row.id == self.in_use
        if used:
            painter.fillRect(rect, theme.accent_weak)
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.accent)
        elif state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillRect(rect, theme.hover)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.setFont(font(12, 600 if used else 400))
        painter.setPen(theme.ink3 if row.flaw else theme.accent if used else theme.ink)
        room = rect.adjusted(12, 0, -SECONDS_PX - 6, 0)
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, middle, name)
        painter.setFont(font(12, numbers=True))
        lasts = "–" if row.flaw else "" if row.lasts_s is None else f"{row.lasts_s:.3f}"
        painter.drawText(rect.adjusted(0, 0, -12, 0), middle | Qt.AlignmentFlag.AlignRight, lasts)


class InputPanel(Surface):
    """Shows an InputView; emits `recording_wanted(id)`, `source_wanted(key)`, `channel_wanted(channel)`,
    `file_wanted()` and `folder_wanted()`.
    """

    recording_wanted = Signal(str)
    source_wanted = Signal(str)
    channel_wanted = Signal(int)
    file_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._view = InputView()
        self.source = ComboBox("Where recordings are taken from", height_px=24)
        self.search = SearchField("Word, speaker", "Filter the recordings")
        self.count = Words("", 11, 400, "ink3")
        self.list = QListView()
        self.model = RecordingModel()
        self._delegate = RecordingDelegate(self.list)
        self.channels = QWidget()
        self.channel = ComboBox("Channel that is heard", height_px=24)
        self.notes = Words("", 11, 400, "ink3", wrap=True)
        self._file = Button("Recording…", kind="bordered", height_px=24, name="Open a recording")
        self._folder = Button("Folder…", kind="bordered", height_px=24, name="Open a folder of recordings")
        self._set_up_list()
        self._lay_out()
        self._connect()
        self.set_theme(self._theme)

    def _set_up_list(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setAccessibleName("Recordings")
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Rule())
        column.addLayout(_row((Words("Input", 12, 600), 0), (self.source, 1), top=9, bottom=8))
        column.addLayout(_row((self.search, 1), (self.count, 0), bottom=6))
        head = _row((Words("Recording", 11, 400, "ink3"), 1), (Words("s", 11, 400, "ink3"), 0), bottom=2)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(Rule())
        self.channels.setLayout(_row((Words("Channel", 12, 400, "ink2"), 0), (self.channel, 1), top=8))
        column.addWidget(self.channels)
        column.addLayout(_row((self.notes, 1), top=8, bottom=8))
        column.addLayout(_row((self._file, 0), (self._folder, 0), (QWidget(), 1), bottom=12))

    def _connect(self) -> None:
        self.source.wanted.connect(self.source_wanted)
        self.search.textChanged.connect(self._search)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.channel.wanted.connect(lambda key: self.channel_wanted.emit(int(key)))
        self._file.clicked.connect(lambda: self.file_wanted.emit())
        self._folder.clicked.connect(lambda: self.folder_wanted.emit())

    def _choose(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        if row.id != self._view.in_use:
            self.recording_wanted.emit(row.id)

    def _search(self, text: str) -> None:
        self.model.search(text)
        self._show_count()

    def _show_count(self) -> None:
        found, whole = len(self.model.rows), len(self._view.rows)
        words = "recording" if whole == 1 else "recordings"
        self.count.setText(f"{whole} {words}" if found == whole else f"{found} of {whole}")

    def show_view(self, view: InputView) -> None:
        """Show other recordings, or another one in use."""
        before, self._view = self._view, view
        if view == before:
            return
        if (view.sources, view.source) != (before.sources, before.source):
            self.source.show_options(view.sources, view.source)
        self.model.show_rows(view.rows)
        self._show_count()
        self._delegate.in_use = view.in_use
        self.list.viewport().update()
        if view.in_use != before.in_use:
            self._scroll_to(view.in_use)
        self.channels.setVisible(view.channels > 1)
        names = [
            ("0", f"Average of {view.channels}"),
            *((str(k), f"{k}") for k in range(1, view.channels + 1)),
        ]
        self.channel.show_options(names, str(view.channel))
        self.notes.setText("\n".join(view.notes))
        self.notes.updateGeometry()

    def _scroll_to(self, id: str) -> None:
        for number, row in enumerate(self.model.rows):
            if row.id == id:
                self.list.scrollTo(self.model.index(number))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)
        self._delegate.theme = theme
        self.list.viewport().update()


def _row(*parts: tuple[QWidget, int], top: int = 0, bottom: int = 0) -> QHBoxLayout:
    """Return widgets side by side, each with its stretch, within the panel's padding."""
    row = QHBoxLayout()
    row.setContentsMargins(12, top, 12, bottom)
    row.setSpacing(8)
    for widget, stretch in parts:
        row.addWidget(widget, stretch)
    return row
