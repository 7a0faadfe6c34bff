"""Menus, toolbar and keys, made from the one table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.commands import MENUS, Command, all_commands
from widgets.palette import PaletteRow
from widgets.transport import Transport

if TYPE_CHECKING:
    from app.window import Window


class Menus:
    """The window's actions, one per command, with their state kept true."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.actions = {id: self._action(command) for id, command in all_commands().items()}
        bar = window.menuBar()
        menus = {name: bar.addMenu(name) for name in MENUS}
        for id, command in all_commands().items():
            self._put(menus[command.menu], command, self.actions[id])
        self.transport = Transport(self.actions)

    def rows(self) -> tuple[PaletteRow, ...]:
        """Give every command as the palette and the shortcut sheet list it."""
        return tuple(
            PaletteRow(
                id, command.title, command.menu, command.key, command.help, self.actions[id].isEnabled()
            )
            for id, command in all_commands().items()
        )

    def run(self, id: str) -> None:
        """Run a command by its id, where it is possible now."""
        command = all_commands()[id]
        if command.when(self._window.on):
            command.run(self._window)
            self.refresh()

    def refresh(self) -> None:
        """Enable and tick the actions as the session is now."""
        on = self._window.on
        for id, command in all_commands().items():
            action = self.actions[id]
            action.setEnabled(command.when(on))
            if command.checked is not None:
                action.setChecked(command.checked(on))
        self.refresh_history()

    def refresh_history(self) -> None:
        """Let undo and redo say what they would do."""
        history = self._window.on.session.history
        for id, word, words in (
            ("edit.undo", "Undo", history.undo_words),
            ("edit.redo", "Redo", history.redo_words),
        ):
            self.actions[id].setText(f"{word} {words}".strip())
            self.actions[id].setEnabled(bool(words))

    def _put(self, menu: QMenu, command: Command, action: QAction) -> None:
        if command.separator and menu.actions():
            menu.addSeparator()
        menu.addAction(action)

    def _action(self, command: Command) -> QAction:
        action = QAction(command.title, self._window)
        action.setObjectName(command.id)
        action.setToolTip(f"{command.help} ({command.key})" if command.key else command.help)
        action.setStatusTip(command.help)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda _=False, id=command.id: self.run(id))
        if command.key:
            action.setShortcut(QKeySequence(command.key))
        if command.stack_only:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._window.stack.addAction(action)
        else:
            self._window.addAction(action)
        return action
