"""The points kept under a name: go to one, rename it, note what it is, delete it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidget, QListWidgetItem, QWidget

from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words
from widgets.theme.theme import Theme

EMPTY = "No point of this model is kept yet. Latent > Save this point… keeps one."
HINT = "Double-click a name, or press F2, to rename it; Return goes to it; Delete deletes it."
_NAME = Qt.ItemDataRole.UserRole
_ELSEWHERE = Qt.ItemDataRole.UserRole + 1


class PointsDialog(SmallDialog):
    """The list of kept points, those of other checkpoints below.

    Signals: `go_wanted(name)`, `rename_wanted(old, new)`, `note_wanted(name, note)`, `delete_wanted(name)`,
    `go_elsewhere_wanted(place)` for a point of another checkpoint, and `restore_wanted()` for the point that
    was deleted last.
    """

    go_wanted = Signal(str)
    rename_wanted = Signal(str, str)
    delete_wanted = Signal(str)
    restore_wanted = Signal()
    note_wanted = Signal(str, str)
    go_elsewhere_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Kept points", parent)
        self._list = QListWidget()
        self._list.setAccessibleName("Kept points")
        self._list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self._list.itemChanged.connect(self._renamed)
        self._list.currentItemChanged.connect(lambda now, before: self._enable())
        self._hint = Words("", 11, 400, "ink2", wrap=True)
        self._notes: dict[str, str] = {}
        self.note = QLineEdit()
        self.note.setAccessibleName("Note on the point")
        self.note.setPlaceholderText("A note on what it sounds like")
        self.note.editingFinished.connect(self._noted)
        self.body.addWidget(self._list)
        self.body.addWidget(self.note)
        self.body.addWidget(self._hint)
        self._buttons = self.add_buttons(
            (("Rename", self._edit), ("Delete", self._delete), ("Undo delete", self.restore_wanted.emit)),
            (("Close", self.accept), ("Go to", self._go)),
        )
        self.set_least_width(420)
        self.show_names((), "")
        self._list.setFocus()

    def show_names(
        self,
        names: Sequence[str],
        deleted: str,
        notes: Mapping[str, str] | None = None,
        elsewhere: Sequence[str] = (),
    ) -> None:
        """Show the kept points with their notes, and the name of the one deleted last, "" if there is none.

        `elsewhere` describes the points of other checkpoints.
        """
        self._notes = dict(notes or {})
        chosen = self._chosen
        self._list.blockSignals(True)
        self._list.clear()
        for name in names:
            item = QListWidgetItem(name)
            item.setData(_NAME, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(self._notes.get(name, ""))
            self._list.addItem(item)
        for place, words in enumerate(elsewhere):
            item = QListWidgetItem(words)
            item.setData(_ELSEWHERE, place)
            item.setForeground(self.theme.ink3)
            self._list.addItem(item)
        self._list.blockSignals(False)
        self._list.setCurrentRow(names.index(chosen) if chosen in names else 0 if self._list.count() else -1)
        self._hint.setText(HINT if names else EMPTY)
        self._buttons["Undo delete"].setEnabled(bool(deleted))
        self._buttons["Undo delete"].setToolTip(f"Bring “{deleted}” back" if deleted else "")
        self._enable()

    def choose(self, name: str) -> None:
        """Select a point."""
        for item in self._list.findItems(name, Qt.MatchFlag.MatchExactly):
            self._list.setCurrentItem(item)

    @property
    def _chosen(self) -> str:
        item = self._list.currentItem()
        return (item.data(_NAME) or "") if item is not None else ""

    @property
    def _chosen_elsewhere(self) -> int | None:
        item = self._list.currentItem()
        return item.data(_ELSEWHERE) if item is not None else None

    def _enable(self) -> None:
        for words in ("Rename", "Delete"):
            self._buttons[words].setEnabled(bool(self._chosen))
        self._buttons["Go to"].setEnabled(bool(self._chosen) or self._chosen_elsewhere is not None)
        self.note.setEnabled(bool(self._chosen))
        self.note.setText(self._notes.get(self._chosen, ""))

    def _noted(self) -> None:
        """Ask to keep the note, if it was edited."""
        if self._chosen and self.note.text() != self._notes.get(self._chosen, ""):
            self.note_wanted.emit(self._chosen, self.note.text().strip())

    def _edit(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._list.editItem(item)

    def _renamed(self, item: QListWidgetItem) -> None:
        """Ask for the new name; an empty one is refused by showing the old one again."""
        old, new = item.data(_NAME), item.text().strip()
        if new and new != old:
            # later, because the list is filled anew then, and now it is still closing its editor
            QTimer.singleShot(0, lambda: self.rename_wanted.emit(old, new))
        elif item.text() != old:
            item.setText(old)

    def _delete(self) -> None:
        if self._chosen:
            self.delete_wanted.emit(self._chosen)

    def _go(self) -> None:
        elsewhere = self._chosen_elsewhere
        if self._chosen:
            self.go_wanted.emit(self._chosen)
        elif elsewhere is not None:
            self.go_elsewhere_wanted.emit(elsewhere)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.focusWidget() is self._list:
            self._delete()
        else:
            super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._list.viewport().update()
