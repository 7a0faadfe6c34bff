"""The name of the present point: type to name it, open the list to go to another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from widgets.controls.button import Button
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import Theme

_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Down)


class PointField(QLineEdit):
    """Shows a point's name, with a star if it was changed since.

    Signals: `named(name)` for a typed name, `chosen(name)`, `keep_wanted()` and `points_wanted()` from the
    list.
    """

    named = Signal(str)
    chosen = Signal(str)
    keep_wanted = Signal()
    points_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._name, self._changed = "", False
        self._caret = Button(icon="caret-down", name="Points", height_px=22, icon_px=12, parent=self)
        self._caret.setFixedWidth(22)
        self._caret.setCursor(Qt.CursorShape.ArrowCursor)
        self._caret.clicked.connect(self._open_list)
        self.setTextMargins(0, 0, 20, 0)
        self.setFixedHeight(24)
        self.setAccessibleName("Point")
        self.setPlaceholderText("Name it")
        self.setToolTip("Type a name to save this point")
        self.returnPressed.connect(self._ask)

    def show_names(self, names: Sequence[str]) -> None:
        """Show which points are saved."""
        self._names = tuple(names)

    def show_name(self, name: str, changed: bool) -> None:
        """Show the name of the present point, and whether the point was changed since."""
        if (name, changed) != (self._name, self._changed):
            self._name, self._changed = name, changed
            if not (self.hasFocus() and self.isModified()):
                self._show_text()

    def _show_text(self) -> None:
        star = "*" if self._changed and self._name and not self.hasFocus() else ""
        self.setText(self._name + star)
        self.setCursorPosition(0)

    def _ask(self) -> None:
        name = self.text().strip()
        if name and (name != self._name or self._changed):
            self._name, self._changed = name, False
            self.setModified(False)
            self.named.emit(name)

    def menu(self) -> QMenu:
        """Return the menu of saved points."""
        menu = QMenu(self)
        for name in self._names:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(name == self._name and not self._changed)
            action.triggered.connect(lambda _=False, name=name: self._choose(name))
        if self._names:
            menu.addSeparator()
        menu.addAction("Keep this point…").triggered.connect(lambda: self.keep_wanted.emit())
        menu.addAction("Rename or delete points…").triggered.connect(lambda: self.points_wanted.emit())
        return menu

    def _choose(self, name: str) -> None:
        if name != self._name or self._changed:
            self.chosen.emit(name)

    def _open_list(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def event(self, event: QEvent) -> bool:
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self._open_list()
        elif event.key() == Qt.Key.Key_Escape:
            self._show_text()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_text()
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._caret.move(self.width() - 23, 1)

    def set_theme(self, theme: Theme) -> None:
        self._caret.set_theme(theme)
